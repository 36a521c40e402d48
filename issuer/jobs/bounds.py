"""How often rows are tried that end whatever process tries them, and which row is to blame.

A worker can die for a hundred reasons, mostly none of the rows'. So after a death the rows that were in hand
are tried one by one; and a row that was alone in hand at `MOST_DEATHS` deaths, one after the other, is given
up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from issuer.store.tries import InHand, Tries

MOST_DEATHS: Final = 3
"""Deaths with one row alone in hand, after which it is not tried any more."""


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

    def take(self, lane: str, lines: Sequence[int]) -> Chosen:
        """Note what a lane takes in hand next, before it does.

        Args:
            lane: Which lane of which run of a job.
            lines: The numbers of the rows that wait, in their order, as many as go together.
        """
        if not lines:
            return Chosen(0)
        found = choose(self._tries.of(lane), lines, died=lane not in self._survived)
        if found is None:
            return Chosen(1, given_up=lines[0])
        self._tries.note(lane, found)
        self._survived.discard(lane)
        return Chosen(1 if found.times else len(lines))

    def survived(self, lane: str) -> None:
        """Note that a step of a lane failed, and did not end the process: that is no death."""
        self._survived.add(lane)

    def forget(self, run: str) -> None:
        """Drop the notes of a run that is over."""
        self._tries.forget(run)
        self._survived = {lane for lane in self._survived if not lane.startswith(f"{run}/")}


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
