"""Certifications > Endorse: a member's signed word about a certification: asked for, taken, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.committee import approving
from issuer.decisions.endorsement import LIMITS
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.reading import text_of
from issuer.district import offer_decided
from issuer.store import decisions
from issuer.web.access import Posted, Visit
from issuer.web.forms import Form
from issuer.web.staff.certifications import certification_page, entry_at
from issuer.web.staff.committee import Recording, chosen_member
from issuer.web.staff.page import HEADERS, WORDS, go
from issuer.web.staff.refusals import REFUSALS, FieldRefused, faults_in, line_in, today

router = APIRouter()

_FIELDS: Final = {
    "not_an_approver": "endorsing",
    "no_reason": "unendorsed_why",
    "not_a_member": "signed",
    "bad_endorsement": "signed",
    "endorsement_key": "signed",
    "endorsement_target": "signed",
    "too_many": "signed",
    "does_not_fit": "signed",
}


@router.get("/certifications/{code}/endorsement/{member_id}")
def ask(request: Request, visit: Recording, code: str, member_id: str) -> Response:
    """What a member is asked to sign, as a file."""
    try:
        with visit.store.reading() as session:
            entry_at(session, visit.district.id, code)
            made = approving.ask(
                session,
                visit.district.id,
                code,
                member_id=member_id,
                now=visit.now,
                entropy=visit.here.entropy,
            )
    except DecisionRefused as refused:
        return certification_page(request, visit, code, faults=faults_in(refused))
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="endorsement-to-sign.json"'}
    return Response(text_of(made), media_type="application/json", headers=headers)


@router.post("/certifications/{code}/endorse")
def endorse(request: Request, visit: Recording, code: str, form: Posted) -> Response:
    """Take what a member signed."""

    def step() -> None:
        sent = form.file("signed")
        if sent is None:
            raise FieldRefused("signed", WORDS["endorse.no-file"].rstrip("."))
        approving.endorse(
            visit.store,
            visit.district.id,
            code,
            sent.file.read(LIMITS.max_bytes + 1),
            member_id=chosen_member(visit, form, "endorsing"),
            today=today(visit),
            now=visit.now,
            actor=visit.person.actor,
        )

    return _done(request, visit, code, form, step)


@router.post("/certifications/{code}/unendorse")
def unendorse(request: Request, visit: Recording, code: str, form: Posted) -> Response:
    """A member withdraws what they endorsed; badges of the past keep it."""

    def step() -> None:
        with visit.store.reading() as session:
            standing = decisions.endorsements(session, visit.district.id, visit.now, code=code)
        if form.text("withdrawing") not in {one.id for one in standing}:
            raise FieldRefused("withdrawing", "choose an endorsement that badges carry")
        approving.withdraw_endorsement(
            visit.store,
            visit.district.id,
            form.text("withdrawing"),
            on=today(visit),
            why=line_in(form, "unendorsed_why"),
            now=visit.now,
            actor=visit.person.actor,
        )

    return _done(request, visit, code, form, step)


def _done(request: Request, visit: Visit, code: str, form: Form, step: Callable[[], None]) -> Response:
    """Take a step with a certification that is there, and show it again: with what it says, or why not."""
    with visit.store.reading() as session:
        entry_at(session, visit.district.id, code)
    try:
        step()
    except REFUSALS as refused:
        return certification_page(request, visit, code, form, faults_in(refused, _FIELDS))
    offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)
    return go(f"/certifications/{code}", "saved")
