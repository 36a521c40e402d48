"""When two texts that people typed are the same for looking something up, and in no other sense."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_KEPT: Final = frozenset("+#.")
"""What tells codes apart: A+ is not A, and D1.1 is not D11."""


def folded(text: str) -> str:
    """The text in small letters without accents, its other marks as single spaces.

    >>> folded("  COMPTIA-A+ ")
    'comptia a+'
    """
    apart = unicodedata.normalize("NFKD", text).casefold()
    kept = (c if c.isalnum() or c in _KEPT else " " for c in apart if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def name_parts(name: str) -> frozenset[str]:
    """The words of a person's name, in no order: "Rivera, Jordan" has those of "Jordan Rivera"."""
    return frozenset(re.findall(r"[^\s.]+", folded(name)))


def resemble(one: str, other: str) -> bool:
    """Whether two names may be one person's: `alike`, word by word."""
    return alike(name_parts(one), name_parts(other))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names have the same words, or one has those of the other and middle names besides."""
    if not one or not other:
        return False
    return one == other or (min(len(one), len(other)) > 1 and (one <= other or other <= one))
