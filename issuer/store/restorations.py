"""That a database came back from a backup, and what must never be used again because of it.

What happened between the backup and its return is known outside and not here: positions of status lists were
handed out, versions of public documents were published. So every open list is closed, and versions go on from
a floor that no earlier version can have reached.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base

COUNTED_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""A floor counts seconds from here: a document that has had less than one version a second is below it."""


class Restoration(Base):
    """One return from a backup. It is written once and never changed."""

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


def add(session: Session, district_id: str, *, now: datetime) -> int:
    """Write down that the database came back from a backup.

    Returns:
        The floor of all versions from now on.
    """
    last = session.scalar(select(func.max(Restoration.number)).where(Restoration.district_id == district_id))
    floor = max(int((now - COUNTED_FROM).total_seconds()), version_floor(session, district_id) + 1)
    session.add(Restoration(district_id=district_id, number=(last or 0) + 1, floor=floor, restored_at=now))
    session.flush()
    return floor
