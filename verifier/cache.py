"""Keep answers for a little while, so that a class of badges asks an issuer once.

Bounded in bytes; the least recently used leave first. Equal questions at the same time are asked once. A
document of keys is fresh for ten minutes and a status list for one; where the other side is down, the last
copy still serves for a while longer, because a status list carries its own end, which the check looks at.
Nothing that belongs to one person (a shared credential) is kept at all.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from verifier.evidence import Failure, Fetched, Need, NeedKind
from verifier.gather import Source


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long answers of one kind are kept.

    Args:
        fresh: So long nobody is asked again.
        when_down: So long the last copy serves if nobody answers.
    """

    fresh: timedelta
    when_down: timedelta


KEEPING: Mapping[NeedKind, Keeping] = MappingProxyType(
    {
        NeedKind.DID_DOCUMENT: Keeping(timedelta(minutes=10), timedelta(hours=1)),
        NeedKind.CONTROLLER_DOCUMENT: Keeping(timedelta(minutes=10), timedelta(hours=1)),
        NeedKind.KEY_SET: Keeping(timedelta(minutes=10), timedelta(hours=1)),
        NeedKind.STATUS_LIST: Keeping(timedelta(minutes=1), timedelta(hours=24)),
        NeedKind.WITHDRAWAL_NOTES: Keeping(timedelta(minutes=1), timedelta(hours=24)),
    }
)
"""What is not named here is never kept."""


def asking_again_after(status: timedelta) -> Mapping[NeedKind, Keeping]:
    """How long answers are kept where a status list, and the notes beside it, may be this old at most."""
    lists = (NeedKind.STATUS_LIST, NeedKind.WITHDRAWAL_NOTES)
    return {kind: replace(kept, fresh=status) if kind in lists else kept for kind, kept in KEEPING.items()}


FAILED_FOR = timedelta(seconds=30)
"""So long a failure is not tried again."""

_OVERHEAD = 512


class Cache:
    """A `Source` in front of another. For one event loop.

    Args:
        source: Who is asked for what is not kept.
        keeping: How long each kind is kept; a kind that is not named is never kept.
        most_bytes: How much to keep.
        clock: Gives the time, aware.
    """

    def __init__(
        self,
        source: Source,
        *,
        keeping: Mapping[NeedKind, Keeping] = KEEPING,
        most_bytes: int = 32 * 1024 * 1024,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source = source
        self._keeping = keeping
        self._most_bytes = most_bytes
        self._clock = clock
        self._kept: OrderedDict[tuple[NeedKind, str], Fetched] = OrderedDict()
        self._failed: OrderedDict[tuple[NeedKind, str], Failure] = OrderedDict()
        self._pending: dict[tuple[NeedKind, str], asyncio.Task[Fetched | Failure]] = {}
        self._bytes = 0

    @property
    def size(self) -> int:
        """How many answers are kept."""
        return len(self._kept)

    @property
    def kept_bytes(self) -> int:
        """How many bytes they take."""
        return self._bytes

    async def answer(self, need: Need) -> Fetched | Failure:
        """A fresh copy, else what the source says, else the last copy where that is still allowed."""
        keeping = self._keeping.get(need.kind)
        if keeping is None:
            return await self._source.answer(need)
        key = (need.kind, need.url)
        now = self._clock()
        kept = self._kept.get(key)
        if kept is not None and now - kept.at < keeping.fresh:
            self._kept.move_to_end(key)
            return kept
        failed = self._failed.get(key)
        if failed is not None and now - failed.at < FAILED_FOR:
            answer: Fetched | Failure = failed
        else:
            answer = await self._ask_once(key, need)
        if isinstance(answer, Failure) and kept is not None and now - kept.at < keeping.when_down:
            return kept
        return answer

    async def _ask_once(self, key: tuple[NeedKind, str], need: Need) -> Fetched | Failure:
        """Ask, or wait for who is asking the same already. One who gives up waiting stops nobody else."""
        task = self._pending.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key, need))
            self._pending[key] = task
            task.add_done_callback(lambda _: self._pending.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, key: tuple[NeedKind, str], need: Need) -> Fetched | Failure:
        answer = await self._source.answer(need)
        if isinstance(answer, Failure):
            self._failed[key] = answer
            self._failed.move_to_end(key)
            while len(self._failed) > self._most_bytes // _OVERHEAD // 8:
                self._failed.popitem(last=False)
            return answer
        self._failed.pop(key, None)
        self._drop(key)
        self._kept[key] = answer
        self._bytes += len(answer.data) + _OVERHEAD
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))
        return answer

    def _drop(self, key: tuple[NeedKind, str]) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone.data) + _OVERHEAD
