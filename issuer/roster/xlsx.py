"""What stands in an Excel workbook beside its values: extents, formulas, errors, hidden rows, padded numbers.

It is read before anybody computes a grid from it, so that a cell in the last corner of a sheet cannot ask for
seventeen thousand million cells (ECMA-376 part 1, 18.2, 18.3 and 18.8).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits, Place, letter
from issuer.roster.package import Package
from issuer.roster.xml_parts import walk

WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
TYPES: Final = "[Content_Types].xml"
STRINGS: Final = "xl/sharedStrings.xml"
STYLES: Final = "xl/styles.xml"
ROOT_RELATIONS: Final = "_rels/.rels"

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ZEROS: Final = re.compile(r"0{2,20}")
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_TRUE: Final = ("1", "true")


@dataclass(slots=True)
class Seen:
    """What was seen in one sheet.

    Args:
        name: Of the sheet.
        rows: The last row with a value, from 1.
        columns: One more than the last column with a value.
        computed: Cells whose value a formula gave.
        not_computed: Cells with a formula whose value was not saved.
        errors: Errors by cell, such as #N/A.
        padded: How many figures a cell is shown with, by cell.
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown.
    """

    name: str
    rows: int = 0
    columns: int = 0
    computed: set[Place] = field(default_factory=set)
    not_computed: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    padded: dict[Place, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen in a workbook.

    Args:
        sheets: By the name of the sheet.
        epoch: 1900 or 1904.
        parts: Exactly the parts that were looked at, for whoever reads the values.
    """

    sheets: Mapping[str, Seen]
    epoch: int
    parts: Mapping[str, bytes]


def look_at(package: Package, limits: Limits) -> Facts:
    """See what a workbook holds.

    Raises:
        SheetError: BAD_PACKAGE, LOCKED, PACKAGE_TOO_LARGE, TOO_MANY_COLUMNS, TOO_MANY_ROWS.
    """
    first = package.read(WORKBOOK, RELATIONS)
    if len(first) < len((WORKBOOK, RELATIONS)):
        raise SheetError("BAD_PACKAGE", "The workbook has no list of its sheets. Save it again as .xlsx.")
    book = _Book()
    walk(first[RELATIONS], book)
    walk(first[WORKBOOK], book)
    named = book.named()
    if len(named) > limits.max_sheets:
        raise SheetError(
            "PACKAGE_TOO_LARGE", f"The workbook has {len(named)} sheets; {limits.max_sheets} are read."
        )
    parts = package.read(WORKBOOK, RELATIONS, TYPES, ROOT_RELATIONS, STRINGS, STYLES, *named.values())
    styles = _Styles()
    for part in (TYPES, ROOT_RELATIONS, STRINGS, STYLES):
        if part in parts:
            walk(parts[part], styles)
    sheets = {}
    for name, part in named.items():
        if part in parts:
            sheets[name] = Seen(name)
            walk(parts[part], _Rows(sheets[name], styles.padding, limits))
    return Facts(sheets, book.epoch, parts)


class _Book:
    """The list of sheets, and the parts in which they are; those outside of the workbook are left out."""

    def __init__(self) -> None:
        self.epoch = 1900
        self._targets: dict[str, str] = {}
        self._sheets: list[tuple[str, str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            self._targets[attributes.get("Id", "")] = path
        elif name == "workbookPr":
            self.epoch = 1904 if attributes.get("date1904") in _TRUE else 1900
        elif name == "sheet":
            self._sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    def end(self, name: str, text: str) -> None:
        """An element ends."""

    def named(self) -> dict[str, str]:
        """Part by name of the sheet; charts and sheets of macros are left out."""
        found = ((name, self._targets.get(key, "")) for name, key in self._sheets)
        return {name: path for name, path in found if path.startswith("xl/worksheets/")}


class _Styles:
    """How many figures a number is shown with, by the number of the cell's format (18.8.30)."""

    def __init__(self) -> None:
        self.padding: dict[int, int] = {}
        self._codes: dict[str, int] = {}
        self._inside = False
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "numFmt" and _ZEROS.fullmatch(attributes.get("formatCode", "")):
            self._codes[attributes.get("numFmtId", "")] = len(attributes["formatCode"])
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            if width := self._codes.get(attributes.get("numFmtId", "")):
                self.padding[self._count] = width
            self._count += 1

    def end(self, name: str, text: str) -> None:  # noqa: ARG002 - a walker's shape
        """An element ends."""
        if name == "cellXfs":
            self._inside = False


class _Rows:
    """One pass over a sheet."""

    def __init__(self, seen: Seen, padding: Mapping[int, int], limits: Limits) -> None:
        self._seen = seen
        self._padding = padding
        self._limits = limits
        self._row = 0
        self._column = 0
        self._cell: Mapping[str, str] = {}
        self._formula = False
        self._value = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "row":
            self._row, self._column = _number(attributes.get("r", ""), self._row + 1, _LAST_ROW), 0
            if attributes.get("hidden") in _TRUE:
                self._seen.hidden_rows.add(self._row)
        elif name == "c":
            self._cell, self._formula, self._value = dict(attributes), False, ""
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._value = "text"
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first = _number(attributes.get("min", ""), 1, _LAST_COLUMN)
            last = _number(attributes.get("max", ""), first, _LAST_COLUMN)
            self._seen.hidden_columns.update(range(first - 1, min(last, self._limits.max_columns)))

    def end(self, name: str, text: str) -> None:
        """An element ends."""
        if name == "v":
            self._value = text
        elif name == "c":
            at = _place(self._cell.get("r", ""), self._row, self._column)
            self._column = at[1] + 1
            self._look_at(at)

    def _look_at(self, at: Place) -> None:
        if not self._value and not self._formula:
            return
        seen, kind = self._seen, self._cell.get("t", "n")
        seen.rows, seen.columns = max(seen.rows, at[0]), max(seen.columns, at[1] + 1)
        check_extent(seen, self._limits)
        if self._formula:
            (seen.computed if self._value or kind == "str" else seen.not_computed).add(at)
        if kind == "e":
            seen.errors[at] = self._value[:20]
        style = self._cell.get("s", "0")
        if kind == "n" and style.isdigit() and (width := self._padding.get(int(style[:9]))):
            seen.padded[at] = width


def check_extent(seen: Seen, limits: Limits) -> None:
    """Refuse a sheet before anybody computes a grid of it.

    Raises:
        SheetError: TOO_MANY_COLUMNS, TOO_MANY_ROWS.
    """
    if seen.columns > limits.max_columns:
        last = letter(seen.columns - 1)
        raise SheetError(
            "TOO_MANY_COLUMNS",
            f"The sheet {seen.name!r} goes on to column {last}; {limits.max_columns} are read. "
            "Delete the columns that are not needed.",
        )
    if seen.rows > limits.max_rows + limits.max_blank or seen.rows * seen.columns > limits.max_area:
        raise SheetError(
            "TOO_MANY_ROWS",
            f"The sheet {seen.name!r} goes on to row {seen.rows}; {limits.max_rows} are read. Split it.",
        )


def _place(reference: str, row: int, column: int) -> Place:
    """Where a cell stands: by its own word, or after the one before it."""
    if not reference:
        return row, column
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise SheetError("BAD_PACKAGE", "A cell of the workbook has no place. Save the workbook again.")
    index = 0
    for character in found[1]:
        index = index * 26 + ord(character) - ord("A") + 1
    return int(found[2]), index - 1


def _number(text: str, otherwise: int, most: int) -> int:
    if not text:
        return otherwise
    if (
        not text.isascii()
        or not text.isdigit()
        or not 0 < int(text[:8]) <= most
        or len(text) > len(str(most))
    ):
        raise SheetError("BAD_PACKAGE", "A row of the workbook has no place. Save the workbook again.")
    return int(text)
