"""How often codes may be tried: a bucket of attempts for each client, and one for all of them together."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_CLIENTS = 10_000
"""How many clients are remembered; beyond that the longest unseen is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many failed attempts at once, and one more after each `seconds`."""

    burst: int
    seconds: float


CLIENT = Rate(burst=30, seconds=2.0)
"""Generous, because everybody who asks through one verifier counts as one client."""
TOGETHER = Rate(burst=300, seconds=0.2)
"""At five failures a second, a million live codes among 2**55 are hit once in two centuries."""


class Limiter:
    """Counts failures (generic cell rate algorithm). One for each process: with several, each has its own.

    Args:
        client: What one client may fail.
        together: What all may fail together.
    """

    def __init__(self, client: Rate = CLIENT, together: Rate = TOGETHER) -> None:
        self._client = client
        self._together = together
        self._lock = threading.Lock()
        self._free_at: OrderedDict[str, float] = OrderedDict()
        self._all_free_at = 0.0

    def wait(self, address: str, now: float) -> float:
        """Seconds that this client must wait before its next attempt; 0 where it may try now.

        Args:
            address: Its network address.
            now: A clock that never goes back, in seconds.
        """
        with self._lock:
            free = self._free_at.get(_network(address), 0.0)
            waits = (_over(free, self._client, now), _over(self._all_free_at, self._together, now))
        return max(0.0, *waits)

    def failed(self, address: str, now: float) -> None:
        """Count one failed attempt."""
        with self._lock:
            network = _network(address)
            self._free_at[network] = max(self._free_at.get(network, 0.0), now) + self._client.seconds
            self._free_at.move_to_end(network)
            self._all_free_at = max(self._all_free_at, now) + self._together.seconds
            while len(self._free_at) > MOST_CLIENTS:
                self._free_at.popitem(last=False)


def _over(free_at: float, rate: Rate, now: float) -> float:
    """How far a bucket is beyond its burst."""
    return free_at - now - (rate.burst - 1) * rate.seconds


def _network(address: str) -> str:
    """One client is one IPv4 address, or one IPv6 /64: whoever has one of those has all its addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
