"""Gather what a check needs, one thing after the other, within bounds.

The check itself says what it needs (`verifier.verify.examine`); here it is fetched, added and handed back,
until nothing more is needed or a bound is reached. What could not be got is evidence too: it makes the
verdict *unknown*, never valid and never invalid.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from verifier.evidence import (
    Asking,
    Evidence,
    Failure,
    Fetched,
    Need,
    Presented,
    PresentedKind,
    Seen,
    Verdict,
)
from verifier.policy import Policy
from verifier.presentation import examine_presentation
from verifier.presented import PresentationVerdict
from verifier.verify import examine


class Source(Protocol):
    """Whoever answers needs: the network, an archive, a simulated district."""

    async def answer(self, need: Need) -> Fetched | Failure:
        """Answer one need. Never raises for what the other side does."""


class Memory:
    """The newest copy of each status list that was accepted, so that an older one is noticed.

    Safe for threads. Only lists whose issuer's signature has passed are remembered, and the least recently
    used are forgotten first.

    Args:
        most: How many lists to remember.
    """

    def __init__(self, most: int = 4_096) -> None:
        self._most = most
        self._newest: OrderedDict[str, Seen] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many lists are remembered."""
        return len(self._newest)

    def known(self) -> tuple[Seen, ...]:
        """All that is remembered."""
        with self._lock:
            return tuple(self._newest.values())

    def remember(self, accepted: Iterable[Seen]) -> None:
        """Take note of accepted copies; an older one never covers a newer."""
        with self._lock:
            for one in accepted:
                before = self._newest.pop(one.url, one)
                self._newest[one.url] = max(before, one, key=lambda seen: seen.valid_from)
            while len(self._newest) > self._most:
                self._newest.popitem(last=False)


async def gather(
    presented: Presented, policy: Policy, source: Source, now: datetime, *, memory: Memory | None = None
) -> Evidence:
    """Gather everything that a check of this needs.

    Args:
        presented: What is to be checked.
        policy: What this verifier accepts; it holds the bounds.
        source: Who answers.
        now: The time at which all is judged, aware.
        memory: Status lists that were accepted before; what is accepted now is added.
    """
    memory = memory or Memory()
    known = memory.known()
    step = _beside_the_loop(examine(presented, known, policy, now))
    held, verdict = await fill(step, presented, policy, source, now, known)
    memory.remember(verdict.seen)
    return held


async def gather_presentation(  # noqa: PLR0917 - as `examine_presentation`
    presented: Presented,
    policy: Policy,
    source: Source,
    now: datetime,
    challenge: str | None = None,
    domain: str | None = None,
    *,
    memory: Memory | None = None,
) -> Evidence:
    """Gather everything that a check of this presentation needs, within the bounds of one badge.

    Args:
        presented: A presentation; the others as for `gather` and `examine_presentation`.
        policy: What this verifier accepts.
        source: Who answers.
        now: The time, aware.
        challenge: What it must answer.
        domain: For whom it must be made.
        memory: Status lists that were accepted before.
    """
    memory = memory or Memory()
    known = memory.known()
    step = _beside_the_loop(examine_presentation(presented, known, policy, now, challenge, domain))
    held, verdict = await fill(step, presented, policy, source, now, known)
    memory.remember(verdict.seen)
    return held


async def gather_presented(
    presented: Presented, policy: Policy, source: Source, now: datetime, *, memory: Memory | None = None
) -> Evidence:
    """As `gather`, for whatever was presented: a badge, or a presentation that nobody has asked for."""
    if presented.kind is PresentedKind.PRESENTATION:
        return await gather_presentation(presented, policy, source, now, memory=memory)
    return await gather(presented, policy, source, now, memory=memory)


T = TypeVar("T", bound=Verdict | PresentationVerdict)


Step: TypeAlias = Callable[[Evidence, Fetched | Failure | None], Awaitable[Need | T]]
"""One step of a check: all that is there, and the newest answer; what is needed next, or what follows."""


async def fill(  # noqa: PLR0917 - as `gather`
    step: Step[T],
    presented: Presented,
    policy: Policy,
    source: Source,
    now: datetime,
    known: tuple[Seen, ...],
) -> tuple[Evidence, T]:
    """Take a check to its end, fetching one thing after the other.

    Args:
        step: Does the check's own work, somewhere that does not hold up the event loop.
        presented: What is to be checked.
        policy: What this verifier accepts; it holds the bounds.
        source: Who answers.
        now: The time, aware.
        known: Status lists that were accepted before.

    Returns:
        What was gathered, and the verdict.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + policy.max_gathering.total_seconds()
    held = Evidence(presented, asked_at=now, at=policy.at)
    asked = 0
    told: Need | T = await step(held, None)
    while isinstance(told, Need):
        answer = held.answer(told)
        if answer is None:
            asked += 1
            left = deadline - loop.time()
            answer = _bounded(told, held, asked, policy, now) or await _ask(source, told, left, now)
            held = held.adding(answer)
        told = await step(held, answer)
    return _with_known(held, known), told


def _beside_the_loop(walk: Asking[T]) -> Step[T]:
    """The steps of a check in threads of this process."""

    async def step(held: Evidence, answer: Fetched | Failure | None) -> Need | T:  # noqa: ARG001 - the walk knows
        return await asyncio.to_thread(_advance, walk, answer)

    return step


def _with_known(held: Evidence, known: tuple[Seen, ...]) -> Evidence:
    urls = {answer.need.url for answer in held.gathered}
    return replace(held, seen=tuple(one for one in known if one.url in urls))


def _advance(walk: Asking[T], answer: Fetched | Failure | None) -> Need | T:
    """One step of the check; it canonicalises and checks signatures, so it runs beside the event loop."""
    try:
        return next(walk) if answer is None else walk.send(answer)
    except StopIteration as end:
        verdict: T = end.value
        return verdict


def _bounded(need: Need, held: Evidence, asked: int, policy: Policy, now: datetime) -> Failure | None:
    if asked > policy.max_fetches:
        return Failure(need, "too_many_fetches", f"more than {policy.max_fetches} for one badge", now)
    size = sum(len(answer.data) for answer in held.gathered if isinstance(answer, Fetched))
    if size > policy.max_gathered_bytes:
        return Failure(need, "gathered_too_much", f"more than {policy.max_gathered_bytes} bytes", now)
    return None


async def _ask(source: Source, need: Need, seconds: float, now: datetime) -> Fetched | Failure:
    late = Failure(need, "gathering_took_too_long", "time for this badge is used up", now)
    if seconds <= 0:
        return late
    try:
        async with asyncio.timeout(seconds):
            return await source.answer(need)
    except TimeoutError:
        return late
