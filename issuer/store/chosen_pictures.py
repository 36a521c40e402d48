"""The pictures that a district chose, by certification. A choice is never changed: a later one follows it."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice without its pixels.

    Attributes:
        number: Which of the certification's choices it is.
        design: What is drawn, as it was kept; None for pixels.
        alt: What it shows, in words.
    """

    number: int
    design: str | None
    alt: str


def newest(session: Session, district_id: str, moment: datetime) -> dict[str, Chosen]:
    """The choices that applied at a moment, by certification."""
    rows = session.execute(
        select(BadgePicture.code, BadgePicture.number, BadgePicture.design, BadgePicture.alt)
        .where(BadgePicture.district_id == district_id, BadgePicture.chosen_at <= moment)
        .order_by(BadgePicture.number)
    )
    return {code: Chosen(number, design, alt) for code, number, design, alt in rows}


def pixels(session: Session, district_id: str, code: str, number: int) -> bytes:
    """The pixels of one choice; none where it was drawn, or is not there."""
    row = session.get(BadgePicture, (district_id, code, number))
    return (row.pixels if row is not None else None) or b""
