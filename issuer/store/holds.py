"""Legal holds and erasures, row by row. Every question names the district first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from issuer.store.retention_tables import Erased, Erasure, LegalHold
from issuer.store.session import Session


def hold(session: Session, district_id: str, student_id: str, *, lock: bool = False) -> LegalHold | None:
    """The hold on a student's records that is not released."""
    asked = select(LegalHold).where(
        LegalHold.district_id == district_id,
        LegalHold.student_id == student_id,
        LegalHold.released_at.is_(None),
    )
    if lock:
        asked = asked.with_for_update()
    return session.scalars(asked.execution_options(populate_existing=True)).first()


def held(session: Session, district_id: str) -> Sequence[LegalHold]:
    """Every hold that is not released, by student."""
    return session.scalars(
        select(LegalHold)
        .where(LegalHold.district_id == district_id, LegalHold.released_at.is_(None))
        .order_by(LegalHold.student_id)
    ).all()


def place(session: Session, district_id: str, student_id: str, *, why: str, now: datetime, actor: str) -> int:
    """Hold a student's records, in a transaction that stands in the line of the audit chain; its number."""
    newest = session.scalar(
        select(func.max(LegalHold.number)).where(
            LegalHold.district_id == district_id, LegalHold.student_id == student_id
        )
    )
    row = LegalHold(
        district_id=district_id,
        student_id=student_id,
        number=(newest or 0) + 1,
        why=why,
        placed_by=actor,
        placed_at=now,
        released_by=None,
        released_at=None,
    )
    session.add(row)
    session.flush()
    return row.number


def add_erasure(session: Session, row: Erasure) -> None:
    """Record an erasure. Its certificate is written with it and never changed."""
    session.add(row)
    session.flush()


def mark(session: Session, district_id: str, erasure_id: str, kind: str, refs: Iterable[str]) -> None:
    """Name the finished records that the erasure empties; one that an earlier erasure named stays its own."""
    for ref in refs:
        if session.get(Erased, (district_id, kind, ref)) is None:
            session.add(Erased(district_id=district_id, kind=kind, ref=ref, erasure_id=erasure_id))
    session.flush()


def erasures(session: Session, district_id: str, student_id: str | None = None) -> Sequence[Erasure]:
    """The erasures of the district, or of one student, oldest first."""
    asked = select(Erasure).where(Erasure.district_id == district_id)
    if student_id is not None:
        asked = asked.where(Erasure.student_id == student_id)
    return session.scalars(asked.order_by(Erasure.done_at, Erasure.id)).all()


def is_emptied(session: Session, district_id: str, credential_id: str) -> bool:
    """Whether a badge was emptied by an erasure."""
    return session.get(Erased, (district_id, "credential", credential_id)) is not None
