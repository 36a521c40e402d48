"""Ask for the lists again, as long as the site runs. What fails leaves what was known, until that ends of
itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from credential.trust_list.signing import MAX_TOKEN, MEDIA_TYPE
from verifier.fetch import FetchedBytes, FetchRefused
from verifier.trust import Trust, TrustList, TrustListError
from verifier.trust.sources import TrustSource
from verifier.trust_store import TrustStore

ACCEPT: Final = f"{MEDIA_TYPE}, application/jose"

_log = logging.getLogger("cairn.verifier.trust")


class Fetches(Protocol):
    """What fetches: `verifier.fetch.Fetcher`, or a test's."""

    async def fetch(self, url: str, *, max_bytes: int, accept: str) -> FetchedBytes:
        """Ask for one document."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of one source.

    Args:
        source: Which.
        fault: Why it was not taken, "" where it was.
        code: The same as a code.
        took: The list, where it was taken.
    """

    source: TrustSource
    fault: str = ""
    code: str = ""
    took: TrustList | None = None


async def refresh(
    store: TrustStore, sources: Sequence[TrustSource], fetcher: Fetches, now: datetime
) -> tuple[Refreshed, ...]:
    """Ask for every list that is on the web; a good answer replaces what was kept, any other changes nothing.

    Args:
        store: Where the lists are kept.
        sources: The operator's lists.
        fetcher: The guarded door to the network.
        now: The time, aware.
    """
    return tuple([await _asked(store, one, fetcher, now) for one in sources if one.on_web])


async def _asked(store: TrustStore, source: TrustSource, fetcher: Fetches, now: datetime) -> Refreshed:
    try:
        got = await fetcher.fetch(source.place, max_bytes=MAX_TOKEN, accept=ACCEPT)
    except FetchRefused as refused:
        return Refreshed(source, refused.message, refused.code)
    try:
        took = await asyncio.to_thread(store.accept, source, got.body, now, fetched=now)
        return Refreshed(source, took=took)
    except TrustListError as fault:
        return Refreshed(source, str(fault), fault.code)
    except OSError as fault:
        return Refreshed(source, f"{fault.filename}: {fault.strerror}", "not_kept")


async def keep_fresh(
    store: TrustStore,
    sources: Sequence[TrustSource],
    fetcher: Fetches,
    *,
    every: float,
    clock: Callable[[], datetime],
    use: Callable[[Trust], None],
) -> None:
    """Refresh now, and again each time the interval has passed, until cancelled.

    Args:
        store: Where the lists are kept.
        sources: The operator's lists.
        fetcher: The guarded door to the network.
        every: Seconds between two refreshes.
        clock: Gives the time, aware.
        use: Takes the lists as they are known then.
    """
    while True:
        await refresh_once(store, sources, fetcher, clock=clock, use=use)
        await asyncio.sleep(every)


async def refresh_once(
    store: TrustStore,
    sources: Sequence[TrustSource],
    fetcher: Fetches,
    *,
    clock: Callable[[], datetime],
    use: Callable[[Trust], None],
) -> None:
    """Ask once, and hand the lists over. A list that was refused, and why, goes to the operator's log."""
    try:
        for one in await refresh(store, sources, fetcher, clock()):
            if one.fault:
                told = {"place": one.source.place, "code": one.code}
                _log.warning("trust list %s was not taken: %s", one.source.place, one.fault, extra=told)
        use(await asyncio.to_thread(store.load, sources, clock()))
    except (TrustListError, OSError) as fault:
        code = getattr(fault, "code", "not_kept")
        _log.warning("the trust lists stay as they were: %s", fault, extra={"code": code})
