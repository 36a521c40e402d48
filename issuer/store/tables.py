"""The tables. `district_id` is in every primary and foreign key: no row can point into another district.

Migration 0001 makes them, with the triggers that keep finished things finished; a test holds the two against
each other. Rows are read outside a transaction but changed only inside one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from issuer.store.columns import Json, Moment, Text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class State(StrEnum):
    """How far a credential has come. It only ever moves down this list."""

    RESERVED = "reserved"
    """It has an id and a status index, and nothing else."""
    PREPARED = "prepared"
    """The bytes to be signed are stored, and the audit says so."""
    SIGNED = "signed"
    """The signature was made, checked and stored."""
    RELEASED = "released"
    """Somebody outside has been given it."""


class Base(DeclarativeBase):
    """What every table has in common."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: Moment,
        bytes: LargeBinary,
        dict[str, Any]: Json,
    }


class District(Base):
    """An issuer of badges, with the origin at which it publishes and the DID that follows from it."""

    __tablename__ = "district"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tag: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str] = mapped_column(unique=True)
    did: Mapped[str] = mapped_column(unique=True)
    profile: Mapped[dict[str, Any]]
    code_salt: Mapped[bytes]
    created: Mapped[datetime]


class School(Base):
    """A school of the district, by the code that sheets use."""

    __tablename__ = "school"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Edition(Base):
    """An edition of the catalogue that the district took, as the bytes of its two files."""

    __tablename__ = "edition"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    certifications: Mapped[bytes]
    kinds: Mapped[bytes]
    created: Mapped[datetime]


class Achievement(Base):
    """What can be awarded, as it was defined at one time. A changed definition is a new version."""

    __tablename__ = "achievement"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    document: Mapped[bytes]
    content_sha256: Mapped[str]
    created: Mapped[datetime]


class Award(Base):
    """Somebody earned something: the facts of one row of a sheet, under the district's own reference."""

    __tablename__ = "award"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "achievement_id", "achievement_version"],
            ["achievement.district_id", "achievement.id", "achievement.version"],
        ),
        Index("ix_award_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    award_ref: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    achievement_id: Mapped[str]
    achievement_version: Mapped[int]
    facts: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    fingerprint: Mapped[str]
    created: Mapped[datetime]


class StatusList(Base):
    """A status list: which of its positions are handed out, and how often its answers have changed.

    The positions are a secret permutation of 0, 1, 2, ..., so neighbours in class are no neighbours here.
    """

    __tablename__ = "status_list"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= size", name="used_within_size"),
        CheckConstraint("purpose = 'revocation'", name="purpose_known"),
        Index(
            "uq_status_list_open",
            "district_id",
            unique=True,
            sqlite_where=text("closed IS NULL"),
            postgresql_where=text("closed IS NULL"),
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    size: Mapped[int]
    used: Mapped[int]
    permutation_key: Mapped[bytes]
    changes: Mapped[int]
    opened: Mapped[datetime]
    closed: Mapped[datetime | None]


class Credential(Base):
    """One credential: its reservation, the bytes to be signed, and how far it has come."""

    __tablename__ = "credential"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "award_ref"], ["award.district_id", "award.award_ref"]),
        ForeignKeyConstraint(["district_id", "list_id"], ["status_list.district_id", "status_list.id"]),
        UniqueConstraint("district_id", "award_ref"),
        UniqueConstraint("district_id", "list_id", "list_index"),
        UniqueConstraint("id"),
        CheckConstraint("state IN ('reserved', 'prepared', 'signed', 'released')", name="state_known"),
        CheckConstraint("(state = 'reserved') = (prepared IS NULL)", name="prepared_has_bytes"),
        CheckConstraint(
            "(state IN ('signed', 'released')) = (signed_at IS NOT NULL)", name="signed_has_time"
        ),
        Index("ix_credential_state", "district_id", "state"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    award_ref: Mapped[str]
    state: Mapped[str]
    subject_id: Mapped[str]
    list_id: Mapped[str]
    list_index: Mapped[int]
    also_jwt: Mapped[bool]
    reserved_at: Mapped[datetime]
    prepared: Mapped[bytes | None]
    prepared_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class SigningKey(Base):
    """The public half of a key that this district signs or has signed with. Private halves are never here."""

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("id"), UniqueConstraint("multikey"))

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    multikey: Mapped[str]
    created: Mapped[datetime]
    retired: Mapped[datetime | None]
    compromised_since: Mapped[datetime | None]


class Secured(Base):
    """A credential with a proof, byte for byte as it is given out. A later number replaces an earlier one."""

    __tablename__ = "secured"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        ForeignKeyConstraint(["district_id", "key_id"], ["signing_key.district_id", "signing_key.id"]),
        CheckConstraint("form IN ('vc', 'jwt')", name="form_known"),
        Index("ix_secured_key", "district_id", "key_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str]
    body: Mapped[bytes]
    signed_at: Mapped[datetime]


class Status(Base):
    """A revocation. It is written once and never changed or removed."""

    __tablename__ = "status"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        UniqueConstraint("district_id", "list_id", "list_index"),
        ForeignKeyConstraint(["district_id", "list_id"], ["status_list.district_id", "status_list.id"]),
        CheckConstraint(
            "reason IN ('corrected', 'issued-in-error', 'no-longer-valid', 'requested')", name="reason_known"
        ),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(primary_key=True)
    list_id: Mapped[str]
    list_index: Mapped[int]
    revoked_at: Mapped[datetime]
    reason: Mapped[str]
    note: Mapped[str]


class Published(Base):
    """One version of a document that anybody may read: a status list, its notes, a DID document."""

    __tablename__ = "published"
    __table_args__ = (Index("ix_published_begin", "district_id", "path", "valid_from"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    body: Mapped[bytes]
    etag: Mapped[str]
    covers: Mapped[int]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    published_at: Mapped[datetime]


class Share(Base):
    """A link and perhaps a code that open one credential. Only their hashes are kept."""

    __tablename__ = "share"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        UniqueConstraint("token_hash"),
        UniqueConstraint("code_hash"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    token_hash: Mapped[bytes]
    code_hash: Mapped[bytes | None]
    created: Mapped[datetime]
    ends: Mapped[datetime | None]
    stopped: Mapped[datetime | None]


class AuditHead(Base):
    """Where a district's audit chain stands. Its row lock puts the writers of the chain in line."""

    __tablename__ = "audit_head"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


class Audit(Base):
    """One thing that was done. Ids only, never a name; each row's hash covers the row before it."""

    __tablename__ = "audit"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]
