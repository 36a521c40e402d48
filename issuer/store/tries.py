"""What each lane of a job has in hand, noted before it is tried: whoever comes after a dead worker sees it.

This is no record of a district: it lies beside the durable queue, as the workers' heartbeats do, and holds
numbers of rows alone. Where it is lost, a row is merely tried more often.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text

from issuer.store.session import Store
from issuer.store.workers import SCHEMA, queue_url


@dataclass(frozen=True, slots=True)
class InHand:
    """Rows that were in hand when a step began that has not ended.

    Attributes:
        first: The number of the first of them.
        last: The number of the last that may be to blame for a death.
        times: 0 where all of them were in hand; else how often the first was alone in hand.
    """

    first: int
    last: int
    times: int


@dataclass(frozen=True, slots=True)
class Tries:
    """The notes of one queue.

    Attributes:
        engine: Opens the queue's database.
    """

    engine: Engine

    @classmethod
    def open(cls, store: Store) -> Tries:
        """The notes of those who share a store."""
        return cls(create_engine(queue_url(store), hide_parameters=True, pool_size=2, pool_pre_ping=True))

    @property
    def _table(self) -> str:
        return "cairn_try" if self.engine.dialect.name == "sqlite" else f"{SCHEMA}.cairn_try"

    def prepare(self) -> None:
        """Make the table where it is missing."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self._table} (lane TEXT PRIMARY KEY, "
                    "first_row INTEGER NOT NULL, last_row INTEGER NOT NULL, times INTEGER NOT NULL)"
                )
            )

    def of(self, lane: str) -> InHand | None:
        """What a lane had in hand when it was last heard of or None."""
        with self.engine.connect() as connection:
            found = connection.execute(
                text(f"SELECT first_row, last_row, times FROM {self._table} WHERE lane = :lane"),  # noqa: S608 - texts of this file
                {"lane": lane},
            ).one_or_none()
        return InHand(*found) if found is not None else None

    def note(self, lane: str, hand: InHand) -> None:
        """Note what a lane takes in hand."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    f"INSERT INTO {self._table} (lane, first_row, last_row, times) "  # noqa: S608 - as above
                    "VALUES (:lane, :first, :last, :times) ON CONFLICT (lane) DO UPDATE "
                    "SET first_row = :first, last_row = :last, times = :times"
                ),
                {"lane": lane, "first": hand.first, "last": hand.last, "times": hand.times},
            )

    def forget(self, run: str) -> None:
        """Drop the notes of a run, whose lanes' names begin with its name."""
        with self.engine.begin() as connection:
            connection.execute(
                text(f"DELETE FROM {self._table} WHERE substr(lane, 1, :length) = :run"),  # noqa: S608 - as above
                {"run": f"{run}/", "length": len(run) + 1},
            )

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
