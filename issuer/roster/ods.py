"""What stands in an OpenDocument sheet beside its values: extents, formulas, merged cells, hidden rows.

A row or a cell may be said to repeat a million times (OpenDocument 1.3 part 3, 9.1.3 and 9.1.4), so extents
are counted before anybody computes a grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits, Merge
from issuer.roster.package import Package, locked
from issuer.roster.xlsx import Seen, check_extent
from issuer.roster.xml_parts import walk

CONTENT: Final = "content.xml"
MANIFEST: Final = "META-INF/manifest.xml"
MEDIA_TYPE: Final = "mimetype"

_FAR: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class OdsFacts:
    """What was seen in a document.

    Args:
        sheets: By the name of the sheet.
        merged: Merged cells by the name of the sheet.
        epoch: 1900 or 1904; days are written out, so it is for plain numbers only.
        parts: Exactly the parts that were looked at.
    """

    sheets: Mapping[str, Seen]
    merged: Mapping[str, tuple[Merge, ...]]
    epoch: int
    parts: Mapping[str, bytes]


def look_at(package: Package, limits: Limits) -> OdsFacts:
    """See what a document holds.

    Raises:
        SheetError: BAD_PACKAGE, LOCKED, PACKAGE_TOO_LARGE, TOO_MANY_COLUMNS, TOO_MANY_ROWS.
    """
    parts = package.read(MEDIA_TYPE, MANIFEST, CONTENT)
    if MANIFEST in parts:
        walk(parts[MANIFEST], _Manifest())
    if CONTENT not in parts:
        raise SheetError("BAD_PACKAGE", "The file has no sheets. Save it again as .ods or .xlsx.")
    tables = _Tables(limits)
    walk(parts[CONTENT], tables)
    return OdsFacts(
        {seen.name: seen for seen in tables.sheets},
        {name: tuple(merges) for name, merges in tables.merged.items()},
        tables.epoch,
        parts,
    )


class _Manifest:
    """Whether the parts are encrypted (part 2, 3.4)."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - a walker's shape
        """An element begins."""
        if name == "encryption-data":
            raise locked()

    def end(self, name: str, text: str) -> None:
        """An element ends."""


class _Tables:
    """One pass over the document."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[Seen] = []
        self.merged: dict[str, list[Merge]] = {}
        self.epoch = 1900
        self._limits = limits
        self._row = self._column = self._repeat = 0
        self._depth = 0
        self._cell: Mapping[str, str] = {}
        self._text = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self._begin(attributes.get("name", ""))
        elif name == "null-date":
            self.epoch = 1904 if attributes.get("date-value", "").startswith("1904") else 1900
        elif not self._depth:
            return
        elif name == "table-column":
            count = _count(attributes.get("number-columns-repeated", ""))
            if attributes.get("visibility", "visible") != "visible":
                last = min(self._column + count, self._limits.max_columns)
                self.sheets[-1].hidden_columns.update(range(self._column, last))
            self._column += count
        elif name == "table-row":
            self._repeat = _count(attributes.get("number-rows-repeated", ""))
            self._column = 0
            if attributes.get("visibility", "visible") != "visible":
                last = min(self._row + self._repeat, self._limits.max_rows + self._limits.max_blank)
                self.sheets[-1].hidden_rows.update(range(self._row + 1, last + 1))
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._text = dict(attributes), ""

    def end(self, name: str, text: str) -> None:
        """An element ends."""
        if name == "table":
            self._depth -= 1
        elif name == "table-row":
            self._row += self._repeat
        elif name in ("table-cell", "covered-table-cell"):
            self._look_at()
        elif self._depth:
            self._text = self._text or text.strip()

    def _begin(self, name: str) -> None:
        if len(self.sheets) == self._limits.max_sheets:
            raise SheetError(
                "PACKAGE_TOO_LARGE", f"The workbook has more than {self._limits.max_sheets} sheets."
            )
        self.sheets.append(Seen(name))
        self.merged[name] = []
        self._row = self._column = 0

    def _look_at(self) -> None:
        seen, cell = self.sheets[-1], self._cell
        count = _count(cell.get("number-columns-repeated", ""))
        at = (self._row + 1, self._column)
        self._column += count
        if cell.get("value-type") or self._text:
            seen.rows = max(seen.rows, self._row + self._repeat)
            seen.columns = max(seen.columns, self._column)
            check_extent(seen, self._limits)
            if cell.get("formula"):
                seen.computed.update((at[0], at[1] + step) for step in range(count))
            if self._text.startswith("#") and self._text[1:].rstrip("!?").replace("/", "").isupper():
                seen.errors[at] = self._text[:20]
        down, across = (
            _count(cell.get("number-rows-spanned", "")),
            _count(cell.get("number-columns-spanned", "")),
        )
        if down * across > 1:
            merge = Merge(at[0], at[0] + min(down, _FAR) - 1, at[1], at[1] + min(across, _FAR) - 1)
            self.merged[seen.name].append(merge)


def _count(text: str) -> int:
    """How often something is repeated; 1 where nothing is said."""
    return min(int(text[:9]), _FAR) if text.isascii() and text.isdigit() and int(text[:9]) else 1
