"""Derived credentials: a second, signed form of one award, made for a wallet or for a share.

Whether a derived credential is withdrawn is not written beside it: it follows from the original's own row.
So nothing that withdraws an original can forget one. Only an earlier end, of the derived one alone, is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from issuer.errors import IssuerError
from issuer.store import status_lists
from issuer.store.queries import Signed
from issuer.store.session import Session
from issuer.store.tables import Base, State, Status

WALLET: Final = "wallet"
"""Bound to the key of somebody's wallet."""
SHARE: Final = "share"
"""Shows less than the original, to whom the student shares it with."""


class DerivedCredential(Base):
    """One derived credential: what it comes from, the bytes to be signed, and how far it has come."""

    __tablename__ = "derived_credential"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        ForeignKeyConstraint(["district_id", "list_id"], ["status_list.district_id", "status_list.id"]),
        UniqueConstraint(
            "district_id", "credential_id", "purpose", "made_for", name="uq_derived_credential_receiver"
        ),
        UniqueConstraint("district_id", "list_id", "list_index"),
        UniqueConstraint("id"),
        CheckConstraint("purpose IN ('wallet', 'share')", name="purpose_known"),
        CheckConstraint("state IN ('reserved', 'prepared', 'signed')", name="state_known"),
        CheckConstraint("(state = 'reserved') = (prepared IS NULL)", name="prepared_has_bytes"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_has_time"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_whole_or_not_at_all"
        ),
        CheckConstraint(
            "withdrawn_reason IS NULL OR withdrawn_reason IN "
            "('corrected', 'issued-in-error', 'no-longer-valid', 'requested')",
            name="reason_known",
        ),
    )

    district_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    purpose: Mapped[str]
    made_for: Mapped[str]
    subject_id: Mapped[str]
    state: Mapped[str]
    list_id: Mapped[str]
    list_index: Mapped[int]
    also_jwt: Mapped[bool]
    reserved_at: Mapped[datetime]
    prepared: Mapped[bytes | None]
    prepared_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]


class DerivedSecured(Base):
    """A derived credential with a proof, byte for byte as it is given out. A later number replaces one."""

    __tablename__ = "derived_secured"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "derived_id"], ["derived_credential.district_id", "derived_credential.id"]
        ),
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        ForeignKeyConstraint(["district_id", "key_id"], ["signing_key.district_id", "signing_key.id"]),
        CheckConstraint("form IN ('vc', 'jwt')", name="form_known"),
        Index("ix_derived_secured_key", "district_id", "key_id"),
    )

    district_id: Mapped[str] = mapped_column(primary_key=True)
    derived_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    key_id: Mapped[str]
    body: Mapped[bytes]
    signed_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Fallen:
    """A derived credential that stands no more: its place in the list, since when, and why."""

    list_index: int
    revoked_at: datetime
    reason: str


def one(session: Session, district_id: str, derived_id: str, *, lock: bool = False) -> DerivedCredential:
    """One derived credential; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(DerivedCredential, (district_id, derived_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", f"the district has no derived credential {derived_id}")
    return found


def made(
    session: Session, district_id: str, credential_id: str, purpose: str, made_for: str
) -> DerivedCredential | None:
    """The derived credential that was made of one original, for one purpose and one receiver."""
    return session.scalars(
        select(DerivedCredential).where(
            DerivedCredential.district_id == district_id,
            DerivedCredential.credential_id == credential_id,
            DerivedCredential.purpose == purpose,
            DerivedCredential.made_for == made_for,
        )
    ).one_or_none()


def of(session: Session, district_id: str, credential_id: str) -> Sequence[DerivedCredential]:
    """Everything that was derived from one original, oldest first."""
    return session.scalars(
        select(DerivedCredential)
        .where(DerivedCredential.district_id == district_id, DerivedCredential.credential_id == credential_id)
        .order_by(DerivedCredential.reserved_at, DerivedCredential.id)
    ).all()


def count(session: Session, district_id: str, credential_id: str) -> int:
    """How many were derived from one original, withdrawn ones too."""
    asked = select(func.count()).select_from(DerivedCredential)
    return int(
        session.scalar(
            asked.where(
                DerivedCredential.district_id == district_id, DerivedCredential.credential_id == credential_id
            )
        )
        or 0
    )


def advance(
    session: Session, row: DerivedCredential, before: State, **changes: str | bytes | datetime | None
) -> bool:
    """Move one on, if it is still where the caller saw it. False means that somebody else was first."""
    moved = session.execute(
        update(DerivedCredential)
        .where(DerivedCredential.district_id == row.district_id, DerivedCredential.id == row.id)
        .where(DerivedCredential.state == before)
        .values(**changes)
        .returning(DerivedCredential.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return moved is not None


def secured(session: Session, district_id: str, derived_id: str) -> dict[str, DerivedSecured]:
    """What is given out for one now: for each form the newest."""
    rows = session.scalars(
        select(DerivedSecured)
        .where(DerivedSecured.district_id == district_id, DerivedSecured.derived_id == derived_id)
        .order_by(DerivedSecured.form, DerivedSecured.number)
    )
    return {row.form: row for row in rows}


def withdrawn(session: Session, row: DerivedCredential) -> Fallen | None:
    """Since when and why one stands no more; None while it and its original stand."""
    original = session.get(Status, (row.district_id, row.credential_id))
    return _fallen(row, original)


def fallen_in(session: Session, district_id: str, list_id: str) -> list[Fallen]:
    """Every derived credential of one list that stands no more, by position."""
    rows = session.execute(
        select(DerivedCredential, Status)
        .outerjoin(
            Status,
            (Status.district_id == DerivedCredential.district_id)
            & (Status.credential_id == DerivedCredential.credential_id),
        )
        .where(DerivedCredential.district_id == district_id, DerivedCredential.list_id == list_id)
        .where(Status.credential_id.is_not(None) | DerivedCredential.withdrawn_at.is_not(None))
        .order_by(DerivedCredential.list_index)
    )
    found = (_fallen(row, original) for row, original in rows)
    return [one for one in found if one is not None]


def _fallen(row: DerivedCredential, original: Status | None) -> Fallen | None:
    """The earlier of the two ends."""
    ends = []
    if original is not None:
        ends.append((original.revoked_at, original.reason))
    if row.withdrawn_at is not None and row.withdrawn_reason is not None:
        ends.append((row.withdrawn_at, row.withdrawn_reason))
    return Fallen(row.list_index, *min(ends)) if ends else None


def count_falls(session: Session, district_id: str, credential_id: str) -> None:
    """Note, in the transaction that withdraws an original, that the lists of its derived ones are behind."""
    for list_id in sorted({row.list_id for row in of(session, district_id, credential_id)}):
        status_lists.count_change(session, district_id, list_id)


def live_under_key(session: Session, district_id: str, key_id: str, *, now: datetime) -> list[Signed]:
    """As `queries.live_under_key`, of derived credentials."""
    newest = (
        select(
            DerivedSecured.derived_id, DerivedSecured.form, func.max(DerivedSecured.number).label("number")
        )
        .where(DerivedSecured.district_id == district_id)
        .group_by(DerivedSecured.derived_id, DerivedSecured.form)
        .subquery()
    )
    rows = session.execute(
        select(
            DerivedSecured.derived_id, DerivedSecured.form, DerivedSecured.number, DerivedSecured.signed_at
        )
        .join(
            newest,
            (DerivedSecured.derived_id == newest.c.derived_id)
            & (DerivedSecured.form == newest.c.form)
            & (DerivedSecured.number == newest.c.number),
        )
        .join(
            DerivedCredential,
            (DerivedCredential.district_id == DerivedSecured.district_id)
            & (DerivedCredential.id == DerivedSecured.derived_id),
        )
        .outerjoin(
            Status,
            (Status.district_id == DerivedCredential.district_id)
            & (Status.credential_id == DerivedCredential.credential_id),
        )
        .where(DerivedSecured.district_id == district_id, DerivedSecured.key_id == key_id)
        .where(Status.credential_id.is_(None), DerivedCredential.withdrawn_at.is_(None))
        .where(DerivedCredential.valid_until.is_(None) | (DerivedCredential.valid_until > now))
        .order_by(DerivedSecured.signed_at, DerivedSecured.derived_id, DerivedSecured.form)
    )
    return [Signed(*row) for row in rows]


def withdraw_at(
    session: Session, district_id: str, list_id: str, index: int, *, at: datetime, reason: str
) -> bool:
    """Withdraw what was derived at a position; False where nothing is known there."""
    found = session.execute(
        update(DerivedCredential)
        .where(DerivedCredential.district_id == district_id, DerivedCredential.list_id == list_id)
        .where(DerivedCredential.list_index == index, DerivedCredential.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_reason=reason)
        .returning(DerivedCredential.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return found is not None
