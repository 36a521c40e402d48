"""Challenges that a presentation must answer: made here, good once, and not for long (VCALM 1.0, challenges).

A challenge of ours says so by how it begins. So one that was forgotten, because it was used, is too old or
was made before a restart, is refused by name and never taken for one that the caller made himself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from keys.multibase import base64url_encode

PREFIX: Final = "cairn-challenge-"
ENTROPY: Final = 24
"""Octets of chance in a challenge."""

LASTS: Final = timedelta(minutes=10)
MOST_CHALLENGES: Final = 10_000
"""How many are remembered; the oldest make way."""


class Standing(StrEnum):
    """Whether a challenge can still be answered. Closed."""

    OPEN = "open"
    FOREIGN = "foreign"
    """The caller made it, and keeps count of it himself."""
    USED = "challenge_used"
    EXPIRED = "challenge_expired"
    UNKNOWN = "challenge_unknown"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that was made.

    Args:
        made_at: When, aware.
        uses: How many good presentations have answered it.
        first_used_at: When the first did, or None.
    """

    made_at: datetime
    uses: int = 0
    first_used_at: datetime | None = None


class Challenges:
    """Makes challenges and counts their uses. Safe for threads.

    Args:
        entropy: Gives so many random octets.
        most: How many to remember.
    """

    def __init__(self, entropy: Callable[[int], bytes], most: int = MOST_CHALLENGES) -> None:
        self._entropy = entropy
        self._most = most
        self._made: OrderedDict[str, Challenge] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many are remembered."""
        return len(self._made)

    def make(self, now: datetime) -> str:
        """A new challenge."""
        text = PREFIX + base64url_encode(self._entropy(ENTROPY))
        with self._lock:
            while self._made and now - next(iter(self._made.values())).made_at > LASTS:
                self._made.popitem(last=False)
            self._made[text] = Challenge(now)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return text

    def standing(self, text: str, now: datetime) -> Standing:
        """Whether it can be answered now."""
        with self._lock:
            return self._standing(text, now)

    def use(self, text: str, now: datetime) -> tuple[Standing, Challenge | None]:
        """Count one use of a challenge that a good presentation has answered.

        Returns:
            How it stood before this use, so that of two at once one finds it open; and the challenge with
            this use counted, None where it is not one that is remembered here.
        """
        with self._lock:
            before = self._standing(text, now)
            made = self._made.get(text)
            if made is None:
                return before, None
            made = replace(made, uses=made.uses + 1, first_used_at=made.first_used_at or now)
            self._made[text] = made
            return before, made

    def _standing(self, text: str, now: datetime) -> Standing:
        if not text.startswith(PREFIX):
            return Standing.FOREIGN
        made = self._made.get(text)
        if made is None:
            return Standing.UNKNOWN
        if now - made.made_at > LASTS:
            return Standing.EXPIRED
        return Standing.USED if made.uses else Standing.OPEN
