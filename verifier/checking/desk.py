"""Checks in worker processes, each with so much time and no more.

The network is asked by the site, between two steps: a worker never waits for an issuer. A step is run from
the check's beginning with all that has been gathered (most take a millisecond), so that it can go to any
worker, and one that was killed has taken nobody else's check with it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Final, overload

from verifier.checking.wire import Answer, Badge, Kind, Question, Shown, Worked, pack, unpack
from verifier.evidence import Evidence, Failure, Fetched, Presented, Verdict
from verifier.gather import Memory, Source, fill
from verifier.policy import Policy
from verifier.presentation import stopped_presentation
from verifier.presented import PresentationVerdict
from verifier.turns import Turns
from verifier.verify import stopped
from verifier.workers import WorkerFailed, Workers

MODULE: Final = "verifier.checking.job"
MAX_ANSWER: Final = 32 * 1024 * 1024
"""Bytes of a verdict: it holds a document of `verifier.intake.MAX_TEXT` bytes and what stands inside it."""

MAX_MEMORY: Final = 1024 * 1024 * 1024
STEPS_EACH: Final = 20_000
"""Steps after which a process is made anew. A start costs as much as hundreds of checks, and what runs there
is our own code, whose memories are bounded; made anew all the same, so that nothing adds up for months."""

STARTING: Final = 30.0
"""Seconds that a process may take to start, which count against nobody's check."""

MOST_WAITING: Final = 128
"""Steps that wait for a worker."""


class Desk:
    """Checks within a budget. For one event loop.

    Args:
        workers: Who does it.
        processes: How many there are.
        seconds: How much processor time the work of one check may take, all its steps together; a step that
            takes longer by the clock on the wall is ended too.
    """

    def __init__(self, workers: Workers, processes: int, seconds: float) -> None:
        self._workers = workers
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="check")
        self._turns = Turns(
            processes, each=max(1, processes - 1), waiting=MOST_WAITING, waiting_each=MOST_WAITING // 4
        )

    @overload
    async def check(
        self, kind: Badge, presented: Presented, policy: Policy, source: Source, now: datetime,
        *, who: str, memory: Memory | None = None,
    ) -> tuple[Evidence, Verdict]: ...  # fmt: skip

    @overload
    async def check(
        self, kind: Shown, presented: Presented, policy: Policy, source: Source, now: datetime,
        *, who: str, memory: Memory | None = None,
    ) -> tuple[Evidence, PresentationVerdict]: ...  # fmt: skip

    async def check(
        self,
        kind: Kind,
        presented: Presented,
        policy: Policy,
        source: Source,
        now: datetime,
        *,
        who: str,
        memory: Memory | None = None,
    ) -> tuple[Evidence, Verdict | PresentationVerdict]:
        """Gather and verify.

        Args:
            kind: What is checked.
            presented: What was sent.
            policy: What this verifier accepts.
            source: Who answers.
            now: The time at which all is judged, aware.
            who: The address that asks.
            memory: Status lists that were accepted before; what is accepted now is added.

        Returns:
            What was gathered, and the verdict; *could not check* where the budget was used up.

        Raises:
            TooBusy: Too many steps wait already.
        """
        memory = memory or Memory()
        known = memory.known()
        left = self._seconds

        async def step(held: Evidence, _: Fetched | Failure | None) -> Answer:
            nonlocal left
            question = Question(kind, replace(held, seen=known), policy, now)
            async with self._turns.turn(who):
                loop = asyncio.get_running_loop()
                try:
                    worked = await loop.run_in_executor(self._threads, self._ask, question, left)
                except WorkerFailed as failed:
                    return _stopped(kind, policy, now, failed.code)
            left -= worked.seconds
            return worked.answer

        held, verdict = await fill(step, presented, policy, source, now, known)
        memory.remember(verdict.seen)
        return held, verdict

    def _ask(self, question: Question, seconds: float) -> Worked:
        worked: Worked = unpack(self._workers.ask(pack(question), seconds))
        return worked

    def close(self) -> None:
        """End the workers, then the threads that waited for them."""
        self._workers.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _stopped(kind: Kind, policy: Policy, now: datetime, why: str) -> Verdict | PresentationVerdict:
    return stopped(policy, now, why) if isinstance(kind, Badge) else stopped_presentation(now, why)


def open_desk(processes: int, seconds: float) -> Desk:
    """A desk with so many processes; none is started before there is something to check.

    Args:
        processes: How many checks are worked on at the same moment.
        seconds: How long the work of one check may take.
    """
    workers = Workers(
        MODULE,
        most=processes,
        seconds=seconds,
        memory=MAX_MEMORY,
        max_answer=MAX_ANSWER,
        starting=STARTING,
        jobs=STEPS_EACH,
    )
    return Desk(workers, processes, seconds)
