"""Delimited text as a grid: comma, semicolon, tab or bar (RFC 4180, and what programs make of it)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from issuer.roster.columns import is_known
from issuer.roster.decode import Decoded
from issuer.roster.errors import SheetError
from issuer.roster.grid import HEAD_ROWS, Grid, Limits

DELIMITERS = (",", ";", "\t", "|")

_PROBE = 65_536
_PROBED_ROWS = 40
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def read_delimited(decoded: Decoded, limits: Limits) -> Grid:
    """The grid of a text.

    Raises:
        SheetError: BAD_QUOTES, CELL_TOO_LONG, EMPTY_FILE, TOO_MANY_COLUMNS, TOO_MANY_ROWS.
    """
    text = decoded.text
    if not text.strip():
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    hint = _HINT.match(text)
    delimiter = hint[1] if hint and hint[1] in DELIMITERS else _delimiter(text)
    rows: list[tuple[str, ...]] = []
    filled = blank = 0
    for number, cells in _rows(text, delimiter, limits):
        if number == 1 and hint and hint[1] == delimiter:
            rows.append(())
            continue
        if any(cells):
            filled += 1
            # The exact bound counts from the column names on, which are not found yet.
            if filled > limits.max_rows + HEAD_ROWS:
                raise too_many_rows(limits, number)
        else:
            blank += 1
            if blank > limits.max_blank:
                message = f"More than {limits.max_blank} rows are empty. Delete them."
                raise SheetError("TOO_MANY_ROWS", message, number)
        rows.append(cells)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    return Grid(tuple(rows), encoding=decoded.encoding, delimiter=delimiter)


def too_many_rows(limits: Limits, number: int) -> SheetError:
    """What is said of a sheet with more filled rows than are read."""
    return SheetError("TOO_MANY_ROWS", f"More than {limits.max_rows} rows are filled. Split it.", number)


def _delimiter(text: str) -> str:
    """What separates the cells: that which makes names of the first rows, else that which makes even rows."""
    # Cut at a line's end, since half a line would have another width.
    head = text if len(text) <= _PROBE else text[:_PROBE].rpartition("\n")[0] or text[:_PROBE]
    return max(DELIMITERS, key=lambda one: (*_evenness(head, one), -DELIMITERS.index(one)))


def _evenness(head: str, delimiter: str) -> tuple[int, int, int]:
    known = 0
    widths: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)):
            if number == _PROBED_ROWS:
                break
            if any(cells):
                widths[len(cells)] += 1
                known = max(known, sum(is_known(cell) for cell in cells))
    except csv.Error:
        return 0, 0, 0
    width, often = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]), default=(0, 0))
    return known, often if width > 1 else 0, width


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
        if len(cells) > limits.max_columns and any(cells[limits.max_columns :]):
            raise SheetError(
                "TOO_MANY_COLUMNS", f"This row has {len(cells)} cells; {limits.max_columns} are read.", number
            )
        if any(len(cell) > limits.max_cell for cell in cells):
            raise cell_too_long(limits, number)
        yield number, tuple(cell.strip() for cell in cells[: limits.max_columns])


def cell_too_long(limits: Limits, number: int) -> SheetError:
    """What is said of a cell with more characters than are read."""
    message = f"A cell has more than {limits.max_cell} characters. Is a quotation mark missing above?"
    return SheetError("CELL_TOO_LONG", message, number)


def _quoting(error: str, number: int) -> SheetError:
    if "field larger" in error:
        return SheetError(
            "CELL_TOO_LONG", "A cell is far too long. Is a quotation mark missing above?", number
        )
    return SheetError(
        "BAD_QUOTES", "A quotation mark is opened here and never closed, or stands alone. Mend it.", number
    )
