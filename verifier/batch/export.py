"""A batch as a sheet: CSV that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from verifier.batch.rows import Row
from verifier.batch.table import cells, head

_BEGINNINGS: Final = frozenset("=+-@|%\t\r\n")
"""How a formula, or a command behind one, may begin in some spreadsheet program."""


def batch_csv(rows: Iterable[Row], locale: str) -> bytes:
    """The rows as CSV in UTF-8 with a mark for Excel, every cell quoted (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head(locale))
    for row in rows:
        writer.writerow([harmless(cell) for cell in cells(row, locale)])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str | int | Decimal) -> str:
    """A cell that is shown and never calculated: an apostrophe before what may begin a formula.

    Also before full-width signs, which some programs fold, and where spaces or unseen characters stand in
    front. Line breaks and control characters become spaces.

    >>> harmless("=1+1")
    "'=1+1"
    """
    if not isinstance(cell, str):
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    text = one_line(cell)
    seen = unicodedata.normalize("NFKC", text).lstrip()
    return f"'{text}" if seen[:1] in _BEGINNINGS or text[:1] == "'" else text


def one_line(text: str) -> str:
    """The text without control and format characters, on one line: nothing unseen stands before a sign."""
    kept = (" " if c in "\t\r\n" or unicodedata.category(c) in ("Zl", "Zp") else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn")).strip()
