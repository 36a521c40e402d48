"""Put mails into line: about new badges, and about badges that were withdrawn or replaced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from credential.withdrawal import Reason
from issuer.store import audit, claims, contacts, outbox
from issuer.store.outbox import MailState, OutboxMail, Purpose
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name

NEWS: Final = timedelta(days=7)
"""How long after a withdrawal it is still told; a mail server that was down longer has other troubles."""
MOST_AT_ONCE: Final = 20_000
"""Mails about new badges that are put into line at once."""


def queue_new_badges(
    store: Store,
    district_id: str,
    *,
    only: Iterable[str] | None = None,
    code: str = "",
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> tuple[int, int]:
    """Put a mail with a link into line for badges that stand and were not told of before.

    Args:
        store: The database.
        district_id: Whose badges.
        only: These credentials alone; None for all.
        code: Only badges of this certification; "" for all.
        now: The time.
        entropy: Random bytes.
        actor: Who says so.

    Returns:
        How many were put into line, and of how many students no address is known, who need a slip.
    """
    with store.of(district_id).transaction() as session:
        return _queue_new(
            session, district_id, since=None, only=only, code=code, now=now, entropy=entropy, actor=actor
        )


def queue_due(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> None:
    """What is told unasked, inside the caller's transaction: the same again adds nothing."""
    choice = outbox.choice(session, district_id)
    if choice is not None and choice.new_badges_since is not None:
        since = choice.new_badges_since
        _queue_new(
            session, district_id, since=since, only=None, code="", now=now, entropy=entropy, actor="mail"
        )
    gone = claims.withdrawn_since(session, district_id, now - NEWS, now)
    if not gone:
        return
    told = outbox.told(session, district_id, (Purpose.WITHDRAWN, Purpose.REPLACED))
    left = [one for one in gone if one[0] not in told]
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
    since: datetime | None,
    only: Iterable[str] | None,
    code: str,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> tuple[int, int]:
    told = outbox.told(session, district_id, (Purpose.NEW_BADGE,))
    wanted = None if only is None else set(only)
    rows = [
        one
        for one in claims.standing(session, district_id, now, since=since, code=code)
        if one[0] not in told and (wanted is None or one[0] in wanted)
    ][:MOST_AT_ONCE]
    known = contacts.contacts(session, district_id) if rows else {}
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
        OutboxMail(
            district_id=district_id,
            id=random_name(entropy),
            student_id=contact.student_id,
            address=contact.address,
            language=contact.language,
            purpose=purpose.value,
            about=credential_id,
            state=MailState.QUEUED.value,
            attempts=0,
            due=now,
            lease=None,
            lease_ends=None,
            created=now,
            settled=None,
            fault="",
        )
    )
    return True
