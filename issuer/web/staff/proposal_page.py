"""The page of one proposal: everything about it, and a form for each step that the person may take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from credential.readiness import Subject
from issuer.access.policy import Kind
from issuer.access.policy import read as policy_of
from issuer.access.roles import Permission
from issuer.catalog.entry import Counts
from issuer.decisions.approval import Approval, counted, shortfall
from issuer.decisions.decision import Decision
from issuer.decisions.proposal import QUESTIONS, SECTION_WORDS, Origin, Proposal, SectionName, missing
from issuer.decisions.review import health
from issuer.store import decision_tables as rows
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Visit
from issuer.web.forms import Form
from issuer.web.staff.certifications import entry_at, subjects_in_words
from issuer.web.staff.committee import KINDS, names, options, serving
from issuer.web.staff.page import WORDS, Page, page
from issuer.web.staff.proposal_form import ORIGINS, STRENGTHS
from issuer.web.staff.refusals import sentence, today

FIELDS: Final = [
    "member",
    "approved_on",
    "document",
    "conflict",
    "taking",
    "taken_why",
    "counselor",
    "signed_on",
    "withdrawn_why",
    "row",
    "reviewer",
    "reviewed_on",
    "following",
    "item_ended",
    "outcome",
    "on",
    "effective_from",
    "effective_until",
    "minutes",
    "decision_review",
    "supersedes",
    "training_counts",
    "why",
    "last_day",
    "ended_why",
]
"""Every field of the page's forms, so that nothing that was typed is lost."""


def proposal_page(
    request: Request,
    visit: Visit,
    proposal_id: str,
    form: Form | None = None,
    faults: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Draw it.

    Args:
        request: The request.
        visit: Who looks.
        proposal_id: Which proposal.
        form: What was typed, where a step was refused.
        faults: Why it was refused, by field.

    Raises:
        IssuerError: `not_found`.
    """
    typed: dict[str, Any] = {name: form.text(name) if form else "" for name in FIELDS}
    typed["subjects"] = form.texts("subjects") if form else []
    with visit.store.reading() as session:
        row = decisions.proposal_row(session, visit.district.id, proposal_id)
        values = _values(session, visit, row) | {"typed": typed}
    title = WORDS["proposal.page-title"].format(ref=proposal_id)
    status = 422 if faults else 200
    return page(request, visit, Page(title, "proposal.html", values, status, faults))


def _values(session: Session, visit: Visit, row: rows.Proposal) -> dict[str, Any]:
    district_id, on = visit.district.id, today(visit)
    proposal = decisions.as_proposal(session, row)
    entry = entry_at(session, district_id, row.code)
    given = decisions.approvals(session, district_id, row.id)
    members = serving(session, district_id, on)
    spoken = {one.member_id for one in given} | {row.author}
    made, why = _decision(session, district_id, row.id)
    others = decisions.decisions(session, district_id, code=row.code)
    standing = [one for one in others if one.subjects and (one.effective_until or on) >= on]
    is_open = row.state == "open"
    return {
        "row": row,
        "proposal": proposal,
        "entry": entry,
        "names": names(session, district_id),
        "kinds": KINDS,
        "strengths": STRENGTHS,
        "origin": ORIGINS[proposal.origin],
        "asked": subjects_in_words(proposal.subjects),
        "subjects": {one.value: WORDS[f"subject.{one.value}"] for one in sorted(proposal.subjects)},
        "subject_words": {one: WORDS[f"subject.{one.value}"] for one in Subject},
        "sections": [
            (name, SECTION_WORDS[name], proposal.sections[name])
            for name in SectionName
            if name in proposal.sections
        ],
        "questions": QUESTIONS,
        "given": given,
        "lacking": [sentence(one) for one in _lacking(session, row, proposal, given, on)],
        "remarks": health(proposal, made, on),
        "decision": made,
        "why": why,
        "subjects_in_words": subjects_in_words,
        "counts_today": made is not None and bool(made.subjects) and made.is_active_on(on),
        "voting": {key: text for key, text in options(members, voting=True).items() if key not in spoken},
        "counselors": options(members, voting=False),
        "to_take_back": {
            one.member_id: names(session, district_id)[one.member_id]
            for one in given
            if one.taken_back is None
        },
        "everybody": options(members),
        "rows": {
            str(number): f"{number}. {one.framework} {one.code or one.name}"
            for number, one in enumerate(proposal.alignments, 1)
        },
        "standing": {
            one.id: WORDS["vote.standing"].format(
                subjects=subjects_in_words(one.subjects), day=one.effective_from.isoformat()
            )
            for one in standing
        },
        "training": entry.kind.counts is Counts.BY_DECISION,
        "two_people": Kind.DECIDE in policy_of(session, district_id).two_people,
        "today": on.isoformat(),
        "may_record": visit.person.may(Permission.ENDORSE) or visit.person.may(Permission.DECIDE),
        "is_open": is_open,
        "to_sign_off": is_open and proposal.origin is Origin.STUDENT and row.signed_off_by is None,
        "may_end": made is not None
        and bool(made.subjects)
        and (made.effective_until is None or made.effective_until > on)
        and visit.person.may(Permission.DECIDE),
    }


def _lacking(
    session: Session, row: rows.Proposal, proposal: Proposal, given: list[Approval], on: date
) -> list[str]:
    """What a vote still needs, each in a few words."""
    if row.state != "open":
        return []
    _, quorum = decisions.policy(session, row.district_id)
    found = [*missing(proposal), *shortfall(counted(proposal, given, on), quorum)]
    if proposal.origin is Origin.STUDENT and row.signed_off_by is None:
        found.append(WORDS["proposal.lacks-sign-off"])
    return found


def _decision(session: Session, district_id: str, proposal_id: str) -> tuple[Decision | None, str]:
    row = decisions.decision_on(session, district_id, proposal_id)
    if row is None:
        return None, ""
    return decisions.decision(session, district_id, row.id), row.why
