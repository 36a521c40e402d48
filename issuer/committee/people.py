"""Who is on the committee, under which key they endorse, and which quorum the district asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Member, MemberKind, Policy
from issuer.store import audit, decisions, queries
from issuer.store import decision_tables as rows
from issuer.store.session import Session, Store
from issuer.text import fault_in
from keys.did import parse_did
from keys.errors import KeyRefused
from keys.public import PublicKey

LONGEST_NAME: Final = 200
MOST_MEMBERS: Final = 500
"""People of one committee, with those who have left."""

_METHODS: Final = ("key", "jwk", "web")


def add_member(
    store: Store,
    district_id: str,
    *,
    kind: str,
    name: str,
    organization: str = "",
    endorser: str = "",
    endorser_key: str = "",
    since: date,
    now: datetime,
    actor: str,
) -> Member:
    """Write somebody down. Their id is their kind and a number, because the audit names no person.

    Args:
        store: The database.
        district_id: Whose committee.
        kind: One of `MemberKind`.
        name: As the minutes have it; it stays in the district.
        organization: Whom they speak for.
        endorser: The DID under which they sign endorsements, or "".
        endorser_key: The Multikey of a `did:web`, as they gave it to the registrar in person.
        since: Their first day.
        now: The time.
        actor: Who does this.

    Raises:
        DecisionRefused: `bad_member`, `too_many`.
    """
    if kind not in set(MemberKind):
        raise DecisionRefused(
            "bad_member", f"{kind[:40]!r} is no kind of member: choose one of {', '.join(MemberKind)}"
        )
    _check_name(name, "the name")
    if organization:
        _check_name(organization, "the organization")
    if endorser_key and not endorser:
        raise DecisionRefused("bad_member", "a key belongs to a DID: give --did as well")
    if endorser:
        _check_endorser(endorser, endorser_key)
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        _check_is_another(session, district_id, endorser)
        there = decisions.members(session, district_id)
        if len(there) >= MOST_MEMBERS:
            raise DecisionRefused("too_many", f"a committee has at most {MOST_MEMBERS} members")
        if endorser and any(row.endorser == endorser for row in there):
            raise DecisionRefused("bad_member", "another member signs under this DID already")
        _check_is_once(there, name, since)
        number = 1 + sum(row.kind == kind for row in there)
        row = rows.Member(
            district_id=district_id,
            id=f"{kind}-{number}",
            kind=kind,
            name=name,
            organization=organization,
            endorser=endorser or None,
            endorser_key=endorser_key or None,
            since=since,
            until=None,
            created=now,
        )
        session.add(row)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="member.added",
            subject=row.id,
            facts={"kind": kind, "since": since.isoformat(), "endorser": endorser},
        )
        return decisions.as_member(row)


def end_member(
    store: Store, district_id: str, member_id: str, *, last_day: date, now: datetime, actor: str
) -> Member:
    """Say when somebody leaves. What they approved before stands.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `bad_member`.
    """
    with store.transaction() as session:
        row = decisions.member_row(session, district_id, member_id)
        if last_day < row.since:
            raise DecisionRefused("bad_member", f"{member_id} came on {row.since.isoformat()}: a later day")
        row.until = last_day
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="member.ended",
            subject=member_id,
            facts={"until": last_day.isoformat()},
        )
        return decisions.as_member(row)


def give_key(
    store: Store,
    district_id: str,
    member_id: str,
    *,
    endorser: str,
    endorser_key: str = "",
    now: datetime,
    actor: str,
) -> Member:
    """Write down under which DID a member endorses, and the key of a `did:web`. The DID stays from then on.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `bad_member`.
    """
    _check_endorser(endorser, endorser_key)
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        _check_is_another(session, district_id, endorser)
        row = decisions.member_row(session, district_id, member_id)
        if row.endorser not in (None, endorser):
            raise DecisionRefused(
                "bad_member",
                f"{member_id} endorses under another DID already: add them anew if that has changed",
            )
        if any(
            one.endorser == endorser and one.id != member_id
            for one in decisions.members(session, district_id)
        ):
            raise DecisionRefused("bad_member", "another member signs under this DID already")
        row.endorser, row.endorser_key = endorser, endorser_key or None
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="member.key_given",
            subject=member_id,
            facts={"endorser": endorser, "key": endorser_key},
        )
        return decisions.as_member(row)


def set_policy(store: Store, district_id: str, policy: Policy, *, now: datetime, actor: str) -> int:
    """Ask for another quorum from now on. Decisions keep the one that they were made under.

    Returns:
        The number of the quorum.
    """
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        number = decisions.policy(session, district_id)[0] + 1
        session.add(rows.Quorum(district_id=district_id, number=number, policy=policy.to_json(), created=now))
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="quorum.set",
            subject=district_id,
            facts=policy.to_json() | {"number": number},
        )
    return number


def _check_name(text: str, what: str) -> None:
    fault = fault_in(text)
    if fault or not 0 < len(text) <= LONGEST_NAME:
        raise DecisionRefused("bad_member", f"{what} has {fault or 'no or too many characters'}")


def _check_is_once(there: Sequence[rows.Member], name: str, since: date) -> None:
    """Refuse a second place for one person: with three places, one person would be a quorum of three."""
    for row in there:
        has_left = row.until is not None and row.until < since
        if not has_left and _spelled(row.name) == _spelled(name):
            raise DecisionRefused(
                "bad_member",
                f"{row.id} has this name already, and each person has one place. If they change places, "
                f"give {row.id} a last day first (`cairn decisions member end`); if this is another person, "
                "write a middle name or an initial too",
            )


def _spelled(name: str) -> str:
    """A name as it is compared: capitals and spaces make nobody another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _check_is_another(session: Session, district_id: str, endorser: str) -> None:
    """Refuse that the district endorses itself."""
    if endorser == queries.district(session, district_id).did:
        raise DecisionRefused("bad_member", "a district does not endorse itself: give the member's own DID")


def _check_endorser(endorser: str, key: str) -> None:
    """Refuse a DID under which nothing could be checked."""
    try:
        method = parse_did(endorser).method
        if key:
            PublicKey.from_multikey(key)
    except KeyRefused as fault:
        raise DecisionRefused("bad_member", f"the endorser's DID or key cannot be used: {fault}") from fault
    if method not in _METHODS:
        raise DecisionRefused("bad_member", "endorsements are signed under a did:key, did:jwk or did:web")
    if key and method != "web":
        raise DecisionRefused("bad_member", f"a did:{method} holds its own key: give none beside it")
