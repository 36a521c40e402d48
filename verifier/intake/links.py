"""A list of links or codes: a text with one on each line, or a sheet saved as CSV with a column of them.

A sheet is taken for a list only where a column is made of links, codes or tokens. Then every row of it
counts: one in which nothing can be read is told of with its number, and never left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential.errors import CredentialError
from credential.qr import parse_qr
from verifier.intake.bounds import MAX_LINK
from verifier.intake.json_forms import JWS

MAX_LIST: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 64

_SCHEME = re.compile(r"https?://", re.ASCII | re.IGNORECASE)
_HEADS: Final = frozenset(
    {"link", "url", "code", "badge", "credential", "share", "enlace", "código", "codigo", "insignia"}
)
_HEAD_BONUS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in the column of links in one row.

    Args:
        row: The row's number as a sheet shows it, from 1.
        text: What stands there, "" for nothing.
    """

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class LinkList:
    """A list, as far as it is read.

    Args:
        cells: One for each row that is not empty.
        whole: False where it has more rows than are read.
    """

    cells: tuple[Cell, ...]
    whole: bool


def read_list(data: bytes) -> LinkList | None:
    """The list that these bytes are, or None where they are none.

    Args:
        data: A text of at least two lines, in UTF-8.
    """
    if len(data) > MAX_LIST:
        return None
    try:
        text = data.decode("utf-8-sig", "strict")
    except UnicodeDecodeError:
        return None
    if "\0" in text or not text.strip():
        return None
    rows, whole = _rows(text)
    if len(rows) < 2:  # noqa: PLR2004 - one line is one thing, which `read` reads
        return None
    column = _column(rows)
    if column is None:
        return None
    cells = [Cell(number, row[column] if column < len(row) else "") for number, row in rows]
    if cells and not _is_one(cells[0].text):
        cells = cells[1:]  # the head
    return LinkList(tuple(cells), whole) if cells else None


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """The rows that are not empty, with their numbers."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=delimiter, strict=False)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(rows) == MOST_ROWS:
                    return rows, False
                rows.append((reader.line_num, [cell.strip() for cell in row[:MOST_COLUMNS]]))
    except csv.Error:
        return [], True
    return rows, True


def _column(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """The column in which most rows have a link, a code or a token; at least half of them."""
    width = max(len(row) for _, row in rows)
    head = [cell.casefold() for cell in rows[0][1]]
    best: tuple[float, int] | None = None
    for column in range(width):
        texts = [row[column] for _, row in rows if column < len(row) and row[column]]
        body = texts[1:] if texts and not _is_one(texts[0]) else texts
        good = sum(map(_is_one, body))
        if not good or good * 2 < len(body):
            continue
        named = column < len(head) and bool(_HEADS & set(re.split(r"[\W_]+", head[column])))
        links = sum(1 for text in body if _SCHEME.match(text))
        # Twelve letters may happen to be a code: where the head does not say so, only links are sure.
        if not links and not named and good < len(body):
            continue
        score = good + (_HEAD_BONUS if named else 0)
        if best is None or score > best[0]:
            best = (score, column)
    return None if best is None else best[1]


def _is_one(text: str) -> bool:
    """Whether this is a link, a code or a token, as far as one can see."""
    if _SCHEME.match(text):
        return len(text) <= MAX_LINK and " " not in text
    if len(text) > MAX_LINK:
        return bool(JWS.match(text.encode("utf-8", "replace")))
    try:
        parse_qr(text)
    except CredentialError:
        return text.startswith("ey") and bool(JWS.match(text.encode("utf-8", "replace")))
    return True
