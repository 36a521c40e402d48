"""What reports ask the tables: awards that stand, and outcomes. Every question names the district first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from issuer.store import bulk
from issuer.store.outcome_tables import AwardSchool, OutcomeRecord
from issuer.store.session import Session
from issuer.store.tables import Achievement, Award, Credential, Edition, State, Status


@dataclass(frozen=True, slots=True)
class Standing:
    """An award whose badge was signed and was not withdrawn.

    Attributes:
        award_ref: The district's reference.
        student_id: Whose.
        code: The catalogue's code of what was awarded.
        earned_on: The day.
        last_day: The last day on which it holds, or None.
        evaluator: Who assessed, or "".
        number: The certifying body's number, or "".
        school_code: Where it was ordered from, or "".
    """

    award_ref: str
    student_id: str
    code: str
    earned_on: date
    last_day: date | None
    evaluator: str
    number: str
    school_code: str


def standing(session: Session, district_id: str) -> list[Standing]:
    """Every award that stands, by reference.

    A badge that was withdrawn is in no count; where another replaced it, that one is.
    """
    rows = session.execute(
        select(Award.award_ref, Award.student_id, Award.facts, Achievement.code, AwardSchool.school_code)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
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
        .outerjoin(
            AwardSchool,
            (AwardSchool.district_id == Award.district_id) & (AwardSchool.award_ref == Award.award_ref),
        )
        .where(Award.district_id == district_id)
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
        .where(Status.credential_id.is_(None))
        .order_by(Award.award_ref)
        .execution_options(yield_per=1000)
    )
    return [_standing(*row) for row in rows]


def _standing(
    award_ref: str, student_id: str, facts: dict[str, Any], code: str, school_code: str | None
) -> Standing:
    last_day = facts.get("last_day")
    return Standing(
        award_ref,
        student_id,
        code,
        date.fromisoformat(facts["date_earned"]),
        date.fromisoformat(last_day) if last_day else None,
        facts.get("evaluator") or "",
        facts.get("number") or "",
        school_code or "",
    )


def editions(session: Session, district_id: str) -> Sequence[Edition]:
    """Every edition of the catalogue that the district took, newest first."""
    return session.scalars(
        select(Edition).where(Edition.district_id == district_id).order_by(Edition.number.desc())
    ).all()


def put_school(session: Session, district_id: str, award_ref: str, school_code: str) -> None:
    """Write down from which school an award is ordered. Once its badge is signed, nothing is said anew."""
    signed = session.scalars(
        select(Credential.id)
        .where(Credential.district_id == district_id, Credential.award_ref == award_ref)
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
    ).first()
    if signed is None or session.get(AwardSchool, (district_id, award_ref)) is None:
        session.merge(AwardSchool(district_id=district_id, award_ref=award_ref, school_code=school_code))


def put_schools(session: Session, district_id: str, schools: Mapping[str, str]) -> None:
    """As `put_school`, for several awards at once: by reference, the school."""
    refs = list(schools)
    known = {
        row.award_ref: row
        for row in session.scalars(
            select(AwardSchool).where(AwardSchool.district_id == district_id, AwardSchool.award_ref.in_(refs))
        )
    }
    signed = set(
        session.scalars(
            select(Credential.award_ref)
            .where(Credential.district_id == district_id, Credential.award_ref.in_(list(known)))
            .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
        )
        if known
        else ()
    )
    new = [
        {"district_id": district_id, "award_ref": ref, "school_code": school}
        for ref, school in schools.items()
        if ref not in known
    ]
    bulk.add(session, AwardSchool, new)
    for ref, row in known.items():
        if ref not in signed:
            row.school_code = schools[ref]


def outcomes(session: Session, district_id: str) -> Sequence[OutcomeRecord]:
    """Every outcome, also those whose consent was taken back, by id."""
    return session.scalars(
        select(OutcomeRecord).where(OutcomeRecord.district_id == district_id).order_by(OutcomeRecord.id)
    ).all()


def outcome(session: Session, district_id: str, outcome_id: str) -> OutcomeRecord | None:
    """One outcome, locked until the transaction ends."""
    return session.get(OutcomeRecord, (district_id, outcome_id), with_for_update=True)
