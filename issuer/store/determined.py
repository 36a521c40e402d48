"""What a determination may rest on, and which there are. Every question names the district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from issuer.store.session import Session
from issuer.store.tables import Achievement, Award, Credential, Secured, State, Status

SIGNED = (State.SIGNED.value, State.RELEASED.value)


@dataclass(frozen=True, slots=True)
class SignedAward:
    """A signed credential with the award that led to it.

    Args:
        credential_id: Its `urn:uuid`.
        student_id: Whose it is.
        award_ref: The award's reference.
        code: The catalogue's code of its achievement.
        achievement: The achievement's document, as it was published.
        facts: The award, as `Award.to_json` wrote it.
        body: The credential with its proof, as it is given out today.
        signed_at: When it was first signed.
        withdrawn_at: When it was withdrawn, or None.
    """

    credential_id: str
    student_id: str
    award_ref: str
    code: str
    achievement: bytes
    facts: dict[str, Any]
    body: bytes
    signed_at: datetime
    withdrawn_at: datetime | None


def signed_awards(
    session: Session, district_id: str, *, students: Collection[str] | None = None
) -> list[SignedAward]:
    """Everything that was signed for some students, or for all, in the order of signing."""
    asked = (
        select(Credential, Award, Achievement, Secured, Status.revoked_at)
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .join(
            Secured,
            (Secured.district_id == Credential.district_id) & (Secured.credential_id == Credential.id),
        )
        .outerjoin(
            Status, (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id)
        )
        .where(Credential.district_id == district_id, Credential.state.in_(SIGNED), Secured.form == "vc")
        .order_by(Credential.reserved_at, Credential.id, Secured.number)
    )
    if students is not None:
        asked = asked.where(Award.student_id.in_(students))
    newest = {row.Credential.id: row for row in session.execute(asked)}
    return [
        SignedAward(
            credential_id=row.Credential.id,
            student_id=row.Award.student_id,
            award_ref=row.Award.award_ref,
            code=row.Achievement.code,
            achievement=row.Achievement.document,
            facts=row.Award.facts,
            body=row.Secured.body,
            signed_at=row.Credential.signed_at,
            withdrawn_at=row.revoked_at,
        )
        for row in newest.values()
    ]


def standing(session: Session, district_id: str, student_id: str, *, besides: str) -> list[dict[str, Any]]:
    """A student's awards, as facts, whose credentials are prepared or signed and not withdrawn.

    Args:
        session: For reading.
        district_id: Whose student.
        student_id: Of whom.
        besides: The reference of an award that is left out.
    """
    rows = session.scalars(
        select(Award.facts)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .outerjoin(
            Status, (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id)
        )
        .where(Award.district_id == district_id, Award.student_id == student_id)
        .where(Award.award_ref != besides, Credential.state != State.RESERVED)
        .where(Status.credential_id.is_(None))
        .order_by(Award.award_ref)
    )
    return list(rows)


def signed_bodies(session: Session, district_id: str, student_id: str, ids: Collection[str]) -> list[bytes]:
    """Every form of a student's credentials with an embedded proof that was ever given out.

    One that was signed anew has several; one that was withdrawn, or that is another student's, has none here.
    """
    rows = session.scalars(
        select(Secured.body)
        .join(
            Credential,
            (Credential.district_id == Secured.district_id) & (Credential.id == Secured.credential_id),
        )
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .outerjoin(
            Status, (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id)
        )
        .where(Secured.district_id == district_id, Secured.form == "vc")
        .where(Credential.id.in_(ids), Credential.state.in_(SIGNED), Award.student_id == student_id)
        .where(Status.credential_id.is_(None))
    )
    return list(rows)
