"""Rounds of a thread: none ends it, it waits between them, and stopping takes no longer than it may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from issuer.background import UNEXPECTED, Rounds
from issuer.errors import IssuerError
from issuer.store.session import Store

LONG = 60.0
"""Seconds that no test waits for."""
STORE = cast("Store", SimpleNamespace(reading=nullcontext))


class Told(Rounds):
    """Does in each round what it was told."""

    def __init__(self, do: Callable[[int], int | None], *, every: float = LONG, most: float = LONG) -> None:
        super().__init__("told", every=every, longest_stop=most)
        self.rounds = 0
        self.ended = threading.Event()
        self._do = do

    def round(self) -> int | None:
        self.rounds += 1
        done = self._do(self.rounds)
        self.last_fault = None
        if not done:
            self.ended.set()
        return done


@pytest.fixture
def begun() -> Iterator[Callable[[Told], Told]]:
    """Begins rounds, and ends them after the test."""
    all_begun: list[Told] = []

    def begin(made: Told) -> Told:
        all_begun.append(made)
        made.start()
        return made

    yield begin
    for made in all_begun:
        made.stop()


def test_it_waits_between_two_rounds_and_a_stop_ends_the_waiting(begun: Callable[[Told], Told]) -> None:
    made = begun(Told(lambda _: None))
    assert made.ended.wait(LONG)
    since = time.monotonic()
    assert made.rounds == 1
    made.stop()
    assert time.monotonic() - since < LONG / 2
    assert not made.is_running
    assert made.rounds == 1


def test_a_round_that_did_something_is_followed_at_once(begun: Callable[[Told], Told]) -> None:
    made = begun(Told(lambda number: 5 if number < 4 else 0))
    assert made.ended.wait(LONG)
    assert made.rounds == 4


def test_no_round_ends_the_thread_and_what_went_wrong_is_kept(begun: Callable[[Told], Told]) -> None:
    kept: list[str | None] = []
    made: Told

    def fails_once(number: int) -> None:
        if number == 1:
            raise RuntimeError("a bug")
        kept.append(made.last_fault)

    made = begun(Told(fails_once, every=0.001))
    assert made.ended.wait(LONG)
    assert kept[0] == UNEXPECTED
    made.stop()
    assert made.last_fault is None


def test_stopping_takes_no_longer_than_it_may(begun: Callable[[Told], Told]) -> None:
    entered, free = threading.Event(), threading.Event()

    def holds(_: int) -> None:
        entered.set()
        free.wait(LONG)

    made = begun(Told(holds, most=0.02))
    assert entered.wait(LONG)
    made.stop()
    assert made.is_running  # it was not waited for any longer
    free.set()
    assert made.ended.wait(LONG)


def test_what_never_began_can_be_stopped() -> None:
    Told(lambda _: None).stop()


@pytest.fixture
def districts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [SimpleNamespace(id=name) for name in ("amber", "birch", "cedar")]
    monkeypatch.setattr("issuer.background.queries.districts", lambda _: found)


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize(
    ("fault", "kept"),
    [(IssuerError("key_not_usable", "no key"), "key_not_usable: no key"), (OSError("a file"), UNEXPECTED)],
    ids=["refusal", "unexpected"],
)
def test_one_district_that_fails_does_not_hold_up_the_next(fault: Exception, kept: str) -> None:
    done: list[str] = []

    def do(name: str) -> None:
        if name == "amber":
            raise fault
        done.append(name)

    made = Told(lambda _: None)
    made._each_district(STORE, do)
    assert done == ["birch", "cedar"]
    assert made.last_fault == kept
    made._each_district(STORE, done.append)
    assert made.last_fault is None


@pytest.mark.usefixtures("districts")
def test_a_fault_that_was_dealt_with_is_kept_too() -> None:
    made = Told(lambda _: None)
    made._each_district(STORE, {"amber": "the server is away"}.get)
    assert made.last_fault == "the server is away"


@pytest.mark.usefixtures("districts")
def test_once_it_is_stopped_no_other_district_is_begun() -> None:
    done: list[Any] = []
    made = Told(lambda _: None)

    def do(name: str) -> None:
        done.append(name)
        made.stop()

    made._each_district(STORE, do)
    assert done == ["amber"]
