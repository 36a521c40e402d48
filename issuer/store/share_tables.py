"""Tables of sharing: what a share is for and shows, who agreed to it, and what was disclosed under it.

Rows name no recipient: a share is for a class of people, and what is counted is checks.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables import Base

_AUDIENCES = "'employer', 'college', 'anyone', 'paper'"


class ShareTerms(Base):
    """What a share that a student made is for, and what it shows. It never changes."""

    __tablename__ = "share_terms"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "share_id"], ["share.district_id", "share.id"]),
        CheckConstraint(f"audience IN ({_AUDIENCES})", name="audience_known"),
        CheckConstraint("name IN ('full', 'short')", name="name_known"),
        Index("ix_share_terms_credential", "district_id", "credential_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    share_id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    """The badge itself, also where the share opens one that was derived from it."""
    derived_id: Mapped[str | None]
    """What it opens instead of the badge: a credential that was derived for this share (`issuer.derived`)."""
    audience: Mapped[str]
    label: Mapped[str]
    applicant: Mapped[str]
    name: Mapped[str]
    evidence: Mapped[bool]
    last_day: Mapped[str | None]
    made: Mapped[datetime]


class Consent(Base):
    """Somebody agreed to sharing, or a family opted out of directory information. Ended once."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("kind IN ('guardian', 'student', 'opt-out')", name="kind_known"),
        CheckConstraint("how IN ('paper', 'electronic', 'in-person', 'share')", name="how_known"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_whole_or_not_at_all"),
        Index("ix_consent_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    kind: Mapped[str]
    audiences: Mapped[str]
    """Words with commas between them; "" of an opt-out."""
    share_id: Mapped[str | None]
    """The one share that a student's own consent is for."""
    how: Mapped[str]
    given_on: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Disclosure(Base):
    """On one day, under one share: how often a badge was given out. Never to whom (34 CFR 99.32 asks for the
    class of recipient and their interest, which the share's audience is).
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        CheckConstraint(f"audience IN ({_AUDIENCES}, 'school')", name="audience_known"),
        CheckConstraint("name IN ('full', 'short')", name="name_known"),
        CheckConstraint("times >= 1", name="times_from_one"),
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        Index("ix_disclosure_credential", "district_id", "credential_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    share_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    audience: Mapped[str]
    """`school` for a link or a code that the school made."""
    name: Mapped[str]
    evidence: Mapped[bool]
    times: Mapped[int]
    last_at: Mapped[datetime]
