"""A job is asked for once; it can be paused, stopped, undone; nothing leaves the house while it is held."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credential.withdrawal import Reason
from issuer import many, securing
from issuer.errors import IssuerError
from issuer.jobs import asking, steering, work
from issuer.jobs.importing import ask_import
from issuer.jobs.outcome import outcome_csv
from issuer.jobs.work import UNSAID, Superseded, Turn, begin, note_why, rest, step
from issuer.publication import list_path
from issuer.revocation import revoke
from issuer.shares import create_share
from issuer.store import jobs, published, sheet_drafts, students
from issuer.store.sheet_drafts import LANES, lane_of
from tests.unit.issuer.jobs.conftest import SCHOOL, Batches
from tests.unit.issuer.webhooks.test_webhooks import Ear, hooked, round_of

NO_HOLD = timedelta(0)


def test_a_batch_goes_from_asked_to_published(batches: Batches) -> None:
    job = batches.ask(batches.wanted(3))
    assert (job.state, job.total, job.done) == (jobs.QUEUED, 3, 0)
    done = batches.run(job)
    assert (done.state, done.done, done.failed) == (jobs.DONE, 3, 0)
    assert len(batches.signed()) == 3
    assert batches.audited("job") == ["job.asked", "job.ended"]
    with batches.store.reading() as session:
        assert published.current(
            session, batches.district, list_path(batches.house.row(batches.signed()[0]).list_id)
        )


def test_the_same_key_is_the_same_job_and_other_awards_under_it_are_refused(batches: Batches) -> None:
    first = batches.ask(batches.wanted(2))
    assert batches.ask(batches.wanted(2)) == first
    batches.run(first)
    assert batches.ask(batches.wanted(2)).id == first.id
    with pytest.raises(IssuerError) as refused:
        batches.ask(batches.wanted(3))
    assert refused.value.code == "key_reused"
    assert len(asking.everything(batches.store, batches.district)) == 1


@pytest.mark.parametrize("key", ["", "k" * (asking.LONGEST_KEY + 1)])
def test_a_key_is_not_empty_and_not_endless(batches: Batches, key: str) -> None:
    with pytest.raises(IssuerError, match="1 to 200"):
        batches.ask(batches.wanted(1), key)
    assert batches.ask(batches.wanted(1), "k" * asking.LONGEST_KEY).total == 1


def test_a_batch_has_a_bound(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_ROWS", 3)
    assert batches.ask(batches.wanted(3)).total == 3
    for count in (0, 4):
        with pytest.raises(IssuerError) as refused:
            batches.ask(batches.wanted(count), "other")
        assert refused.value.code == "bad_request"


def test_a_school_that_the_district_does_not_have_is_refused_before_anything_is_kept(
    batches: Batches,
) -> None:
    wanted = [asking.Wanted(batches.house.award(), "9999", "CO-CNA")]
    with pytest.raises(IssuerError, match="9999"):
        batches.ask(wanted)
    assert asking.everything(batches.store, batches.district) == []


def test_a_row_at_fault_stops_no_other(batches: Batches) -> None:
    wanted = [*batches.wanted(2), *batches.wanted(1, "B", achievement_id="unknown")]
    done = batches.run(batches.ask(wanted))
    assert (done.state, done.done, done.failed) == (jobs.DONE, 3, 1)
    with batches.store.reading() as session:
        lines = outcome_csv(session, jobs.job(session, batches.district, done.id)).decode("utf-8-sig")
    assert lines.splitlines()[0].startswith("row,award_ref")
    assert [line.split(",")[5] for line in lines.splitlines()[1:]] == ["issued", "issued", "failed"]
    assert "no achievement" in lines


def test_nothing_is_signed_once_a_pause_has_returned(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = batches.ask(batches.wanted(2))
    turn = batches.turn(job)
    begin(batches.work, turn)
    secure = securing.secure

    def meanwhile(*args: Any, **named: Any) -> Any:
        # The moment between the database knowing what will be signed and the signature being kept.
        if batches.find(job).state == jobs.RUNNING:
            batches.act(steering.pause, job)
        return secure(*args, **named)

    monkeypatch.setattr(many, "secure", meanwhile)
    with pytest.raises(Superseded):
        step(batches.work, turn, (0, 1))
    assert batches.signed() == []


def test_a_paused_batch_is_gone_on_with_and_loses_nothing(batches: Batches) -> None:
    job = batches.ask(batches.wanted(3))
    batches.act(steering.pause, job)
    assert batches.run(job).state == jobs.PAUSED
    assert batches.signed() == []
    batches.act(steering.resume, job)
    done = batches.run(job)
    assert (done.state, done.done) == (jobs.DONE, 3)
    assert batches.audited("job") == ["job.asked", "job.paused", "job.ended", "job.resumed", "job.ended"]


def test_what_was_prepared_when_a_pause_came_is_signed_and_noted(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = batches.ask(batches.wanted(2))
    turn = batches.turn(job)
    begin(batches.work, turn)
    secure = securing.secure
    with monkeypatch.context() as patch:
        patch.setattr(
            many,
            "secure",
            lambda *args, **named: (batches.act(steering.stop, job), secure(*args, **named))[1],
        )
        with pytest.raises((Superseded, IssuerError)):
            step(batches.work, turn, (0, 1))
    done = batches.run(job)
    assert (done.state, done.done, done.failed) == (jobs.STOPPED, 2, 0)
    assert len(batches.signed()) == 2


def test_a_run_that_could_not_even_say_why_is_not_called_done(batches: Batches) -> None:
    job = batches.ask(batches.wanted(1))
    turn = batches.turn(job)
    begin(batches.work, turn)
    rest(batches.work, turn, failed=True)
    found = batches.find(job)
    assert (found.state, found.why) == (jobs.FAILED, UNSAID)


def test_a_stopped_batch_says_what_was_not_issued_and_may_be_tried_again(batches: Batches) -> None:
    job = batches.ask(batches.wanted(2))
    batches.act(steering.stop, job)
    done = batches.run(job)
    assert (done.state, done.failed) == (jobs.STOPPED, 2)
    with batches.store.transaction() as session:
        sheet_drafts.queue_failed(session, batches.district, job.subject)
        sheet_drafts.draft(session, batches.district, job.subject, lock=True).state = sheet_drafts.ISSUING
    batches.act(steering.again, job)
    done = batches.run(job)
    assert (done.state, done.done, done.failed) == (jobs.DONE, 2, 0)


def test_a_run_that_another_has_followed_does_nothing(batches: Batches) -> None:
    job = batches.ask(batches.wanted(1))
    old = batches.turn(job)
    batches.act(steering.pause, job)
    batches.run(job)
    batches.act(steering.resume, job)
    assert begin(batches.work, old) == 0
    with pytest.raises(Superseded):
        step(batches.work, old, (0, 1))
    note_why(batches.work, old, "an old run's word")
    rest(batches.work, old, failed=True)
    assert batches.find(job).state == jobs.QUEUED
    with batches.store.transaction() as session, pytest.raises(Superseded):
        old.check(session)


def test_two_who_take_the_same_step_issue_each_row_once(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = batches.ask(batches.wanted(3))
    turn = batches.turn(job)
    begin(batches.work, turn)
    secure, inside = securing.secure, list[bool]()

    def twin(*args: Any, **named: Any) -> Any:
        if not inside:
            inside.append(True)
            step(batches.work, turn, (0, 1))
        return secure(*args, **named)

    monkeypatch.setattr(many, "secure", twin)
    step(batches.work, turn, (0, 1))
    rest(batches.work, turn)
    assert batches.find(job).done == 3
    assert len(batches.signed()) == 3


def test_no_badge_leaves_the_house_while_its_batch_can_be_undone(batches: Batches) -> None:
    job = batches.run(batches.ask(batches.wanted(1)))
    badge = batches.signed()[0]

    def share() -> None:
        create_share(
            batches.store,
            batches.district,
            badge,
            now=batches.house.time,
            entropy=batches.house.entropy,
            actor="test",
        )

    batches.house.later(minutes=29)
    with pytest.raises(IssuerError) as refused:
        share()
    assert refused.value.code == "held"
    assert job.is_held(batches.house.time)
    batches.house.later(minutes=1)
    share()
    assert batches.house.row(badge).state == "released"


def test_a_batch_may_be_let_go_at_once(batches: Batches) -> None:
    job = batches.run(batches.ask(batches.wanted(1)))
    batches.act(steering.let_go, job)
    create_share(
        batches.store,
        batches.district,
        batches.signed()[0],
        now=batches.house.time,
        entropy=batches.house.entropy,
        actor="test",
    )
    with pytest.raises(IssuerError, match="not held"):
        batches.act(steering.let_go, job)


def undo(batches: Batches, job: asking.Job) -> asking.Job:
    return batches.act(
        steering.withdraw, job, reason=Reason.ISSUED_IN_ERROR, note="", entropy=batches.house.entropy
    )


def test_a_batch_is_undone_and_nobody_has_seen_any_of_it(batches: Batches) -> None:
    job = batches.run(batches.ask(batches.wanted(3)))
    undoing = undo(batches, job)
    assert undo(batches, job).id == undoing.id
    batches.house.later(minutes=31)
    assert batches.find(job).is_held(batches.house.time)
    with pytest.raises(IssuerError):
        batches.act(steering.let_go, job)
    done = batches.run(undoing)
    assert (done.state, done.done, done.total) == (jobs.DONE, 3, 3)
    assert batches.find(job).withdrawn == 3
    assert batches.audited("credential.revoked") == ["credential.revoked"] * 3
    assert batches.audited("credential.released") == []


def test_a_batch_that_is_still_issued_is_first_brought_to_rest_and_then_withdrawn(batches: Batches) -> None:
    job = batches.ask(batches.wanted(2))
    turn = batches.turn(job)
    begin(batches.work, turn)
    step(batches.work, turn, (0, 1))
    undoing = undo(batches, job)
    looked = batches.turn(undoing)
    begin(batches.work, looked)
    assert step(batches.work, looked, (0, 1)) is True
    assert batches.find(job).withdrawn == 0
    assert batches.run(job).state == jobs.STOPPED
    assert batches.run(undoing).state == jobs.DONE
    assert batches.find(job).withdrawn == 2


def test_a_withdrawal_that_broke_off_is_gone_on_with(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "WITHDRAWN_TOGETHER", 2)
    job = batches.run(batches.ask(batches.wanted(5), hold=NO_HOLD))
    undoing = undo(batches, job)
    turn = batches.turn(undoing)
    begin(batches.work, turn)
    assert step(batches.work, turn, (0, 1))
    assert batches.find(job).withdrawn == 2
    assert batches.run(undoing).state == jobs.DONE
    assert batches.find(job).withdrawn == 5
    assert batches.audited("credential.revoked") == ["credential.revoked"] * 5


def test_only_a_batch_of_badges_can_be_withdrawn(batches: Batches) -> None:
    job = batches.other(jobs.PUBLISH, {})
    with pytest.raises(IssuerError) as refused:
        batches.act(
            steering.withdraw,
            job,
            reason=Reason.ISSUED_IN_ERROR,
            note="",
            entropy=batches.house.entropy,
        )
    assert refused.value.code == "bad_request"


@pytest.mark.parametrize(
    ("kind", "asks"),
    [(jobs.PUBLISH, {}), (jobs.REPORT, {"name": "accountability"}), (jobs.MAIL, {})],
)
def test_other_jobs_are_carried_out_too(batches: Batches, kind: str, asks: dict[str, Any]) -> None:
    waiting = [3]

    def send(_store: object, _district: str) -> int:
        waiting[0] -= 1
        return waiting[0]

    job = batches.other(kind, asks)
    turn = batches.turn(job)
    hand = replace(batches.work, send_due=send) if kind == jobs.MAIL else batches.work
    begin(hand, turn)
    while step(hand, turn, (0, 1)):
        pass
    rest(hand, turn)
    assert batches.find(job).state == jobs.DONE
    if kind == jobs.REPORT:
        with batches.store.reading() as session:
            assert outcome_csv(session, jobs.job(session, batches.district, job.id, whole=True))
    if kind == jobs.MAIL:
        assert waiting == [0]


def test_students_are_taken_in_by_a_job_and_the_file_is_thrown_away(batches: Batches) -> None:
    sheet = (
        "student_id,given_name,family_name,birth_date,school_code,grade\r\n"
        f"700000001,Robin,Vale,2008-01-02,{SCHOOL},12\r\n"
    ).encode()
    job = ask_import(
        batches.store,
        batches.district,
        sheet,
        sha256="0" * 64,
        answers={},
        now=batches.house.time,
        entropy=batches.house.entropy,
        actor="test",
    )
    done = batches.run(job)
    assert (done.state, done.why) == (jobs.DONE, "")
    with batches.store.reading() as session:
        assert "700000001" in (students.roster(session, batches.district) or {})
        assert outcome_csv(session, jobs.job(session, batches.district, job.id, whole=True)).startswith(
            b"new,1"
        )
        with pytest.raises(IssuerError):
            sheet_drafts.draft(session, batches.district, job.subject)


def test_a_students_rows_share_a_lane_and_all_lanes_are_used() -> None:
    assert lane_of("200000001") == lane_of("200000001")
    assert {lane_of(f"{number:09d}") for number in range(400)} == set(range(LANES))


@pytest.mark.parametrize(("rows", "lanes"), [(4, 1), (5, 2), (8, 2), (9, 4)])
def test_a_sheet_is_dealt_into_as_many_lanes_as_pay(
    batches: Batches, monkeypatch: pytest.MonkeyPatch, rows: int, lanes: int
) -> None:
    monkeypatch.setattr(work, "ROWS_A_LANE", 4)
    job = batches.ask(batches.wanted(rows))
    assert begin(batches.work, batches.turn(job)) == lanes
    assert batches.run(job).done == rows
    assert len(batches.signed()) == rows


def test_a_job_of_a_turn_that_never_was_is_not_there(batches: Batches) -> None:
    with pytest.raises(IssuerError) as refused:
        begin(batches.work, Turn(batches.district, "nowhere", 1))
    assert refused.value.code == "not_found"


def test_a_batch_that_was_undone_is_not_gone_on_with(batches: Batches) -> None:
    job = batches.run(batches.ask(batches.wanted(1)))
    undo(batches, job)
    with batches.store.transaction() as session:
        jobs.job(session, batches.district, job.id).state = jobs.FAILED
    with pytest.raises(IssuerError, match="withdrawn"):
        batches.act(steering.resume, job)


def test_a_withdrawal_is_not_done_while_its_batch_could_not_be_ended(batches: Batches) -> None:
    job = batches.run(batches.ask(batches.wanted(1)))
    undoing = undo(batches, job)
    with batches.store.transaction() as session:
        jobs.job(session, batches.district, job.id).state = jobs.FAILED
    turn = batches.turn(undoing)
    begin(batches.work, turn)
    assert step(batches.work, turn, (0, 1))
    assert batches.find(job).withdrawn == 1
    with pytest.raises(IssuerError, match="stop it"):
        step(batches.work, turn, (0, 1))


def test_nobody_hears_of_a_badge_while_its_batch_can_be_undone(batches: Batches) -> None:
    house = batches.house
    hooked(house)
    job = batches.run(batches.ask(batches.wanted(2)))
    ear = Ear()

    def heard() -> list[str]:
        round_of(house, ear)
        return sorted(json.loads(body)["type"] for _, body, _ in ear.heard)

    assert "credential.issued" not in heard()
    house.later(minutes=29)
    assert "credential.issued" not in heard()
    undo(batches, job)
    house.later(minutes=2)
    assert "credential.issued" not in heard(), "held for longer while it is undone"


def test_what_is_held_back_holds_up_no_other_message(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that is held must not stand in front of the news that a badge was withdrawn."""
    house, ear = batches.house, Ear()
    other = house.issue("other")
    hooked(house)
    batches.run(batches.ask(batches.wanted(2)))
    house.later(minutes=1)
    revoke(
        house.store,
        batches.district,
        other.credential_id,
        reason=Reason.REQUESTED,
        note="",
        now=house.time,
        actor="test",
    )
    monkeypatch.setattr("issuer.webhooks.delivering.MOST_SENT", 1)
    for _ in range(2):
        round_of(house, ear)
    assert any(b"credential.revoked" in body for _, body, _ in ear.heard)


def test_the_twin_that_nobody_undid_is_told_when_its_hold_is_over(batches: Batches) -> None:
    house = batches.house
    hooked(house)
    batches.run(batches.ask(batches.wanted(2)))
    ear = Ear()
    round_of(house, ear)
    house.later(minutes=30)
    round_of(house, ear)
    assert sum(b"credential.issued" in body for _, body, _ in ear.heard) == 2
