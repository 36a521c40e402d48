"""Scores and attestations of students: what a determination may rest on besides certifications.

They are the district's own record and never leave it but as an input of a determination that rests on them.
A row is never edited: a wrong one is retracted, and the right one is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from credential.rule import AttestedInput, ScoreInput
from issuer.store.session import Session
from issuer.store.tables import Base

SCORE, ATTESTED = "score", "attested"


class Measure(Base):
    """A score of a student, or something that the district attests of one."""

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("kind IN ('score', 'attested')", name="kind_known"),
        CheckConstraint("(kind = 'score') = (value <> '')", name="score_has_value"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    assessment: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    measured_on: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    retracted_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A score or an attestation to be recorded.

    Args:
        student_id: Whose.
        kind: `score` or `attested`.
        assessment: The assessment, or what is attested.
        part: The part of the assessment, or "".
        value: The score or level as text; "" for an attestation.
        on: The day.
    """

    student_id: str
    kind: str
    assessment: str
    part: str
    value: str
    on: date


def record_measures(
    session: Session, district_id: str, measures: Iterable[NewMeasure], *, now: datetime, actor: str
) -> int:
    """Record what is not recorded yet; what was retracted is taken back in.

    Returns:
        How many rows are new or were taken back in.
    """
    count = 0
    for one in measures:
        row = session.get(Measure, _key(district_id, one))
        if row is None:
            session.add(
                Measure(
                    district_id=district_id,
                    student_id=one.student_id,
                    kind=one.kind,
                    assessment=one.assessment,
                    part=one.part,
                    measured_on=one.on,
                    value=one.value,
                    recorded_by=actor,
                    recorded_at=now,
                )
            )
            session.flush()
        elif row.retracted_at is not None:
            row.retracted_at, row.recorded_by, row.recorded_at = None, actor, now
        else:
            continue
        count += 1
    return count


def retract_measures(
    session: Session, district_id: str, measures: Iterable[NewMeasure], *, now: datetime
) -> int:
    """Mark rows as wrong: nothing is judged by them any more. What was determined by them stands.

    Returns:
        How many rows were marked.
    """
    count = 0
    for one in measures:
        row = session.get(Measure, _key(district_id, one))
        if row is not None and row.retracted_at is None:
            row.retracted_at = now
            count += 1
    return count


def measures_of(
    session: Session, district_id: str, *, students: Collection[str] | None = None
) -> dict[str, tuple[tuple[ScoreInput, ...], tuple[AttestedInput, ...]]]:
    """Scores and attestations that stand, by student, in an order that does not depend on the database."""
    asked = (
        select(Measure)
        .where(Measure.district_id == district_id, Measure.retracted_at.is_(None))
        .order_by(Measure.student_id, Measure.measured_on)
    )
    if students is not None:
        asked = asked.where(Measure.student_id.in_(students))
    found: dict[str, tuple[list[ScoreInput], list[AttestedInput]]] = {}
    for row in session.scalars(asked):
        scores, attested = found.setdefault(row.student_id, ([], []))
        if row.kind == SCORE:
            scores.append(ScoreInput(row.assessment, row.value, row.measured_on, row.part))
        else:
            attested.append(AttestedInput(row.assessment, row.measured_on))
    return {
        student: (
            tuple(sorted(scores, key=lambda one: (one.on, one.assessment, one.part, one.value))),
            tuple(sorted(attested, key=lambda one: (one.on, one.what))),
        )
        for student, (scores, attested) in found.items()
    }


def _key(district_id: str, one: NewMeasure) -> tuple[str, str, str, str, str, date, str]:
    return (district_id, one.student_id, one.kind, one.assessment, one.part, one.on, one.value)
