"""What the correction of a badge asks the tables. Every question names the district first."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from issuer.store.outcome_tables import AwardSchool
from issuer.store.report_queries import put_school
from issuer.store.session import Session
from issuer.store.tables import Credential, State

MARK: Final = "~c"
"""Stands in a reference before the number of the correction."""


def begun(session: Session, district_id: str) -> list[str]:
    """References of corrected awards whose badges are prepared or further, in order."""
    return list(
        session.scalars(
            select(Credential.award_ref)
            .where(Credential.district_id == district_id, Credential.state != State.RESERVED.value)
            .where(Credential.award_ref.contains(MARK, autoescape=True))
            .order_by(Credential.award_ref)
        )
    )


def carry_school(session: Session, district_id: str, from_ref: str, to_ref: str) -> None:
    """Count the corrected award at the school of the one before it."""
    known = session.get(AwardSchool, (district_id, from_ref))
    if known is not None:
        put_school(session, district_id, to_ref, known.school_code)
