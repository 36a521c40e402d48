"""Who comes next, where only so much can be done at once: addresses take turns, whoever asks how often.

Whoever sends a hundred dear things waits for his own; somebody else's first comes before his second. Beyond
what may wait, it is said at once, so that nobody waits for nothing. For one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator


class TooBusy(Exception):  # noqa: N818 - it says what happened
    """Too much is waiting already: ask again in a little while."""


class Turns:
    """Places, and lines of those who wait for one: a line for each address, served in rotation.

    Args:
        at_once: How many places there are.
        each: How many of them one address may have; at least one is always left where there are two.
        waiting: How many may wait for a place.
        waiting_each: How many of them may be of one address.

    Raises:
        ValueError: A number is below one.
    """

    def __init__(self, at_once: int, *, each: int, waiting: int, waiting_each: int) -> None:
        if min(at_once, each, waiting, waiting_each) < 1:
            raise ValueError("places and lines are counted from one")
        self._at_once = at_once
        self._each = each
        self._waiting = waiting
        self._waiting_each = waiting_each
        self._running: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @contextlib.asynccontextmanager
    async def turn(self, who: str) -> AsyncIterator[None]:
        """Wait for a place, and have it for as long as the block lasts.

        Args:
            who: The address that asks.

        Raises:
            TooBusy: Nobody may wait any more, or not at this address.
        """
        await self._take(who)
        try:
            yield
        finally:
            self._leave(who)

    async def _take(self, who: str) -> None:
        if who not in self._lines and self._has_place(who):
            self._running[who] += 1
            return
        waiting = sum(map(len, self._lines.values()))
        if waiting >= self._waiting or len(self._lines.get(who, ())) >= self._waiting_each:
            raise TooBusy
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(who, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave(who)  # the place came at the moment at which its owner went
            else:
                self._forget(who, place)
            raise

    def _has_place(self, who: str) -> bool:
        return self._running.total() < self._at_once and self._running[who] < self._each

    def _leave(self, who: str) -> None:
        self._running[who] -= 1
        if not self._running[who]:
            del self._running[who]
        while (following := next((one for one in self._lines if self._has_place(one)), None)) is not None:
            place = self._lines[following].popleft()
            self._lines.move_to_end(following)
            if not self._lines[following]:
                del self._lines[following]
            if place.cancelled():  # its owner is going, and has not been told yet
                continue
            self._running[following] += 1
            place.set_result(None)

    def _forget(self, who: str, place: asyncio.Future[None]) -> None:
        line = self._lines.get(who)
        if line and place in line:
            line.remove(place)
            if not line:
                del self._lines[who]
