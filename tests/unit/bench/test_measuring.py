"""A ratio is taken within a round, so that a machine that slows down does not change it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bench.batch import Together
from bench.measuring import FEWEST, WARM_UP, Operation, Race, ratio_of
from bench.report import GOALS


@dataclass
class Played:
    """A contender whose times are given; the first is its warm-up."""

    times: list[float]
    asked: list[float] = field(default_factory=list)

    def undisturbed(self, seconds: float) -> float:
        self.asked.append(seconds)
        return self.times.pop(0)


def test_the_ratio_is_the_median_of_the_ratios_within_rounds() -> None:
    ours = Played([9.0, 1.0, 10.0, 2.0, 1.0, 1.0])  # in the second round the machine is ten times as slow
    theirs = Played([9.0, 5.0, 50.0, 10.0, 5.0, 90.0])  # and the last goes wrong for one of them
    race = Race({"ours": ours, "theirs": theirs}, 0.5)
    race.run(5)
    found = race.ratio("theirs", "ours")
    assert (found.median, found.low, found.high) == (5.0, 5.0, 5.0)
    assert race.microseconds("ours") == 1_000_000


def test_everybody_is_warm_before_the_first_round() -> None:
    one = Played([7.0, 1.0])
    Race({"one": one}, 0.5).run(1)
    assert one.asked == [0.5 * WARM_UP, 0.5]


def test_an_operation_is_repeated_also_when_it_takes_longer_than_its_time() -> None:
    calls: list[int] = []
    Operation(lambda: calls.append(1)).undisturbed(0)
    assert len(calls) == FEWEST


def test_a_batch_bears_its_beginning_in_equal_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def takes(seconds: float) -> None:
        nonlocal now
        now += seconds

    def begin() -> None:
        takes(8.0)

    def issue(item: str) -> bytes:
        takes(1.0)
        return item.encode()

    monkeypatch.setattr("time.perf_counter", lambda: now)
    assert Together(begin, issue, ["a", "b"]).undisturbed(5) == 8 / 2 + 1


def test_interrupted_operations_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = iter([1.0, 30.0, 30.0, 30.0, 1.0, 30.0])
    now = 0.0

    def work() -> None:
        nonlocal now
        now += next(taken)

    monkeypatch.setattr("time.perf_counter", lambda: now)
    assert Operation(work).undisturbed(100) == 1


def test_what_fails_is_not_timed() -> None:
    with pytest.raises(ZeroDivisionError):
        Operation(lambda: 1 // 0).undisturbed(0)


def test_quartiles_say_how_far_the_rounds_lie_apart() -> None:
    found = ratio_of([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.low, found.median, found.high) == (2.0, 3.0, 4.0)


def test_a_goal_is_a_least_or_a_most() -> None:
    least = next(goal for goal in GOALS if goal.key == "issue_vs_db_js")
    most = next(goal for goal in GOALS if goal.key == "issue_in_raw_signs")
    assert [least.met(19.9), least.met(20), most.met(10), most.met(10.1)] == [False, True, True, False]
