"""The evidence of awards: what was taken, its octets, and who added it. It may come before its award does.

A row is never edited; it can be taken away only until the award's badge has been prepared, and after that
none can be added either. Migration 0007 makes the database itself refuse both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.errors import IssuerError
from issuer.evidence.item import Attached, EvidenceItem
from issuer.store.session import Session
from issuer.store.tables import Base, Credential, State


class EvidenceRow(Base):
    """One piece of evidence for the award under one reference."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('file', 'link', 'badge')", name="kind_known"),
        CheckConstraint("place IN ('embedded', 'kept', 'elsewhere')", name="place_known"),
        CheckConstraint("(place = 'elsewhere') = (body IS NULL)", name="kept_has_body"),
        CheckConstraint("(place = 'embedded') = (url IS NULL)", name="embedded_has_no_url"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    award_ref: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    place: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    sri: Mapped[str]
    size: Mapped[int]
    body: Mapped[bytes | None]
    url: Mapped[str | None]
    words: Mapped[dict[str, Any]]
    found: Mapped[dict[str, Any]]
    added_by: Mapped[str]
    added_at: Mapped[datetime]

    def item(self) -> EvidenceItem:
        """What an award's record says of it."""
        return EvidenceItem.from_json(
            {
                "kind": self.kind,
                "place": self.place,
                "name": self.name,
                "media_type": self.media_type,
                "sha256": self.sha256,
                "sri": self.sri,
                "size": self.size,
                "url": self.url or "",
                "words": self.words,
                "found": self.found,
            }
        )

    def attached(self) -> Attached:
        """The same with its octets, if they are those that were taken.

        Raises:
            IssuerError: `state_conflict`.
        """
        if self.body is not None and hashlib.sha256(self.body).hexdigest() != self.sha256:
            raise IssuerError(
                "state_conflict",
                f"evidence {self.number} of {self.award_ref} is not what was taken: look at `cairn audit`",
            )
        return Attached(self.item(), self.body or b"")


def rows(session: Session, district_id: str, award_ref: str) -> Sequence[EvidenceRow]:
    """The evidence of one award, in the order in which it was added."""
    return session.scalars(
        select(EvidenceRow)
        .where(EvidenceRow.district_id == district_id, EvidenceRow.award_ref == award_ref)
        .order_by(EvidenceRow.number)
        .execution_options(populate_existing=True)
    ).all()


def items(session: Session, district_id: str, award_ref: str) -> tuple[EvidenceItem, ...]:
    """The evidence of one award, without its octets."""
    return tuple(row.item() for row in rows(session, district_id, award_ref))


def attached(session: Session, district_id: str, award_ref: str) -> tuple[Attached, ...]:
    """The evidence of one award, with its octets.

    Raises:
        IssuerError: `state_conflict` where the octets are not those that were taken.
    """
    return tuple(row.attached() for row in rows(session, district_id, award_ref))


def add(
    session: Session, district_id: str, award_ref: str, one: Attached, *, actor: str, now: datetime
) -> int:
    """Keep a piece of evidence under the next number of its award, in a transaction that holds the line."""
    newest = session.scalar(
        select(func.max(EvidenceRow.number)).where(
            EvidenceRow.district_id == district_id, EvidenceRow.award_ref == award_ref
        )
    )
    row = EvidenceRow(
        district_id=district_id,
        award_ref=award_ref,
        number=(newest or 0) + 1,
        body=one.body or None,
        added_by=actor,
        added_at=now,
        **(one.item.to_json() | {"url": one.item.url or None}),
    )
    session.add(row)
    session.flush()
    return row.number


def remove(session: Session, district_id: str, award_ref: str, number: int) -> bool:
    """Take a piece away. Whether there was one."""
    gone = session.execute(
        delete(EvidenceRow)
        .where(
            EvidenceRow.district_id == district_id,
            EvidenceRow.award_ref == award_ref,
            EvidenceRow.number == number,
        )
        .returning(EvidenceRow.number)
    ).scalars()
    return number in list(gone)


def bytes_used(session: Session, district_id: str) -> int:
    """Octets of all the evidence that the district keeps."""
    total = session.scalar(select(func.sum(EvidenceRow.size)).where(EvidenceRow.district_id == district_id))
    return int(total or 0)


def is_prepared(session: Session, district_id: str, award_ref: str) -> bool:
    """Whether the badge of an award is prepared or further: then its evidence stands."""
    found = session.scalars(
        select(Credential.state).where(
            Credential.district_id == district_id, Credential.award_ref == award_ref
        )
    ).one_or_none()
    return found is not None and found != State.RESERVED
