"""Whether two accounts are two people's, as far as the audit trail can tell.

Whoever manages people could become a second person alone: by disabling the colleague who would have to
confirm, or by making an account, or a new link to one, and confirming with it. Neither helps before everybody
has had the time to see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from issuer.access.roles import Role
from issuer.store import access_tables, audit, people
from issuer.store.session import Session

SEEN_BY_THEN: Final = timedelta(days=14)
"""After so long, colleagues have seen who was added, and missed who was locked out."""

_HANDED_OVER: Final = ("person.added", "person.reset", "person.role-changed")
"""What somebody does to an account that lets them use it, or makes it one that may confirm."""


def other_administrators(
    session: Session, district_id: str, person_id: str, *, now: datetime
) -> frozenset[str]:
    """The ids of the other administrators who can sign in, or could within the last `SEEN_BY_THEN`."""
    since = now - SEEN_BY_THEN
    return frozenset(
        row.id
        for row in people.everybody(session, district_id)
        if row.id != person_id and _could_sign_in(session, row, since) and _was_one(session, row, since)
    )


def is_anothers(session: Session, district_id: str, one: str, other: str, *, now: datetime) -> bool:
    """Whether neither of two people has had the other's account in hand within the last `SEEN_BY_THEN`."""
    return not any(
        audit.read(
            session,
            district_id,
            audit.Wanted(action, actor=f"person:{maker}", subject=made, since=now - SEEN_BY_THEN, most=1),
        )
        for maker, made in ((one, other), (other, one))
        for action in _HANDED_OVER
    )


def _could_sign_in(session: Session, row: access_tables.Person, since: datetime) -> bool:
    if row.disabled is not None and row.disabled < since:
        return False
    if row.password_hash is not None or row.sign_on_subject is not None:
        return True
    wanted = audit.Wanted("person.reset", subject=row.id, since=since, most=1)
    return bool(audit.read(session, row.district_id, wanted))


def _was_one(session: Session, row: access_tables.Person, since: datetime) -> bool:
    if row.role == Role.ADMINISTRATOR:
        return True
    return Role.ADMINISTRATOR in _roles(session, row, since)


def _roles(session: Session, row: access_tables.Person, since: datetime) -> Iterator[str]:
    """The roles that somebody lost since then, and got since then."""
    wanted = audit.Wanted("person.role-changed", subject=row.id, since=since, most=audit.MOST_READ)
    changes = audit.read(session, row.district_id, wanted)
    if not changes:
        return
    yield from (str(one.facts["role"]) for one in changes)
    for action in ("person.role-changed", "person.added"):
        wanted = audit.Wanted(action, subject=row.id, before=changes[-1].number, most=1)
        if before := audit.read(session, row.district_id, wanted):
            yield str(before[0].facts["role"])
            return
