"""A file whose column names somebody has chosen: its first filled row and what stands below, not matched."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.roster.delimited import too_many_rows
from issuer.roster.errors import SheetError
from issuer.roster.grid import SHEET_LIMITS, Limits
from issuer.roster.open_file import open_file


@dataclass(frozen=True, slots=True)
class Line:
    """A row by its number in a spreadsheet program, where the first is 1, and its cells, trimmed."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, as written, and the rows that hold anything."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(data: bytes, limits: Limits = SHEET_LIMITS) -> Table:
    """The first shown sheet of a file, of any kind that is read.

    Raises:
        SheetError: A code of `errors.FILE_CODES` other than those on columns.
    """
    opened = open_file(data, limits, {})
    shown = [grid for grid in opened.grids if grid.visible and any(any(row) for row in grid.rows)]
    if not shown:
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    rows = enumerate((tuple(cell.strip() for cell in row) for row in shown[0].rows), start=1)
    header, *lines = (Line(number, cells) for number, cells in rows if any(cells))
    if not lines:
        raise SheetError("HEADER_ONLY", "The sheet has column names and no rows below them.")
    if len(lines) > limits.max_rows:
        raise too_many_rows(limits, lines[limits.max_rows].number)
    return Table(header.cells, tuple(lines))
