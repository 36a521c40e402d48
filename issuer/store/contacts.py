"""Where a student can be written to, and in which language; the school's address, and the student's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base


class StudentContact(Base):
    """A student's addresses. The student's own one is used only when it has been shown to be theirs."""

    __tablename__ = "student_contact"
    __table_args__ = (
        Index("ix_student_contact_school", "district_id", "school_email"),
        Index("ix_student_contact_own", "district_id", "own_email"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    school_email: Mapped[str | None]
    own_email: Mapped[str | None]
    own_since: Mapped[datetime | None]
    language: Mapped[str]
    teacher: Mapped[str]
    updated: Mapped[datetime]

    @property
    def address(self) -> str | None:
        """Where to write: the student's own address, which outlives the school's."""
        return self.own_email or self.school_email


def contact(session: Session, district_id: str, student_id: str) -> StudentContact | None:
    """What is known of one student."""
    return session.get(StudentContact, (district_id, student_id))


def contacts(
    session: Session, district_id: str, student_ids: Collection[str] | None = None
) -> dict[str, StudentContact]:
    """What is known, by student; of all where none are named."""
    asked = select(StudentContact).where(StudentContact.district_id == district_id)
    if student_ids is not None:
        asked = asked.where(StudentContact.student_id.in_(student_ids))
    return {row.student_id: row for row in session.scalars(asked)}


def at_address(session: Session, district_id: str, address: str, most: int) -> Sequence[StudentContact]:
    """The students who can be written to at an address: families may share one."""
    return session.scalars(
        select(StudentContact)
        .where(
            StudentContact.district_id == district_id,
            or_(StudentContact.school_email == address, StudentContact.own_email == address),
        )
        .order_by(StudentContact.student_id)
        .limit(most)
    ).all()


def at_school_address(session: Session, district_id: str, address: str) -> Sequence[str]:
    """The students to whom the school gave an address."""
    return session.scalars(
        select(StudentContact.student_id)
        .where(StudentContact.district_id == district_id, StudentContact.school_email == address)
        .limit(2)
    ).all()
