"""Certifications > Decide: the committee's vote is recorded, and a decision is ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.readiness import Subject
from issuer.access import approvals, policy
from issuer.access.policy import Apart, Kind
from issuer.access.roles import Permission
from issuer.errors import IssuerError
from issuer.rule_sets import menu_on
from issuer.store import audit, decisions
from issuer.store.session import Session
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import actions, vote
from issuer.web.staff import ending as endings
from issuer.web.staff.ending import Ending
from issuer.web.staff.page import go
from issuer.web.staff.proposal_page import proposal_page
from issuer.web.staff.refusals import (
    REFUSALS,
    FieldRefused,
    day_in,
    faults_in,
    line_in,
    needed_day,
    today,
)
from issuer.web.staff.vote import Vote

router = APIRouter()

Deciding = Annotated[Visit, Depends(signed_in(Permission.DECIDE))]
GO, NO_GO = "go", "no-go"
LONGEST_ID: Final = 100
_FIELDS: Final = {
    "bad_subjects": "subjects",
    "by_decision_only": "training_counts",
    "no_minutes": "minutes",
    "no_reason": "why",
    "back_dated": "effective_from",
    "bad_dates": "on",
    "overlap": "supersedes",
}


@router.post("/certifications/proposals/{proposal_id}/decide")
def decide(request: Request, visit: Deciding, proposal_id: str, form: Posted) -> Response:
    """Record the vote, or ask a second person to confirm exactly that."""
    district_id = visit.district.id
    with visit.store.reading() as session:
        decisions.proposal_row(session, district_id, proposal_id)
        asked = policy.read(session, district_id)
        asked.check_apart(Apart.PROPOSE_AND_DECIDE, _proposer(visit, proposal_id), visit.person.actor)
    try:
        entered = _vote(visit, proposal_id, form)
        if Kind.DECIDE not in asked.two_people:
            entered.record(visit)
            return go(f"/certifications/proposals/{proposal_id}", "decided")
        with visit.store.reading() as session:
            entered.check(session, district_id, today(visit))
            content = entered.content(session, district_id)
    except REFUSALS as refused:
        return proposal_page(request, visit, proposal_id, form, faults_in(refused, _FIELDS))
    made = approvals.ask(
        visit.store, visit.person, Kind.DECIDE, content, now=visit.now, entropy=visit.here.entropy
    )
    return go(f"/approvals/{made.id}", "asked-second")


@router.post("/certifications/proposals/{proposal_id}/end")
def end(request: Request, visit: Deciding, proposal_id: str, form: Posted) -> Response:
    """End the decision that a proposal led to. What was given under it stands."""
    with visit.store.reading() as session:
        decisions.proposal_row(session, visit.district.id, proposal_id)
        made = decisions.decision_on(session, visit.district.id, proposal_id)
        two = Kind.DECIDE in policy.read(session, visit.district.id).two_people
    try:
        if made is None:
            raise FieldRefused("", "nothing was decided on this proposal: there is nothing to end")
        ending = Ending(proposal_id, made.id, needed_day(form, "last_day"), line_in(form, "ended_why"))
        if not two:
            ending.record(visit)
            return go(f"/certifications/proposals/{proposal_id}", "ended")
        with visit.store.reading() as session:
            ending.check(session, visit.district.id, today(visit))
    except REFUSALS as refused:
        fields = {"no_reason": "ended_why", "back_dated": "last_day", "bad_dates": "last_day"}
        return proposal_page(request, visit, proposal_id, form, faults_in(refused, fields))
    content = ending.content(visit.district.id)
    asked = approvals.ask(
        visit.store, visit.person, Kind.DECIDE, content, now=visit.now, entropy=visit.here.entropy
    )
    return go(f"/approvals/{asked.id}", "asked-end")


def _show(session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    return endings.show(session, content) if endings.is_ending(content) else vote.show(session, content)


def _still_true(session: Session, asked: approvals.Request, now: datetime) -> bool:
    if endings.is_ending(asked.content):
        return endings.still_true(session, asked)
    return vote.still_true(session, asked, now)


def _perform(visit: Visit, asked: approvals.Request) -> None:
    if endings.is_ending(asked.content):
        endings.perform(visit, asked)
    else:
        vote.perform(visit, asked)


actions.join(Kind.DECIDE, actions.Action(_show, _still_true, _perform))


def _vote(visit: Visit, proposal_id: str, form: Form) -> Vote:
    """What the form says.

    Raises:
        FieldRefused: It does not say whether for or against, or a day that is none.
    """
    outcome = form.text("outcome")
    if outcome not in (GO, NO_GO):
        raise FieldRefused("outcome", "say whether the committee decided for it or against it")
    on = day_in(form, "on") or today(visit)
    try:
        with visit.store.reading() as session:
            menu = menu_on(session, visit.district.id, on).heading.version
    except IssuerError as refused:
        if refused.code != "no_rule_set":
            raise
        raise FieldRefused("on", "no state menu is known for that day: choose a later one") from refused
    minutes = form.text("minutes").strip()
    if outcome == NO_GO:
        return Vote(proposal_id, False, on, menu, minutes, why=line_in(form, "why"))
    return Vote(
        proposal_id,
        True,
        on,
        menu,
        minutes,
        frozenset(one for one in Subject if one.value in form.texts("subjects")),
        day_in(form, "effective_from") or on,
        day_in(form, "effective_until"),
        day_in(form, "decision_review"),
        form.text("supersedes")[:LONGEST_ID],
        bool(form.text("training_counts")),
    )


def _proposer(visit: Visit, proposal_id: str) -> str:
    """Who put a proposal before the committee, as the audit trail has it."""
    with visit.store.reading() as session:
        wanted = audit.Wanted(action="proposal.made", subject=proposal_id, most=1)
        found = audit.read(session, visit.district.id, wanted)
    return found[0].actor if found else ""
