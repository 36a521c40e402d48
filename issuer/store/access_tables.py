"""The tables of people and access. As everywhere, `district_id` is in every primary and foreign key.

Secrets are kept as hashes alone: passwords by argon2id, tokens of 256 random bits by SHA-256.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables import Base


class Person(Base):
    """Somebody who works at the console. Never removed, so that the audit trail can name them: disabled."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "school_code"], ["school.district_id", "school.code"]),
        UniqueConstraint("district_id", "email"),
        UniqueConstraint("district_id", "sign_on_issuer", "sign_on_subject"),
        CheckConstraint(
            "role IN ('administrator', 'registrar', 'coordinator', 'approver', 'clerk', 'auditor')",
            name="role_known",
        ),
        CheckConstraint("(role = 'clerk') = (school_code IS NOT NULL)", name="clerk_has_school"),
        CheckConstraint(
            "(sign_on_issuer IS NULL) = (sign_on_subject IS NULL)", name="sign_on_whole_or_not_at_all"
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    school_code: Mapped[str | None]
    password_hash: Mapped[str | None]
    password_set: Mapped[datetime | None]
    sign_on_issuer: Mapped[str | None]
    sign_on_subject: Mapped[str | None]
    created: Mapped[datetime]
    disabled: Mapped[datetime | None]


class PersonLink(Base):
    """A link with which a person sets a password, once."""

    __tablename__ = "person_link"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "person_id"], ["person.district_id", "person.id"]),
        Index("ix_person_link_person", "district_id", "person_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    created: Mapped[datetime]
    ends: Mapped[datetime]
    used: Mapped[datetime | None]


class StaffSession(Base):
    """A person who is signed in at one browser."""

    __tablename__ = "staff_session"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "person_id"], ["person.district_id", "person.id"]),
        CheckConstraint("method IN ('password', 'sign-on')", name="method_known"),
        Index("ix_staff_session_person", "district_id", "person_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    method: Mapped[str]
    created: Mapped[datetime]
    last_seen: Mapped[datetime]
    ended: Mapped[datetime | None]


class SignInRate(Base):
    """How many attempts to sign in have failed for an account or an address, and until when to wait."""

    __tablename__ = "sign_in_rate"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last: Mapped[datetime]
    free_at: Mapped[datetime]


class SignOnProvider(Base):
    """Where the district's own single sign-on is. At most one for each district; its secret is not here."""

    __tablename__ = "sign_on_provider"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    hosted_domain: Mapped[str | None]
    changed: Mapped[datetime]


class AccessPolicy(Base):
    """What the district asks for beyond the roles: where two people are needed, and for which pairs."""

    __tablename__ = "access_policy"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    rules: Mapped[dict[str, Any]]
    changed: Mapped[datetime]


class ApprovalRequest(Base):
    """Something that one person asked for and another must confirm, exactly as it stands here."""

    __tablename__ = "approval_request"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "asked_by"], ["person.district_id", "person.id"]),
        ForeignKeyConstraint(["district_id", "settled_by"], ["person.district_id", "person.id"]),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('confirmed', 'refused', 'taken-back')", name="outcome_known"
        ),
        CheckConstraint(
            "(outcome IS NULL) = (settled_by IS NULL) AND (outcome IS NULL) = (settled_at IS NULL)",
            name="settled_whole_or_not_at_all",
        ),
        # The second pair of eyes, said once more where no program can forget it.
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'taken-back') = (settled_by = asked_by)", name="two_people"
        ),
        CheckConstraint("done IS NULL OR outcome = 'confirmed'", name="done_only_confirmed"),
        Index("ix_approval_request_outcome", "district_id", "outcome"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ends: Mapped[datetime]
    outcome: Mapped[str | None]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    done: Mapped[datetime | None]
