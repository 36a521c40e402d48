"""Send what is due: take a mail under a lease, write it, hand it over, say what became of it.

Two senders never take the same mail while a lease lasts, and a lease lasts longer than a server may be
silent. A sender that dies between the server's yes and the note of it leaves a mail that is sent once more:
better twice than never. What is put off is tried again, later each time, and given up after `MOST_TRIES`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

from issuer.claiming import claims as claiming
from issuer.claiming import codes
from issuer.mail import message, seniors, wording
from issuer.mail.errors import MailError
from issuer.mail.looking import Mark
from issuer.mail.message import Written
from issuer.mail.queueing import queue_due
from issuer.mail.smtp import Post
from issuer.store import audit, claims, outbox, queries
from issuer.store.outbox import MailState, OutboxMail, Purpose
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import District

LEASE: Final = timedelta(minutes=5)
MOST_TRIES: Final = 8
FIRST_WAIT: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=12)
MOST_AT_ONCE: Final = 500
"""Mails of one round; the next one goes on."""
KEPT: Final = timedelta(days=30)
"""How long mails about no badge stay in the table after they went."""
FOR_A_MOMENT: Final = frozenset({Purpose.CODE, Purpose.HAND_OVER})
"""Mails that nobody waits for any more when a code's time is over."""

_LOG = logging.getLogger("cairn.mail")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did.

    Attributes:
        sent: So many went.
        later: So many were put off.
        failed: So many were given up.
        fault: What is wrong with the server, or "".
    """

    sent: int = 0
    later: int = 0
    failed: int = 0
    fault: str = ""


def send_due(
    store: Store,
    district_id: str,
    connect: Callable[[], AbstractContextManager[Post]],
    *,
    sender: str,
    clock: Callable[[], datetime],
    entropy: Entropy,
    most: int = MOST_AT_ONCE,
    marks: dict[str, Mark] | None = None,
) -> Round:
    """Send a district's mails that are due.

    Args:
        store: The database.
        district_id: Whose.
        connect: Opens the way to the server; it is opened only when there is something to send.
        sender: The address that mails come from.
        clock: Gives the time.
        entropy: Random bytes.
        most: At most so many.
        marks: By district, how far earlier rounds looked for what is told unasked; taken further.
    """
    store, marks = store.of(district_id), {} if marks is None else marks
    with store.transaction() as session:
        district = queries.district(session, district_id)
        codes.take_up(session, district_id, now=clock(), entropy=entropy)
        mark = queue_due(session, district_id, now=clock(), entropy=entropy, before=marks.get(district_id))
        outbox.forget(session, district_id, clock() - KEPT)
    marks[district_id] = mark  # only now: what was rolled back is looked at again
    taken = _take(store, district, clock(), entropy)
    if taken is None:
        return Round()
    counted = dict.fromkeys(MailState, 0)
    try:
        with connect() as post:
            for number in range(most):
                state = _one(store, district, taken, post, sender=sender, clock=clock)
                counted[state] += 1
                taken = _take(store, district, clock(), entropy) if number + 1 < most else None
                if taken is None:
                    break
    except MailError as fault:
        if taken is not None:
            counted[_settle(store, taken.mail, taken.lease, fault, clock())] += 1
        _LOG.warning("mail of %s: %s", district_id, fault)
        return _round(counted, fault.message)
    return _round(counted, "")


def _round(counted: dict[MailState, int], fault: str) -> Round:
    return Round(counted[MailState.SENT], counted[MailState.QUEUED], counted[MailState.FAILED], fault)


@dataclass(frozen=True, slots=True)
class _Taken:
    mail: OutboxMail
    lease: str
    written: Written | None


def _take(store: Store, district: District, now: datetime, entropy: Entropy) -> _Taken | None:
    """Take the next mail, and write it; None for its text where it is about nothing any more."""
    lease = random_name(entropy)
    with store.transaction() as session:
        mail = outbox.take(session, district.id, lease=lease, lasts=LEASE, now=now)
        if mail is None:
            return None
        return _Taken(mail, lease, _write(session, district, mail, now, entropy))


def _one(
    store: Store,
    district: District,
    taken: _Taken,
    post: Post,
    *,
    sender: str,
    clock: Callable[[], datetime],
) -> MailState:
    """Hand one mail over, and say what became of it.

    Raises:
        MailError: `mail_unreachable`: the server is the trouble, and the mail is still to be settled.
    """
    if taken.written is None:
        return _settle(store, taken.mail, taken.lease, _PASSED, clock())
    try:
        post(_message(district, taken, sender, clock()))
    except MailError as fault:
        if fault.code == "mail_unreachable":
            raise
        return _settle(store, taken.mail, taken.lease, fault, clock())
    return _settle(store, taken.mail, taken.lease, None, clock())


_PASSED: Final = MailError("mail_refused", "what it was about is over")


def _message(district: District, taken: _Taken, sender: str, now: datetime) -> EmailMessage:
    assert taken.written is not None  # noqa: S101 - the caller has looked
    return message.compose(
        taken.written,
        to=taken.mail.address,
        sender=sender,
        sender_name=district.name,
        now=now,
        message_id=f"{taken.mail.id}-{taken.mail.attempts}",
    )


def _write(
    session: Session, district: District, mail: OutboxMail, now: datetime, entropy: Entropy
) -> Written | None:
    """What a mail says now; None where it is about nothing any more."""
    purpose = Purpose(mail.purpose)
    if purpose in FOR_A_MOMENT and now - mail.created >= codes.LASTS:
        return None
    about = None if purpose is Purpose.SENIOR else mail.about
    found = claims.badge(session, district.id, about) if about else None
    if about and found is None:
        return None
    if purpose is Purpose.SENIOR and not seniors.still_to_ask(session, district.id, mail.student_id):
        return None
    given = claiming.given_name(session, district.id, mail.student_id, found[0] if found else None)
    values = {
        "given": "" if purpose is Purpose.HAND_OVER else given,
        "district": district.name,
        "badge": claiming.badge_name(found[1].document) if found else "",
    }
    link = ""
    if purpose is Purpose.NEW_BADGE and mail.about:
        if claims.is_withdrawn(session, district.id, mail.about):
            return None
        token = claiming.new_link(session, district.id, mail.student_id, mail.about, now=now, entropy=entropy)
        link = f"{district.origin}/my/claim/{token}?lang={mail.language}"
        values["until"] = wording.day((now + claiming.LINK_LASTS).date(), mail.language)
    elif purpose in FOR_A_MOMENT:
        code = codes.mint(session, district, mail, now=now, entropy=entropy)
        values["code"] = f"{code[:4]} {code[4:]}"
    elif purpose is Purpose.SENIOR:
        link = f"{district.origin}/my/ways-back?lang={mail.language}"
    elif mail.about:
        link = f"{district.origin}/my/?lang={mail.language}"
    return wording.write(purpose.value, mail.language, values, link)


def _settle(store: Store, mail: OutboxMail, lease: str, fault: MailError | None, now: datetime) -> MailState:
    """Write down what became of a mail."""
    short = mail.purpose in FOR_A_MOMENT and now - mail.created >= codes.LASTS
    if fault is None:
        state = MailState.SENT
    elif fault.code in ("mail_refused", "mail_broken") or mail.attempts >= MOST_TRIES or short:
        state = MailState.FAILED
    else:
        state = MailState.QUEUED
    wait = min(FIRST_WAIT * 4 ** max(0, mail.attempts - 1), LONGEST_WAIT)
    if mail.purpose in FOR_A_MOMENT:
        wait = min(wait, timedelta(minutes=1))
    with store.transaction() as session:
        kept = outbox.settle(
            session,
            mail.district_id,
            mail.id,
            lease,
            state=state,
            now=now,
            due=now + wait if state is MailState.QUEUED else mail.due,
            fault=fault.message if fault is not None else "",
        )
        if kept and state is not MailState.QUEUED:
            audit.record(
                session,
                mail.district_id,
                at=now,
                actor="mail",
                action=f"mail.{state.value}",
                subject=mail.id,
                facts={"purpose": mail.purpose, "attempts": mail.attempts},
            )
    return state
