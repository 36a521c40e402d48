"""Who works: a name for each worker that stays the same, and its heartbeat, by the database's own clock.

This is no record of a district: it lies beside the durable queue, in its schema on PostgreSQL and in its file
on the embedded database, and is made there when the first worker starts.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from issuer.errors import IssuerError
from issuer.store.session import Store

SCHEMA: Final = "dbos"
LOST_AFTER: Final = 20.0
"""Seconds without a heartbeat after which a worker is taken for dead."""
MOST_WORKERS: Final = 64
"""Workers of one machine."""


def queue_url(store: Store) -> str:
    """The address of the durable queue: the same database on PostgreSQL; a file beside the embedded one."""
    url = make_url(store.engine.url)
    if store.is_sqlite:
        path = str(url.database)
        return f"sqlite:///{path.removesuffix('.db')}-jobs.db"
    return url.render_as_string(hide_password=False)


def this_machine() -> str:
    """Whose numbers of processes mean anything here: this run of this machine, and this list of processes.

    Two machines may well have one name, and two containers one machine; of another's processes nothing is
    known.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return f"{uuid.getnode():x}"


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers of one queue.

    Attributes:
        engine: Opens the queue's database.
        lost_after: Seconds without a heartbeat after which a worker is taken for dead.
    """

    engine: Engine
    lost_after: float = LOST_AFTER

    @classmethod
    def open(cls, store: Store, lost_after: float = LOST_AFTER) -> Workers:
        """The workers that share a store."""
        engine = create_engine(queue_url(store), hide_parameters=True, pool_size=2, pool_pre_ping=True)
        return cls(engine, lost_after)

    @property
    def _table(self) -> str:
        return "cairn_worker" if self.engine.dialect.name == "sqlite" else f"{SCHEMA}.cairn_worker"

    @property
    def _now(self) -> str:
        """The database's clock, in seconds."""
        if self.engine.dialect.name == "sqlite":
            return "((julianday('now') - 2440587.5) * 86400.0)"
        return "EXTRACT(EPOCH FROM clock_timestamp())"

    def prepare(self) -> None:
        """Make the table where it is missing."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self._table} (name TEXT PRIMARY KEY, host TEXT NOT NULL, "
                    "pid INTEGER NOT NULL, beat DOUBLE PRECISION NOT NULL)"
                )
            )

    def join(self, host: str, pid: int, *, machine: str = "") -> str:
        """Take the first name of this machine that nobody alive works under.

        Args:
            host: What the machine is called; another may be called the same.
            pid: The process.
            machine: Where its number counts, as `this_machine`, which it is unless another is named.

        Raises:
            IssuerError: `bad_setting` where `MOST_WORKERS` work here.
        """
        for number in range(1, MOST_WORKERS + 1):
            name = f"{host}-{number}"
            if self.take(name, pid, machine=machine):
                return name
        raise IssuerError("bad_setting", f"{MOST_WORKERS} workers work on {host} already")

    def take(self, name: str, pid: int, *, machine: str = "") -> bool:
        """Take a name; False where somebody works under it.

        Whoever was heard of a moment ago lives, unless it was a process of this very machine that has ended.
        """
        machine = machine or this_machine()
        with self.engine.begin() as connection:
            made = connection.execute(
                text(
                    f"INSERT INTO {self._table} (name, host, pid, beat) "  # noqa: S608 - texts of this file
                    f"VALUES (:name, :machine, :pid, {self._now}) ON CONFLICT (name) DO NOTHING"
                ),
                {"name": name, "machine": machine, "pid": pid},
            )
            if made.rowcount == 1:
                return True
            where, holder, beat, age = connection.execute(
                text(f"SELECT host, pid, beat, {self._now} - beat FROM {self._table} WHERE name = :name"),  # noqa: S608 - as above
                {"name": name},
            ).one()
            if age < self.lost_after and (where != machine or _is_alive(holder)):
                return False
            taken = connection.execute(
                text(
                    f"UPDATE {self._table} SET host = :machine, pid = :pid, beat = {self._now} "  # noqa: S608 - as above
                    "WHERE name = :name AND host = :where AND pid = :holder AND beat = :beat"
                ),
                {
                    "name": name, "machine": machine, "pid": pid,
                    "where": where, "holder": holder, "beat": beat,
                },
            )  # fmt: skip
            return taken.rowcount == 1

    def beat(self, name: str, pid: int) -> None:
        """Say that a worker lives."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    f"INSERT INTO {self._table} (name, host, pid, beat) "  # noqa: S608 - as above
                    f"VALUES (:name, :machine, :pid, {self._now}) "
                    f"ON CONFLICT (name) DO UPDATE SET host = :machine, pid = :pid, beat = {self._now}"
                ),
                {"name": name, "machine": this_machine(), "pid": pid},
            )

    def leave(self, name: str) -> None:
        """Say that a worker ends: what it still holds is taken up at once."""
        with self.engine.begin() as connection:
            connection.execute(
                text(f"UPDATE {self._table} SET beat = 0 WHERE name = :name"),  # noqa: S608 - as above
                {"name": name},
            )

    def alive(self) -> list[str]:
        """The workers whose heart beats."""
        with self.engine.connect() as connection:
            return list(
                connection.execute(
                    text(f"SELECT name FROM {self._table} WHERE {self._now} - beat < :lost ORDER BY name"),  # noqa: S608 - as above
                    {"lost": self.lost_after},
                ).scalars()
            )

    def claim(self, dead: Sequence[str]) -> list[str]:
        """Those among the dead whose work this caller, and for a while nobody else, takes up."""
        won = []
        with self.engine.begin() as connection:
            for name in dead:
                # Whom nobody knows any more counts as dead since ever.
                connection.execute(
                    text(
                        f"INSERT INTO {self._table} (name, host, pid, beat) VALUES (:name, '', 0, 0) "  # noqa: S608 - as above
                        "ON CONFLICT (name) DO NOTHING"
                    ),
                    {"name": name},
                )
                taken = connection.execute(
                    text(
                        # Seen again long enough from now that a claimant who dies meanwhile is followed.
                        f"UPDATE {self._table} SET beat = {self._now} - :lost / 2 "  # noqa: S608 - as above
                        f"WHERE name = :name AND {self._now} - beat >= :lost"
                    ),
                    {"name": name, "lost": self.lost_after},
                )
                if taken.rowcount == 1:
                    won.append(name)
        return won

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _is_alive(pid: int) -> bool:
    """Whether a process of this machine lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
