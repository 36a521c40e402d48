"""What a second process adds: issuing has no part that two processes share."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.lines import Lines
from bench.measuring import Ratio, ratio_of


@dataclass(frozen=True, slots=True)
class Scaling:
    """Credentials per second from one process and from two, and what the second adds."""

    one: float
    two: float
    gain: Ratio


def scaling(rounds: int, seconds: float) -> Scaling:
    """Issue in one process, then in two at once, in turn; which of the two goes alone changes too."""
    words = [sys.executable, "-m", "bench.worker"]
    ones, twos = list[float](), list[float]()
    with Lines(words, Path.cwd()) as first, Lines(words, Path.cwd()) as second:
        _rate([first, second], seconds)  # they start and warm up together
        for number in range(rounds):
            ones.append(_rate([(first, second)[number % 2]], seconds))
            twos.append(_rate([first, second], seconds))
    # Against the mean of the rounds before and after, so that a machine that slows down does not look like a
    # loss.
    around = [(one + after) / 2 for one, after in zip(ones, [*ones[1:], ones[-1]], strict=True)]
    gains = [two / one for one, two in zip(around, twos, strict=True)]
    return Scaling(statistics.median(ones), statistics.median(twos), ratio_of(gains))


def _rate(workers: list[Lines], seconds: float) -> float:
    """Credentials per second of all of them together."""
    for worker in workers:
        worker.tell(seconds=seconds)
    answers = [worker.hear() for worker in workers]
    return sum(float(answer["issued"]) / float(answer["took"]) for answer in answers)
