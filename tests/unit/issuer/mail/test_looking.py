"""A round in which nothing happened reads no badge, and one that looks at little misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from credential.withdrawal import Reason
from issuer.claiming import contacts
from issuer.mail import looking, queueing
from issuer.mail.looking import Mark
from issuer.mail.queueing import choose_automatic, queue_due
from issuer.revocation import revoke
from issuer.store import audit, claims, jobs
from issuer.store.jobs import JobRow
from issuer.store.outbox import OutboxMail
from tests.house import House
from tests.unit.issuer.mail.test_sending import Posted, send


@pytest.fixture
def prompt(told: House) -> House:
    """A district that tells of new badges at once."""
    choose_automatic(told.store, told.district.id, on=True, now=told.time, actor="test")
    return told


class Looking:
    """A sender's looks, without its sending."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.mark: Mark | None = None
        self.read = 0

    def __call__(self) -> list[str]:
        """Look once more; what is in line then, by badge."""
        with self.house.store.of(self.house.district.id).transaction() as session, self._counted():
            self.mark = queue_due(
                session, self.house.district.id, now=self.house.time, entropy=self.house.entropy,
                before=self.mark,
            )  # fmt: skip
        with self.house.store.of(self.house.district.id).reading() as session:
            return sorted(f"{row.purpose} {row.about}" for row in session.query(OutboxMail))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.read = 0

        def count(_a: object, _b: object, statement: str, *_more: object) -> None:
            self.read += "FROM credential" in statement

        event.listen(self.house.store.engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(self.house.store.engine, "before_cursor_execute", count)


def note(house: House, action: str, times: int = 1) -> None:
    with house.store.of(house.district.id).transaction() as session:
        done = [audit.Done(action, "x", {})] * times
        audit.record_all(session, house.district.id, done, at=house.time, actor="test")


def test_a_round_in_which_nothing_happened_reads_no_badge(prompt: House) -> None:
    looks = Looking(prompt)
    badge = prompt.issue().credential_id
    assert (looks(), looks.read > 0) == ([f"new-badge {badge}"], True)
    for action in ("mail.sent", "share.created", "badge.claimed"):
        note(prompt, action)
        looks()
        assert looks.read == 0, action
    note(prompt, "something.new")
    looks()
    assert looks.read > 0


def test_a_badge_that_is_signed_later_is_told_in_the_next_round_without_a_look_at_the_others(
    prompt: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looking(prompt)
    first = prompt.issue().credential_id
    looks()
    second = prompt.issue("A-2", number="NA-2").credential_id
    asked: list[object] = []
    true = claims.untold

    def untold(*given: Any, **named: Any) -> Any:
        asked.append(named["among"])
        return true(*given, **named)

    monkeypatch.setattr(claims, "untold", untold)
    assert looks() == sorted([f"new-badge {first}", f"new-badge {second}"])
    assert asked == [(second,)]


def test_an_address_that_comes_later_is_written_to_in_the_next_round(prompt: House) -> None:
    looks = Looking(prompt)
    badge = prompt.issue(student_id="100000003").credential_id
    assert looks() == []
    sheet = b"student_id,email\n100000003,lee@riverbend.example\n"
    contacts.take(prompt.store, prompt.district.id, sheet, now=prompt.time, actor="test")
    assert looks() == [f"new-badge {badge}"]


def test_a_withdrawal_is_told_in_the_next_round(prompt: House) -> None:
    looks = Looking(prompt)
    badge = prompt.issue().credential_id
    looks()
    revoke(
        prompt.store, prompt.district.id, badge, reason=Reason.REQUESTED, note="", now=prompt.time, actor="t"
    )
    assert looks() == [f"new-badge {badge}", f"withdrawn {badge}"]


def test_whatever_the_chain_says_the_whole_is_looked_at_once_an_hour(prompt: House) -> None:
    looks = Looking(prompt)
    looks()
    prompt.later(seconds=looking.WHOLE.total_seconds() - 1)
    looks()
    assert looks.read == 0
    prompt.later(seconds=1)
    looks()
    assert looks.read > 0


@pytest.mark.parametrize("step", [timedelta(seconds=-1), timedelta(0)])
def test_a_clock_that_went_back_is_no_reason_to_wait(prompt: House, step: timedelta) -> None:
    looks = Looking(prompt)
    looks()
    prompt.time += step
    looks()
    assert (looks.read > 0) is bool(step)


@pytest.mark.parametrize(("beyond", "whole"), [(0, False), (1, True)])
def test_behind_so_many_lines_the_whole_is_looked_at(
    prompt: House, monkeypatch: pytest.MonkeyPatch, beyond: int, *, whole: bool
) -> None:
    monkeypatch.setattr(looking, "MOST_LINES", 3)
    looks = Looking(prompt)
    looks()
    note(prompt, "mail.sent", 3 + beyond)
    looks()
    assert (looks.read > 0) is whole


def test_a_restored_chain_is_looked_at_as_a_whole(prompt: House) -> None:
    looks = Looking(prompt)
    looks()
    assert looks.mark is not None
    looks.mark = Mark(looks.mark.number + 1, looks.mark.at, looks.mark.again)
    looks()
    assert looks.read > 0


def test_what_is_held_is_looked_for_when_it_may_be_told(prompt: House) -> None:
    ends = prompt.time + timedelta(minutes=30)
    other = prompt.time + timedelta(minutes=40)
    with prompt.store.of(prompt.district.id).transaction() as session:
        for number, (kind, until) in enumerate(
            (("issue", other), ("issue", ends), ("mail", prompt.time + timedelta(minutes=1)))
        ):
            session.add(_job(prompt, f"j{number}", kind, until))
    with prompt.store.of(prompt.district.id).reading() as session:
        assert jobs.next_let_go(session, prompt.district.id, prompt.time) == ends
        assert jobs.next_let_go(session, prompt.district.id, ends) == other
        assert jobs.next_let_go(session, prompt.district.id, other) is None
        assert looking.look(session, prompt.district.id, None, now=prompt.time).mark.again == ends


def test_more_than_go_into_line_at_once_are_looked_for_in_the_next_round(
    prompt: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "MOST_AT_ONCE", 1)
    prompt.issue("A-0", student_id="100000003", number="NA-0")  # of no address: takes nobody's place
    for ref in ("A-1", "A-2"):
        prompt.issue(ref, number=ref)
    looks = Looking(prompt)
    assert [len(looks()) for _ in range(3)] == [1, 2, 2]


def test_a_round_that_fails_takes_the_mark_no_further(prompt: House, monkeypatch: pytest.MonkeyPatch) -> None:
    marks: dict[str, Mark] = {}
    prompt.issue()

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("issuer.mail.sending.outbox.forget", fail)
        with pytest.raises(RuntimeError):
            send(prompt, Posted(), marks=marks)
    assert marks == {}
    assert send(prompt, Posted(), marks=marks).sent == 1
    assert marks.keys() == {prompt.district.id}


def _job(house: House, name: str, kind: str, until: datetime) -> JobRow:
    return JobRow(
        district_id=house.district.id, id=name, kind=kind, key=name, subject=name, asks={}, state="done",
        run=1, done=0, why="", asked_by="test", created=house.time, updated=house.time, held_until=until,
        made=None,
    )  # fmt: skip
