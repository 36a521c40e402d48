"""Put mails into line: about new badges, and about badges that were withdrawn or replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from credential.withdrawal import Reason
from issuer.claiming.errors import ClaimError
from issuer.errors import IssuerError
from issuer.mail import looking
from issuer.mail.looking import Mark
from issuer.mail.seniors import queue_seniors
from issuer.store import audit, claims, contacts, jobs, outbox, queries
from issuer.store.outbox import MailState, Purpose
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy

NEWS: Final = timedelta(days=7)
"""How long after a withdrawal it is still told; a mail server that was down longer has other troubles."""
AGAIN: Final = timedelta(minutes=10)
"""So long after a mail went, the same is not sent again."""
MOST_AT_ONCE: Final = 20_000
"""Mails about new badges that are put into line at once."""


def queue_new_badges(
    store: Store,
    district_id: str,
    *,
    code: str = "",
    batch: str = "",
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> tuple[int, int]:
    """Put a mail with a link into line for badges that stand and were not told of before.

    Args:
        store: The database.
        district_id: Whose badges.
        code: Only badges of this certification; "" for all.
        batch: Only badges of this sheet; "" for all.
        now: The time.
        entropy: Random bytes.
        actor: Who says so.

    Returns:
        How many were put into line, and of how many students no address is known, who need a slip.
    """
    with store.of(district_id).transaction() as session:
        return _queue_new(session, district_id, code=code, batch=batch, now=now, entropy=entropy, actor=actor)


def queue_link(
    store: Store, district_id: str, credential_id: str, *, now: datetime, entropy: Entropy, actor: str
) -> None:
    """Put a mail with a link to one badge into line; once more where one went before, to today's address.

    Raises:
        IssuerError: `state_conflict` for a badge that does not stand, and while a mail is in line or has just
            gone; `held` while its batch can be undone.
        ClaimError: `contact_refused` where no address is known.
    """
    with store.of(district_id).transaction() as session:
        row = queries.credential(session, district_id, credential_id, lock=True)
        award = queries.award(session, district_id, row.award_ref)
        gone = claims.is_withdrawn(session, district_id, credential_id)
        if award is None or row.signed_at is None or gone:
            raise IssuerError("state_conflict", "this badge does not stand, so there is nothing to keep")
        if jobs.held_until(session, district_id, row.award_ref, now=now) is not None:
            raise IssuerError("held", "the batch of this badge can be undone: wait, or let the batch go now")
        contact = contacts.contact(session, district_id, award.student_id)
        if contact is None or contact.address is None:
            raise ClaimError("contact_refused", "no address of this student is known: print a slip")
        mail = outbox.about(session, district_id, Purpose.NEW_BADGE, credential_id)
        if mail is None:
            _add(session, district_id, contact, credential_id, Purpose.NEW_BADGE, now=now, entropy=entropy)
        elif mail.settled is None or now < mail.settled + AGAIN:
            raise IssuerError("state_conflict", "a mail is in line, or has just gone: wait for it")
        else:
            mail.address, mail.language = contact.address, contact.language
            mail.state, mail.fault = MailState.QUEUED.value, ""
            mail.attempts, mail.due, mail.settled = 0, now, None
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="mail.queued",
            subject=credential_id,
            facts={"again": mail is not None},
        )


def queue_due(
    session: Session, district_id: str, *, now: datetime, entropy: Entropy, before: Mark | None = None
) -> Mark:
    """What is told unasked, inside the caller's transaction: the same again adds nothing.

    Args:
        session: A transaction in which nothing was read yet of what is told.
        district_id: Whose.
        now: The time.
        entropy: Random bytes.
        before: How far was looked in a transaction that is over; None for a look at everything.

    Returns:
        How far is looked when the transaction is over.
    """
    look = looking.look(session, district_id, before, now=now)
    if not look.whole and not look.signed:
        return look.mark
    choice = outbox.choice(session, district_id)
    left_some = False
    if choice is not None and choice.new_badges_since is not None:
        among = None if look.whole else look.signed
        rows = claims.untold(
            session, district_id, now, since=choice.new_badges_since, among=among, most=MOST_AT_ONCE
        )
        _queue(session, district_id, rows, now=now, entropy=entropy, actor="mail")
        left_some = len(rows) == MOST_AT_ONCE
    if look.whole:
        _queue_gone(session, district_id, now=now, entropy=entropy)
        left_some = queue_seniors(session, district_id, now=now, entropy=entropy) or left_some
    return replace(look.mark, again=now) if left_some else look.mark


def _queue_gone(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> None:
    left = claims.withdrawn_since(session, district_id, now - NEWS, now)
    known = contacts.contacts(session, district_id, {student for _, student, _ in left})
    for credential_id, student_id, reason in left:
        purpose = Purpose.REPLACED if reason == Reason.CORRECTED else Purpose.WITHDRAWN
        _add(session, district_id, known.get(student_id), credential_id, purpose, now=now, entropy=entropy)


def choose_automatic(store: Store, district_id: str, *, on: bool, now: datetime, actor: str) -> None:
    """Settle whether badges that are signed from now on are told to their students at once."""
    with store.of(district_id).transaction() as session:
        outbox.choose(session, district_id, now if on else None, now)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="mail.automatic",
            subject=district_id,
            facts={"on": on},
        )


def _queue_new(
    session: Session,
    district_id: str,
    *,
    code: str = "",
    batch: str = "",
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> tuple[int, int]:
    told = outbox.told(session, district_id, (Purpose.NEW_BADGE,))
    standing = claims.standing(session, district_id, now, code=code, batch=batch)
    rows = [one for one in standing if one[0] not in told][:MOST_AT_ONCE]
    return _queue(session, district_id, rows, now=now, entropy=entropy, actor=actor)


def _queue(
    session: Session,
    district_id: str,
    rows: Sequence[tuple[str, str]],
    *,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> tuple[int, int]:
    known = contacts.contacts(session, district_id, {student for _, student in rows}) if rows else {}
    made = 0
    for credential_id, student_id in rows:
        contact = known.get(student_id)
        made += _add(
            session, district_id, contact, credential_id, Purpose.NEW_BADGE, now=now, entropy=entropy
        )
    without = {student for _, student in rows if student not in known or known[student].address is None}
    if made:
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="mail.queued",
            subject=district_id,
            facts={"new-badge": made, "no-address": len(without)},
        )
    return made, len(without)


def _add(
    session: Session,
    district_id: str,
    contact: contacts.StudentContact | None,
    credential_id: str,
    purpose: Purpose,
    *,
    now: datetime,
    entropy: Entropy,
) -> bool:
    """Put a mail into line, where an address is known."""
    if contact is None or contact.address is None:
        return False
    session.add(
        outbox.queued(
            district_id,
            contact.student_id,
            contact.address,
            language=contact.language,
            purpose=purpose,
            about=credential_id,
            now=now,
            entropy=entropy,
        )
    )
    return True
