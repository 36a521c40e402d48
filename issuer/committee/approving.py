"""Members approve, take it back, endorse under their own key, and withdraw what they endorsed."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from contexts.document import parse
from issuer.committee.people import places_of
from issuer.committee.proposing import achievement_of, entry_of, open_proposal
from issuer.decisions.approval import Approval, check_approver
from issuer.decisions.badge import Addition, check_fits
from issuer.decisions.endorsement import (
    LIMITS,
    MOST_ENDORSEMENTS,
    check_endorsement,
    draft_endorsement,
    embeddable,
)
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Member
from issuer.decisions.process import checked_line, checked_minutes
from issuer.decisions.proposal import Proposal
from issuer.publication import is_loopback
from issuer.store import audit, decisions, queries
from issuer.store import decision_tables as rows
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy

LARGEST_PAPER: Final = 20_971_520
"""Bytes of a paper whose digest is taken: a scan of many pages."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


def paper_digest(data: bytes) -> str:
    """How a paper is named in an approval: by its digest, never by its content.

    Raises:
        DecisionRefused: `no_document` for a paper that is empty or too large.
    """
    if not 0 < len(data) <= LARGEST_PAPER:
        raise DecisionRefused(
            "no_document", f"the paper has {len(data)} bytes; 1 to {LARGEST_PAPER} are read"
        )
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def approve(
    store: Store,
    district_id: str,
    proposal_id: str,
    *,
    member_id: str,
    on: date,
    today: date,
    document: str | None = None,
    endorsement: bytes | None = None,
    conflict: str | None = None,
    now: datetime,
    actor: str,
) -> None:
    """Record a member's approval of a proposal, with what shows it; or that they have something to gain.

    Args:
        store: The database.
        district_id: Whose.
        proposal_id: What is approved.
        member_id: By whom.
        on: When they said so.
        today: The day where the district is.
        document: The https address of the paper that shows it, or what `paper_digest` made of it.
        endorsement: A signed endorsement of the achievement, in place of a paper.
        conflict: What the member has to gain. Then the approval does not count.
        now: The time.
        actor: Who records it.

    Raises:
        IssuerError: `not_found`.
        DecisionRefused: `not_open`, `not_an_approver`, `approved_before`, `no_document`, `bad_dates`, and for
            an endorsement as `endorse`.
    """
    if document is not None and not _DIGEST.fullmatch(document):
        document = checked_minutes(document)
    if conflict is not None:
        checked_line(conflict, "what the member has to gain")
    if (document is None) == (endorsement is None) and conflict is None:
        raise DecisionRefused(
            "no_document",
            "show the approval with a paper (--document) or with a signed endorsement, one of them",
        )
    with store.transaction() as session:
        row = open_proposal(session, district_id, proposal_id)
        proposal = decisions.as_proposal(session, row)
        member = decisions.member(session, district_id, member_id)
        before = decisions.approvals(session, district_id, proposal_id)
        check_approver(proposal, member, before, on)
        _check_is_one_word(proposal, member, before, places_of(session, district_id, member_id))
        if not proposal.written <= on <= today:
            raise DecisionRefused(
                "bad_dates", "an approval is given after the proposal, and not in the future"
            )
        endorsement_id = None
        if endorsement is not None:
            endorsement_id = _take(
                session, district_id, row.code, member, endorsement, today=today, now=now, actor=actor
            )
            signed = session.get_one(rows.Endorsement, (district_id, endorsement_id)).valid_from
            _check_is_about(proposal, signed.astimezone().date(), on)
        session.add(
            rows.Approval(
                district_id=district_id,
                proposal_id=proposal_id,
                member_id=member_id,
                kind=member.kind.value,
                on=on,
                document=document,
                endorsement_id=endorsement_id,
                conflict=conflict,
                created=now,
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="proposal.approved" if conflict is None else "proposal.conflict_declared",
            subject=proposal_id,
            facts={
                "member": member_id,
                "proposal_sha256": row.sha256,
                "document": document or "",
                "endorsement": endorsement_id or "",
            },
        )


def take_back(
    store: Store,
    district_id: str,
    proposal_id: str,
    *,
    member_id: str,
    on: date,
    today: date,
    why: str,
    now: datetime,
    actor: str,
) -> None:
    """Record that a member takes an approval back, before the vote. They do not approve that proposal again.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `not_open`, `no_reason`, `approved_before`, `bad_dates`.
    """
    checked_line(why, "the reason")
    with store.transaction() as session:
        open_proposal(session, district_id, proposal_id)
        given = [
            one
            for one in decisions.approvals(session, district_id, proposal_id)
            if one.member_id == member_id and one.taken_back is None
        ]
        if not given:
            raise DecisionRefused(
                "approved_before", f"{member_id} has no approval of {proposal_id} to take back"
            )
        if not given[0].on <= on <= today:
            raise DecisionRefused(
                "bad_dates", "an approval is taken back after it was given, and not in the future"
            )
        session.add(
            rows.ApprovalEnd(
                district_id=district_id,
                proposal_id=proposal_id,
                member_id=member_id,
                on=on,
                why=why,
                created=now,
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="proposal.approval_taken_back",
            subject=proposal_id,
            facts={"member": member_id, "on": on.isoformat()},
        )


def endorse(
    store: Store,
    district_id: str,
    code: str,
    data: bytes,
    *,
    member_id: str,
    today: date,
    now: datetime,
    actor: str,
) -> str:
    """Take a signed endorsement of what the district offers; badges made from then on carry it.

    Returns:
        The endorsement's id.

    Raises:
        IssuerError: `not_found`.
        DecisionRefused: `bad_endorsement`, `not_a_member`, `endorsement_key`, `endorsement_target`,
            `too_many`, `does_not_fit`, `not_an_approver` for somebody who is no longer a member.
    """
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        member = decisions.member(session, district_id, member_id)
        return _take(session, district_id, code, member, data, today=today, now=now, actor=actor)


def ask(
    session: Session, district_id: str, code: str, *, member_id: str, now: datetime, entropy: Entropy
) -> dict[str, Any]:
    """What a member is asked to sign with their own key and software, to endorse a certification.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `not_votable` for an unknown code, `not_a_member`.
    """
    member = decisions.member(session, district_id, member_id)
    bare = achievement_of(session, district_id, entry_of(session, district_id, code), Addition())
    return draft_endorsement(
        endorsement_id=f"urn:uuid:{uuid.UUID(bytes=entropy(16), version=4)}",
        name=bare["name"],
        member=member,
        achievement_id=bare["id"],
        now=now,
    )


def withdraw_endorsement(
    store: Store, district_id: str, endorsement_id: str, *, on: date, why: str, now: datetime, actor: str
) -> None:
    """Record that an endorser withdraws. Badges of the past keep what they carry; new ones do not have it.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `no_reason`, `bad_endorsement` where that was done before.
    """
    checked_line(why, "the reason")
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        row = decisions.endorsement_row(session, district_id, endorsement_id)
        if decisions.endorsement_ended(session, district_id, endorsement_id) is not None:
            raise DecisionRefused("bad_endorsement", "this endorsement was withdrawn before")
        session.add(
            rows.EndorsementEnd(
                district_id=district_id, endorsement_id=endorsement_id, on=on, why=why, created=now
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="endorsement.withdrawn",
            subject=endorsement_id,
            facts={"member": row.member_id, "on": on.isoformat()},
        )


def _check_is_one_word(
    proposal: Proposal, member: Member, before: Iterable[Approval], places: frozenset[str]
) -> None:
    """Refuse a second word of one person, from another place than the one that they had."""
    if proposal.author in places:
        raise DecisionRefused(
            "not_an_approver",
            f"{member.id} proposed this as {proposal.author}: somebody else has to approve",
        )
    for one in before:
        if one.member_id in places:
            raise DecisionRefused(
                "approved_before",
                f"{member.id} has given their word on this proposal as {one.member_id}: each does so once",
            )


def _check_is_about(proposal: Proposal, signed: date, on: date) -> None:
    """Refuse as an approval what was signed before the proposal, or after it is said to be given."""
    if signed < proposal.written:
        raise DecisionRefused(
            "bad_endorsement",
            f"the endorsement is of {signed.isoformat()}, before this was proposed: ask for a new one",
        )
    if on < signed:
        raise DecisionRefused(
            "bad_dates",
            f"the endorsement is of {signed.isoformat()}: the approval was given on that day or later",
        )


def _take(
    session: Session,
    district_id: str,
    code: str,
    member: Member,
    data: bytes,
    *,
    today: date,
    now: datetime,
    actor: str,
) -> str:
    """Check an endorsement and keep its bytes; one that is there already is taken as it is."""
    if not member.serves_on(today):
        raise DecisionRefused("not_an_approver", f"{member.id} is not on the committee today")
    entry = entry_of(session, district_id, code)
    bare = achievement_of(session, district_id, entry, Addition())
    found = check_endorsement(data, member=member, achievement_id=bare["id"], now=now)
    if (there := session.get(rows.Endorsement, (district_id, found.id))) is not None:
        if there.sha256 != found.sha256:
            raise DecisionRefused(
                "bad_endorsement", "another endorsement has this id already: ask for a new one"
            )
        if decisions.endorsement_ended(session, district_id, found.id) is not None:
            raise DecisionRefused("bad_endorsement", "this endorsement was withdrawn: ask for a new one")
        return found.id
    standing = decisions.endorsements(session, district_id, now, code=code)
    if len(standing) >= MOST_ENDORSEMENTS:
        raise DecisionRefused(
            "too_many",
            f"{code} has {len(standing)} endorsements; a badge carries at most {MOST_ENDORSEMENTS}",
        )
    before = decisions.additions(session, district_id, now).get(code, Addition())
    carried = (*before.endorsements, embeddable(parse(data, LIMITS)))
    tried = achievement_of(session, district_id, entry, Addition(before.alignments, carried))
    check_fits(tried, loopback=is_loopback(queries.district(session, district_id).origin))
    session.add(
        rows.Endorsement(
            district_id=district_id,
            id=found.id,
            member_id=member.id,
            code=code,
            body=found.body,
            sha256=found.sha256,
            valid_from=found.valid_from,
            valid_until=found.valid_until,
            created=now,
        )
    )
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="endorsement.taken",
        subject=found.id,
        facts={"member": member.id, "code": code, "sha256": found.sha256},
    )
    session.flush()
    return found.id
