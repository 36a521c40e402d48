"""Students who are signed in at a browser: rows of hashes, ended here and not in the browser."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base


class StudentSessionRow(Base):
    """A student who is signed in at one browser. The student is known by number, on the roster or not."""

    __tablename__ = "student_session"
    __table_args__ = (
        CheckConstraint("method IN ('link', 'slip', 'code', 'sign-on', 'passkey')", name="method_known"),
        Index("ix_student_session_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    method: Mapped[str]
    created: Mapped[datetime]
    last_seen: Mapped[datetime]
    ended: Mapped[datetime | None]


def add(session: Session, row: StudentSessionRow) -> None:
    """Keep a new session."""
    session.add(row)
    session.flush()


def find(session: Session, district_id: str, token_hash: bytes) -> StudentSessionRow | None:
    """The session of a token, ended or not."""
    return session.get(StudentSessionRow, (district_id, token_hash))


def touch(session: Session, district_id: str, token_hash: bytes, now: datetime) -> None:
    """Write down that a session was used; never back in time."""
    session.execute(
        update(StudentSessionRow)
        .where(
            StudentSessionRow.district_id == district_id,
            StudentSessionRow.token_hash == token_hash,
            StudentSessionRow.last_seen < now,
        )
        .values(last_seen=now)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, district_id: str, token_hash: bytes, now: datetime) -> str | None:
    """End a session; whose it was, or None where it had ended before or never was."""
    return session.scalars(
        update(StudentSessionRow)
        .where(
            StudentSessionRow.district_id == district_id,
            StudentSessionRow.token_hash == token_hash,
            StudentSessionRow.ended.is_(None),
        )
        .values(ended=now)
        .returning(StudentSessionRow.student_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def end_all(session: Session, district_id: str, student_id: str, now: datetime) -> None:
    """End every session of a student."""
    session.execute(
        update(StudentSessionRow)
        .where(
            StudentSessionRow.district_id == district_id,
            StudentSessionRow.student_id == student_id,
            StudentSessionRow.ended.is_(None),
        )
        .values(ended=now)
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, district_id: str, student_id: str, before: datetime, keep: int) -> None:
    """Delete a student's sessions that are over, and the oldest beyond `keep`."""
    newest = (
        select(StudentSessionRow.token_hash)
        .where(StudentSessionRow.district_id == district_id, StudentSessionRow.student_id == student_id)
        .order_by(StudentSessionRow.created.desc(), StudentSessionRow.token_hash)
        .limit(keep)
    )
    kept = session.scalars(newest).all()
    session.execute(
        delete(StudentSessionRow).where(
            StudentSessionRow.district_id == district_id,
            StudentSessionRow.student_id == student_id,
            or_(
                StudentSessionRow.created < before,
                StudentSessionRow.ended.is_not(None),
                StudentSessionRow.token_hash.not_in(kept),
            ),
        )
    )
