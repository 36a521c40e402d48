"""Students who leave school soon, and whether they were asked for an address of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import String, cast, exists, literal, select

from issuer.store.claims import standing_of_student
from issuer.store.contacts import StudentContact
from issuer.store.outbox import OutboxMail, Purpose
from issuer.store.session import Session
from issuer.store.share_tables import Consent
from issuer.store.students import StudentRow


def about(year: int, student_id: str) -> str:
    """What a mail to a student of a year is about: there is one such mail."""
    return f"{year} {student_id}"


def grades(session: Session, district_id: str) -> Sequence[str]:
    """Every grade that is written in the roster."""
    return session.scalars(
        select(StudentRow.grade)
        .where(StudentRow.district_id == district_id, StudentRow.grade != "")
        .distinct()
        .order_by(StudentRow.grade)
    ).all()


def unasked(
    session: Session, district_id: str, among: Collection[str], *, year: int, now: datetime
) -> list[tuple[StudentContact, str | None]]:
    """Contact and birth date of the students of some grades who are still there and were not asked this year.

    They have a badge that stands and is out, an address of the school's and none of their own.
    """
    asked = exists().where(
        OutboxMail.district_id == StudentRow.district_id,
        OutboxMail.purpose == Purpose.SENIOR.value,
        OutboxMail.about == literal(f"{year} ").op("||")(cast(StudentRow.student_id, String)),
    )
    rows = session.execute(
        select(StudentContact, StudentRow.birth_date)
        .join(
            StudentRow,
            (StudentRow.district_id == StudentContact.district_id)
            & (StudentRow.student_id == StudentContact.student_id),
        )
        .where(
            StudentContact.district_id == district_id,
            StudentRow.grade.in_(among),
            StudentRow.active,
            StudentContact.school_email.is_not(None),
            StudentContact.own_email.is_(None),
            ~asked,
            standing_of_student(district_id, StudentRow.student_id, now),
        )
        .order_by(StudentContact.student_id)
    )
    return [(row[0], row[1]) for row in rows]


def open_consents(session: Session, district_id: str, among: Collection[str]) -> Sequence[Consent]:
    """What was agreed or opted out of about the students of some grades, and was not taken back."""
    return session.scalars(
        select(Consent)
        .join(
            StudentRow,
            (StudentRow.district_id == Consent.district_id) & (StudentRow.student_id == Consent.student_id),
        )
        .where(Consent.district_id == district_id, Consent.ended_at.is_(None), StudentRow.grade.in_(among))
    ).all()


def has_no_own_address(session: Session, district_id: str, student_id: str) -> bool:
    """Whether a student who is still there has an address of the school's only."""
    found = session.scalar(
        select(StudentContact.student_id)
        .join(
            StudentRow,
            (StudentRow.district_id == StudentContact.district_id)
            & (StudentRow.student_id == StudentContact.student_id),
        )
        .where(
            StudentContact.district_id == district_id,
            StudentContact.student_id == student_id,
            StudentContact.own_email.is_(None),
            StudentRow.active,
        )
    )
    return found is not None
