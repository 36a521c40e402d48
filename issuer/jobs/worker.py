"""A worker: takes jobs up, says that it lives, and takes up what the dead left and what it dropped itself."""

from __future__ import annotations

import logging
import os
import socket
import time
from dataclasses import replace
from typing import Final

from issuer.background import Rounds
from issuer.errors import IssuerError
from issuer.jobs.bounds import Hand
from issuer.jobs.door import Door, prepare_queue
from issuer.jobs.work import Turn, Work
from issuer.store import jobs, queries
from issuer.store.jobs import FAILED, LIVE
from issuer.store.tries import Tries
from issuer.store.workers import LOST_AFTER, Workers

EVERY: Final = 2.0
"""Seconds between two looks for jobs, and between two heartbeats."""
LONGEST_STOP: Final = 10
"""Seconds that stopping may take; what is still in hand then is taken up by another, or by the next start."""
BROKEN: Final = "it could not be brought to an end: resume it"

_LOG = logging.getLogger("cairn.jobs")


class Worker(Rounds):
    """Works in this process until it is stopped: a thread that looks, and DBOS's own that do.

    Args:
        work: What it works with.
        name: Its name; "" takes the first free one of this machine.
        every: Seconds between two looks.
        migrate: Whether the queue's tables are made where they are missing.
        lost_after: Seconds without a heartbeat after which another worker is taken for dead.
    """

    def __init__(
        self,
        work: Work,
        *,
        name: str = "",
        every: float = EVERY,
        migrate: bool = True,
        lost_after: float = LOST_AFTER,
    ) -> None:
        super().__init__("worker", every=every, longest_stop=LONGEST_STOP)
        self._tries = Tries.open(work.store)
        self._work = replace(work, hand=Hand(self._tries))
        self._name = name
        self._migrate = migrate
        self._workers = Workers.open(work.store, lost_after)
        self._lost_after = lost_after
        self._idle: dict[str, float] = {}
        """What this worker is said to have in hand and does not run, and since when, in seconds."""
        self._door: Door | None = None

    def start(self) -> None:
        """Begin.

        Raises:
            IssuerError: As `Door.open` and `Workers.join`; `bad_setting` where another works under the name
                that was given.
        """
        if self._migrate:
            prepare_queue(self._work.store)
        self._name = self._named()
        self._door = Door(self._work.store, self._name)
        self._door.open(self._work)
        super().start()

    def _named(self) -> str:
        """Its name, which nobody else alive has.

        One that was given may be that of its own predecessor, of which this machine cannot see that it ended:
        that one is waited for as long as a silent worker counts as alive.
        """
        if not self._name:
            return self._workers.join(socket.gethostname()[:100], os.getpid())
        end = time.monotonic() + self._lost_after * 1.5
        while not self._workers.take(self._name, os.getpid()):
            if time.monotonic() > end or self._stopped.wait(self._every):
                raise IssuerError(
                    "bad_setting",
                    f"another worker is called {self._name} and lives: give this one another name",
                )
        return self._name

    def stop(self) -> None:
        """End after the steps in hand, within about `LONGEST_STOP` seconds."""
        super().stop()
        if self._door is not None:
            self._door.close(LONGEST_STOP)
            self._door = None
            self._workers.leave(self._name)
        self._workers.close()
        self._tries.close()

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def round(self) -> None:
        """One look: say that it lives, queue what waits, take up what the dead left."""
        self._beat()
        if self._door is None:
            return
        with self._work.store.reading() as session:
            names = [row.id for row in queries.districts(session)]
        for name in names:
            self._queue(self._door, name)
        held = self._door.holders()
        living = set(self._workers.alive())
        for dead in self._workers.claim(sorted(set(held) - living - {self._name})):
            self._door.take_up(held[dead])
            _LOG.warning("%s is gone: %d of its tasks are taken up", dead, len(held[dead]))
        self._take_up_own(self._door, held.get(self._name, []))
        self.last_fault = None

    def _take_up_own(self, door: Door, held: list[tuple[str, str | None]]) -> None:
        """Queue again what is said to be in this worker's hand and is not.

        Where the database goes away under DBOS itself, a run ends here and nobody can write down that it did.
        One that was taken a moment ago does not run yet either, so it counts as dropped only after as long a
        time as a silent worker counts as dead.
        """
        now = time.monotonic()
        idle = [one for one in held if not door.is_running(one[0])]
        self._idle = {name: self._idle.get(name, now) for name, _ in idle}
        dropped = [one for one in idle if now - self._idle[one[0]] >= self._lost_after]
        if dropped:
            door.take_up(dropped)
            _LOG.warning("%d tasks were dropped while the database was away, and are taken up", len(dropped))
            for name, _ in dropped:
                del self._idle[name]

    def _queue(self, door: Door, district_id: str) -> None:
        """Queue the jobs of a district that wait; note those whose run ended without saying so."""
        store = self._work.store.of(district_id)
        with store.reading() as session:
            found = jobs.jobs(session, district_id, states=LIVE)
        for row in found:
            turn = Turn(district_id, row.id, row.run)
            ended = door.has_ended(turn)
            if ended is None:
                door.start(turn)
            if not ended:
                continue
            with store.transaction() as session:
                now = jobs.job(session, district_id, row.id, lock=True)
                if now.run == row.run and now.state in LIVE:
                    now.state, now.why, now.updated = FAILED, BROKEN, self._work.clock()
                    jobs.say_ended(session, now, now=self._work.clock())

    def _beat(self) -> None:
        self._workers.beat(self._name, os.getpid())

    def _failed(self, fault: Exception) -> None:
        self.last_fault = type(fault).__name__
        _LOG.warning("a look for jobs failed (%s); it is tried again", self.last_fault)
