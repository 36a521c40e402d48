"""How often one address may ask, so that nobody tries all codes and nobody makes others wait.

Three kinds are counted apart: badges sent whole, which cost us work; links, pictures and PDFs, which cost a
request to somebody else or a process; and codes and share links, which could be guessed. The generic cell
rate algorithm: one number for each address.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MOST_ADDRESSES: Final = 10_000
WINDOW: Final = 60.0
"""Seconds in which the allowance is whole again."""

_GRAIN: Final = 1e-9
"""So much may be lost in adding seconds."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of counting a request.

    Args:
        name: What was counted: "checks", "lookups" or "codes".
        allowed: Whether it may go on.
        limit: How many are allowed in a minute.
        left: How many more may come now.
        seconds: Until the allowance is whole again; where it was refused, until it may be asked again.
    """

    name: str
    allowed: bool
    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """The same for programs (draft-ietf-httpapi-ratelimit-headers-10; RFC 9110, 10.2.3)."""
        told = {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={WINDOW:.0f}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.seconds)}


class Rate:
    """Counts requests by address, in memory.

    Args:
        per_minute: How many are allowed in a minute, at once or spread.
        name: What is counted.
    """

    def __init__(self, per_minute: int, name: str = "lookups") -> None:
        self.per_minute = per_minute
        self.name = name
        self._every = WINDOW / per_minute
        self._next: OrderedDict[str, float] = OrderedDict()

    @property
    def size(self) -> int:
        """How many addresses are remembered."""
        return len(self._next)

    def allows(self, address: str, at: float) -> bool:
        """Count one, and say whether it may go on."""
        return self.take(address, at).allowed

    def take(self, address: str, at: float, cost: int = 1) -> Turn:
        """Count a request, and say what is left.

        Args:
            address: Who asks.
            at: A clock that never goes back, in seconds.
            cost: As how many it counts; never as more than a whole minute's.
        """
        due = max(self._next.pop(address, at), at)
        then = due + min(max(cost, 1), self.per_minute) * self._every
        allowed = then - at <= WINDOW + _GRAIN
        self._next[address] = then if allowed else due
        while len(self._next) > MOST_ADDRESSES:
            self._next.popitem(last=False)
        used = self._next[address] - at
        wait = used if allowed else then - at - WINDOW
        left = int((WINDOW - used) / self._every + _GRAIN)
        return Turn(self.name, allowed, self.per_minute, left, max(1, math.ceil(wait)))
