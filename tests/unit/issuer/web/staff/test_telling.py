"""*Send claim link* on a badge's page, and on a batch's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from credential.withdrawal import Reason
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.claiming import contacts
from issuer.jobs.asking import HOLD
from issuer.mail.queueing import AGAIN
from issuer.revocation import revoke
from issuer.store import outbox
from issuer.store.outbox import MailState, OutboxMail
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.jobs.conftest import Batches
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.test_batches import carried_out, ordered

At = Callable[..., Browser]


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application, whose batches workers carry out."""
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        signer_of=lambda _district: house.signer,
        hold=HOLD,
    )


def page_of(credential_id: str) -> str:
    return f"/staff/badges/{credential_id.removeprefix('urn:uuid:')}"


def mails(house: House) -> list[OutboxMail]:
    with house.store.of(house.district.id).reading() as session:
        return session.query(OutboxMail).order_by(OutboxMail.about).all()


def reach(house: House, *rows: str) -> None:
    """Take addresses, each as `number,address`."""
    sheet = "\n".join(["student_id,email", *rows]).encode()
    contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")


def settle(house: House, state: MailState, fault: str = "") -> None:
    """Say what became of the one mail."""
    with house.store.of(house.district.id).transaction() as session:
        row = session.query(OutboxMail).one()
        row.state, row.settled, row.fault = state.value, house.time, fault


def test_a_link_is_sent_from_the_page_of_a_badge(house: House, staff: Staff, at: At) -> None:
    page = page_of(house.issue().credential_id)
    browser = at(Role.REGISTRAR)
    assert "No e-mail address of this student is known" in browser.get(page).text
    assert browser.post(f"{page}/link").status_code == 409
    assert mails(house) == []
    reach(house, "100000001,maya@riverbend.example")
    assert "Send claim link" in browser.get(page).text
    answer = browser.post(f"{page}/link")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?notice=link-queued")
    (mail,) = mails(house)
    assert (mail.address, mail.purpose, mail.state) == ("maya@riverbend.example", "new-badge", "queued")
    assert "in line" in browser.get(page).text
    assert browser.post(f"{page}/link").status_code == 409, "two presses of a button send one mail"
    assert len(mails(house)) == 1


@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED])
def test_it_goes_once_more_to_todays_address(house: House, staff: Staff, at: At, state: MailState) -> None:
    page = page_of(house.issue().credential_id)
    reach(house, "100000001,old@riverbend.example")
    browser = at(Role.REGISTRAR)
    browser.post(f"{page}/link")
    settle(house, state, "" if state is MailState.SENT else "no such mailbox")
    shown = browser.get(page).text
    assert "went on June 1, 2026" in shown if state is MailState.SENT else "no such mailbox" in shown
    reach(house, "100000001,new@riverbend.example")
    assert browser.post(f"{page}/link").status_code == 409, "one has just gone"
    house.time += AGAIN
    assert browser.post(f"{page}/link").status_code == 303
    (mail,) = mails(house)
    assert (mail.address, mail.state, mail.fault) == ("new@riverbend.example", "queued", "")
    assert (mail.attempts, mail.settled, mail.due) == (0, None, house.time)
    with house.store.of(house.district.id).reading() as session:
        assert outbox.counts(session, house.district.id)["queued"] == 1


def test_no_link_to_a_badge_that_was_withdrawn(house: House, staff: Staff, at: At) -> None:
    issued = house.issue()
    reach(house, "100000001,maya@riverbend.example")
    revoke(
        house.store,
        house.district.id,
        issued.credential_id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        actor="test",
    )
    browser = at(Role.REGISTRAR)
    assert "Tell the student" not in browser.get(page_of(issued.credential_id)).text
    assert browser.post(page_of(issued.credential_id) + "/link").status_code == 409
    assert mails(house) == []


def test_who_may_not_share_sends_no_link(house: House, staff: Staff, at: At) -> None:
    page = page_of(house.issue().credential_id)
    browser = at(Role.AUDITOR)
    assert "Tell the student" not in browser.get(page).text
    assert browser.post(f"{page}/link").status_code == 403


def test_a_batch_is_told_of_from_its_page_when_it_is_out(house: House, staff: Staff, at: At) -> None:
    browser, batch = ordered(at)
    carried_out(staff, batch)
    others = Batches(house)
    others.run(others.ask(others.wanted(1)))
    rows = browser.get(f"{batch}/rows.csv").text.splitlines()[1:]
    badge = page_of(rows[0].partition("urn:uuid:")[2].partition(",")[0])
    first = browser.get(badge).text.partition('href="/staff/students/')[2].partition('"')[0]
    reach(house, f"{first},maya@riverbend.example", "S-A-1,ines@riverbend.example")
    assert "Tell the students" not in browser.get(batch).text
    assert "can be undone until" in browser.get(badge).text
    assert browser.post(f"{batch}/links").status_code == 409
    assert browser.post(f"{badge}/link").status_code == 409
    assert mails(house) == []
    staff.house.later(minutes=31)
    browser = at(Role.REGISTRAR)
    assert "Tell the students" in browser.get(batch).text
    told = browser.post(f"{batch}/links")
    assert "Mails in line now: 1. Students without an address: 2" in told.text
    assert [mail.student_id for mail in mails(house)] == [first], "the batch alone is told of"
    assert "Mails in line now: 0" in browser.post(f"{batch}/links").text
