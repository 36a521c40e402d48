"""A row that ends whoever tries it is found, and given up; what ends for another reason costs no row."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from issuer import many
from issuer.errors import IssuerError
from issuer.issuance import resume
from issuer.jobs import steering, work
from issuer.jobs.asking import Job
from issuer.jobs.bounds import MOST_DEATHS, Hand, choose
from issuer.jobs.door import prepare_queue
from issuer.store import jobs, sheet_drafts
from issuer.store.tries import InHand, Tries
from tests.unit.issuer.jobs.conftest import Batches


class Death(BaseException):
    """The process is gone."""


def test_rows_are_tried_together_then_one_by_one_and_the_one_to_blame_is_given_up() -> None:
    rows = [1, 2, 3]
    whole = choose(None, rows, died=True)
    assert whole == InHand(1, 3, 0)
    alone = choose(whole, rows, died=True)
    assert alone == InHand(1, 3, 1)
    second = choose(alone, [2, 3], died=True)  # the first was issued
    assert second == InHand(2, 3, 1)
    for times in range(2, MOST_DEATHS + 1):
        second = choose(second, [2, 3], died=True)
        assert second == InHand(2, 3, times)
    assert choose(second, [2, 3], died=True) is None
    assert choose(second, [3], died=True) == InHand(3, 3, 1)
    assert choose(InHand(3, 3, 1), [4, 5], died=True) == InHand(4, 5, 0)


def test_a_step_that_failed_and_ended_no_process_is_no_death() -> None:
    assert choose(InHand(1, 3, 0), [1, 2, 3], died=False) == InHand(1, 3, 0)
    assert choose(InHand(1, 3, MOST_DEATHS), [1, 2, 3], died=False) == InHand(1, 3, MOST_DEATHS)


@pytest.fixture
def tries(batches: Batches) -> Iterator[Tries]:
    prepare_queue(batches.store)
    found = Tries.open(batches.store)
    yield found
    found.close()


def carry_out(batches: Batches, tries: Tries, job: Job, most: int = 40) -> int:
    """Carry a job out, in a new process after each death; gives how many died."""
    turn = batches.turn(job)
    for deaths in range(most):
        hand = replace(batches.work, hand=Hand(tries))
        try:
            work.begin(hand, turn)
            while work.step(hand, turn, (0, 1)):
                pass
            work.rest(hand, turn)
        except Death:
            continue
        return deaths
    raise AssertionError("it is tried without a limit")


def deadly(monkeypatch: pytest.MonkeyPatch, name: str, ref: str) -> None:
    """Let whoever takes this step with this award die."""
    whole: Any = getattr(many._Part, name)

    def dies(part: Any, *args: Any) -> Any:
        if ref in part.refs:
            raise Death
        return whole(part, *args)

    monkeypatch.setattr(many._Part, name, dies)


@pytest.mark.parametrize("where", ["_prepare", "_sign"])
def test_a_row_that_ends_every_worker_becomes_an_outcome(
    batches: Batches, tries: Tries, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    job = batches.ask(batches.wanted(5))
    with monkeypatch.context() as patch:
        deadly(patch, where, "A-3")
        assert carry_out(batches, tries, job) == 1 + MOST_DEATHS
    found = batches.find(job)
    assert (found.state, found.done, found.failed) == (jobs.DONE, 5, 1)
    with batches.store.reading() as session:
        (row,) = sheet_drafts.rows(session, batches.district, job.subject, state=sheet_drafts.FAILED)
    assert (row.award_ref, row.credential_id, row.why) == ("A-3", None, sheet_drafts.COULD_NOT)
    assert len(batches.signed()) == 4
    assert batches.audited("sheet.row-given-up") == ["sheet.row-given-up"]
    # Nor does what signs the leftovers of crashes touch it; a person may let it be tried again.
    assert (
        resume(
            batches.store, batches.district, signer=batches.house.signer, now=batches.house.time, actor="test"
        )
        == []
    )
    with batches.store.transaction() as session:
        sheet_drafts.queue_failed(session, batches.district, job.subject)
        sheet_drafts.draft(session, batches.district, job.subject).state = sheet_drafts.ISSUING
    batches.act(steering.again, job)
    assert carry_out(batches, tries, job) == 0
    assert len(batches.signed()) == 5


def test_a_death_is_counted_against_no_row_of_another_lane(tries: Tries) -> None:
    for lane in ("a/b/1/0/2", "a/b/1/1/2"):
        tries.note(lane, InHand(1, 9, 0))  # both were in hand when the process ended
    hand, order, inside, go_on = Hand(tries), [], threading.Event(), threading.Event()

    def suspect() -> None:
        with hand.taking("a/b/1/0/2", [1, 2]) as chosen:
            order.append(f"one of {chosen.most}")
            inside.set()
            assert go_on.wait(60)
            order.append("its end")

    def neighbour(lane: str) -> None:
        with hand.taking(lane, [1, 2]) as chosen:
            order.append(f"{lane} {chosen.most}")

    first = threading.Thread(target=suspect)
    first.start()
    assert inside.wait(60)
    others = [
        threading.Thread(target=neighbour, args=(lane,), daemon=True) for lane in ("a/b/1/1/2", "c/d/1/0/1")
    ]
    for other in others:
        other.start()
        other.join(0.05)
        assert other.is_alive()
    # A process that ends now leaves one row to blame, and the neighbours' notes as they were.
    assert tries.of("a/b/1/0/2") == InHand(1, 9, 1)
    assert (tries.of("a/b/1/1/2"), tries.of("c/d/1/0/1")) == (InHand(1, 9, 0), None)
    go_on.set()
    for thread in (first, *others):
        thread.join(60)
    assert order[:2] == ["one of 1", "its end"]
    assert sorted(order[2:]) == ["a/b/1/1/2 1", "c/d/1/0/1 2"]


def test_a_row_is_tried_alone_only_after_what_is_in_hand_ended(tries: Tries) -> None:
    tries.note("a/b/1/0/2", InHand(1, 9, 0))
    hand, tried = Hand(tries), threading.Event()

    def suspect() -> None:
        with hand.taking("a/b/1/0/2", [1, 2]):
            tried.set()

    with hand.taking("c/d/1/0/1", [1, 2]), hand.taking("e/f/1/0/1", [1, 2]):  # many go together
        thread = threading.Thread(target=suspect)
        thread.start()
        assert not tried.wait(0.05)
        assert tries.of("a/b/1/0/2") == InHand(1, 9, 0)
    assert tried.wait(60)
    thread.join(60)


def test_a_database_that_goes_away_gives_no_row_up(
    batches: Batches, tries: Tries, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, hand = batches.ask(batches.wanted(3)), replace(batches.work, hand=Hand(tries))
    turn = batches.turn(job)
    work.begin(hand, turn)

    def away(*_: object, **__: object) -> None:
        raise IssuerError("database_failed", "it is away")

    with monkeypatch.context() as patch:
        patch.setattr(work, "issue_some", away)
        for _ in range(3 * MOST_DEATHS):
            with pytest.raises(IssuerError, match="away"):
                work.step(hand, turn, (0, 1))
    assert not work.step(hand, turn, (0, 1))
    assert len(batches.signed()) == 3


def test_what_is_over_leaves_no_note(batches: Batches, tries: Tries) -> None:
    job = batches.ask(batches.wanted(2))
    lane = f"{batches.turn(job).name}/0/1"
    tries.note(lane, InHand(1, 2, 0))
    tries.note("another/job/1/0/1", InHand(1, 2, 0))
    carry_out(batches, tries, job)
    assert (tries.of(lane), tries.of("another/job/1/0/1")) == (None, InHand(1, 2, 0))
