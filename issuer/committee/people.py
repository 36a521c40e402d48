"""Who is on the committee, under which key they endorse, and which quorum the district asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from issuer.committee.endorsers import check_endorser, check_own
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Member, MemberKind, Policy
from issuer.store import audit, decisions
from issuer.store import decision_tables as rows
from issuer.store.session import Session, Store
from issuer.text import fault_in

LONGEST_NAME: Final = 200
MOST_MEMBERS: Final = 500
"""People of one committee, with those who have left."""


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
        check_endorser(endorser, endorser_key)
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        there = decisions.members(session, district_id)
        if len(there) >= MOST_MEMBERS:
            raise DecisionRefused("too_many", f"a committee has at most {MOST_MEMBERS} members")
        if endorser:
            check_own(session, district_id, there, endorser, endorser_key)
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
        decisions.stand_in_line(session, district_id)
        row = decisions.member_row(session, district_id, member_id)
        if last_day < row.since:
            raise DecisionRefused("bad_member", f"{member_id} came on {row.since.isoformat()}: a later day")
        others = [one for one in decisions.members(session, district_id) if one.id != member_id]
        _check_is_once(others, row.name, row.since, last_day)
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
    check_endorser(endorser, endorser_key)
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        row = decisions.member_row(session, district_id, member_id)
        if row.endorser not in (None, endorser):
            raise DecisionRefused(
                "bad_member",
                f"{member_id} endorses under another DID already: add them anew if that has changed",
            )
        others = [one for one in decisions.members(session, district_id) if one.id != member_id]
        check_own(session, district_id, others, endorser, endorser_key)
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


def places_of(session: Session, district_id: str, member_id: str) -> frozenset[str]:
    """The ids of every place that a member has or had, this one too: who changes places is one person still.

    Raises:
        IssuerError: `not_found`.
    """
    name = _spelled(decisions.member_row(session, district_id, member_id).name)
    return frozenset(one.id for one in decisions.members(session, district_id) if _spelled(one.name) == name)


def _check_is_once(there: Sequence[rows.Member], name: str, since: date, until: date | None = None) -> None:
    """Refuse a second place for one person: with three places, one person would be a quorum of three."""
    for row in there:
        has_left = row.until is not None and row.until < since
        comes_later = until is not None and until < row.since
        if not has_left and not comes_later and _spelled(row.name) == _spelled(name):
            raise DecisionRefused(
                "bad_member",
                f"{row.id} has this name already, and each person has one place. If they change places, "
                f"give {row.id} a last day first (`cairn decisions member end`); if this is another person, "
                "write a middle name or an initial too",
            )


def _spelled(name: str) -> str:
    """A name as it is compared: capitals, spaces, accents and full stops make nobody another person."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in apart if unicodedata.category(one)[0] in "LN")
