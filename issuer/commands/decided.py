"""`cairn decisions list`, `show`, `due`: what the committee has before it, and what it decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from issuer.commands.days import day_or, today
from issuer.commands.desk import Desk
from issuer.committee.deciding import decided_with_proposals
from issuer.decisions import review
from issuer.decisions.approval import Approval, counted, shortfall
from issuer.decisions.decision import Decision
from issuer.decisions.member import Policy
from issuer.decisions.proposal import SUBJECT_WORDS, Origin, Proposal, missing
from issuer.decisions.reading import proposal_json
from issuer.errors import IssuerError
from issuer.store import decision_tables as rows
from issuer.store import decisions
from issuer.store.session import Session


def subjects_in_words(decision: Decision) -> str:
    """What a decision is for: `English and math`, or `no`."""
    return " and ".join(SUBJECT_WORDS[one] for one in sorted(decision.subjects)) or "no"


def decision_row(decision: Decision, proposal_id: str, day: date) -> dict[str, Any]:
    """A decision as JSON."""
    return {
        "decision": decision.id,
        "proposal": proposal_id,
        "code": decision.credential_code,
        "subjects": sorted(decision.subjects),
        "decided_on": decision.decided_on.isoformat(),
        "from": decision.effective_from.isoformat(),
        "until": decision.effective_until and decision.effective_until.isoformat(),
        "active": bool(decision.subjects) and decision.is_active_on(day),
        "minutes": decision.minutes,
        "menu": decision.menu_version,
        "next_review": decision.next_review.isoformat(),
    }


def list_(
    ctx: typer.Context,
    *,
    on: Annotated[str, typer.Option("--on", help="As it is on this day; today if left out.")] = "",
) -> None:
    """List every proposal and what came of it."""
    desk: Desk = ctx.obj
    day = day_or(on, "--on", today(desk))
    with desk.store().reading() as session:
        district_id = desk.district().id
        by_id = {one.id: one for one in decisions.decisions(session, district_id)}
        found, lines = [], []
        for row in decisions.proposals(session, district_id):
            made = decisions.decision_on(session, district_id, row.id)
            decision = by_id[made.id] if made else None
            found.append(
                {
                    "proposal": row.id,
                    "code": row.code,
                    "state": row.state,
                    "decision": decision and decision_row(decision, row.id, day),
                }
            )
            lines.append(f"{row.id:<18} {_state(row, decision, day)}")
    desk.data(found, "\n".join(lines) or "nothing was proposed yet: `cairn decisions template CODE`")


def show(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="A proposal, such as CO-CNA.1, or a decision's urn:uuid.")],
    *,
    sat: Annotated[int, typer.Option(help="How many students sat the examination, if you know it.")] = 0,
    passed: Annotated[int, typer.Option(help="How many of them passed.")] = 0,
) -> None:
    """Show a proposal: what it still needs, who approved it, what was decided, and what to ask about it."""
    desk: Desk = ctx.obj
    district = desk.district()
    day = today(desk)
    if not 0 <= passed <= sat:
        raise IssuerError("bad_setting", "--passed is at most --sat")
    with desk.store().reading() as session:
        if ref.startswith("urn:uuid:"):
            ref = decisions.decision_row(session, district.id, ref).proposal_id
        row = decisions.proposal_row(session, district.id, ref)
        proposal = decisions.as_proposal(session, row)
        given = decisions.approvals(session, district.id, ref)
        _, quorum = decisions.policy(session, district.id)
        decision, why = _decision(session, district.id, ref)
        names = {one.id: one.name for one in decisions.members(session, district.id)}
    lacking = _lacking(row, proposal, given, quorum, day)
    remarks = review.health(proposal, decision, day, review.Outcomes(sat, passed) if sat else None)
    desk.data(
        {
            "proposal": row.id,
            "state": row.state,
            "sha256": row.sha256,
            "document": proposal_json(proposal),
            "signed_off_by": row.signed_off_by,
            "approvals": [_approval(one) for one in given],
            "lacking": lacking,
            "decision": decision and decision_row(decision, row.id, day),
            "why": why,
            "health": [{"code": one.code, "what": one.what} for one in remarks],
        },
        "\n".join(
            [
                f"{row.id}: {proposal.code} for {_asked(proposal)}",
                f"  proposed on {proposal.written.isoformat()} by {names[proposal.author]}",
                *(f"  {number}. {one}" for number, one in enumerate(_alignments(proposal), 1)),
                *(f"  {_in_words(one, names)}" for one in given),
                *([f"  signed off by {names[row.signed_off_by]}"] if row.signed_off_by else []),
                *(f"  still missing: {one}" for one in lacking),
                *(f"  {one.what}" for one in remarks),
                _state(row, decision, day) + (f" ({why})" if why else ""),
            ]
        ),
    )


def due(
    ctx: typer.Context,
    *,
    on: Annotated[str, typer.Option("--on", help="As it is on this day; today if left out.")] = "",
    days: Annotated[int, typer.Option(min=0, max=3660, help="How many days to look ahead.")] = 60,
) -> None:
    """List what has to be looked at again. An overdue review stops a renewal, never a badge of the past."""
    desk: Desk = ctx.obj
    day = day_or(on, "--on", today(desk))
    with desk.store().reading() as session:
        found = review.due(decided_with_proposals(session, desk.district().id), day, timedelta(days=days))
    lines = [
        f"{one.on.isoformat()} {'OVERDUE ' if one.overdue else ''}{one.credential_code}: {one.what}"
        for one in found
    ]
    desk.data(
        [
            {
                "code": one.code.value,
                "decision": one.decision_id,
                "certification": one.credential_code,
                "on": one.on.isoformat(),
                "overdue": one.overdue,
                "what": one.what,
            }
            for one in found
        ],
        "\n".join(lines) or "nothing is due",
    )


def standing(session: Session, district_id: str, ref: str, day: date) -> dict[str, Any]:
    """Where a proposal stands: its state, and what a vote would still need."""
    row = decisions.proposal_row(session, district_id, ref)
    proposal = decisions.as_proposal(session, row)
    given = decisions.approvals(session, district_id, ref)
    _, quorum = decisions.policy(session, district_id)
    return {"proposal": ref, "state": row.state, "lacking": _lacking(row, proposal, given, quorum, day)}


def _lacking(
    row: rows.Proposal, proposal: Proposal, given: list[Approval], quorum: Policy, day: date
) -> list[str]:
    if row.state != "open":
        return []
    found = [*missing(proposal), *shortfall(counted(proposal, given, day), quorum)]
    if proposal.origin is Origin.STUDENT and row.signed_off_by is None:
        found.append("a counselor's sign-off, because a student asked for it")
    return found


def _decision(session: Session, district_id: str, proposal_id: str) -> tuple[Decision | None, str]:
    row = decisions.decision_on(session, district_id, proposal_id)
    if row is None:
        return None, ""
    return decisions.decision(session, district_id, row.id), row.why


def _state(row: rows.Proposal, decision: Decision | None, day: date) -> str:
    if decision is None:
        return "open: not voted on" if row.state == "open" else "withdrawn"
    if not decision.subjects:
        return f"no, decided {decision.decided_on.isoformat()}"
    until = f" until {decision.effective_until.isoformat()}" if decision.effective_until else ""
    now = "counts" if decision.is_active_on(day) else "does not count today"
    return (
        f"{now} for {subjects_in_words(decision)} from {decision.effective_from.isoformat()}{until} "
        f"({decision.id})"
    )


def _asked(proposal: Proposal) -> str:
    return " and ".join(SUBJECT_WORDS[one] for one in sorted(proposal.subjects))


def _alignments(proposal: Proposal) -> list[str]:
    return [
        f"{one.framework} {one.code or ''} {one.name} ({one.strength.value}; look again by "
        f"{one.next_review.isoformat()}{', ended ' + one.ended.isoformat() if one.ended else ''})"
        for one in proposal.alignments
    ]


def _in_words(one: Approval, names: dict[str, str]) -> str:
    who = f"{names[one.member_id]} ({one.kind.value})"
    if one.conflict is not None:
        return f"{who} does not count: {one.conflict}"
    if one.taken_back is not None:
        return f"{who} took the approval back on {one.taken_back.isoformat()}"
    shown = one.document or f"signed endorsement {one.endorsement_id}"
    return f"{who} approved on {one.on.isoformat()}: {shown}"


def _approval(one: Approval) -> dict[str, Any]:
    return {
        "member": one.member_id,
        "kind": one.kind.value,
        "on": one.on.isoformat(),
        "document": one.document,
        "endorsement": one.endorsement_id,
        "conflict": one.conflict,
        "taken_back": one.taken_back and one.taken_back.isoformat(),
    }
