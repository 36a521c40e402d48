"""Kill at random, bring back at once, and see how long a withdrawal takes until a stranger sees it."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from issuer.errors import IssuerError
from issuer.kept_answers import positions
from issuer.publication import list_path, list_url
from issuer.store import jobs, published, status_lists
from issuer.store.tables import Status
from tests.chaos.databases import Database
from tests.chaos.ledger import Account
from tests.chaos.people import clerk, workplace
from tests.chaos.setting import NAME, ORIGIN, Setting, insist

WORKPLACES, CLERKS = 2, 2
CALM: Final = (0.2, 1.6)
"""Seconds between two kills of a process: at least, at most."""
DATABASE_CALM: Final = (4.0, 9.0)
"""The same for the database."""
STARTS, RECOVERS = 60.0, 180.0
"""Seconds that a process may take to start, and everything that is left may take to be done."""
LOOKS: Final = 0.05
"""Seconds between two looks at what is published."""
PRELOADED: Final = ["tests.chaos.people"]

_CONTEXT = multiprocessing.get_context("forkserver")


def begin(target: Callable[..., None], *words: object) -> BaseProcess:
    """Start a process that has loaded everything already."""
    _CONTEXT.set_forkserver_preload(PRELOADED)
    process = _CONTEXT.Process(target=target, args=words, daemon=True)
    process.start()
    return process


def end(process: BaseProcess) -> None:
    """Kill a process of ours."""
    process.kill()
    process.join()


@dataclass(slots=True)
class Storm:
    """One storm over one database.

    Attributes:
        database: What is worked on, and is killed too where it can be.
        folder: Where the ledgers are.
        dice: What is random in it.
        worker_kills: How many places of work were killed.
        clerk_kills: How many clerks were.
        db_kills: How many times the database was.
        seen: By id of a badge, when a published list first said that it is withdrawn (seconds since 1970).
    """

    database: Database
    folder: Path
    dice: random.Random
    worker_kills: int = 0
    clerk_kills: int = 0
    db_kills: int = 0
    seen: dict[str, float] = field(default_factory=dict)
    _begun: int = 0
    _crew: dict[str, BaseProcess] = field(default_factory=dict)
    _files: dict[str, Path] = field(default_factory=dict)

    def rage(self, seconds: float) -> None:
        """Kill for so many seconds, then let what is left be done, and end with nobody working."""
        with self._watched():
            try:
                self._work(seconds)
                self._recover()
                self._wait_seen()
            finally:
                for process in self._crew.values():
                    end(process)

    def account(self) -> Account:
        """What was acknowledged."""
        return Account.read(sorted(self.folder.glob("*.ledger")))

    def _work(self, seconds: float) -> None:
        places = [f"workplace {number}" for number in range(WORKPLACES)]
        clerks = [f"clerk {number}" for number in range(CLERKS)]
        for name in (*places, *clerks):
            self._start(name)
        for name in places:
            self._wait_ready(name)
        stop = time.monotonic() + seconds
        # Also a short storm kills a cluster.
        quick = min(1.0, seconds / DATABASE_CALM[1])
        kills, database_kills = self._next(CALM), self._next(DATABASE_CALM, quick)
        while (at := time.monotonic()) < stop:
            if at >= kills:
                self._kill(self.dice.choice([*places, *clerks]))
                kills = self._next(CALM)
            if self.database.can_be_killed and at >= database_kills:
                self.database.kill()
                self.db_kills += 1
                time.sleep(self.dice.uniform(0, 0.5))
                self.database.start()
                database_kills = self._next(DATABASE_CALM, quick)
            self._check_alive()
            time.sleep(0.02)
        for name in clerks:
            end(self._crew.pop(name))

    def _next(self, calm: tuple[float, float], quick: float = 1.0) -> float:
        """When the next kill is due."""
        return time.monotonic() + self.dice.uniform(*calm) * quick

    def _kill(self, name: str) -> None:
        end(self._crew[name])
        if name.startswith("clerk"):
            self.clerk_kills += 1
        else:
            self.worker_kills += 1
        self._start(name)

    def _check_alive(self) -> None:
        """A process that gave up by itself is an error, and no kill."""
        for name, process in self._crew.items():
            if not process.is_alive():
                raise RuntimeError(f"{name} ended by itself with {process.exitcode}")

    def _start(self, name: str) -> None:
        self._begun += 1
        if not name.startswith("clerk"):
            self._files[name] = self.folder / f"{self._begun}.ready"
            self._crew[name] = begin(workplace, self.database.url, self._files[name])
            return
        before = self._files.get(name)
        again = Account.read([before]).open[before.name] if before is not None else []
        self._files[name] = self.folder / f"c{self._begun}.ledger"
        self._files[name].touch()
        seed = self.dice.randrange(2**32)
        self._crew[name] = begin(clerk, self.database.url, self._files[name], seed, again)

    def _wait_ready(self, name: str) -> None:
        until(self._files[name].exists, STARTS, f"{name} does not start")

    def _recover(self) -> None:
        """Whoever is left brings every job to its end: no person is called."""
        setting = Setting.open(self.database.url)
        for name in self._crew:
            self._wait_ready(name)

        def over() -> bool:
            self._check_alive()
            with setting.store.reading() as session:
                return not jobs.jobs(session, NAME, states=jobs.LIVE)

        try:
            until(lambda: insist(over), RECOVERS, "jobs are left that nobody brings to their end")
        finally:
            setting.close()

    def _wait_seen(self) -> None:
        """Let the publishers publish what was withdrawn last; what is not seen then is counted later."""
        wanted = set(self.account().revoked)
        with contextlib.suppress(TimeoutError):
            until(lambda: wanted <= self.seen.keys(), RECOVERS / 3, "")

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Look at what is published, over and over, as a stranger does."""
        over = threading.Event()
        thread = threading.Thread(target=self._watch, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _watch(self, over: threading.Event) -> None:
        setting, versions = Setting.open(self.database.url), dict[str, int]()
        while not over.wait(LOOKS):
            with contextlib.suppress(IssuerError, SQLAlchemyError):  # the database is away
                self._look(setting, versions)
        setting.close()

    def _look(self, setting: Setting, versions: dict[str, int]) -> None:
        with setting.store.reading() as session:
            for one in status_lists.all_lists(session, NAME):
                shown = published.current(session, NAME, list_path(one.id))
                if shown is None or versions.get(one.id) == shown.version:
                    continue
                said, at = positions(shown.body, list_url(ORIGIN, one.id)), time.time()
                asked = select(Status.credential_id, Status.list_index).where(
                    Status.district_id == NAME, Status.list_id == one.id
                )
                known = {row.credential_id for row in session.execute(asked) if row.list_index in said}
                versions[one.id] = shown.version
                self.seen.update(dict.fromkeys(known - self.seen.keys(), at))


def until(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait for something.

    Raises:
        TimeoutError: It did not come to be.
    """
    last = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > last:
            raise TimeoutError(otherwise)
        time.sleep(0.05)
