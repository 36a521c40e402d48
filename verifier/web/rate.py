"""How often one address may look up links and codes, so that nobody tries them all.

The generic cell rate algorithm: one number for each address.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST_ADDRESSES: Final = 10_000


class Rate:
    """Counts look-ups by address, in memory.

    Args:
        per_minute: How many are allowed in a minute, at once or spread.
    """

    def __init__(self, per_minute: int) -> None:
        self._every = 60.0 / per_minute
        self._next: OrderedDict[str, float] = OrderedDict()

    def allows(self, address: str, at: float) -> bool:
        """Count a look-up, and say whether it may go on.

        Args:
            address: Who asks.
            at: A clock that never goes back, in seconds.
        """
        due = max(self._next.pop(address, at), at)
        allowed = due - at <= 60.0 - self._every
        self._next[address] = due + self._every if allowed else due
        while len(self._next) > MOST_ADDRESSES:
            self._next.popitem(last=False)
        return allowed
