"""Everything about one student: export it, hold it, destroy it. Look first; what was seen is what is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access import approvals, policy
from issuer.access.errors import AccessError
from issuer.access.policy import Kind
from issuer.access.roles import Permission
from issuer.catalog.retention import CLASS_NAMES
from issuer.errors import IssuerError
from issuer.publication import publish_due
from issuer.retention import certificate
from issuer.retention.erasure import erase, preview, schedule_at
from issuer.retention.export import export
from issuer.retention.holding import LONGEST_WHY, hold, release
from issuer.retention.plan import Plan, plan
from issuer.store import holds, personal
from issuer.store.columns import canonical_json
from issuer.store.session import Session
from issuer.text import normal
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff import actions
from issuer.web.staff.actions import Action
from issuer.web.staff.dossier import name_of, number_of, path_of, said, signer_of
from issuer.web.staff.page import HEADERS, WORDS, Page, go, page

router = APIRouter()
Erasing = Annotated[Visit, Depends(signed_in(Permission.ERASE))]
_CONTENT: Final = {"district", "student", "seen", "goes", "withdraws"}


@router.get("/students/{student_id}/records")
def records(request: Request, visit: Erasing, student_id: str) -> Response:
    """What is held about a student, what an erasure would do, and what was destroyed before."""
    return _records_page(request, visit, number_of(student_id))


@router.post("/students/{student_id}/records/export")
def everything(visit: Erasing, student_id: str) -> Response:
    """Everything that is held, as a ZIP archive."""
    number = number_of(student_id)
    data = export(visit.store, visit.district.id, number, now=visit.now, actor=visit.person.actor)
    headers = {"Content-Disposition": 'attachment; filename="everything.zip"'}
    return Response(data, media_type="application/zip", headers={**HEADERS, **headers})


@router.post("/students/{student_id}/records/hold")
def place(request: Request, visit: Erasing, student_id: str, form: Posted) -> Response:
    """Place a legal hold."""
    number = _known(visit, number_of(student_id))
    try:
        hold(
            visit.store,
            visit.district.id,
            number,
            why=normal(form.text("why")),
            now=visit.now,
            actor=visit.person.actor,
        )
    except IssuerError as fault:
        if fault.code != "bad_text":
            raise
        return _records_page(request, visit, number, {"why": said(fault)})
    return go(f"/students/{path_of(number)}/records", "held")


@router.post("/students/{student_id}/records/release")
def let_go(visit: Erasing, student_id: str) -> Response:
    """Release the legal hold."""
    number = _known(visit, number_of(student_id))
    release(visit.store, visit.district.id, number, now=visit.now, actor=visit.person.actor)
    return go(f"/students/{path_of(number)}/records", "released")


@router.post("/students/{student_id}/records/erase")
def destroy(request: Request, visit: Erasing, student_id: str, form: Posted) -> Response:
    """Destroy what was seen, or ask a colleague to confirm it where the district wants two people."""
    number = _known(visit, number_of(student_id))
    found = preview(visit.store, visit.district.id, number, now=visit.now)
    fault = ""
    if form.text("seen") != found.digest:
        fault = WORDS["records.changed"]
    elif form.text("sure") != "yes":
        fault = WORDS["records.not-sure"]
    try:
        found.check()
        if not fault and _needs_two(visit):
            content = {
                "district": visit.district.id,
                "student": number,
                "seen": found.digest,
                "goes": [f"{one.what}: {one.rows}" for one in found.going],
                "withdraws": len(found.standing),
            }
            asked = approvals.ask(
                visit.store, visit.person, Kind.ERASE, content, now=visit.now, entropy=visit.here.entropy
            )
            return go(f"/approvals/{asked.id}", "asked")
        if not fault:
            _do(visit, number, found.digest, [visit.person.actor])
    except IssuerError as refused:
        if refused.code not in {"on_hold", "not_erasable", "approval_refused"}:
            raise
        fault = said(refused)
    if fault:
        return _records_page(request, visit, number, {"sure": fault})
    return go(f"/students/{path_of(number)}/records", "erased")


def _do(visit: Visit, number: str, seen: str, actors: list[str]) -> None:
    signer = signer_of(visit)
    if signer is None:
        raise AccessError("approval_refused", WORDS["sign.no-key"].rstrip("."))
    done = erase(
        visit.store,
        visit.district.id,
        number,
        signer=signer,
        now=visit.now,
        entropy=visit.here.entropy,
        actors=actors,
        seen=seen,
    )
    if done.plan.standing:
        publish_due(visit.store, visit.district.id, signer, clock=visit.here.clock, actor=visit.person.actor)
    personal.sweep(visit.store)


def _known(visit: Visit, number: str) -> str:
    """The number of a student about whom something is held.

    Raises:
        IssuerError: `not_found`.
    """
    preview(visit.store, visit.district.id, number, now=visit.now)
    return number


def _needs_two(visit: Visit) -> bool:
    with visit.store.reading() as session:
        return Kind.ERASE in policy.read(session, visit.district.id).two_people


def _records_page(
    request: Request, visit: Visit, number: str, faults: Mapping[str, str] | None = None
) -> Response:
    found = preview(visit.store, visit.district.id, number, now=visit.now)
    with visit.store.reading() as session:
        held = holds.hold(session, visit.district.id, number)
        erased = holds.erasures(session, visit.district.id, number)
        name = name_of(session, visit.district.id, number)
    values: dict[str, Any] = {
        "number": number,
        "path": path_of(number),
        "plan": found,
        "obstacles": [said(one) for one in found.obstacles],
        "held": held,
        "erased": [(one, certificate.shown(one.certificate)) for one in erased],
        "classes": CLASS_NAMES,
        "two": _needs_two(visit),
        "can_sign": signer_of(visit) is not None,
        "longest": LONGEST_WHY,
    }
    title = WORDS["records.title" if name != number else "records.title-number"].format(
        name=name, number=number
    )
    return page(request, visit, Page(title, "records.html", values, 422 if faults else 200, faults or {}))


def _show(session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    """What a second person reads: whose records, and everything that goes."""
    if set(content) != _CONTENT:
        return {WORDS["approval.as-kept"]: canonical_json(content)}
    shown = {WORDS["show.what"]: WORDS["show.erase"], WORDS["students.number"]: content["student"]}
    shown[WORDS["records.goes"]] = "; ".join(content["goes"])
    if content["withdraws"]:
        shown[WORDS["records.badges"]] = WORDS["records.withdraws"].format(count=content["withdraws"])
    for one in holds.erasures(session, content["district"], content["student"]):
        shown[WORDS["records.before"]] = one.id
    return shown | {WORDS["records.seen"]: content["seen"]}


def _plan_of(session: Session, request: approvals.Request) -> Plan:
    content, at = request.content, request.asked_at
    schedule = schedule_at(session, content["district"], at)
    return plan(session, content["district"], content["student"], schedule, now=at)


def _still_true(session: Session, request: approvals.Request, _now: datetime) -> bool:
    """Whether the same would go as when it was asked for, and nothing stands in the way."""
    if set(request.content) != _CONTENT:
        return False
    found = _plan_of(session, request)
    return found.digest == request.content["seen"] and not found.obstacles


def _perform(visit: Visit, request: approvals.Request) -> None:
    """Destroy it in the name of both. Where that was done already, nothing is done."""
    with visit.store.reading() as session:
        done = holds.erasures(session, visit.district.id, request.content["student"])
    if any(one.done_at >= request.asked_at for one in done):
        return
    try:
        _do(
            visit,
            request.content["student"],
            request.content["seen"],
            [f"person:{request.asked_by}", visit.person.actor],
        )
    except IssuerError as fault:
        if isinstance(fault, AccessError) or fault.code not in {"on_hold", "not_erasable", "not_found"}:
            raise
        raise AccessError("approval_refused", said(fault).rstrip(".")) from fault


actions.join(Kind.ERASE, Action(_show, _still_true, _perform))
