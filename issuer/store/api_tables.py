"""The tables of the programming interface: its keys, what was asked under which name, and batches.

Secrets are kept as hashes alone. What is asked for is not kept: a request is known by its digest, and its
answer is read anew from what it made.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.columns import Json
from issuer.store.tables import Base

RUNNING, DONE = "running", "done"
"""What a batch's state is."""
ISSUED, SKIPPED, FAILED = "issued", "skipped", "failed"
"""What became of a row of a batch."""


class ApiKey(Base):
    """A program that may ask in the district's name. Never removed, so that the audit trail can name it."""

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("ends > created", name="ends_later"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(Json)
    secret_hash: Mapped[bytes]
    created: Mapped[datetime]
    created_by: Mapped[str]
    ends: Mapped[datetime]
    active_from: Mapped[datetime | None]
    two_people: Mapped[bool]
    last_day: Mapped[str | None]
    revoked: Mapped[datetime | None]


class ApiToken(Base):
    """An access token that a key was exchanged for (RFC 6749, 4.4). Short-lived."""

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "key_id"], ["api_key.district_id", "api_key.id"]),
        Index("ix_api_token_ends", "district_id", "ends"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    key_id: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(Json)
    created: Mapped[datetime]
    ends: Mapped[datetime]


class ApiRequest(Base):
    """What was asked for under an `Idempotency-Key`: its digest, and what it leads to. `status` once done."""

    __tablename__ = "api_request"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "key_id"], ["api_key.district_id", "api_key.id"]),
        Index("ix_api_request_asked_at", "district_id", "asked_at"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    subject: Mapped[str]
    student_id: Mapped[str]
    asked_at: Mapped[datetime]
    status: Mapped[int | None]


class ApiBatch(Base):
    """Awards that were handed in together."""

    __tablename__ = "api_batch"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "key_id"], ["api_key.district_id", "api_key.id"]),
        CheckConstraint("state IN ('running', 'done')", name="state_known"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str]
    state: Mapped[str]
    total: Mapped[int]
    created: Mapped[datetime]
    finished: Mapped[datetime | None]


class ApiBatchRow(Base):
    """What became of one award of a batch."""

    __tablename__ = "api_batch_row"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "batch_id"], ["api_batch.district_id", "api_batch.id"]),
        CheckConstraint("state IN ('issued', 'skipped', 'failed')", name="state_known"),
        Index("ix_api_batch_row_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    batch_id: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    award_ref: Mapped[str]
    state: Mapped[str]
    credential_id: Mapped[str | None]
    code: Mapped[str]
    column: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
