"""Bytes of a sheet as rows of cells: encoding, separator, limits. Nothing is guessed silently."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from issuer.roster.errors import SheetError

ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in this order. UTF-8 text is never valid by chance, so the second is what older Excel writes."""

DELIMITERS = (",", ";", "\t")

_OTHER_KINDS = (
    (b"PK\x03\x04", "This is an Excel workbook, and only CSV is read: in Excel choose Save As, CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "This is an old or a password-protected Excel workbook. Save it as CSV UTF-8."),
    (b"%PDF", "This is a PDF. Export the sheet as CSV from the program that made it."),
    (b"\x89PNG", "This is a picture. Export the sheet as CSV from the program that made it."),
    (b"\xff\xd8\xff", "This is a picture. Export the sheet as CSV from the program that made it."),
    (b"{", "This is JSON. A sheet is CSV: one row for each award, column names in the first."),
    (b"<", "This is a web page or XML. Export the sheet as CSV from the program that made it."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read; each bound is still accepted.

    Args:
        max_bytes: Of the file.
        max_rows: Below the column names, with something in them.
        max_blank: Rows with nothing in them: exports end in thousands.
        max_columns: Of the sheet.
        max_cell: Characters of a cell.
    """

    max_bytes: int = 8_388_608
    max_rows: int = 20_000
    max_blank: int = 100_000
    max_columns: int = 100
    max_cell: int = 4_000


SHEET_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Line:
    """A row by its number in a spreadsheet program, where the first is 1, and its cells, trimmed."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """A sheet's cells.

    Args:
        header: The column names, as written.
        lines: The rows that hold anything.
        blank: Numbers of the rows that hold nothing.
        encoding: `utf-8` or `cp1252`.
        delimiter: What separates the cells.
    """

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    blank: tuple[int, ...]
    encoding: str
    delimiter: str


def read_cells(data: bytes, limits: Limits = SHEET_LIMITS) -> Cells:
    """The cells of a CSV file (RFC 4180, and what Excel makes of it).

    Raises:
        SheetError: A code of `errors.FILE_CODES` other than those on columns.
    """
    if len(data) > limits.max_bytes:
        raise SheetError(
            "FILE_TOO_LARGE", f"The file has {len(data)} bytes; {limits.max_bytes} are read. Split it."
        )
    text, encoding = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    delimiter = max(DELIMITERS, key=lambda one: (_outside_quotes(first, one), -DELIMITERS.index(one)))
    rows = _rows(text, delimiter, limits)
    header: tuple[str, ...] = ()
    lines: list[Line] = []
    blank: list[int] = []
    for number, cells in rows:
        if not any(cells):
            blank.append(number)
        elif not header:
            header = cells
            continue
        if len(lines) == limits.max_rows and any(cells):
            raise SheetError(
                "TOO_MANY_ROWS", f"More than {limits.max_rows} rows are filled. Split it.", number
            )
        if len(blank) > limits.max_blank:
            message = f"More than {limits.max_blank} rows are empty. Delete them."
            raise SheetError("TOO_MANY_ROWS", message, number)
        if any(cells):
            lines.append(Line(number, cells))
    if not lines:
        raise SheetError("HEADER_ONLY", "The sheet has column names and no rows. Add a row for each award.")
    last = lines[-1].number
    return Cells(
        header, tuple(lines), tuple(number for number in blank if number < last), encoding, delimiter
    )


def _decoded(data: bytes) -> tuple[str, str]:
    if not data.strip():
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    for beginning, message in _OTHER_KINDS:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginning):
            raise SheetError("NOT_A_SHEET", message)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise SheetError("BAD_ENCODING", "The file is UTF-16 or holds zero bytes. Save it as CSV UTF-8.")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise SheetError("BAD_ENCODING", "The file's letters cannot be read. Save it as CSV UTF-8.")


def _rows(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, tuple[str, ...]]]:
    # The library's own bound on a field is for the whole process, so ours is checked here and on the way in.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quoting(str(error), number) from error
        if len(cells) > limits.max_columns:
            raise SheetError(
                "TOO_MANY_COLUMNS", f"This row has {len(cells)} cells; {limits.max_columns} are read.", number
            )
        if any(len(cell) > limits.max_cell for cell in cells):
            message = f"A cell has more than {limits.max_cell} characters. Is a quotation mark missing above?"
            raise SheetError("CELL_TOO_LONG", message, number)
        yield number, tuple(cell.strip() for cell in cells)


def _quoting(error: str, number: int) -> SheetError:
    if "field larger" in error:
        return SheetError(
            "CELL_TOO_LONG", "A cell is far too long. Is a quotation mark missing above?", number
        )
    return SheetError(
        "BAD_QUOTES", "A quotation mark is opened here and never closed, or stands alone. Mend it.", number
    )


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])
