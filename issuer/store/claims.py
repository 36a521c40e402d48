"""Links and slips with which a student comes to a badge the first time, and what a student says is wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    SQLColumnExpression,
    UniqueConstraint,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store import contacts, jobs
from issuer.store.contacts import StudentContact
from issuer.store.outbox import OutboxMail, Purpose
from issuer.store.session import Session
from issuer.store.sheet_drafts import SheetDraftRow
from issuer.store.students import StudentRow
from issuer.store.tables import Achievement, Award, Base, Credential, State, Status


class Claim(Base):
    """A link to one badge, or a slip to all badges of a student. Only its hash is kept; it is used once."""

    __tablename__ = "claim"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        UniqueConstraint("district_id", "secret_hash"),
        CheckConstraint("kind IN ('link', 'slip')", name="kind_known"),
        CheckConstraint("(kind = 'link') = (credential_id IS NOT NULL)", name="link_names_badge"),
        Index("ix_claim_student", "district_id", "student_id"),
        Index("ix_claim_credential", "district_id", "credential_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    secret_hash: Mapped[bytes]
    student_id: Mapped[str]
    credential_id: Mapped[str | None]
    created: Mapped[datetime]
    ends: Mapped[datetime]
    kept: Mapped[datetime | None]
    stopped: Mapped[datetime | None]


class StudentProblem(Base):
    """Something that a student says is wrong with a badge; it waits until somebody answers it."""

    __tablename__ = "student_problem"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        CheckConstraint("kind IN ('name', 'not-mine', 'other')", name="kind_known"),
        CheckConstraint(
            "(closed IS NULL) = (closed_by IS NULL) AND (closed IS NULL) = (answer IS NULL)",
            name="closed_whole_or_not_at_all",
        ),
        Index("ix_student_problem_closed", "district_id", "closed"),
        Index("ix_student_problem_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    credential_id: Mapped[str | None]
    kind: Mapped[str]
    said: Mapped[str]
    created: Mapped[datetime]
    closed: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    answer: Mapped[str | None]


def by_secret(session: Session, district_id: str, kind: str, secret_hash: bytes) -> Claim | None:
    """The link or slip with a secret, used or not."""
    return session.scalars(
        select(Claim).where(
            Claim.district_id == district_id, Claim.secret_hash == secret_hash, Claim.kind == kind
        )
    ).one_or_none()


def use(session: Session, district_id: str, claim_id: str, now: datetime) -> bool:
    """Use a link or slip, once; whether this call did."""
    done = session.scalars(
        update(Claim)
        .where(
            Claim.district_id == district_id,
            Claim.id == claim_id,
            Claim.kept.is_(None),
            Claim.stopped.is_(None),
            Claim.ends > now,
        )
        .values(kept=now)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done) == 1


def stop(session: Session, district_id: str, kind: str, student_ids: Collection[str], now: datetime) -> int:
    """Make every unused link or slip of some students useless; how many there were."""
    return len(
        session.scalars(
            update(Claim)
            .where(
                Claim.district_id == district_id,
                Claim.kind == kind,
                Claim.student_id.in_(student_ids),
                Claim.kept.is_(None),
                Claim.stopped.is_(None),
            )
            .values(stopped=now)
            .returning(Claim.id)
            .execution_options(synchronize_session=False)
        ).all()
    )


def badge(session: Session, district_id: str, credential_id: str) -> tuple[Award, Achievement] | None:
    """What a badge was given for; None where there is no such badge."""
    row = session.execute(
        select(Award, Achievement)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .where(Award.district_id == district_id, Credential.id == credential_id)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def is_withdrawn(session: Session, district_id: str, credential_id: str) -> bool:
    """Whether a badge was withdrawn."""
    return session.get(Status, (district_id, credential_id)) is not None


def standing(
    session: Session,
    district_id: str,
    now: datetime,
    *,
    code: str = "",
    batch: str = "",
) -> Sequence[tuple[str, str]]:
    """Credential and student of every badge that is signed, stands and may leave the house, the oldest first.

    Args:
        session: A transaction.
        district_id: Whose.
        now: The time.
        code: Only those of this certification.
        batch: Only those of this sheet.
    """
    asked = _standing(district_id, now)
    if code:
        asked = asked.join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        ).where(Achievement.code == code)
    if batch:
        asked = asked.join(
            SheetDraftRow,
            (SheetDraftRow.district_id == Award.district_id) & (SheetDraftRow.award_ref == Award.award_ref),
        ).where(SheetDraftRow.draft_id == batch)
    return [(row.id, row.student_id) for row in session.execute(asked)]


def _standing(district_id: str, now: datetime) -> Select[str, str]:
    return (
        select(Credential.id, Award.student_id)
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .outerjoin(
            Status,
            (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
        )
        .where(Credential.district_id == district_id, Status.credential_id.is_(None))
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]), ~jobs.stayed_in(now))
        .order_by(Credential.signed_at, Credential.id)
    )


def standing_of_student(
    district_id: str, student_id: SQLColumnExpression[str], now: datetime
) -> ColumnElement[bool]:
    """Whether the student of another question has a badge that is signed, stands and may leave the house."""
    asked = _standing(district_id, now).order_by(None).where(Award.student_id == student_id)
    return asked.exists()


def untold(
    session: Session,
    district_id: str,
    now: datetime,
    *,
    since: datetime,
    among: Collection[str] | None,
    most: int,
) -> Sequence[tuple[str, str]]:
    """Credential and student of badges of which no mail tells yet and one could, as `standing` gives them.

    Args:
        session: A transaction.
        district_id: Whose.
        now: The time.
        since: Only those that were signed at this moment or later.
        among: Only some of these; None for all.
        most: No more than so many.
    """
    asked = (
        _standing(district_id, now)
        .join(
            StudentContact,
            (StudentContact.district_id == Award.district_id)
            & (StudentContact.student_id == Award.student_id),
        )
        .where(or_(StudentContact.own_email.is_not(None), StudentContact.school_email.is_not(None)))
        .where(Credential.signed_at >= since, ~_told_of(Purpose.NEW_BADGE))
        .limit(most)
    )
    if among is not None:
        asked = asked.where(Credential.id.in_(among))
    return [(row.id, row.student_id) for row in session.execute(asked)]


def _told_of(*purposes: Purpose) -> ColumnElement[bool]:
    """That a mail of one of some purposes is about a badge, sent or not."""
    return (
        select(OutboxMail.id)
        .where(
            OutboxMail.district_id == Credential.district_id,
            OutboxMail.purpose.in_([one.value for one in purposes]),
            OutboxMail.about == Credential.id,
        )
        .correlate(Credential)
        .exists()
    )


def withdrawn_since(
    session: Session, district_id: str, since: datetime, now: datetime
) -> Sequence[tuple[str, str, str]]:
    """Credential, student and reason of what was withdrawn since a moment and no mail tells of.

    What was undone before anybody could have seen it is not among it.
    """
    rows = session.execute(
        select(Credential.id, Award.student_id, Status.reason)
        .join(
            Status,
            (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
        )
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .where(Credential.district_id == district_id, Status.revoked_at >= since, ~jobs.stayed_in(now))
        .where(~_told_of(Purpose.WITHDRAWN, Purpose.REPLACED))
        .order_by(Status.revoked_at, Credential.id)
    )
    return [(row.id, row.student_id, row.reason) for row in rows]


def count_open(session: Session, district_id: str) -> int:
    """How many things that students say wait for an answer."""
    asked = select(func.count()).select_from(StudentProblem)
    return int(
        session.scalar(
            asked.where(StudentProblem.district_id == district_id, StudentProblem.closed.is_(None))
        )
        or 0
    )


def open_of(session: Session, district_id: str, student_id: str) -> int:
    """How many of one student's wait."""
    asked = select(func.count()).select_from(StudentProblem)
    return int(
        session.scalar(
            asked.where(
                StudentProblem.district_id == district_id,
                StudentProblem.student_id == student_id,
                StudentProblem.closed.is_(None),
            )
        )
        or 0
    )


def problems(session: Session, district_id: str, *, most: int) -> Sequence[StudentProblem]:
    """What students say: those that wait first, the oldest of them first; then the newest of the others."""
    asked = select(StudentProblem).where(StudentProblem.district_id == district_id)
    waiting = session.scalars(
        asked.where(StudentProblem.closed.is_(None)).order_by(StudentProblem.created).limit(most)
    ).all()
    done = session.scalars(
        asked.where(StudentProblem.closed.is_not(None)).order_by(StudentProblem.closed.desc()).limit(most)
    ).all()
    return [*waiting, *done][:most]


def problems_of(
    session: Session, district_id: str, student_id: str, *, most: int
) -> Sequence[StudentProblem]:
    """What one student has said is wrong, the newest first, with the answers."""
    return session.scalars(
        select(StudentProblem)
        .where(StudentProblem.district_id == district_id, StudentProblem.student_id == student_id)
        .order_by(StudentProblem.created.desc(), StudentProblem.id)
        .limit(most)
    ).all()


def problem(session: Session, district_id: str, problem_id: str) -> StudentProblem | None:
    """One thing that a student says, locked until the end of the transaction."""
    return session.get(StudentProblem, (district_id, problem_id), with_for_update=True)


def slip_rows(
    session: Session, district_id: str, now: datetime
) -> Sequence[tuple[str, str, str, str, str, str, str]]:
    """Who has a badge that stands and may leave the house: number, school, teacher, family name, given name,
    the name on a badge and the language, each "" where it is not known. In no order.
    """
    named = {
        row.student_id: str(row.facts.get("recipient_name") or "")
        for row in session.scalars(
            select(Award)
            .join(
                Credential,
                (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
            )
            .outerjoin(
                Status,
                (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
            )
            .where(Award.district_id == district_id, Status.credential_id.is_(None))
            .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]), ~jobs.stayed_in(now))
            .execution_options(yield_per=1000)
        )
    }
    known = {
        row.student_id: row
        for row in session.scalars(select(StudentRow).where(StudentRow.district_id == district_id))
        if row.student_id in named
    }
    told = contacts.contacts(session, district_id)
    rows = []
    for student_id, name in named.items():
        who, how = known.get(student_id), told.get(student_id)
        rows.append(
            (
                student_id,
                who.school_code if who else "",
                how.teacher if how else "",
                (who.preferred_family_name or who.family_name) if who else "",
                (who.preferred_given_name or who.given_name) if who else "",
                name,
                how.language if how else "en",
            )
        )
    return rows
