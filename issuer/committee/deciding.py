"""A go or a no-go is recorded, and a decision ends. No award of the past is touched by any of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from credential.readiness import Subject
from issuer.committee.proposing import achievement_of, entry_of, open_proposal
from issuer.decisions import process
from issuer.decisions.approval import counted
from issuer.decisions.badge import Addition, alignments_of, check_fits
from issuer.decisions.decision import Decision
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.proposal import Proposal
from issuer.publication import is_loopback
from issuer.store import audit, decisions, queries
from issuer.store import decision_tables as rows
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy


def decide_go(
    store: Store,
    district_id: str,
    proposal_id: str,
    *,
    subjects: Collection[Subject],
    on: date,
    effective_from: date,
    effective_until: date | None,
    minutes: str | None,
    menu_version: str,
    next_review: date | None = None,
    supersedes: str | None = None,
    training_counts: bool = False,
    today: date,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Decision:
    """Record that the committee decided for a certification. `issuer.district.offer_decided` makes it seen.

    The days, the subjects and the minutes mean what they mean in `issuer.decisions.process.decide`; `entropy`
    gives the decision's id.

    Raises:
        IssuerError: `not_found`.
        DecisionRefused: As `decide`, and `not_open`.
    """
    with store.transaction() as session:
        row = open_proposal(session, district_id, proposal_id)
        proposal = decisions.as_proposal(session, row)
        entry = entry_of(session, district_id, row.code)
        given = decisions.approvals(session, district_id, proposal_id)
        number, quorum = decisions.policy(session, district_id)
        made = process.decide(
            proposal,
            given,
            quorum,
            entry=entry,
            decision_id=_urn(entropy),
            on=on,
            today=today,
            effective_from=effective_from,
            effective_until=effective_until,
            subjects=subjects,
            minutes=minutes,
            menu_version=menu_version,
            next_review=next_review,
            standing=decisions.decisions(session, district_id, code=row.code),
            supersedes=supersedes,
            signed_off=row.signed_off_by is not None,
            training_counts=training_counts,
        )
        carried = decisions.additions(session, district_id, now).get(row.code, Addition()).endorsements
        addition = Addition(alignments_of(proposal, made.subjects), carried)
        tried = achievement_of(session, district_id, entry, addition)
        check_fits(tried, loopback=is_loopback(queries.district(session, district_id).origin))
        basis: dict[str, Any] = {
            "approvals": [
                {"member": one.member_id, "kind": one.kind.value} for one in counted(proposal, given, on)
            ],
            "quorum": quorum.to_json() | {"number": number},
            "proposal_sha256": row.sha256,
            "training_counts": training_counts,
        }
        _keep(
            session, district_id, row, made, basis=basis, why="", supersedes=supersedes, now=now, actor=actor
        )
        if supersedes is not None:
            former = decisions.decision(session, district_id, supersedes)
            ended = process.superseded(former, made)
            if ended != former:
                why = f"replaced by {made.id}"
                _end(session, district_id, ended, kind="superseded", why=why, now=now, actor=actor)
        return made


def decide_no(
    store: Store,
    district_id: str,
    proposal_id: str,
    *,
    on: date,
    why: str,
    minutes: str | None,
    menu_version: str,
    today: date,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Decision:
    """Record that the committee, or the needs assessment, decided against it.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `not_open`, `no_reason`, `bad_dates`, `no_minutes`.
    """
    with store.transaction() as session:
        row = open_proposal(session, district_id, proposal_id)
        made = process.no_go(
            decisions.as_proposal(session, row),
            decision_id=_urn(entropy),
            on=on,
            today=today,
            why=why,
            minutes=minutes,
            menu_version=menu_version,
        )
        basis: dict[str, Any] = {"proposal_sha256": row.sha256}
        _keep(session, district_id, row, made, basis=basis, why=why, supersedes=None, now=now, actor=actor)
        return made


def end_decision(
    store: Store,
    district_id: str,
    decision_id: str,
    *,
    last_day: date,
    why: str,
    today: date,
    now: datetime,
    actor: str,
) -> Decision:
    """Give a decision an earlier end: the body retires the examination, or the committee reverses itself.

    Returns:
        The decision with its end.

    Raises:
        IssuerError: `not_found`. DecisionRefused: `no_reason`, `back_dated`, `bad_dates`.
    """
    with store.transaction() as session:
        decisions.stand_in_line(session, district_id)
        before = decisions.decision(session, district_id, decision_id)
        ended = process.end(before, last_day=last_day, today=today, why=why)
        _end(session, district_id, ended, kind="ended", why=why, now=now, actor=actor)
        return ended


def decided_with_proposals(session: Session, district_id: str) -> list[tuple[Decision, Proposal]]:
    """Every decision with the proposal that it rests on, for `issuer.decisions.review.due`."""
    found = []
    for one in decisions.decisions(session, district_id):
        row = decisions.decision_row(session, district_id, one.id)
        proposal = decisions.proposal_row(session, district_id, row.proposal_id)
        found.append((one, decisions.as_proposal(session, proposal)))
    return found


def _keep(
    session: Session,
    district_id: str,
    proposal: rows.Proposal,
    made: Decision,
    *,
    basis: dict[str, Any],
    why: str,
    supersedes: str | None,
    now: datetime,
    actor: str,
) -> None:
    session.add(
        rows.Decision(
            district_id=district_id,
            id=made.id,
            proposal_id=proposal.id,
            code=made.credential_code,
            subjects=" ".join(sorted(made.subjects)),
            decided_on=made.decided_on,
            effective_from=made.effective_from,
            effective_until=made.effective_until,
            menu_version=made.menu_version,
            minutes=made.minutes,
            next_review=made.next_review,
            why=why,
            basis=basis,
            supersedes=supersedes,
            created=now,
        )
    )
    proposal.state = "decided"
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="decision.made",
        subject=made.id,
        facts={
            "proposal": proposal.id,
            "subjects": sorted(made.subjects),
            "from": made.effective_from.isoformat(),
            "until": made.effective_until.isoformat() if made.effective_until else "",
            "menu": made.menu_version,
            "supersedes": supersedes or "",
        },
    )


def _end(
    session: Session, district_id: str, ended: Decision, *, kind: str, why: str, now: datetime, actor: str
) -> None:
    if ended.effective_until is None:
        raise DecisionRefused("bad_dates", "an end has a last day")
    session.add(
        rows.DecisionEnd(
            district_id=district_id,
            decision_id=ended.id,
            number=decisions.count_ends(session, district_id, ended.id) + 1,
            last_day=ended.effective_until,
            kind=kind,
            why=why,
            created=now,
        )
    )
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="decision.ended",
        subject=ended.id,
        facts={"last_day": ended.effective_until.isoformat(), "kind": kind},
    )


def _urn(entropy: Entropy) -> str:
    return f"urn:uuid:{uuid.UUID(bytes=entropy(16), version=4)}"
