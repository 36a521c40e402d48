"""The rows of a sheet that need a person, as a workbook of their own with a column that says what to fix."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from issuer.roster import Checked, Outcome
from issuer.roster.words import Said

_TEXT = "@"
_WIDEST = 60
_NARROWEST = 10
_STAMP = (1980, 1, 1, 0, 0, 0)
_MOMENTS = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def problem_rows(checked: Checked, language: str = "en") -> bytes:
    """An .xlsx of the rejected rows, as the sheet had them, each with what to fix beside it.

    Every cell is text: no formula runs, and no zero is dropped when the workbook is saved again. Rows that
    were corrected are shown as the file has them. The same rows give the same bytes.

    Args:
        checked: A sheet and its report.
        language: `en` or `es`.
    """
    reading = checked.reading
    width = max(len(reading.head.names), 1)
    rows: list[Sequence[str]] = [
        (Said("sheet.problem").text(language), Said("sheet.row").text(language), *reading.head.names)
    ]
    for row in checked.report.rows:
        if row.outcome is Outcome.REJECT:
            cells = reading.grid.rows[row.line - 1][:width]
            rows.append((row.in_words(language), str(row.line), *cells, *[""] * (width - len(cells))))
    return text_workbook(Said("sheet.title").text(language), rows)


def text_workbook(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """An .xlsx of one sheet whose cells are all text. The first row is the column names."""
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = title
    for number, cells in enumerate(rows, 1):
        for column, text in enumerate(cells, 1):
            _write(sheet.cell(number, column), text, head=number == 1)
    sheet.freeze_panes = "A2"
    for column in range(1, len(rows[0]) + 1):
        longest = max(len(cells[column - 1]) for cells in rows)
        letter = sheet.cell(1, column).column_letter
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _write(cell: Cell, text: str, *, head: bool) -> None:
    # The type is said and not guessed: a text with an equals sign before it would else be a formula.
    cell.value = _UNWRITABLE.sub("�", text)
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.quotePrefix = True
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.font = Font(bold=head)


def _timeless(data: bytes) -> bytes:
    """The same workbook without the moment of its making."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            content = before.read(name)
            after.writestr(info, _MOMENTS.sub(b"", content) if name == "docProps/core.xml" else content)
    return out.getvalue()
