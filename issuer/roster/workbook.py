"""Workbooks as grids: .xlsx, .xls and .ods. What a file holds is seen with bounds before it is read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from issuer.roster import ods, xlsx
from issuer.roster.delimited import cell_too_long
from issuer.roster.errors import SheetError
from issuer.roster.grid import Grid, How, Limits, Merge, Place
from issuer.roster.old_workbook import look_at_old
from issuer.roster.package import Package, damaged, locked, packed

_EXACT: Final = 2**53
_MERGES: Final = 10_000


def read_packed(package: Package, limits: Limits) -> tuple[Grid, ...]:
    """The sheets of an .xlsx or .ods workbook, in its order.

    Raises:
        SheetError: BAD_PACKAGE, LOCKED, NOT_A_SHEET, PACKAGE_TOO_LARGE and those of a sheet.
    """
    if xlsx.WORKBOOK in package.names:
        facts = xlsx.look_at(package, limits)
        # The reader is given the parts that were looked at and no others: it cannot see what we did not.
        return tuple(_sheets(packed(facts.parts), facts.sheets, {}, facts.epoch, limits))
    if ods.CONTENT in package.names:
        seen = ods.look_at(package, limits)
        return tuple(_sheets(packed(seen.parts), seen.sheets, seen.merged, seen.epoch, limits))
    raise SheetError("NOT_A_SHEET", _what_else(package.names))


def read_old(data: bytes, limits: Limits) -> tuple[Grid, ...]:
    """The sheets of an .xls workbook (BIFF8), in its order.

    Raises:
        SheetError: BAD_PACKAGE, LOCKED, NOT_A_SHEET, PACKAGE_TOO_LARGE and those of a sheet.
    """
    facts = look_at_old(data, limits)
    return tuple(_sheets(data, facts.sheets, {}, facts.epoch, limits))


def _what_else(names: tuple[str, ...]) -> str:
    if any(name.endswith(".bin") and name.startswith("xl/") for name in names):
        return "This is a binary Excel workbook (.xlsb). In Excel choose Save As, Excel Workbook (.xlsx)."
    if any(name.startswith("Index/") for name in names):
        return "This is a Numbers document. In Numbers choose Export To, Excel."
    if "word/document.xml" in names:
        return "This is a Word document. Copy its table into a sheet and save that."
    if "manifest.csv" in names or "users.csv" in names:
        return "This is a OneRoster archive of students. Import it with `cairn students import`."
    return "This is an archive, and no sheet. Unpack it and give the sheet that is in it."


def _sheets(
    data: bytes,
    seen: Mapping[str, xlsx.Seen],
    merged: Mapping[str, tuple[Merge, ...]],
    epoch: int,
    limits: Limits,
) -> Iterator[Grid]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for about in book.sheets_metadata:
                if about.typ is SheetTypeEnum.WorkSheet and about.name in seen:
                    sheet = book.get_sheet_by_name(about.name)
                    visible = about.visible is SheetVisibleEnum.Visible
                    yield _grid(
                        sheet, seen[about.name], merged.get(about.name, ()), epoch, limits, visible=visible
                    )
    except PasswordError as fault:
        raise locked() from fault
    except (CalamineError, OSError, ValueError) as fault:
        if isinstance(fault, SheetError):
            raise
        raise damaged() from fault


def _grid(
    sheet: CalamineSheet,
    seen: xlsx.Seen,
    merged: tuple[Merge, ...],
    epoch: int,
    limits: Limits,
    *,
    visible: bool,
) -> Grid:
    how: dict[Place, How] = {}
    rows: list[tuple[str, ...]] = []
    if sheet.start is not None:
        for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
            rows.append(tuple(_cell(value, (number, at), seen, how) for at, value in enumerate(values)))
            if any(len(text) > limits.max_cell for text in rows[-1]):
                raise cell_too_long(limits, number)
    _mark_missing(rows, seen, how)
    while rows and not any(rows[-1]):
        rows.pop()
    ranges = sheet.merged_cell_ranges if not merged else None
    if ranges:
        merged = tuple(Merge(top + 1, end + 1, left, right) for (top, left), (end, right) in ranges[:_MERGES])
    return Grid(
        tuple(rows),
        name=sheet.name,
        how=how,
        hidden_rows=frozenset(seen.hidden_rows),
        hidden_columns=frozenset(seen.hidden_columns),
        merged=merged[:_MERGES],
        epoch=epoch,
        visible=visible,
    )


def _cell(value: Any, at: Place, seen: xlsx.Seen, how: dict[Place, How]) -> str:
    if at in seen.errors:
        how[at] = How.ERROR
        return seen.errors[at]
    text, came = _text(value)
    if came is How.NUMBER and at in seen.padded and text.isdigit():
        text = text.zfill(seen.padded[at])
    if at in seen.computed:
        came = How.COMPUTED if came is not How.DATE else came
    if came is not How.TYPED:
        how[at] = came
    return text


def _text(value: Any) -> tuple[str, How]:
    """A value as text: days as 2026-04-18, whole numbers without a point."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), How.TYPED
    if isinstance(value, int | float):
        if value == int(value) and abs(value) < _EXACT:
            return str(int(value)), How.NUMBER
        # Beyond this a number has lost figures, and is written so that a row with it is refused.
        return (f"{value:E}" if abs(value) >= _EXACT else repr(value)), How.NUMBER
    if isinstance(value, datetime):
        clock = "" if value.time() == time() else f" {value.time().isoformat('minutes')}"
        return f"{value.date().isoformat()}{clock}", How.DATE
    if isinstance(value, date):
        return value.isoformat(), How.DATE
    if isinstance(value, time | timedelta):
        return str(value), How.NUMBER
    return str(value).strip(), How.TYPED


def _mark_missing(rows: list[tuple[str, ...]], seen: xlsx.Seen, how: dict[Place, How]) -> None:
    """Formulas without a saved value: the cell says so, where the values' reader saw nothing."""
    for row, column in sorted(seen.not_computed):
        while len(rows) < row:
            rows.append(())
        cells = [*rows[row - 1], *[""] * (column + 1 - len(rows[row - 1]))]
        if not cells[column]:
            cells[column] = "#FORMULA"
            how[row, column] = How.NOT_COMPUTED
        rows[row - 1] = tuple(cells)
