"""What students have: the awards that were signed and not withdrawn, for the check of the next sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from operator import attrgetter

from sqlalchemy import and_, select

from issuer.roster import Held
from issuer.store.session import Session
from issuer.store.tables import Achievement, Award, Credential, State, Status


def held(
    session: Session,
    district_id: str,
    student_id: str | None = None,
    *,
    students: Sequence[str] | None = None,
    prepared: bool = False,
) -> dict[tuple[str, str], tuple[Held, ...]]:
    """Awards by the student's number and the catalogue's code: everybody's, one student's, or several's; with
    `prepared` also those that are about to be signed.
    """
    states = [State.SIGNED.value, State.RELEASED.value, *([State.PREPARED.value] if prepared else [])]
    query = (
        select(Award.award_ref, Award.student_id, Award.facts, Achievement.code)
        .join(
            Achievement,
            and_(
                Achievement.district_id == Award.district_id,
                Achievement.id == Award.achievement_id,
                Achievement.version == Award.achievement_version,
            ),
        )
        .join(
            Credential,
            and_(Credential.district_id == Award.district_id, Credential.award_ref == Award.award_ref),
        )
        .outerjoin(
            Status,
            and_(Status.district_id == Credential.district_id, Status.credential_id == Credential.id),
        )
        .where(Award.district_id == district_id, Status.credential_id.is_(None))
        .where(Credential.state.in_(states))
    )
    if student_id is not None:
        query = query.where(Award.student_id == student_id)
    if students is not None:
        query = query.where(Award.student_id.in_(students))
    # Sorted here: an order by reference would lead SQLite through every award of the district.
    rows = sorted(session.execute(query), key=attrgetter("award_ref"))
    found: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for row in rows:
        earned = date.fromisoformat(row.facts["date_earned"])
        found[row.student_id, row.code].append(Held(earned, row.facts["number"] or "", row.award_ref))
    return {key: tuple(awards) for key, awards in found.items()}
