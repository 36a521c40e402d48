"""The pictures that a district chose, by certification. A choice is never changed: a later one follows it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from issuer.store.retention_tables import BadgePicture
from issuer.store.session import Session


def add(
    session: Session,
    district_id: str,
    code: str,
    *,
    design: str | None,
    pixels: bytes | None,
    alt: str,
    now: datetime,
    actor: str,
) -> int:
    """Record a choice, in a transaction that stands in the line of the audit chain; its number."""
    newest = session.scalar(
        select(func.max(BadgePicture.number)).where(
            BadgePicture.district_id == district_id, BadgePicture.code == code
        )
    )
    row = BadgePicture(
        district_id=district_id,
        code=code,
        number=(newest or 0) + 1,
        design=design,
        pixels=pixels,
        alt=alt,
        chosen_by=actor,
        chosen_at=now,
    )
    session.add(row)
    session.flush()
    return row.number


def at(session: Session, district_id: str, code: str, moment: datetime) -> BadgePicture | None:
    """The choice that applied at a moment."""
    return session.scalars(
        select(BadgePicture)
        .where(BadgePicture.district_id == district_id, BadgePicture.code == code)
        .where(BadgePicture.chosen_at <= moment)
        .order_by(BadgePicture.number.desc())
        .limit(1)
    ).one_or_none()
