"""That a database came back from a backup, and what must never be used again because of it.

What happened between the backup and its return is known outside and not here: positions of status lists were
handed out, versions of public documents were published. So every open list is closed, and versions go on from
a floor that no earlier version can have reached.

Badges were withdrawn too. A list made of the restored rows alone would clear their bits, so no list is
published until somebody settled what becomes of them. A return has two rows under the same floor: that the
database came back, and that this was settled.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.errors import IssuerError
from issuer.store.session import Session
from issuer.store.tables import Base

COUNTED_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""A floor counts seconds from here: a document that has had less than one version a second is below it."""


class Restoration(Base):
    """One return from a backup, or that it was settled. It is written once and never changed."""

    __tablename__ = "restoration"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("floor >= 1", name="floor_from_one"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    floor: Mapped[int]
    restored_at: Mapped[datetime]


def version_floor(session: Session, district_id: str) -> int:
    """The least version that may be published now; 1 where there was no restore."""
    found = session.scalar(select(func.max(Restoration.floor)).where(Restoration.district_id == district_id))
    return found or 1


def last_return(session: Session, district_id: str) -> datetime | None:
    """When the database last came back from a backup; None where it never did."""
    return session.scalar(
        select(func.min(Restoration.restored_at)).where(
            Restoration.district_id == district_id, Restoration.floor == version_floor(session, district_id)
        )
    )


def add(session: Session, district_id: str, *, now: datetime) -> int:
    """Write down that the database came back from a backup.

    Returns:
        The floor of all versions from now on.
    """
    floor = max(int((now - COUNTED_FROM).total_seconds()), version_floor(session, district_id) + 1)
    _write(session, district_id, floor, now)
    return floor


def settle(session: Session, district_id: str, *, now: datetime) -> None:
    """Write down that it was settled what becomes of the withdrawals that the backup does not know."""
    if not is_settled(session, district_id):
        _write(session, district_id, version_floor(session, district_id), now)


def is_settled(session: Session, district_id: str) -> bool:
    """Whether lists may be published: there was no return, or the last one has its second row."""
    floor = version_floor(session, district_id)
    rows = session.scalar(
        select(func.count()).where(Restoration.district_id == district_id, Restoration.floor == floor)
    )
    return rows != 1


def check_settled(session: Session, district_id: str) -> None:
    """Refuse to say anything of withdrawals that a return from a backup has left open.

    Raises:
        IssuerError: `withdrawals_forgotten`.
    """
    if not is_settled(session, district_id):
        raise IssuerError(
            "withdrawals_forgotten",
            "this database came back from a backup, and badges that were withdrawn after it would verify as "
            "valid again: run `cairn restored --published FOLDER` with what was published since, or, where "
            "there is nothing, `cairn restored --without-published`",
        )


def _write(session: Session, district_id: str, floor: int, now: datetime) -> None:
    last = session.scalar(select(func.max(Restoration.number)).where(Restoration.district_id == district_id))
    session.add(Restoration(district_id=district_id, number=(last or 0) + 1, floor=floor, restored_at=now))
    session.flush()
