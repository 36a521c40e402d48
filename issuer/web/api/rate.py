"""How often one key may ask: the generic cell rate algorithm, told in the headers of each answer.

In memory: with several processes, each counts its own.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 60.0
"""Seconds in which the allowance is whole again."""
PER_MINUTE: Final = 240
MOST_KEYS: Final = 10_000
NAME: Final = "key"
_GRAIN: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of counting a request.

    Attributes:
        allowed: Whether it may go on.
        limit: How many are allowed in a minute.
        left: How many more may come now.
        seconds: Until the allowance is whole again; where it was refused, until it may be asked again.
    """

    allowed: bool
    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """The same for programs (draft-ietf-httpapi-ratelimit-headers-10; RFC 9110, 10.2.3)."""
        told = {
            "RateLimit-Policy": f'"{NAME}";q={self.limit};w={WINDOW:.0f}',
            "RateLimit": f'"{NAME}";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.seconds)}


class Rate:
    """Counts requests by key.

    Args:
        per_minute: How many are allowed in a minute, at once or spread.
    """

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._limit = per_minute
        self._step = WINDOW / per_minute
        self._lock = threading.Lock()
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now: float) -> Turn:
        """Count one request.

        Args:
            key: Whose, with the district in front.
            now: A clock that never goes back, in seconds.
        """
        with self._lock:
            free = max(self._free_at.get(key, now), now)
            over = free + self._step - now - WINDOW
            if over > _GRAIN:
                return Turn(False, self._limit, 0, max(1, math.ceil(over)))
            free += self._step
            self._free_at[key] = free
            self._free_at.move_to_end(key)
            while len(self._free_at) > MOST_KEYS:
                self._free_at.popitem(last=False)
        left = int((WINDOW - (free - now)) / self._step + _GRAIN)
        return Turn(True, self._limit, left, math.ceil(free - now - _GRAIN))


class Streams:
    """Counts the streams of events that are open, by key and together: each holds a connection.

    Args:
        of_key: How many one key may have open.
        together: How many may be open in this process.
    """

    def __init__(self, of_key: int = 8, together: int = 200) -> None:
        self._of_key = of_key
        self._together = together
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def has_room(self, key: str) -> bool:
        """Whether a key may open another."""
        with self._lock:
            return self._fits(key)

    def take(self, key: str) -> bool:
        """Open one; False where there are as many as may be."""
        with self._lock:
            if not self._fits(key):
                return False
            self._open[key] += 1
            return True

    def give_back(self, key: str) -> None:
        """Close one that was taken."""
        with self._lock:
            self._open[key] -= 1
            if self._open[key] <= 0:
                del self._open[key]

    def _fits(self, key: str) -> bool:
        return self._open[key] < self._of_key and self._open.total() < self._together
