"""Two people for one thing: one asks, another confirms exactly that, and only then is it done.

What is asked for is kept as canonical JSON with its digest. Who confirms sends back the digest of what they
saw, so nobody confirms what they have not seen, and nothing can be changed in between: the database refuses
that too. A confirmed request is done once; where doing it broke off, it can be finished, and what does it is
idempotent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from issuer.access.apart import is_anothers
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.policy import ASKS, CONFIRMS, FROM_ANOTHER, Kind
from issuer.access.roles import Permission, check_may
from issuer.store import access_tables, audit, people
from issuer.store.columns import canonical_json
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name

LASTS: Final = timedelta(days=14)
"""What nobody has confirmed by then must be asked for again."""
LARGEST_CONTENT: Final = 1_048_576
"""Bytes of what is asked for: a sheet of 5,000 rows by their references."""
MOST_SHOWN: Final = 100

CONFIRMED, REFUSED, TAKEN_BACK = "confirmed", "refused", "taken-back"


@dataclass(frozen=True, slots=True)
class Request:
    """Something that waits, or waited, for a second person.

    Attributes:
        id: Its name.
        kind: Which kind of thing.
        content: What is to be done, whole: nothing else is done when it is confirmed.
        sha256: The digest of the content's canonical JSON.
        asked_by: The id of who asked.
        asked_at: When.
        ends: From when on nobody can confirm it.
        outcome: `confirmed`, `refused`, `taken-back`, or None while it waits.
        settled_by: The id of who settled it.
        is_done: Whether what was confirmed has been done.
    """

    id: str
    kind: Kind
    content: Mapping[str, Any]
    sha256: str
    asked_by: str
    asked_at: datetime
    ends: datetime
    outcome: str | None
    settled_by: str | None
    is_done: bool

    @classmethod
    def of(cls, row: access_tables.ApprovalRequest) -> Self:
        """What a row says."""
        return cls(
            row.id,
            Kind(row.kind),
            row.content,
            row.content_sha256,
            row.asked_by,
            row.asked_at,
            row.ends,
            row.outcome,
            row.settled_by,
            row.done is not None,
        )


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def ask(
    store: Store,
    person: Person,
    kind: Kind,
    content: Mapping[str, Any],
    *,
    now: datetime,
    entropy: Entropy,
) -> Request:
    """Ask for something that another person must confirm.

    Args:
        store: The database.
        person: Who asks; allowed to do it alone, did the district not want two.
        kind: Which kind of thing.
        content: What is to be done, in JSON values, with the digests of what it rests on.
        now: The time.
        entropy: Random bytes.

    Raises:
        AccessError: `not_allowed`; `approval_refused` where there is too much of it.
    """
    check_may(person.role, ASKS[kind])
    if len(canonical_json(content)) > LARGEST_CONTENT:
        raise AccessError("approval_refused", "this is too much for one request: ask for it in parts")
    row = access_tables.ApprovalRequest(
        district_id=person.district_id,
        id=random_name(entropy),
        kind=kind.value,
        content=dict(content),
        content_sha256=digest(content),
        asked_by=person.id,
        asked_at=now,
        ends=now + LASTS,
        outcome=None,
        settled_by=None,
        settled_at=None,
        done=None,
    )
    with store.of(person.district_id).transaction() as session:
        session.add(row)
        session.flush()
        _say(session, row, "approval.asked", person, now)
    return Request.of(row)


def confirm(
    store: Store,
    person: Person,
    request_id: str,
    *,
    seen_sha256: str,
    now: datetime,
    still_true: Callable[[Session, Request], bool] = lambda _session, _request: True,
) -> Request:
    """Confirm what somebody else asked for. It is done by whoever is responsible for its kind, afterwards.

    Args:
        store: The database.
        person: The second person.
        request_id: What they confirm.
        seen_sha256: The digest of what they were shown.
        now: The time.
        still_true: Whether what the request rests on is still as it was when it was asked for.

    Raises:
        AccessError: `not_allowed`; `same_person`; `approval_refused`.
        IssuerError: `not_found`.
    """
    check_may(person.role, Permission.APPROVE)
    with store.of(person.district_id).transaction() as session:
        row = _waiting(session, person, request_id, now)
        if row.asked_by == person.id:
            raise AccessError("same_person", "you asked for this yourself: a colleague must confirm it")
        if (besides := CONFIRMS.get(Kind(row.kind))) is not None:
            check_may(person.role, besides)
        if Kind(row.kind) in FROM_ANOTHER and not is_anothers(
            session, person.district_id, row.asked_by, person.id, now=now
        ):
            raise AccessError(
                "same_person",
                "one of you two set up the other's account within the last two weeks: another colleague must "
                "confirm this, or you once two weeks have passed",
            )
        if not hmac.compare_digest(row.content_sha256.encode(), seen_sha256.encode()):
            raise _refused("what you were shown is not what was asked for: open it again and read it")
        request = Request.of(row)
        if digest(request.content) != request.sha256:
            raise _refused("the request is not what was recorded: refuse it, and look into the audit trail")
        if not still_true(session, request):
            raise _refused("what this rests on has changed since it was asked for: refuse it, and ask again")
        return _settle(session, row, CONFIRMED, person, now)


def refuse(store: Store, person: Person, request_id: str, *, now: datetime) -> Request:
    """Refuse what somebody else asked for, or take back what one asked for oneself.

    Raises:
        AccessError: `not_allowed`; `approval_refused`.
        IssuerError: `not_found`.
    """
    with store.of(person.district_id).transaction() as session:
        row = _waiting(session, person, request_id, now)
        own = row.asked_by == person.id
        if not own:
            check_may(person.role, Permission.APPROVE)
        return _settle(session, row, TAKEN_BACK if own else REFUSED, person, now)


def done(store: Store, person: Person, request_id: str, *, now: datetime) -> None:
    """Note that what was confirmed has been done. Noting it again changes nothing.

    Raises:
        AccessError: `approval_refused` where it was not confirmed.
        IssuerError: `not_found`.
    """
    with store.of(person.district_id).transaction() as session:
        row = people.request(session, person.district_id, request_id, lock=True)
        if row.outcome != CONFIRMED:
            raise _refused("nobody has confirmed this")
        if row.done is None:
            row.done = now
            session.flush()
            _say(session, row, "approval.done", person, now)


def one(session: Session, district_id: str, request_id: str) -> Request:
    """One request, whatever has become of it.

    Raises:
        IssuerError: `not_found`.
    """
    return Request.of(people.request(session, district_id, request_id))


def waiting(session: Session, district_id: str, now: datetime) -> tuple[Request, ...]:
    """What waits for a second person, and what was confirmed and is not done; oldest first."""
    return tuple(Request.of(row) for row in people.open_requests(session, district_id, now))


def settled(session: Session, district_id: str) -> tuple[Request, ...]:
    """What was settled last."""
    return tuple(Request.of(row) for row in people.settled_requests(session, district_id, MOST_SHOWN))


def _waiting(
    session: Session, person: Person, request_id: str, now: datetime
) -> access_tables.ApprovalRequest:
    row = people.request(session, person.district_id, request_id, lock=True)
    if row.outcome is not None:
        raise _refused("this was settled before: look at what became of it")
    if row.ends <= now:
        raise _refused("nobody confirmed this in time: it must be asked for again")
    return row


def _settle(
    session: Session, row: access_tables.ApprovalRequest, outcome: str, person: Person, now: datetime
) -> Request:
    row.outcome, row.settled_by, row.settled_at = outcome, person.id, now
    session.flush()
    _say(session, row, f"approval.{outcome}", person, now)
    return Request.of(row)


def _say(
    session: Session, row: access_tables.ApprovalRequest, action: str, person: Person, now: datetime
) -> None:
    audit.record(
        session,
        row.district_id,
        at=now,
        actor=person.actor,
        action=action,
        subject=row.id,
        facts={"kind": row.kind, "sha256": row.content_sha256},
    )


def _refused(message: str) -> AccessError:
    return AccessError("approval_refused", message)
