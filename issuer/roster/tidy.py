"""The small damage that programs and people do to cells, undone where only one thing can be meant."""

from __future__ import annotations

import re
from typing import Final

from issuer.roster.decode import mended
from issuer.text import normal

_SPACES: Final = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_KEPT_AS_TEXT: Final = re.compile(r'="([A-Za-z0-9 ._/-]*)"')
_APOSTROPHE: Final = re.compile(r"['’‘`]([A-Za-z0-9-]+)")
_QUOTED: Final = re.compile(r"[“”\"']([A-Za-z0-9-]+)[“”\"']")
_WITH_POINT: Final = re.compile(r"([0-9]+)\.0+")
_TWO_WORDS: Final = 2


def tidied(text: str) -> str:
    """A cell as it is read: NFC, spaces of any width as one plain space, no white space around it.

    `="0012"` is what programs write so that Excel keeps the zeros: it is the text 0012, and no formula.
    """
    if text.isascii() and "  " not in text and not text.startswith("="):
        return text.strip()
    found = _KEPT_AS_TEXT.fullmatch(text.strip())
    return normal(_SPACES.sub(" ", found[1] if found else text))


def as_number(text: str, *, exact: bool) -> str:
    """A cell whose figures are a name: without the apostrophe or quotation marks that kept it text.

    Args:
        text: A tidied cell.
        exact: Whether `100000001.0` may be meant so; where not, it was a whole number once.
    """
    for pattern in (_APOSTROPHE, _QUOTED):
        if found := pattern.fullmatch(text):
            text = found[1]
    found = None if exact else _WITH_POINT.fullmatch(text)
    return found[1] if found else text


def repaired(text: str) -> str:
    """A cell whose letters were broken by a wrong encoding, set right: `JosÃ©` is `José`."""
    return text if text.isascii() else normal(mended(text))


def split_name(text: str) -> tuple[str, str] | None:
    """Given and family name of a full name; None where it cannot be told.

    `Okafor, Maya` and `Maya Okafor` can; `María José García López` cannot.
    """
    family, comma, given = text.partition(",")
    if comma:
        return (
            (given.strip(), family.strip()) if given.strip() and family.strip() and "," not in given else None
        )
    words = text.split()
    return (words[0], words[1]) if len(words) == _TWO_WORDS else None
