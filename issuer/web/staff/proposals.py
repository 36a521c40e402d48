"""Certifications > Propose: write a proposal, and take it through sign-off, approvals and reviews."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.readiness import Subject
from issuer.access.roles import Permission
from issuer.catalog.entry import Counts, Entry
from issuer.catalog.errors import CatalogueError
from issuer.committee import approving, proposing
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.proposal import QUESTIONS, SECTION_WORDS, SectionName
from issuer.decisions.reading import LARGEST_FILE, parse_proposal
from issuer.district import offer_decided
from issuer.errors import IssuerError
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import assessment_form, proposal_form
from issuer.web.staff.certifications import Reading, entry_at
from issuer.web.staff.committee import Recording, chosen_member, names, options, serving
from issuer.web.staff.page import WORDS, Page, go, page
from issuer.web.staff.proposal_form import Typed
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

router = APIRouter()

Proposing = Annotated[Visit, Depends(signed_in(Permission.PROPOSE))]
LONGEST_NUMBER: Final = 3
"""Digits of the number of an alignment's row."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What a form is about: the certification, and the proposal that it is made from."""

    entry: Entry
    former: str = ""
    state: str = ""
    assessment: Mapping[str, Any] | None = None


@router.get("/certifications/proposals/{proposal_id}")
def one(request: Request, visit: Reading, proposal_id: str) -> Response:
    """A proposal: what it says, what it still needs, who approved it, what was decided."""
    return proposal_page(request, visit, proposal_id)


@router.get("/certifications/{code}/propose")
def write(request: Request, visit: Proposing, code: str) -> Response:
    """The form: with what the catalogue knows, or with what an earlier proposal says."""
    with visit.store.reading() as session:
        made = _made(session, visit, code, request.query_params.get("from", ""))
        if made.former:
            row = decisions.proposal_row(session, visit.district.id, made.former)
            typed = proposal_form.again(decisions.as_proposal(session, row))
        else:
            typed = proposal_form.empty(made.entry, author="", day=today(visit))
    return _form_page(request, visit, made, typed)


@router.post("/certifications/{code}/propose")
def propose(request: Request, visit: Proposing, code: str, form: Posted) -> Response:
    """Add a row and come back, or put the proposal before the committee."""
    with visit.store.reading() as session:
        made = _made(session, visit, code, form.text("from"))
    typed = proposal_form.typed_in(form)
    wanted = form.text("do")
    if wanted.startswith("add "):
        return _add_row(request, visit, made, typed, wanted)
    try:
        chosen_member(visit, form, "author")
        data = proposal_form.document(typed, code=code, on=today(visit), assessment=made.assessment)
        parse_proposal(data)
        ref = proposing.propose(
            visit.store,
            visit.district.id,
            data,
            today=today(visit),
            now=visit.now,
            actor=visit.person.actor,
        )
    except REFUSALS as refused:
        field = proposal_form.field_of(refused) if isinstance(refused, CatalogueError) else ""
        faults = faults_in(refused, {"bad_member": "author"}, field)
        return _form_page(request, visit, made, typed, faults=faults)
    if made.state == "open":
        _replace(visit, made.former, ref)
    return go(f"/certifications/proposals/{ref}", "proposed")


def _add_row(request: Request, visit: Visit, made: _Made, typed: Typed, wanted: str) -> Response:
    """The form with one more empty row; nothing that was typed is lost."""
    _, _, rest = wanted.partition(" ")
    name, _, kind = rest.partition(" ")
    rows = typed["sections"].get(name, {}).get(kind)
    if not isinstance(rows, list):
        return _form_page(request, visit, made, typed)
    if len(rows) >= proposal_form.MOST[kind]:
        words = WORDS["proposal.too-many"].format(most=proposal_form.MOST[kind])
        return _form_page(request, visit, made, typed, faults={f"{name}.{kind}.0.{_first(kind)}": words})
    rows.append(dict.fromkeys(proposal_form.ROWS[kind], ""))
    return _form_page(request, visit, made, typed, added=f"{name}.{kind}")


def _first(kind: str) -> str:
    return proposal_form.ROWS[kind][0]


def _made(session: Session, visit: Visit, code: str, former: str) -> _Made:
    """What a form is about.

    Raises:
        IssuerError: `not_found` also for a proposal of another certification.
    """
    entry = entry_at(session, visit.district.id, code)
    if not former:
        return _Made(entry)
    row = decisions.proposal_row(session, visit.district.id, former)
    if row.code != code:
        raise IssuerError("not_found", "that proposal is about another certification")
    return _Made(entry, row.id, row.state, row.document.get("needs_assessment"))


def _replace(visit: Visit, former: str, ref: str) -> None:
    """Take the former proposal from the table; somebody else may have settled it in the meantime."""
    why = WORDS["proposal.replaced"].format(ref=ref)
    try:
        proposing.withdraw(
            visit.store, visit.district.id, former, why=why, now=visit.now, actor=visit.person.actor
        )
    except DecisionRefused as refused:
        if refused.code != "not_open":
            raise


def _form_page(
    request: Request,
    visit: Visit,
    made: _Made,
    typed: Typed,
    *,
    faults: Mapping[str, str] = MappingProxyType({}),
    added: str = "",
) -> Response:
    with visit.store.reading() as session:
        members = serving(session, visit.district.id, today(visit))
    if typed["assessment"] is None:
        typed["assessment"] = assessment_form.typed_of(made.assessment)
    values = {
        "entry": made.entry,
        "former": made.former if made.state == "open" else "",
        "made_from": made.former,
        "cannot": made.entry.kind.counts is Counts.NO,
        "typed": typed,
        "added": added,
        "members": options(members),
        "origins": proposal_form.ORIGINS,
        "subjects": {one.value: WORDS[f"subject.{one.value}"] for one in Subject},
        "targets": proposal_form.TARGETS,
        "strengths": proposal_form.STRENGTHS,
        "questions": QUESTIONS,
        "question_words": {key: WORDS[f"assessment.{key}"] for key in QUESTIONS},
        "answers": assessment_form.ANSWERS,
        "outcomes": assessment_form.OUTCOMES,
        "sections": [(name.value, SECTION_WORDS[name], proposal_form.lists_of(name)) for name in SectionName],
        "hints": {name.value: WORDS[f"proposal.section.{name.value}"] for name in SectionName},
    }
    title = WORDS["proposal.title"].format(name=made.entry.name)
    return page(request, visit, Page(title, "propose.html", values, 422 if faults else 200, faults))


@router.post("/certifications/proposals/{proposal_id}/sign-off")
def sign_off(request: Request, visit: Recording, proposal_id: str, form: Posted) -> Response:
    """A counselor stands behind what a student asked for."""

    def step() -> None:
        proposing.sign_off(
            visit.store,
            visit.district.id,
            proposal_id,
            member_id=chosen_member(visit, form, "counselor"),
            on=day_in(form, "signed_on") or today(visit),
            now=visit.now,
            actor=visit.person.actor,
        )

    fields = {"not_an_approver": "counselor", "bad_dates": "signed_on"}
    return _done(request, visit, proposal_id, form, step, fields=fields)


@router.post("/certifications/proposals/{proposal_id}/approve")
def approve(request: Request, visit: Recording, proposal_id: str, form: Posted) -> Response:
    """A member approves, with the paper or the endorsement that shows it; or has something to gain."""

    def step() -> None:
        document = form.text("document").strip() or None
        paper, endorsement = (
            _file(form, "paper", approving.LARGEST_PAPER),
            _file(form, "endorsement", LARGEST_FILE),
        )
        if document is not None and not document.startswith("https://"):
            raise FieldRefused("document", "write the https address of the minutes or the letter")
        if document is not None and paper is not None:
            raise FieldRefused("document", "give the address of the paper or its file, not both")
        if paper is not None:
            document = approving.paper_digest(paper)
        approving.approve(
            visit.store,
            visit.district.id,
            proposal_id,
            member_id=chosen_member(visit, form, "member"),
            on=day_in(form, "approved_on") or today(visit),
            today=today(visit),
            document=document,
            endorsement=endorsement,
            conflict=line_in(form, "conflict") or None,
            now=visit.now,
            actor=visit.person.actor,
        )
        offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)

    fields = {
        "not_an_approver": "member",
        "approved_before": "member",
        "no_document": "document",
        "no_minutes": "document",
        "bad_dates": "approved_on",
        "no_reason": "conflict",
        "bad_endorsement": "endorsement",
        "not_a_member": "endorsement",
        "endorsement_target": "endorsement",
        "endorsement_key": "endorsement",
        "does_not_fit": "endorsement",
    }
    return _done(request, visit, proposal_id, form, step, fields=fields)


@router.post("/certifications/proposals/{proposal_id}/take-back")
def take_back(request: Request, visit: Recording, proposal_id: str, form: Posted) -> Response:
    """A member takes an approval back, before the vote."""

    def step() -> None:
        approving.take_back(
            visit.store,
            visit.district.id,
            proposal_id,
            member_id=chosen_member(visit, form, "taking"),
            on=today(visit),
            today=today(visit),
            why=line_in(form, "taken_why"),
            now=visit.now,
            actor=visit.person.actor,
        )

    return _done(
        request,
        visit,
        proposal_id,
        form,
        step,
        fields={"no_reason": "taken_why", "approved_before": "taking"},
    )


@router.post("/certifications/proposals/{proposal_id}/withdraw")
def withdraw(request: Request, visit: Proposing, proposal_id: str, form: Posted) -> Response:
    """Take the proposal from the table."""

    def step() -> None:
        proposing.withdraw(
            visit.store,
            visit.district.id,
            proposal_id,
            why=line_in(form, "withdrawn_why"),
            now=visit.now,
            actor=visit.person.actor,
        )

    return _done(request, visit, proposal_id, form, step, fields={"no_reason": "withdrawn_why"})


@router.post("/certifications/proposals/{proposal_id}/review")
def review(request: Request, visit: Recording, proposal_id: str, form: Posted) -> Response:
    """Somebody looked at an alignment again."""

    def step() -> None:
        number = form.text("row")
        if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
            raise FieldRefused("row", "choose which alignment was looked at")
        proposing.review(
            visit.store,
            visit.district.id,
            proposal_id,
            row=int(number),
            member_id=chosen_member(visit, form, "reviewer"),
            on=day_in(form, "reviewed_on") or today(visit),
            next_review=needed_day(form, "following"),
            item_ended=day_in(form, "item_ended"),
            today=today(visit),
            now=visit.now,
            actor=visit.person.actor,
        )

    return _done(
        request,
        visit,
        proposal_id,
        form,
        step,
        fields={"bad_dates": "following", "not_an_approver": "reviewer"},
    )


def _done(
    request: Request,
    visit: Visit,
    proposal_id: str,
    form: Form,
    step: Callable[[], None],
    *,
    fields: Mapping[str, str],
) -> Response:
    """Take a step with a proposal that is there, and show it again: with what it says, or what refused it."""
    with visit.store.reading() as session:
        decisions.proposal_row(session, visit.district.id, proposal_id)
        known = names(session, visit.district.id)
    try:
        step()
    except REFUSALS as refused:
        faults = faults_in(refused, fields)
        return proposal_page(request, visit, proposal_id, form, _with_names(faults, form, known))
    return go(f"/certifications/proposals/{proposal_id}", "saved")


def _with_names(faults: Mapping[str, str], form: Form, known: Mapping[str, str]) -> dict[str, str]:
    """Faults in which the members that the form names are called by their names."""
    said_by = {form.text(field) for field in ("member", "taking", "counselor", "reviewer")}
    found = dict(faults)
    for member_id in sorted(said_by & set(known)):
        # A sentence may begin with an id, which then has a capital letter.
        written = re.compile(rf"\b{re.escape(member_id)}\b", re.IGNORECASE)
        parts = {field: written.split(said) for field, said in found.items()}
        found = {field: known[member_id].join(said) for field, said in parts.items()}
    return found


def _file(form: Form, name: str, most: int) -> bytes | None:
    """A file that was sent, one byte more than may be read at most; None where none was chosen."""
    sent = form.file(name)
    return None if sent is None else sent.file.read(most + 1)
