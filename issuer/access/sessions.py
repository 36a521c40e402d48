"""Sessions: who is signed in at a browser, kept here and not in the browser, and ended at once.

A browser holds 256 random bits and nothing else; the database holds their hash. A session ends after 30
minutes without use, after 12 hours in any case, at sign-out, when the password or the role changes, and when
the person is disabled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.access.people import Person
from issuer.access.tokens import is_token, new_token, token_hash
from issuer.store import audit, people
from issuer.store.access_tables import StaffSession
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
TOUCH_EVERY: Final = timedelta(seconds=60)
"""How often a session's use is written down: a page with ten requests writes once."""
MOST_SESSIONS: Final = 10
"""Browsers at which one person may be signed in at once; the oldest session gives way."""

PASSWORD: Final = "password"  # noqa: S105 - the name of a way to sign in
SIGN_ON: Final = "sign-on"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who is signed in.

    Attributes:
        person: Who.
        method: `password` or `sign-on`.
        ends: When the session ends in any case.
    """

    person: Person
    method: str
    ends: datetime


def begin(session: Session, person: Person, method: str, *, now: datetime, entropy: Entropy) -> str:
    """Begin a session under a token that nobody had before, inside the caller's transaction; the token."""
    token = new_token(entropy)
    people.forget_sessions(session, person.district_id, person.id, now - LONGEST, MOST_SESSIONS - 1)
    session.add(
        StaffSession(
            district_id=person.district_id,
            token_hash=token_hash(token),
            person_id=person.id,
            method=method,
            created=now,
            last_seen=now,
            ended=None,
        )
    )
    session.flush()
    audit.record(
        session,
        person.district_id,
        at=now,
        actor=person.actor,
        action="session.begun",
        subject=person.id,
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
        found = people.staff_session(session, district_id, hashed)
    if found is None:
        return None
    row, person = found
    # A clock that went back makes a session no longer.
    ended = row.ended is not None or person.disabled is not None or now < row.created - TOUCH_EVERY
    if ended or now >= row.created + LONGEST or now >= row.last_seen + IDLE:
        return None
    if now - row.last_seen >= TOUCH_EVERY:
        with store.transaction() as session:
            people.touch_session(session, district_id, hashed, now)
    return SignedIn(Person.of(person), row.method, row.created + LONGEST)


def end(store: Store, district_id: str, token: str, *, now: datetime) -> None:
    """Sign out. Doing it again changes nothing."""
    if not is_token(token):
        return
    with store.of(district_id).transaction() as session:
        person_id = people.end_session(session, district_id, token_hash(token), now)
        if person_id is not None:
            audit.record(
                session,
                district_id,
                at=now,
                actor=f"person:{person_id}",
                action="session.ended",
                subject=person_id,
                facts={},
            )
