"""Mail that is to be sent: to whom, why and about what, by ids; it is written when it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import Base


class MailState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Purpose(StrEnum):
    """Why a mail is sent. There are no others."""

    NEW_BADGE = "new-badge"
    CODE = "code"
    HAND_OVER = "hand-over"
    HAND_OVER_DONE = "hand-over-done"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    SENIOR = "senior"
    """Asks somebody whose school address ends to add their own; about the year and the student."""


class OutboxMail(Base):
    """One mail to one student. What it says is made of ids when it is sent; no secret is kept for it."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('new-badge', 'code', 'hand-over', 'hand-over-done', 'withdrawn', 'replaced', "
            "'senior')",
            name="purpose_known",
        ),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name="state_known"),
        CheckConstraint("(state = 'sending') = (lease IS NOT NULL)", name="sending_has_lease"),
        UniqueConstraint("district_id", "purpose", "about"),
        Index("ix_outbox_mail_due", "district_id", "state", "due"),
        Index("ix_outbox_mail_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    purpose: Mapped[str]
    about: Mapped[str | None]
    """The credential that it is about; of `senior`, the year and the student. About one, each purpose is
    mailed once. None: as often as asked."""
    state: Mapped[str]
    attempts: Mapped[int]
    due: Mapped[datetime]
    lease: Mapped[str | None]
    lease_ends: Mapped[datetime | None]
    created: Mapped[datetime]
    settled: Mapped[datetime | None]
    fault: Mapped[str]


def queued(
    district_id: str,
    student_id: str,
    address: str,
    *,
    language: str,
    purpose: Purpose,
    about: str | None,
    now: datetime,
    entropy: Entropy,
) -> OutboxMail:
    """A mail that is in line from now on."""
    return OutboxMail(
        district_id=district_id,
        id=random_name(entropy),
        student_id=student_id,
        address=address,
        language=language,
        purpose=purpose.value,
        about=about,
        state=MailState.QUEUED.value,
        attempts=0,
        due=now,
        lease=None,
        lease_ends=None,
        created=now,
        settled=None,
        fault="",
    )


class CodeRequest(Base):
    """An address for which a code was asked, until the sender has looked whether it is a student's."""

    __tablename__ = "code_request"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    language: Mapped[str]
    created: Mapped[datetime]


class MailChoice(Base):
    """What a district has settled about mail."""

    __tablename__ = "mail_choice"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    new_badges_since: Mapped[datetime | None]
    """Badges that are signed from then on are told to their students at once; None: when somebody says so."""
    changed: Mapped[datetime]


def choice(session: Session, district_id: str) -> MailChoice | None:
    """What was settled, if anything was."""
    return session.get(MailChoice, district_id)


def choose(session: Session, district_id: str, since: datetime | None, now: datetime) -> None:
    """Settle from when on new badges are told at once."""
    row = session.get(MailChoice, district_id)
    if row is None:
        session.add(MailChoice(district_id=district_id, new_badges_since=since, changed=now))
    else:
        row.new_badges_since, row.changed = since, now
    session.flush()


def told(session: Session, district_id: str, purposes: Collection[Purpose]) -> set[str]:
    """The credentials that mails of some purposes are about, sent or not."""
    return {
        str(one)
        for one in session.scalars(
            select(OutboxMail.about).where(
                OutboxMail.district_id == district_id,
                OutboxMail.purpose.in_([one.value for one in purposes]),
                OutboxMail.about.is_not(None),
            )
        )
    }


def about(session: Session, district_id: str, purpose: Purpose, credential_id: str) -> OutboxMail | None:
    """The mail of one purpose about a badge, if it was ever put into line."""
    return session.scalars(
        select(OutboxMail).where(
            OutboxMail.district_id == district_id,
            OutboxMail.purpose == purpose.value,
            OutboxMail.about == credential_id,
        )
    ).one_or_none()


def add_request(session: Session, row: CodeRequest, *, most: int) -> bool:
    """Keep a request for a code; False where so many wait that no more are taken."""
    asked = select(func.count()).select_from(CodeRequest).where(CodeRequest.district_id == row.district_id)
    if (session.scalar(asked) or 0) >= most:
        return False
    session.add(row)
    session.flush()
    return True


def take_requests(session: Session, district_id: str) -> Sequence[CodeRequest]:
    """Take every request out of the table."""
    return session.scalars(
        delete(CodeRequest).where(CodeRequest.district_id == district_id).returning(CodeRequest)
    ).all()


def drop_requests(session: Session, district_id: str, addresses: Collection[str]) -> None:
    """Forget what was asked for from some addresses and nobody has looked up yet."""
    session.execute(
        delete(CodeRequest).where(CodeRequest.district_id == district_id, CodeRequest.address.in_(addresses))
    )


def recent_codes(session: Session, district_id: str, student_id: str, since: datetime) -> int:
    """How many codes were mailed to a student since a moment, or are about to be."""
    asked = select(func.count()).select_from(OutboxMail)
    return int(
        session.scalar(
            asked.where(
                OutboxMail.district_id == district_id,
                OutboxMail.student_id == student_id,
                OutboxMail.purpose.in_([Purpose.CODE.value, Purpose.HAND_OVER.value]),
                OutboxMail.created >= since,
            )
        )
        or 0
    )


def take(
    session: Session, district_id: str, *, lease: str, lasts: timedelta, now: datetime
) -> OutboxMail | None:
    """Take the next mail that is due, for so long that its sending is over then; None where none is.

    A mail whose lease has ended is due again: its sender was stopped, and nobody knows whether it went.
    """
    ready = or_(
        and_(OutboxMail.state == MailState.QUEUED.value, OutboxMail.due <= now),
        and_(OutboxMail.state == MailState.SENDING.value, OutboxMail.lease_ends <= now),
    )
    row = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.district_id == district_id, ready)
        .order_by(OutboxMail.due, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.state, row.lease, row.lease_ends = MailState.SENDING.value, lease, now + lasts
    row.attempts += 1
    session.flush()
    return row


def settle(
    session: Session,
    district_id: str,
    mail_id: str,
    lease: str,
    *,
    state: MailState,
    now: datetime,
    due: datetime,
    fault: str,
) -> bool:
    """Say what became of a mail; False where its lease was lost to another sender."""
    done = session.scalars(
        update(OutboxMail)
        .where(OutboxMail.district_id == district_id, OutboxMail.id == mail_id, OutboxMail.lease == lease)
        .values(
            state=state.value,
            lease=None,
            lease_ends=None,
            due=due,
            settled=None if state is MailState.QUEUED else now,
            fault=fault,
        )
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done) == 1


def counts(session: Session, district_id: str) -> dict[str, int]:
    """How many mails are in each state."""
    rows = session.execute(
        select(OutboxMail.state, func.count())
        .where(OutboxMail.district_id == district_id)
        .group_by(OutboxMail.state)
    )
    return dict.fromkeys(MailState, 0) | {row[0]: row[1] for row in rows}


def failed(session: Session, district_id: str, most: int) -> Sequence[OutboxMail]:
    """Mails that were given up, the newest first."""
    return session.scalars(
        select(OutboxMail)
        .where(OutboxMail.district_id == district_id, OutboxMail.state == MailState.FAILED.value)
        .order_by(OutboxMail.settled.desc(), OutboxMail.id)
        .limit(most)
    ).all()


def retry_failed(session: Session, district_id: str, now: datetime) -> int:
    """Try every mail about a badge that was given up once more; how many."""
    done = session.scalars(
        update(OutboxMail)
        .where(
            OutboxMail.district_id == district_id,
            OutboxMail.state == MailState.FAILED.value,
            OutboxMail.about.is_not(None),
        )
        .values(state=MailState.QUEUED.value, attempts=0, due=now, settled=None, fault="")
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done)


def forget(session: Session, district_id: str, before: datetime) -> None:
    """Delete settled mails about no badge, which nothing needs any more."""
    session.execute(
        delete(OutboxMail).where(
            OutboxMail.district_id == district_id, OutboxMail.about.is_(None), OutboxMail.settled < before
        )
    )
