"""The tables of the committee: who is on it, what was proposed, approved, endorsed, reviewed and decided.

Migration 0003 makes them, with the triggers that keep what was approved and decided as it was written. An end
is a row of its own beside what it ends.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.columns import Json
from issuer.store.tables import Base

_PROPOSAL = ["proposal.district_id", "proposal.id"]
_MEMBER = ["member.district_id", "member.id"]


class Quorum(Base):
    """The quorum that the district asks for; a later number replaces an earlier one."""

    __tablename__ = "quorum"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[dict[str, Any]]
    created: Mapped[datetime]


class Member(Base):
    """Somebody of the committee. An adult's name and post, for the district's own eyes."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("district_id", "endorser"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    organization: Mapped[str]
    endorser: Mapped[str | None]
    endorser_key: Mapped[str | None]
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    created: Mapped[datetime]


class Proposal(Base):
    """What a committee votes on: its document never changes, its state moves on once."""

    __tablename__ = "proposal"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "author"], _MEMBER),
        CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name="state_known"),
        Index("ix_proposal_code", "district_id", "code"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    author: Mapped[str]
    document: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    state: Mapped[str]
    signed_off_by: Mapped[str | None]
    signed_off_on: Mapped[date | None] = mapped_column(Date)
    created: Mapped[datetime]


class Endorsement(Base):
    """A signed endorsement of an achievement, byte for byte as it came."""

    __tablename__ = "endorsement"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "member_id"], _MEMBER),
        Index("ix_endorsement_code", "district_id", "code"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str]
    code: Mapped[str]
    body: Mapped[bytes]
    sha256: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    created: Mapped[datetime]


class EndorsementEnd(Base):
    """An endorser's withdrawal: badges made afterwards do not carry the endorsement."""

    __tablename__ = "endorsement_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "endorsement_id"], ["endorsement.district_id", "endorsement.id"]
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    endorsement_id: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column("ended_on", Date)
    why: Mapped[str]
    created: Mapped[datetime]


class Approval(Base):
    """A member's word on a proposal, with what shows it."""

    __tablename__ = "approval"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "proposal_id"], _PROPOSAL),
        ForeignKeyConstraint(["district_id", "member_id"], _MEMBER),
        ForeignKeyConstraint(
            ["district_id", "endorsement_id"], ["endorsement.district_id", "endorsement.id"]
        ),
        CheckConstraint(
            "conflict IS NOT NULL OR document IS NOT NULL OR endorsement_id IS NOT NULL", name="shown"
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    on: Mapped[date] = mapped_column("given_on", Date)
    document: Mapped[str | None]
    endorsement_id: Mapped[str | None]
    conflict: Mapped[str | None]
    created: Mapped[datetime]


class ApprovalEnd(Base):
    """An approval that its member took back."""

    __tablename__ = "approval_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "proposal_id", "member_id"],
            ["approval.district_id", "approval.proposal_id", "approval.member_id"],
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column("ended_on", Date)
    why: Mapped[str]
    created: Mapped[datetime]


class AlignmentReview(Base):
    """That somebody looked at one alignment again; the newest counts."""

    __tablename__ = "alignment_review"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "proposal_id"], _PROPOSAL),
        ForeignKeyConstraint(["district_id", "member_id"], _MEMBER),
        CheckConstraint("row_number >= 1 AND number >= 1", name="numbers_from_one"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column("row_number", primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[str]
    on: Mapped[date] = mapped_column("reviewed_on", Date)
    next_review: Mapped[date] = mapped_column(Date)
    item_ended: Mapped[date | None] = mapped_column(Date)
    created: Mapped[datetime]


class Decision(Base):
    """What was decided on a proposal, on whose approvals and under which quorum."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "proposal_id"], _PROPOSAL),
        ForeignKeyConstraint(["district_id", "supersedes"], ["decision.district_id", "decision.id"]),
        UniqueConstraint("district_id", "proposal_id"),
        UniqueConstraint("id"),
        CheckConstraint("subjects IN ('', 'ENG', 'MTH', 'ENG MTH')", name="subjects_known"),
        CheckConstraint("effective_from >= decided_on", name="not_back_dated"),
        CheckConstraint("subjects = '' OR minutes IS NOT NULL", name="go_has_minutes"),
        Index("ix_decision_code", "district_id", "code"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    proposal_id: Mapped[str]
    code: Mapped[str]
    subjects: Mapped[str]
    decided_on: Mapped[date] = mapped_column(Date)
    effective_from: Mapped[date] = mapped_column(Date)
    effective_until: Mapped[date | None] = mapped_column(Date)
    menu_version: Mapped[str]
    minutes: Mapped[str | None]
    next_review: Mapped[date] = mapped_column(Date)
    why: Mapped[str]
    basis: Mapped[dict[str, Any]] = mapped_column(Json)
    supersedes: Mapped[str | None]
    created: Mapped[datetime]


class DecisionEnd(Base):
    """An earlier end of a decision; of several, the earliest counts."""

    __tablename__ = "decision_end"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "decision_id"], ["decision.district_id", "decision.id"]),
        CheckConstraint("kind IN ('ended', 'superseded')", name="kind_known"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    decision_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str]
    why: Mapped[str]
    created: Mapped[datetime]
