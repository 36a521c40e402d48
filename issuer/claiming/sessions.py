"""Students' sessions. No password and no account: a session is begun by what the student holds.

A browser holds 256 random bits; the database holds their hash. A session ends after two hours without use,
after twelve in any case, and at sign-out: browsers at school are shared. It never opens anything of staff's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from issuer.access.tokens import is_token, new_token, token_hash
from issuer.store import audit, student_sessions
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.student_sessions import StudentSessionRow

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)
TOUCH_EVERY: Final = timedelta(seconds=60)
"""How often a session's use is written down."""
MOST_SESSIONS: Final = 10
"""Browsers at which one student may be signed in at once; the oldest session gives way."""


class Method(StrEnum):
    """How a student came in."""

    LINK = "link"
    SLIP = "slip"
    CODE = "code"
    SIGN_ON = "sign-on"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A student who is signed in.

    Attributes:
        student_id: The student's number.
        method: How.
        ends: When the session ends in any case.
    """

    student_id: str
    method: Method
    ends: datetime


def actor_of(student_id: str) -> str:
    """How the audit trail calls a student who does something."""
    return f"student:{student_id}"


def begin(
    session: Session, district_id: str, student_id: str, method: Method, *, now: datetime, entropy: Entropy
) -> str:
    """Begin a session under a token that nobody had before, inside the caller's transaction; the token."""
    token = new_token(entropy)
    student_sessions.forget(session, district_id, student_id, now - LONGEST, MOST_SESSIONS - 1)
    student_sessions.add(
        session,
        StudentSessionRow(
            district_id=district_id,
            token_hash=token_hash(token),
            student_id=student_id,
            method=method,
            created=now,
            last_seen=now,
            ended=None,
        ),
    )
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor_of(student_id),
        action="student-session.begun",
        subject=student_id,
        facts={"method": method},
    )
    return token


def find(store: Store, district_id: str, token: str, *, now: datetime) -> SignedIn | None:
    """Who is signed in with a token, if anybody still is."""
    if not is_token(token):
        return None
    hashed = token_hash(token)
    store = store.of(district_id)
    with store.reading() as session:
        row = student_sessions.find(session, district_id, hashed)
    # A clock that went back makes a session no longer.
    if row is None or row.ended is not None or now < row.created - TOUCH_EVERY:
        return None
    if now >= row.created + LONGEST or now >= row.last_seen + IDLE:
        return None
    if now - row.last_seen >= TOUCH_EVERY:
        with store.transaction() as session:
            student_sessions.touch(session, district_id, hashed, now)
    return SignedIn(row.student_id, Method(row.method), row.created + LONGEST)


def end(store: Store, district_id: str, token: str, *, now: datetime) -> None:
    """Sign out. Doing it again changes nothing."""
    if not is_token(token):
        return
    with store.of(district_id).transaction() as session:
        student_id = student_sessions.end(session, district_id, token_hash(token), now)
        if student_id is not None:
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor_of(student_id),
                action="student-session.ended",
                subject=student_id,
                facts={},
            )
