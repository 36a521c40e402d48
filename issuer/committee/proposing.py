"""A proposal is made, signed off, looked at again, or withdrawn."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from issuer.catalog import Entry
from issuer.catalog.achievement import achievement, slug
from issuer.committee.people import places_of
from issuer.decisions.alignment import Alignment
from issuer.decisions.badge import Addition, alignments_of, check_fits, with_addition
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import MemberKind
from issuer.decisions.process import check_counts, checked_line
from issuer.decisions.proposal import Origin, Proposal
from issuer.decisions.reading import parse_proposal, proposal_json
from issuer.district import district_catalogue
from issuer.publication import is_loopback
from issuer.store import audit, decisions, queries
from issuer.store import decision_tables as rows
from issuer.store.columns import canonical_json
from issuer.store.session import Session, Store

MOST_PROPOSALS: Final = 1_000
"""Proposals of one certification."""

MOST_REVIEWS: Final = 200
"""Reviews of one alignment."""


def propose(
    store: Store,
    district_id: str,
    data: bytes,
    *,
    file: str = "proposal.json",
    author: str = "",
    today: date,
    now: datetime,
    actor: str,
) -> str:
    """Take a proposal from a file. It may be incomplete; a vote needs all of it.

    Args:
        store: The database.
        district_id: Whose.
        data: The file.
        file: Its name, for errors.
        author: The member who proposes, where the file does not say it.
        today: The day where the district is.
        now: The time.
        actor: Who does this.

    Returns:
        Its reference: the certification's code, a full stop and a number.

    Raises:
        CatalogueError: The file has a fault.
        IssuerError: `not_found` for an unknown author.
        DecisionRefused: `no_certification`, `not_votable` for an unknown code, `bad_dates`, `bad_member`,
            `does_not_fit`, `too_many`.
    """
    made = parse_proposal(data, file=file, author=author)
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        return _keep(session, district_id, made, today=today, now=now, actor=actor, renews="")


def propose_again(
    store: Store,
    district_id: str,
    decision_id: str,
    *,
    author: str,
    next_review: date,
    today: date,
    now: datetime,
    actor: str,
) -> str:
    """Propose what a decision rests on once more, with its alignments as they were last looked at.

    Nothing of the former vote is carried over: the members approve anew.

    Raises:
        As `propose`.
    """
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        former = decisions.decision_row(session, district_id, decision_id)
        row = decisions.proposal_row(session, district_id, former.proposal_id)
        made = replace(
            decisions.as_proposal(session, row),
            author=author,
            origin=Origin.DISTRICT,
            written=today,
            next_review=next_review,
        )
        return _keep(session, district_id, made, today=today, now=now, actor=actor, renews=decision_id)


def sign_off(
    store: Store, district_id: str, proposal_id: str, *, member_id: str, on: date, now: datetime, actor: str
) -> None:
    """Record that a counselor stands behind what a student asked for.

    Raises:
        IssuerError: `not_found`.
        DecisionRefused: `not_open`, `not_an_approver`, `approved_before`, `bad_dates`.
    """
    with store.transaction() as session:
        row = open_proposal(session, district_id, proposal_id)
        member = decisions.member(session, district_id, member_id)
        if row.document["origin"] != Origin.STUDENT:
            raise DecisionRefused("not_open", f"{proposal_id} was not a student's wish: nobody signs it off")
        if member.kind is not MemberKind.COUNSELOR or not member.serves_on(on):
            raise DecisionRefused(
                "not_an_approver",
                f"{member_id} is no counselor of {on.isoformat()}: a counselor signs it off",
            )
        if row.author in places_of(session, district_id, member_id):
            raise DecisionRefused("not_an_approver", "who proposes does not sign off: ask another counselor")
        if row.signed_off_by is not None:
            raise DecisionRefused("approved_before", f"{proposal_id} has been signed off already")
        if not decisions.as_proposal(session, row).written <= on <= now.astimezone().date():
            raise DecisionRefused(
                "bad_dates", "a proposal is signed off after it was written, and not in the future"
            )
        row.signed_off_by, row.signed_off_on = member_id, on
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="proposal.signed_off",
            subject=proposal_id,
            facts={"member": member_id, "on": on.isoformat()},
        )


def withdraw(
    store: Store, district_id: str, proposal_id: str, *, why: str, now: datetime, actor: str
) -> None:
    """Take a proposal from the table. A changed one is proposed anew.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `not_open`, `no_reason`.
    """
    checked_line(why, "the reason")
    with store.transaction() as session:
        row = open_proposal(session, district_id, proposal_id)
        row.state = "withdrawn"
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="proposal.withdrawn",
            subject=proposal_id,
            facts={"sha256": row.sha256},
        )


def review(
    store: Store,
    district_id: str,
    proposal_id: str,
    *,
    row: int,
    member_id: str,
    on: date,
    next_review: date,
    item_ended: date | None = None,
    today: date,
    now: datetime,
    actor: str,
) -> Alignment:
    """Record that an alignment was looked at again. What is wrong with it is mended in a new proposal.

    Args:
        store: The database.
        district_id: Whose.
        proposal_id: Which proposal.
        row: The number of its alignment, from 1.
        member_id: Who looked.
        on: When.
        next_review: When it is to be looked at next.
        item_ended: The day on which the framework ended the node, if it has. That stays.
        today: The day where the district is.
        now: The time.
        actor: Who records it.

    Returns:
        The alignment as it stands now.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `bad_dates`, `not_an_approver`, `too_many`.
    """
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        found = decisions.proposal_row(session, district_id, proposal_id)
        proposal = decisions.as_proposal(session, found)
        if not 1 <= row <= len(proposal.alignments):
            raise DecisionRefused(
                "bad_dates", f"{proposal_id} has alignments 1 to {len(proposal.alignments)}, and no row {row}"
            )
        before = proposal.alignments[row - 1]
        if not before.written <= on <= today or next_review <= on:
            raise DecisionRefused(
                "bad_dates",
                "a review is of today or earlier, after the row was written, and the next one later",
            )
        if not decisions.member(session, district_id, member_id).serves_on(on):
            raise DecisionRefused("not_an_approver", f"{member_id} is not on the committee on that day")
        number = decisions.count_reviews(session, district_id, proposal_id, row) + 1
        if number > MOST_REVIEWS:
            raise DecisionRefused("too_many", f"an alignment is reviewed at most {MOST_REVIEWS} times")
        session.add(
            rows.AlignmentReview(
                district_id=district_id,
                proposal_id=proposal_id,
                row=row,
                number=number,
                member_id=member_id,
                on=on,
                next_review=next_review,
                item_ended=item_ended or before.ended,
                created=now,
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="alignment.reviewed",
            subject=proposal_id,
            facts={
                "row": row,
                "member": member_id,
                "next_review": next_review.isoformat(),
                "item_ended": item_ended.isoformat() if item_ended else "",
            },
        )
        session.flush()
        return decisions.as_proposal(session, found).alignments[row - 1]


def open_proposal(session: Session, district_id: str, proposal_id: str) -> rows.Proposal:
    """A proposal that can still be worked on, with the district's committee standing in line.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `not_open`.
    """
    decisions.stand_in_line(session, district_id)
    row = decisions.proposal_row(session, district_id, proposal_id)
    if row.state != "open":
        raise DecisionRefused("not_open", f"{proposal_id} has been {row.state}: propose it anew")
    return row


def entry_of(session: Session, district_id: str, code: str) -> Entry:
    """What the district's catalogue says of a code.

    Raises:
        DecisionRefused: `not_votable` where it is not in the catalogue.
    """
    entry = district_catalogue(session, district_id).get(code)
    if entry is None:
        raise DecisionRefused(
            "not_votable", f"{code} is not in the catalogue: see `cairn catalog list`, or add it there first"
        )
    return entry


def achievement_of(session: Session, district_id: str, entry: Entry, addition: Addition) -> dict[str, Any]:
    """The achievement of an entry with an addition, as it would be offered."""
    origin = queries.district(session, district_id).origin
    return with_addition(achievement(entry, f"{origin}/achievements/{slug(entry.code)}"), addition)


def _keep(
    session: Session,
    district_id: str,
    made: Proposal,
    *,
    today: date,
    now: datetime,
    actor: str,
    renews: str,
) -> str:
    entry = entry_of(session, district_id, made.code)
    check_counts(entry, training_counts=True)
    if made.written > today:
        raise DecisionRefused("bad_dates", "the proposal is dated in the future: write today's date")
    if not decisions.member(session, district_id, made.author).serves_on(today):
        raise DecisionRefused("bad_member", f"{made.author} is not on the committee today")
    tried = achievement_of(session, district_id, entry, Addition(alignments_of(made, made.subjects)))
    check_fits(tried, loopback=is_loopback(queries.district(session, district_id).origin))
    document = proposal_json(made)
    number = len(decisions.proposals(session, district_id, code=made.code)) + 1
    if number > MOST_PROPOSALS:
        raise DecisionRefused("too_many", f"{made.code} was proposed {MOST_PROPOSALS} times")
    row = rows.Proposal(
        district_id=district_id,
        id=f"{made.code}.{number}",
        code=made.code,
        author=made.author,
        document=document,
        sha256=hashlib.sha256(canonical_json(document).encode()).hexdigest(),
        state="open",
        signed_off_by=None,
        signed_off_on=None,
        created=now,
    )
    session.add(row)
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="proposal.made",
        subject=row.id,
        facts={"sha256": row.sha256, "author": made.author, "renews": renews},
    )
    return row.id
