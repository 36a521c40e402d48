"""What reports count beside awards: at which school a student was, and what became of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables import Base


class AwardSchool(Base):
    """The school from which an award was ordered. The row may be there before its award is."""

    __tablename__ = "award_school"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "school_code"], ["school.district_id", "school.code"]),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    award_ref: Mapped[str] = mapped_column(primary_key=True)
    school_code: Mapped[str]


class OutcomeRecord(Base):
    """What became of a student, with the consent that allows it to be counted.

    A consent that is taken back is marked, and the row is counted no more.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint("kind IN ('hired', 'enrolled', 'neither')", name="kind_known"),
        CheckConstraint("source IN ('survey', 'employer', 'endorsement')", name="source_known"),
        CheckConstraint("consent <> ''", name="consent_named"),
        Index("ix_outcome_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    kind: Mapped[str]
    since: Mapped[str]
    cluster: Mapped[str]
    consent: Mapped[str]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
