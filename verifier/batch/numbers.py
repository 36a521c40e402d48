"""The applicant numbers that come with badges: beside a link in a sheet, or at the end of the link itself.

A link that a student gives to a college may end in `?applicant=NUMBER`. It is no part of what the link opens
and nobody signed it: it is taken off before the link is read, and says only under which number somebody sent
this badge.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote_plus

from credential.errors import CredentialError
from credential.qr import Share, parse_qr
from verifier.batch.applicants import COLUMNS
from verifier.batch.folding import folded
from verifier.evidence import Presented, PresentedKind

MAX_LIST: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 5_000
LONGEST_NUMBER: Final = 64

_IN_LINK: Final = re.compile(
    r"(https?://[^\s,;\"?#]{1,400}/[cs]/[a-z0-9-]{1,120})\?applicant=([^\s,;\"&#]{0,200})",
    re.ASCII | re.IGNORECASE,
)
_LINKS: Final = frozenset({"link", "url", "code", "badge", "credential", "share", "enlace", "insignia"})
_NUMBERS: Final = frozenset(map(folded, COLUMNS["number"]))


def take_numbers(data: bytes) -> tuple[bytes, Mapping[str, tuple[str, ...]]]:
    """A text or a sheet of links without the numbers at its links' ends, and every number that it names.

    Args:
        data: What was sent; anything but a text in UTF-8 comes back as it is.

    Returns:
        The data to read on, and what each link or code (`key_of`) was sent under.
    """
    if len(data) > MAX_LIST or (b"applicant" not in data.lower() and b"solicitante" not in data.lower()):
        return data, {}
    try:
        text = data.decode("utf-8-sig", "strict")
    except UnicodeDecodeError:
        return data, {}
    found: dict[str, dict[str, None]] = {}

    def note(link: str, number: str) -> None:
        key, number = _key(link), number.strip()[:LONGEST_NUMBER]
        if key and number:
            found.setdefault(key, {})[number] = None

    def plain(link: re.Match[str]) -> str:
        note(link[1], unquote_plus(link[2]))
        return link[1]

    text = _IN_LINK.sub(plain, text)
    for link, number in _beside(text):
        note(link, number)
    return text.encode("utf-8"), {key: tuple(numbers) for key, numbers in found.items()}


def key_of(presented: Presented) -> str:
    """What a link or a code is called in `take_numbers`; "" for anything else."""
    if presented.kind in (PresentedKind.SHARE, PresentedKind.CODE):
        return f"{presented.tag}-{presented.token}"
    return presented.url if presented.kind is PresentedKind.LINK else ""


def _key(text: str) -> str:
    try:
        said = parse_qr(text)
    except CredentialError:
        return text.strip()
    return f"{said.tag}-{said.token if isinstance(said, Share) else said.code}"


def _beside(text: str) -> Iterable[tuple[str, str]]:
    """Link and number of each row, where the head names a column of each."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    links = numbers = None
    try:
        for count, row in enumerate(reader):
            if count > MOST_ROWS:
                return
            if links is None or numbers is None:
                if not any(cell.strip() for cell in row):
                    continue
                head = [folded(cell) for cell in row]
                links = next((n for n, cell in enumerate(head) if set(cell.split()) & _LINKS), None)
                numbers = next((n for n, cell in enumerate(head) if cell in _NUMBERS and n != links), None)
                if links is None or numbers is None:
                    return
            elif max(links, numbers) < len(row):
                yield row[links], row[numbers]
    except csv.Error:
        return
