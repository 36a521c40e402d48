"""Sharing, for the registrar: what guardians agreed to, opt-outs, and the district's policy."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission
from issuer.consents import (
    GUARDIAN,
    HOW,
    OPT_OUT,
    choose_policy,
    end_consent,
    record_agreement,
    record_opt_out,
)
from issuer.errors import IssuerError
from issuer.shares import policy_of
from issuer.sharing.policy import CHOSEN, Minors, Policy
from issuer.store import sharing
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.dossier import check_student, name_of, number_of, path_of, said
from issuer.web.staff.page import WORDS, Page, go, page
from issuer.web.staff.wizard import names

router = APIRouter()
nav.join_settings(
    35, WORDS["sharing.title"], "/settings/sharing", Permission.MANAGE_SETTINGS, WORDS["sharing.hint"]
)

Sharing = Annotated[Visit, Depends(signed_in(Permission.SHARE))]
Managing = Annotated[Visit, Depends(signed_in(Permission.MANAGE_SETTINGS))]
MOST_SHOWN: Final = 200
_KINDS: Final = (GUARDIAN, OPT_OUT)


@router.get("/students/{student_id}/sharing")
def consents(request: Request, visit: Sharing, student_id: str) -> Response:
    """What was recorded of a student."""
    return _consents(request, visit, number_of(student_id))


@router.post("/students/{student_id}/sharing")
def record(request: Request, visit: Sharing, student_id: str, form: Posted) -> Response:
    """Record what a guardian or a family said."""
    number = number_of(student_id)
    with visit.store.reading() as session:
        check_student(session, visit, number)
    try:
        given_on = date.fromisoformat(form.text("on"))
    except ValueError:
        return _consents(request, visit, number, form, {"on": WORDS["field.day"]})
    audiences = [one for one in CHOSEN if one in form.texts("audience")]
    how = form.text("how")
    try:
        if form.text("kind") == OPT_OUT:
            record_opt_out(
                visit.store, visit.district.id, number, how=how, given_on=given_on, now=visit.now,
                entropy=visit.here.entropy, actor=visit.person.actor,
            )  # fmt: skip
        else:
            record_agreement(
                visit.store, visit.district.id, number, audiences, how=how, given_on=given_on, now=visit.now,
                entropy=visit.here.entropy, actor=visit.person.actor,
            )  # fmt: skip
    except IssuerError as fault:
        return _consents(request, visit, number, form, {"": said(fault)})
    return go(f"/students/{path_of(number)}/sharing", "consent-recorded")


@router.post("/students/{student_id}/sharing/end")
def end(request: Request, visit: Sharing, student_id: str, form: Posted) -> Response:
    """Take back what was recorded: links that rest on it stop."""
    number = number_of(student_id)
    with visit.store.reading() as session:
        check_student(session, visit, number)
    try:
        end_consent(
            visit.store, visit.district.id, number, form.text("consent")[:40], now=visit.now,
            actor=visit.person.actor,
        )  # fmt: skip
    except IssuerError as fault:
        return _consents(request, visit, number, form, {"": said(fault)})
    return go(f"/students/{path_of(number)}/sharing", "consent-ended")


@router.get("/settings/sharing")
def policy(request: Request, visit: Managing) -> Response:
    """What students under 18 may share."""
    return _policy(request, visit, policy_of(visit.district))


@router.post("/settings/sharing")
def choose(request: Request, visit: Managing, form: Posted) -> Response:
    """Choose it anew."""
    try:
        chosen = Policy.from_json(
            {
                "minors": form.text("minors"),
                "audiences": form.texts("audience"),
                "zone": form.text("zone").strip()[:100],
            }
        )
    except IssuerError as fault:
        return _policy(request, visit, policy_of(visit.district), {"zone": said(fault)})
    choose_policy(visit.store, visit.district.id, chosen, now=visit.now, actor=visit.person.actor)
    return go("/settings/sharing", "policy-chosen")


def _consents(
    request: Request,
    visit: Visit,
    number: str,
    form: Form | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    with visit.store.reading() as session:
        check_student(session, visit, number)
        rows = sharing.consents(session, visit.district.id, number)[:MOST_SHOWN]
        name = name_of(session, visit.district.id, number)
    people = names(visit)
    values = {
        "path": path_of(number),
        "name": name,
        "number": number,
        "given": {row.id: date.fromisoformat(row.given_on) for row in rows},
        "by": {row.recorded_by: people.get(row.recorded_by, row.recorded_by) for row in rows},
        "rows": rows,
        "kinds": {kind: WORDS[f"consent.{kind}"] for kind in _KINDS},
        "ways": {how: WORDS[f"consent.how.{how}"] for how in HOW},
        "audiences": _audiences(),
        "typed": {name: form.text(name) if form else "" for name in ("kind", "how", "on")},
        "ticked": form.texts("audience") if form else [],
        "mine": _KINDS,
    }
    status = 400 if faults else 200
    title = WORDS["consents.of"].format(name=name)
    return page(request, visit, Page(title, "consents.html", values, status, faults or {}))


def _policy(request: Request, visit: Visit, chosen: Policy, faults: dict[str, str] | None = None) -> Response:
    values = {
        "chosen": chosen,
        "minors": {one.value: WORDS[f"sharing.minors.{one}"] for one in Minors},
        "audiences": _audiences(),
        "ticked": [one.value for one in chosen.audiences],
    }
    status = 400 if faults else 200
    return page(request, visit, Page(WORDS["sharing.title"], "sharing.html", values, status, faults or {}))


def _audiences() -> dict[str, str]:
    return {one.value: WORDS[f"audience.{one}"] for one in CHOSEN}
