"""While a batch can be undone, its students hear and see nothing of it; and of what was undone, never."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from credential.withdrawal import Reason
from issuer.app import create_app
from issuer.claiming import contacts
from issuer.claiming.slips import waiting
from issuer.jobs import steering
from issuer.mail.queueing import choose_automatic, queue_due, queue_new_badges
from issuer.retention.export import export
from issuer.store.outbox import OutboxMail, Purpose
from tests.students import signed_in
from tests.unit.issuer.jobs.conftest import Batches

STUDENT = "S-A-1"


def mails(batches: Batches) -> list[str]:
    """Put into line what is told unasked, and everything that somebody asks for; the purposes in line."""
    house = batches.house
    with house.store.of(batches.district).transaction() as session:
        queue_due(session, batches.district, now=house.time, entropy=house.entropy)
    queue_new_badges(house.store, batches.district, now=house.time, entropy=house.entropy, actor="test")
    with house.store.of(batches.district).reading() as session:
        return sorted(row.purpose for row in session.query(OutboxMail))


def outside(batches: Batches) -> int:
    """In how many places the student meets the one badge: the wall, its page, its files, and so on."""
    house, name = batches.house, batches.signed()[0].removeprefix("urn:uuid:")
    browser = signed_in(create_app(house.store, clock=house.clock, entropy=house.entropy), house, STUDENT)
    found = 0
    for path in (
        f"badges/{name}",
        f"badges/{name}/file.json",
        f"badges/{name}/wallet",
        f"problem?badge={name}",
    ):
        status = browser.get(f"/my/{path}").status_code
        assert status in (200, 404), path
        found += status == 200
    found += name in browser.get("/my/badges").text
    with zipfile.ZipFile(io.BytesIO(browser.get("/my/badges.zip").content)) as packed:
        found += any("badge.json" in one for one in packed.namelist())
    with house.store.of(batches.district).reading() as session:
        found += bool(waiting(session, batches.district, house.time))
    return found


def files(batches: Batches) -> list[str]:
    """The signed badges in an export of everything that is held about the student."""
    body = export(batches.store, batches.district, STUDENT, now=batches.house.time, actor="test")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        found = [one for one in packed.namelist() if one.startswith("badges/")]
        assert bool(found) == (b'"secured"' in packed.read("everything.json"))
        return found


@pytest.fixture
def told(batches: Batches) -> Batches:
    """Students who can be written to, in a district that tells them of new badges at once."""
    contacts.take(
        batches.store,
        batches.district,
        f"student_id,email\n{STUDENT},maya@riverbend.example\n".encode(),
        now=batches.house.time,
        actor="test",
    )
    choose_automatic(batches.store, batches.district, on=True, now=batches.house.time, actor="test")
    return batches


def test_nobody_hears_or_sees_anything_of_a_batch_while_it_can_be_undone(told: Batches) -> None:
    told.run(told.ask(told.wanted(1)))
    told.house.later(minutes=29)
    assert (mails(told), outside(told), files(told)) == ([], 0, [])
    told.house.later(minutes=1)
    assert (mails(told), outside(told), len(files(told))) == ([Purpose.NEW_BADGE], 7, 1)


def test_of_a_batch_that_was_let_go_the_student_hears_at_once(told: Batches) -> None:
    told.act(steering.let_go, told.run(told.ask(told.wanted(1))))
    assert (mails(told), outside(told)) == ([Purpose.NEW_BADGE], 7)


def test_of_a_batch_that_was_undone_nobody_ever_hears(told: Batches) -> None:
    job = told.run(told.ask(told.wanted(1)))
    told.house.later(minutes=5)
    done = told.act(
        steering.withdraw, job, reason=Reason.ISSUED_IN_ERROR, note="", entropy=told.house.entropy
    )
    told.run(done)
    for days in (0, 2, 10):
        told.house.later(minutes=days * 1_440)
        assert (mails(told), outside(told), files(told)) == ([], 0, [])


def test_a_badge_that_was_out_and_is_withdrawn_is_told_of(told: Batches) -> None:
    job = told.run(told.ask(told.wanted(1), hold=timedelta()))
    assert mails(told) == [Purpose.NEW_BADGE]
    told.run(
        told.act(steering.withdraw, job, reason=Reason.ISSUED_IN_ERROR, note="", entropy=told.house.entropy)
    )
    assert mails(told) == [Purpose.NEW_BADGE, Purpose.WITHDRAWN]
    assert outside(told) == 6  # all but a slip, which leads to badges that stand
