"""The tables of what must not be destroyed, what was destroyed, and the pictures that a district chose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables import Base


class LegalHold(Base):
    """While one is not released, nothing of the student is destroyed. A later number is a later hold."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_whole_or_not_at_all"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]


class Erasure(Base):
    """That records of a student were destroyed, with the certificate that says what."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_student", "district_id", "student_id"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    schedule: Mapped[str]
    certificate: Mapped[str]
    done_by: Mapped[str]
    done_at: Mapped[datetime]


class Erased(Base):
    """One record that may be emptied because an erasure says so: the only key to the triggers' lock."""

    __tablename__ = "erased"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "erasure_id"], ["erasure.district_id", "erasure.id"]),
        CheckConstraint("kind IN ('award', 'credential', 'request', 'share', 'consent')", name="kind_known"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    erasure_id: Mapped[str]


class BadgePicture(Base):
    """The picture of a certification's badges from one moment on: choices to be drawn, or pixels."""

    __tablename__ = "badge_picture"
    __table_args__ = (
        CheckConstraint("(design IS NULL) <> (pixels IS NULL)", name="drawn_or_pixels"),
        CheckConstraint("alt <> ''", name="alt_said"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    design: Mapped[str | None]
    pixels: Mapped[bytes | None]
    alt: Mapped[str]
    chosen_by: Mapped[str]
    chosen_at: Mapped[datetime]
