"""Badges whose certification ends soon, counted by certification: no student is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from issuer.store.session import Session
from issuer.store.tables import Achievement, Award, Credential, Status


@dataclass(frozen=True, slots=True)
class Ending:
    """Badges of one certification that end soon.

    Attributes:
        code: The catalogue's code of the certification.
        count: How many.
        first: When the first of them ends.
    """

    code: str
    count: int
    first: datetime


def ending(session: Session, district_id: str, since: datetime, until: datetime) -> tuple[Ending, ...]:
    """Signed badges that were not withdrawn and end between two moments, the soonest first.

    Args:
        session: A reading transaction.
        district_id: Whose.
        since: Those that end at this moment or later.
        until: Those that end at this moment or earlier.
    """
    first = func.min(Credential.valid_until)
    wanted = (
        select(Achievement.code, func.count(), first)
        .select_from(Credential)
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .outerjoin(
            Status,
            (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
        )
        .where(
            Credential.district_id == district_id,
            Credential.signed_at.is_not(None),
            Status.credential_id.is_(None),
            Credential.valid_until >= since,
            Credential.valid_until <= until,
        )
        .group_by(Achievement.code)
        .order_by(first, Achievement.code)
    )
    return tuple(
        Ending(code, count, soonest)
        for code, count, soonest in session.execute(wanted)
        if soonest is not None  # none is: the bounds above leave out what has no end
    )
