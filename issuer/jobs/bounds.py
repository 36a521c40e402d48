"""How often rows are tried that end whatever process tries them, and which row is to blame.

A worker can die for a hundred reasons, mostly none of the rows'. So after a death the rows that were in hand
are tried one by one, each while nothing else is in hand in its process: else one row's death would be counted
against its neighbours in other lanes. A row that was alone in hand at `MOST_DEATHS` deaths, one after the
other, is given up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from issuer.store.tries import InHand, Tries

MOST_DEATHS: Final = 5
"""Deaths with one row alone in hand, after which it is not tried any more.

Giving up an innocent row costs a person's time, one more death a restart's: so it is more than two or three,
which a machine that kills at random brings about.
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a step does.

    Attributes:
        most: How many rows it takes in hand.
        given_up: The number of a row that is not tried any more, or None.
    """

    most: int
    given_up: int | None = None


class Hand:
    """What the lanes of jobs have in hand in this process.

    Args:
        tries: Where that is noted.
    """

    def __init__(self, tries: Tries) -> None:
        self._tries = tries
        self._survived: set[str] = set()
        self._room = _Room()

    @contextmanager
    def taking(self, lane: str, lines: Sequence[int]) -> Iterator[Chosen]:
        """Take in hand what a lane does next, noted before it is done; an exception is no death.

        Args:
            lane: Which lane of which run of a job.
            lines: The numbers of the rows that wait, in their order, as many as go together.
        """
        found = choose(self._tries.of(lane), lines, died=lane not in self._survived) if lines else None
        if found is None:
            yield Chosen(1, given_up=lines[0]) if lines else Chosen(0)
            return
        with self._room.alone() if found.times else self._room.among():
            self._tries.note(lane, found)
            self._survived.discard(lane)
            try:
                yield Chosen(1 if found.times else len(lines))
            except Exception:
                self._survived.add(lane)
                raise

    def forget(self, run: str) -> None:
        """Drop the notes of a run that is over."""
        self._tries.forget(run)
        self._survived = {lane for lane in self._survived if not lane.startswith(f"{run}/")}


class _Room:
    """Where many are in hand at a time, or one alone; who waits to be alone goes before who came later."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._taken = False
        self._wanting = 0

    @contextmanager
    def among(self) -> Iterator[None]:
        """Be inside among others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken and not self._wanting)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be inside alone."""
        with self._changed:
            self._wanting += 1
            try:
                self._changed.wait_for(lambda: not self._taken and not self._inside)
                self._taken = True
            finally:
                self._wanting -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()


def choose(before: InHand | None, lines: Sequence[int], *, died: bool) -> InHand | None:
    """What to take in hand of these rows; None where the first of them is to be given up.

    Args:
        before: What was in hand when the lane was last heard of.
        lines: The numbers of the rows that wait. Those that were in hand and wait still were not finished.
        died: Whether a process ended over what is not finished.
    """
    first = lines[0]
    if before is None or first > before.last or (before.times == 0 and not died):
        return InHand(first, lines[-1], 0)
    if before.times == 0 or before.first != first:
        return InHand(first, before.last, 1)
    if not died:
        return before
    return InHand(first, before.last, before.times + 1) if before.times < MOST_DEATHS else None
