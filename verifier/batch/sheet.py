"""Read a college's own sheet, saved as CSV: strictly, within bounds, with the place of each fault.

Forgiving what a sheet says would be to guess at somebody's credits. A row is counted as a spreadsheet counts
it: empty rows too, and a cell with line breaks in it as part of its one row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier.batch.folding import folded

MAX_SHEET: Final = 4 * 1024 * 1024
MOST_COLUMNS: Final = 64
LONGEST_CELL: Final = 2_000
MOST_FAULTS: Final = 20
"""Faults that are told of at once; who has mended these sends the sheet again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sheet, and where.

    Args:
        code: Why: the key behind `sheet.` in `verifier.batch.words`.
        row: The row as a spreadsheet counts it, from 1; 0 for the whole file.
        column: The column's name as the sheet has it, or "".
        facts: What fills the sentence's blanks.
    """

    code: str
    row: int = 0
    column: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class SheetRefused(ValueError):  # noqa: N818 - it says what happened
    """A sheet that is not used at all: half of it would be worse than none.

    Args:
        faults: What is wrong, at least one and at most `MOST_FAULTS`.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        super().__init__("; ".join(f"{f.code} at row {f.row}, column {f.column!r}" for f in self.faults))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not empty.

    Args:
        number: As a spreadsheet counts it.
        cells: Column, as `read_sheet` was told to call it, to its text without spaces around it.
    """

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a head.

    Args:
        columns: What the columns are called here to what the sheet calls them, in its order.
        unknown: Columns of the sheet that nobody asked for.
        rows: The rows below the head.
    """

    columns: Mapping[str, str]
    unknown: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(data: bytes, names: Mapping[str, Sequence[str]], most_rows: int) -> Sheet:
    """Read a CSV file whose first row that is not empty names its columns.

    Args:
        data: The file.
        names: What a column is called here to what sheets call it, in any case and with any marks between.
        most_rows: Most rows below the head.

    Raises:
        SheetRefused: It is no CSV in UTF-8, is too large, names a column twice or has a row wider than its
            head.
    """
    lines = _lines(_text(data), most_rows)
    if not lines:
        raise SheetRefused([Fault("empty")])
    head_row, head = lines[0]
    known = {folded(name): ours for ours, theirs in names.items() for name in theirs}
    columns: dict[str, str] = {}
    places: dict[int, str] = {}
    unknown: list[str] = []
    for place, name in enumerate(head):
        ours = known.get(folded(name))
        if ours is None:
            unknown.extend(filter(None, [name]))
        elif ours in columns:
            raise SheetRefused([Fault("column_twice", head_row, name, {"other": columns[ours]})])
        else:
            columns[ours] = name
            places[place] = ours
    rows = []
    for number, cells in lines[1:]:
        if any(cells[len(head) :]):
            raise SheetRefused([Fault("row_too_wide", number)])
        rows.append(
            SheetRow(
                number, {ours: cells[place] if place < len(cells) else "" for place, ours in places.items()}
            )
        )
    if not rows:
        raise SheetRefused([Fault("no_rows", head_row)])
    return Sheet(columns, tuple(unknown), tuple(rows))


def _text(data: bytes) -> str:
    if len(data) > MAX_SHEET:
        raise SheetRefused([Fault("too_large", facts={"most": str(MAX_SHEET >> 20)})])
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SheetRefused([Fault("workbook")])
    try:
        text = data.decode("utf-8-sig", "strict")
    except UnicodeDecodeError as fault:
        raise SheetRefused([Fault("not_utf8")]) from fault
    if "\0" in text:
        raise SheetRefused([Fault("not_utf8")])
    return text


def _lines(text: str, most_rows: int) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) > MOST_COLUMNS:
                raise SheetRefused([Fault("too_many_columns", number, facts={"most": str(MOST_COLUMNS)})])
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise SheetRefused([Fault("cell_too_long", number, facts={"most": str(LONGEST_CELL)})])
            if len(lines) > most_rows:
                raise SheetRefused([Fault("too_many_rows", number, facts={"most": str(most_rows)})])
            lines.append((number, cells))
    except csv.Error as fault:
        raise SheetRefused([Fault("not_csv", number + 1)]) from fault
    return lines
