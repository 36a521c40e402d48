"""Corrections to a sheet as data: the file itself is never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from contexts.document import Limits, parse
from issuer.roster.errors import SheetError
from issuer.roster.reading import Reading
from issuer.roster.report import Fix
from issuer.text import normal

MOST: Final = 20_000
"""As many corrections as rows."""

_FILE: Final = Limits(max_bytes=4_194_304, max_nodes=200_000)


@dataclass(frozen=True, slots=True)
class Fixes:
    """What a person decided about a sheet's rows: cells with another value, and rows to be left out."""

    cells: tuple[Fix, ...] = ()
    skip: frozenset[int] = frozenset()

    @property
    def lines(self) -> frozenset[int]:
        """The rows that are not as the file has them."""
        return self.skip | {one.line for one in self.cells}

    def __add__(self, other: Fixes) -> Fixes:
        """These, then those: the later of two for one cell counts."""
        cells = {(one.line, one.column): one for one in (*self.cells, *other.cells)}
        return Fixes(tuple(cells.values()), self.skip | other.skip)


def parse_fixes(data: bytes) -> Fixes:
    """Read `{"fixes": [{"line": 5, "column": "external_id", "value": "0012345"}], "skip": [7]}`.

    Raises:
        SheetError: BAD_FIXES.
    """
    try:
        document = parse(data, _FILE).value
    except ValueError as fault:
        raise SheetError("BAD_FIXES", f"The corrections are no JSON that is read: {fault}") from fault
    if not document.keys() <= {"fixes", "skip"}:
        raise _refused()
    cells, skip = document.get("fixes", []), document.get("skip", [])
    if not isinstance(cells, list) or not isinstance(skip, list) or len(cells) + len(skip) > MOST:
        raise _refused()
    if not all(type(line) is int for line in skip):
        raise _refused()
    return Fixes(tuple(_fix(one) for one in cells), frozenset(skip))


def apply(reading: Reading, fixes: Fixes) -> Reading:
    """A reading with its corrections; what reading found wrong with a corrected cell is forgotten.

    Raises:
        SheetError: BAD_FIXES where a row or a column is not there.
    """
    by_line: dict[int, dict[str, str]] = {}
    columns = reading.records[0].values.keys()
    for one in fixes.cells:
        if one.column not in columns:
            raise SheetError("BAD_FIXES", f"There is no column {one.column[:40]!r}.")
        by_line.setdefault(one.line, {})[one.column] = normal(one.value)
    known = {record.line for record in reading.records}
    for line in fixes.lines - known:
        raise SheetError("BAD_FIXES", f"Row {line} is no row of data in this sheet.")
    records = tuple(
        replace(
            record,
            values=MappingProxyType({**record.values, **by_line.get(record.line, {})}),
            faults=tuple(
                (code, words)
                for code, words in record.faults
                if not _cured(code, words.facts, by_line.get(record.line, {}))
            ),
            skip=record.skip or record.line in fixes.skip,
        )
        if record.line in fixes.lines
        else record
        for record in reading.records
    )
    return replace(reading, records=records)


def _cured(code: str, facts: Mapping[str, str], changed: Mapping[str, str]) -> bool:
    if code == "UNCLEAR_NAME":
        return {"given_name", "family_name"} <= changed.keys()
    return facts.get("column", "") in changed


def alike(offered: Iterable[Fix], like: Fix) -> Fixes:
    """Every offered correction of the same column: fix all like this.

    Args:
        offered: The corrections that the rows offer.
        like: The one that somebody chose.
    """
    return Fixes(tuple(one for one in offered if one.column == like.column))


def _fix(one: Any) -> Fix:
    if not isinstance(one, dict) or one.keys() != {"line", "column", "value"}:
        raise _refused()
    if (
        type(one["line"]) is not int
        or not isinstance(one["column"], str)
        or not isinstance(one["value"], str)
    ):
        raise _refused()
    return Fix(one["line"], one["column"], one["value"])


def _refused() -> SheetError:
    return SheetError(
        "BAD_FIXES",
        'The corrections are {"fixes": [{"line": 5, "column": "external_id", "value": "0012345"}], '
        '"skip": [7]}.',
    )
