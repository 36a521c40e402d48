"""A sheet as a grid of text, with where each text came from. Every kind of file becomes one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Place = tuple[int, int]
"""A cell: its row as a spreadsheet program counts it, from 1, and its column, from 0."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read; each bound is still accepted.

    Args:
        max_bytes: Of the file.
        max_rows: Below the column names, with something in them.
        max_blank: Rows with nothing in them: exports end in thousands.
        max_columns: Of the sheet.
        max_cell: Characters of a cell.
        max_unpacked: Bytes of all parts of a workbook or an archive together.
        max_parts: Files in a workbook or an archive.
        max_sheets: Of a workbook.
        max_area: Rows times columns of one sheet of a workbook.
    """

    max_bytes: int = 8_388_608
    max_rows: int = 20_000
    max_blank: int = 100_000
    max_columns: int = 100
    max_cell: int = 4_000
    max_unpacked: int = 67_108_864
    max_parts: int = 2_000
    max_sheets: int = 50
    max_area: int = 4_000_000


SHEET_LIMITS = Limits()

HEAD_ROWS = 40
"""Among so many filled rows the column names are looked for: titles and dates of print stand above them."""


class How(StrEnum):
    """How a text came into its cell."""

    TYPED = "typed"
    NUMBER = "number"
    DATE = "date"
    COMPUTED = "computed"
    """A formula's value, as the program that wrote the workbook saved it."""
    NOT_COMPUTED = "not-computed"
    """A formula whose value was never saved."""
    FILLED = "filled"
    """The value of the merged cell that it is part of."""
    ERROR = "error"
    """A spreadsheet program's error, such as #N/A."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells that were merged into one: first and last row, first and last column."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    Args:
        rows: Text by row and column; the rows are counted from 1, so `rows[0]` is row 1. Days are written
            as 2026-04-18.
        name: Of the sheet in its workbook, "" for a plain text file.
        how: How a text came into its cell; a cell that is absent was typed.
        hidden_rows: Rows that the program that wrote it did not show.
        hidden_columns: Likewise.
        merged: Cells that were merged; their text stands in the first.
        epoch: 1900 or 1904: the year from which the workbook counts days; 0 for a plain text file.
        visible: Whether the sheet is shown.
        encoding: Of a plain text file.
        delimiter: Of a plain text file.
    """

    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    how: Mapping[Place, How] = field(default_factory=lambda: MappingProxyType({}))
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Merge, ...] = ()
    epoch: int = 0
    visible: bool = True
    encoding: str = ""
    delimiter: str = ""

    def origin(self, row: int, column: int) -> How:
        """How the text came into a cell."""
        return self.how.get((row, column), How.TYPED)


_LETTERS = 26


def letter(column: int) -> str:
    """A column as a spreadsheet program names it: 0 is A, 26 is AA."""
    name = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, _LETTERS)
        name = chr(ord("A") + digit) + name
    return name
