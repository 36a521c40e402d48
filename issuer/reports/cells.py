"""Cells of files that people open in a spreadsheet program: never a formula, and the same when read back.

Our exports put a quotation mark before what a program would take for a formula, and `plain` takes it away
again. Leading zeros are text and stay.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from issuer.roster.report import FORMULA_STARTS

_MARK = "'"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program would take a text for a formula (OWASP, CSV injection)."""
    return text.lstrip(" \u00a0").startswith(FORMULA_STARTS) or text.startswith("\n")


def safe(text: str) -> str:
    """The text as a cell that no program takes for a formula; what begins with a mark gets another."""
    return _MARK + text if is_formula(text) or text.startswith(_MARK) else text


def plain(cell: str) -> str:
    """The text of a cell that `safe` wrote."""
    return cell.removeprefix(_MARK)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """A CSV file's text (RFC 4180, lines end in CRLF). Every cell is quoted, and none is a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return written.getvalue()
