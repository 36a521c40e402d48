"""The outbox: put into line once, sent once, put off, given up; at a real mail server on this machine."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from credential.withdrawal import Reason
from issuer.claiming import claims
from issuer.claiming.claims import Kind
from issuer.mail.errors import MailError
from issuer.mail.queueing import choose_automatic, queue_new_badges
from issuer.mail.sending import LEASE, MOST_TRIES, Round, send_due
from issuer.mail.smtp import Post, connected
from issuer.revocation import revoke
from issuer.store import outbox
from issuer.store.outbox import MailState, OutboxMail
from tests.house import House
from tests.mailbox import Mailbox, catching


class Posted:
    """A server without a network."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.mails: list[EmailMessage] = []

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Post]:
        if self.faults and self.faults[0] == "down":
            raise MailError("mail_unreachable", "down")
        yield self.post

    def post(self, mail: EmailMessage) -> None:
        if self.faults:
            raise MailError(self.faults.pop(0), "no")
        self.mails.append(mail)


def queue(house: House) -> tuple[int, int]:
    return queue_new_badges(
        house.store, house.district.id, now=house.time, entropy=house.entropy, actor="test"
    )


def send(house: House, server: Posted | Mailbox, **more: Any) -> Round:
    connect = server if isinstance(server, Posted) else lambda: connected(server.server())
    return send_due(
        house.store,
        house.district.id,
        connect,
        sender="badges@riverbend.example",
        clock=house.clock,
        entropy=house.entropy,
        **more,
    )


def rows(house: House) -> list[OutboxMail]:
    with house.store.of(house.district.id).reading() as session:
        return session.query(OutboxMail).order_by(OutboxMail.created).all()


@pytest.mark.network
def test_a_new_badge_arrives_by_smtp_with_a_link_that_works(told: House) -> None:
    issued = told.issue()
    told.issue("A-2", student_id="100000003", number="NA-2")
    assert queue(told) == (1, 1)
    assert queue(told)[0] == 0  # nobody gets a second one
    with catching() as box:
        assert send(told, box) == Round(sent=1)
        assert send(told, box) == Round()
    (mail,) = box.mails
    assert box.recipients == ["maya@riverbend.example"]
    assert mail["Subject"] == "Obtuviste una nueva insignia"
    (link,) = set(re.findall(r"https://\S+", box.bodies()[0]))
    assert link.startswith("https://badges.riverbend.example/my/claim/")
    token = link.rpartition("/")[2].partition("?")[0]
    offered = claims.look(told.store, told.district, Kind.LINK, token, now=told.time)
    assert (offered.credential_id, offered.given_name) == (issued.credential_id, "Maya")
    assert "Okafor" not in mail.as_string()


def test_no_secret_is_kept_for_a_mail(told: House) -> None:
    told.issue()
    queue(told)
    server = Posted()
    send(told, server)
    body = server.mails[0].get_body(("plain",))
    assert body is not None
    token = re.findall(r"claim/([0-9A-Z]{32})", body.get_content())[0]
    for row in rows(told):
        assert token not in " ".join(str(getattr(row, one.name)) for one in row.__table__.columns)


def test_what_is_put_off_is_tried_again_later_each_time_and_given_up(told: House) -> None:
    told.issue()
    queue(told)
    server, waits = Posted(*["mail_later"] * MOST_TRIES), []
    for number in range(MOST_TRIES):
        done = send(told, server)
        assert (done.later, done.failed) == ((1, 0) if number + 1 < MOST_TRIES else (0, 1))
        (row,) = rows(told)
        waits.append(row.due - told.time)
        told.time = max(row.due, told.time) - timedelta(seconds=1)
        assert send(told, server) == Round()
        told.time += timedelta(seconds=1)
    assert waits[0] == timedelta(minutes=2)
    assert waits[:-1] == sorted(waits[:-1])
    assert rows(told)[0].state == MailState.FAILED
    told.later(days=9)
    assert send(told, server) == Round()
    with told.store.of(told.district.id).transaction() as session:
        assert outbox.retry_failed(session, told.district.id, told.time) == 1
    assert send(told, server) == Round(sent=1)


def test_what_is_refused_is_given_up_at_once(told: House) -> None:
    told.issue()
    queue(told)
    assert send(told, Posted("mail_refused")) == Round(failed=1)


def test_a_server_that_is_down_costs_one_try_a_round(told: House) -> None:
    told.issue()
    told.issue("A-2", student_id="100000002", number="NA-2")
    queue(told)
    assert send(told, Posted("down")) == Round(later=1, fault="down")
    assert sorted(one.attempts for one in rows(told)) == [0, 1]


def test_two_senders_never_take_the_same_mail(told: House) -> None:
    told.issue()
    queue(told)
    with told.store.of(told.district.id).transaction() as session:
        first = outbox.take(session, told.district.id, lease="one", lasts=LEASE, now=told.time)
    assert first is not None
    server = Posted()
    assert send(told, server) == Round()
    told.time += LEASE  # its sender is gone: nobody knows whether it went
    assert send(told, server) == Round(sent=1)
    with told.store.of(told.district.id).transaction() as session:
        late = outbox.settle(
            session,
            told.district.id,
            first.id,
            "one",
            state=MailState.QUEUED,
            now=told.time,
            due=told.time,
            fault="",
        )
    assert not late
    assert rows(told)[0].state == MailState.SENT


def test_a_round_has_a_bound(told: House) -> None:
    for number in (1, 2):
        told.issue(f"A-{number}", student_id=f"10000000{number}", number=f"NA-{number}")
    queue(told)
    assert send(told, Posted(), most=1) == Round(sent=1)
    assert sorted(one.attempts for one in rows(told)) == [0, 1]


@pytest.mark.parametrize(
    ("reason", "subject"),
    [
        (Reason.ISSUED_IN_ERROR, "Una de tus insignias fue retirada"),
        (Reason.CORRECTED, "Una de tus insignias fue corregida"),
    ],
)
def test_a_withdrawal_is_told_once(told: House, reason: Reason, subject: str) -> None:
    issued = told.issue()
    revoke(
        told.store,
        told.district.id,
        issued.credential_id,
        reason=reason,
        note="",
        now=told.time,
        actor="test",
    )
    server = Posted()
    assert send(told, server) == Round(sent=1)
    assert send(told, server) == Round()
    assert server.mails[0]["Subject"] == subject


def test_a_badge_that_was_withdrawn_while_its_mail_waited_is_not_told_as_new(told: House) -> None:
    issued = told.issue()
    queue(told)
    revoke(
        told.store,
        told.district.id,
        issued.credential_id,
        reason=Reason.REQUESTED,
        note="",
        now=told.time,
        actor="test",
    )
    server = Posted()
    assert send(told, server) == Round(sent=1, failed=1)
    assert [one["Subject"] for one in server.mails] == ["Una de tus insignias fue retirada"]


def test_new_badges_are_told_at_once_where_the_district_says_so(told: House) -> None:
    told.issue()
    server = Posted()
    assert send(told, server) == Round()
    told.later(seconds=1)
    choose_automatic(told.store, told.district.id, on=True, now=told.time, actor="test")
    assert send(told, server) == Round()  # what was issued before waits for somebody's word
    told.later(seconds=1)
    told.issue("A-2", number="NA-2")
    assert send(told, server) == Round(sent=1)
    choose_automatic(told.store, told.district.id, on=False, now=told.time, actor="test")
    told.issue("A-3", number="NA-3")
    assert send(told, server) == Round()
