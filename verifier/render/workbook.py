"""A batch as a workbook: an .xlsx whose cells are text, but for the numbers that are ours."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

_TEXT: Final = "@"
_WIDEST: Final = 60
_NARROWEST: Final = 8
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def table_workbook(title: str, head: Sequence[str], rows: Sequence[Sequence[str | int | Decimal]]) -> bytes:
    """An .xlsx of one sheet, its first row the names of the columns.

    Args:
        title: The sheet's name, of at most 31 characters.
        head: The names.
        rows: The cells. A text is written as text, so that no formula runs and no zero is dropped.
    """
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = title[:31]
    for number, cells in enumerate((head, *rows), 1):
        for column, value in enumerate(cells, 1):
            _write(sheet.cell(number, column), value, head=number == 1)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for column in range(1, len(head) + 1):
        longest = max(len(str(cells[column - 1])) for cells in (head, *rows))
        letter = sheet.cell(1, column).column_letter
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Cell, value: str | int | Decimal, *, head: bool) -> None:
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.font = Font(bold=head)
    if not isinstance(value, str):
        cell.value = value
        return
    # The type is said and not guessed: a text with an equals sign before it would else be a formula.
    cell.value = _UNWRITABLE.sub("�", value)
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.quotePrefix = True
