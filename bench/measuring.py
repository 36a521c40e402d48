"""Measure several contenders side by side, on a machine that also does other things.

Each round runs every contender for a few hundredths of a second, in a new order, and keeps the time below
which a tenth of its operations stayed. A busy machine interrupts nearly every operation of some milliseconds
and hardly one of some microseconds: the median of the operations would flatter whoever is quick. A ratio is
the median, over the rounds, of the ratio within one round; beside it stand its quartiles, so that a reader
sees how much it can be trusted.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

FEWEST = 5
"""Operations of a round, however long one takes."""

WARM_UP = 12
"""How many rounds' time each contender runs before the first: a compiler that learns needs many turns."""


class Contender(Protocol):
    """Something that can be timed."""

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long, and give the lower decile of the times of one operation, in seconds."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A call in this process.

    Args:
        call: What is timed. It raises if it did not do what it should.
    """

    call: Callable[[], object]

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long, and give the lower decile of the times of one operation, in seconds."""
        clock, call, times = time.perf_counter, self.call, list[float]()
        end = clock() + seconds
        while len(times) < FEWEST or clock() < end:
            begun = clock()
            call()
            times.append(clock() - begun)
        times.sort()
        return times[len(times) // 10]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times one time goes into another: the median of the rounds, and the quartiles."""

    median: float
    low: float
    high: float


@dataclass(slots=True)
class Race:
    """Contenders that are measured together.

    Args:
        contenders: By name.
        seconds: How long each runs in a round.
    """

    contenders: dict[str, Contender]
    seconds: float
    rounds: list[dict[str, float]] = field(default_factory=list)

    def run(self, rounds: int) -> None:
        """Warm up, then measure; a round is a row of `rounds`."""
        for contender in self.contenders.values():
            contender.undisturbed(self.seconds * WARM_UP)
        order = list(self.contenders)
        shuffled = random.Random(0)
        for _ in range(rounds):
            shuffled.shuffle(order)
            self.rounds.append({name: self.contenders[name].undisturbed(self.seconds) for name in order})

    def microseconds(self, name: str) -> float:
        """The median of a contender's rounds."""
        return statistics.median(taken[name] for taken in self.rounds) * 1e6

    def milliseconds(self, name: str) -> Ratio:
        """A contender's own time, with its quartiles."""
        return ratio_of([taken[name] * 1e3 for taken in self.rounds])

    def ratio(self, slower: str, faster: str) -> Ratio:
        """How many times as long the first takes as the second."""
        return ratio_of([taken[slower] / taken[faster] for taken in self.rounds])


def ratio_of(values: Sequence[float]) -> Ratio:
    """The median and the quartiles of what the rounds gave."""
    if len(values) == 1:
        return Ratio(values[0], values[0], values[0])
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Ratio(middle, low, high)
