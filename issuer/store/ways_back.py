"""What a student gets back in with: codes that were mailed, and passkeys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base


class StudentCode(Base):
    """A code that was mailed to an address. It opens once, for some minutes, and bears few wrong tries."""

    __tablename__ = "student_code"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign-in', 'hand-over')", name="purpose_known"),
        Index("ix_student_code_address", "district_id", "address"),
        Index("ix_student_code_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    purpose: Mapped[str]
    address: Mapped[str]
    code_hash: Mapped[bytes]
    tries: Mapped[int]
    created: Mapped[datetime]
    ends: Mapped[datetime]
    used: Mapped[datetime | None]


class StudentPasskey(Base):
    """A passkey of a student: its public half, and how often it says that it was used."""

    __tablename__ = "student_passkey"
    __table_args__ = (
        UniqueConstraint("district_id", "key_id"),
        Index("ix_student_passkey_student", "district_id", "student_id"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str]
    key_id: Mapped[bytes]
    public_key: Mapped[bytes]
    user_handle: Mapped[bytes]
    counter: Mapped[int]
    created: Mapped[datetime]
    last_used: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """A question that was put to a browser, to be answered once. It says nothing of anybody."""

    __tablename__ = "passkey_challenge"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    ends: Mapped[datetime]


def add_code(session: Session, row: StudentCode, *, before: datetime) -> None:
    """Keep a code; the ones of the same student and purpose before it, and all old ones, are forgotten."""
    session.execute(
        delete(StudentCode).where(
            StudentCode.district_id == row.district_id,
            ((StudentCode.student_id == row.student_id) & (StudentCode.purpose == row.purpose))
            | (StudentCode.ends < before),
        )
    )
    session.add(row)
    session.flush()


def try_codes(
    session: Session, district_id: str, purpose: str, address: str, *, now: datetime, most: int
) -> Sequence[tuple[str, str, bytes]]:
    """Count one try at every live code of an address; id, student and hash of those that bear it."""
    rows = session.execute(
        update(StudentCode)
        .where(
            StudentCode.district_id == district_id,
            StudentCode.purpose == purpose,
            StudentCode.address == address,
            StudentCode.used.is_(None),
            StudentCode.ends > now,
            StudentCode.tries < most,
        )
        .values(tries=StudentCode.tries + 1)
        .returning(StudentCode.id, StudentCode.student_id, StudentCode.code_hash)
        .execution_options(synchronize_session=False)
    ).all()
    return [(row.id, row.student_id, row.code_hash) for row in rows]


def use_code(session: Session, district_id: str, code_id: str, now: datetime) -> bool:
    """Use a code, once; whether this call did."""
    done = session.scalars(
        update(StudentCode)
        .where(StudentCode.district_id == district_id, StudentCode.id == code_id, StudentCode.used.is_(None))
        .values(used=now)
        .returning(StudentCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done) == 1


def ask(session: Session, row: PasskeyChallenge, *, now: datetime, most: int) -> bool:
    """Keep a question; False where too many wait for their answer."""
    session.execute(
        delete(PasskeyChallenge).where(
            PasskeyChallenge.district_id == row.district_id, PasskeyChallenge.ends <= now
        )
    )
    waiting = session.scalar(
        select(func.count())
        .select_from(PasskeyChallenge)
        .where(PasskeyChallenge.district_id == row.district_id)
    )
    if (waiting or 0) >= most:
        return False
    session.add(row)
    session.flush()
    return True


def answered(session: Session, district_id: str, challenge_hash: bytes, now: datetime) -> bool:
    """Take a question back, once; whether it had been put and is not too old."""
    done = session.scalars(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.district_id == district_id,
            PasskeyChallenge.challenge_hash == challenge_hash,
            PasskeyChallenge.ends > now,
        )
        .returning(PasskeyChallenge.district_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done) == 1


def passkeys(session: Session, district_id: str, student_id: str) -> Sequence[StudentPasskey]:
    """A student's passkeys, the oldest first."""
    return session.scalars(
        select(StudentPasskey)
        .where(StudentPasskey.district_id == district_id, StudentPasskey.student_id == student_id)
        .order_by(StudentPasskey.created, StudentPasskey.id)
    ).all()


def passkey(session: Session, district_id: str, key_id: bytes) -> StudentPasskey | None:
    """A passkey by its own name, locked until the end of the transaction."""
    return session.scalars(
        select(StudentPasskey)
        .where(StudentPasskey.district_id == district_id, StudentPasskey.key_id == key_id)
        .with_for_update()
    ).one_or_none()


def remove_passkey(session: Session, district_id: str, student_id: str, passkey_id: str) -> bool:
    """Forget a passkey of a student; whether there was one."""
    done = session.scalars(
        delete(StudentPasskey)
        .where(
            StudentPasskey.district_id == district_id,
            StudentPasskey.student_id == student_id,
            StudentPasskey.id == passkey_id,
        )
        .returning(StudentPasskey.id)
    ).all()
    return len(done) == 1
