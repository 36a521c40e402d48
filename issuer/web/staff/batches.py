"""Batches: how far each has come, and what may be done with it. The work goes on when the page is closed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.withdrawal import Reason
from issuer.access import policy
from issuer.access.errors import AccessError
from issuer.access.policy import Kind
from issuer.access.roles import Permission
from issuer.errors import IssuerError
from issuer.jobs import asking, steering
from issuer.jobs.asking import Job
from issuer.jobs.outcome import outcome_csv
from issuer.store import jobs, sheet_drafts
from issuer.store.jobs import DONE, FAILED, ISSUE, MOST_SHOWN, PAUSED, QUEUED, RUNNING
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff import nav
from issuer.web.staff.dossier import reason_words
from issuer.web.staff.page import HEADERS, WORDS, Page, go, page
from issuer.web.staff.wizard import names

router = APIRouter()
nav.join(nav.ISSUE + 1, WORDS["batches.nav"], "/batches", Permission.ISSUE)

Issuing = Annotated[Visit, Depends(signed_in(Permission.ISSUE))]
Withdrawing = Annotated[Visit, Depends(signed_in(Permission.WITHDRAW))]
MOST_FAILED: Final = 200
"""Rows that could not be issued, on one page; the file has all."""
LONGEST_NOTE: Final = 1_000
RETRY: Final = 1_000
"""Milliseconds after which a browser asks for the next event."""
REASONS: Final = tuple(one for one in Reason if one is not Reason.CORRECTED)


@router.get("/batches")
def everything(request: Request, visit: Issuing) -> Response:
    """Which batches and other jobs there are."""
    found = asking.everything(visit.store, visit.district.id)
    shown = {"jobs": found, "most": MOST_SHOWN, "stands": _stands, "called": _title, "names": names(visit)}
    return page(request, visit, Page(WORDS["batches.title"], "batches.html", shown))


@router.get("/batches/{job_id}")
def one(request: Request, visit: Issuing, job_id: str) -> Response:
    """How far one has come."""
    return batch_page(request, visit, job_id)


@router.get("/batches/{job_id}/events")
def events(request: Request, visit: Issuing, job_id: str) -> Response:
    """How far it is, as an event; the browser asks again by itself, and says what it has seen.

    Each answer ends at once, so a page that is left open holds no connection and no thread.
    """
    found = asking.find(visit.store, visit.district.id, job_id)
    number = f"{found.state}-{found.done}-{found.withdrawn}"
    said = {
        "done": found.done,
        "total": found.total,
        "failed": found.failed,
        "over": found.is_over,
        "words": _stands(found),
    }
    event = f"id: {number}\nevent: progress\ndata: {json.dumps(said)}\n\n"
    if request.headers.get("last-event-id") == number and not found.is_over:
        event = ": nothing new\n\n"
    return Response(f"retry: {RETRY}\n{event}", media_type="text/event-stream", headers=dict(HEADERS))


@router.get("/batches/{job_id}/rows.csv")
def rows(visit: Issuing, job_id: str) -> Response:
    """What became of each row."""
    with visit.store.reading() as session:
        made = outcome_csv(session, jobs.job(session, visit.district.id, job_id, whole=True))
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="batch.csv"'}
    return Response(made, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/batches/{job_id}/pause")
def pause(request: Request, visit: Issuing, job_id: str) -> Response:
    """Let it rest."""
    return _do(request, visit, job_id, steering.pause)


@router.post("/batches/{job_id}/resume")
def resume(request: Request, visit: Issuing, job_id: str) -> Response:
    """Go on with it."""
    return _do(request, visit, job_id, steering.resume)


@router.post("/batches/{job_id}/stop")
def stop(request: Request, visit: Issuing, job_id: str) -> Response:
    """End it; what was issued stays."""
    return _do(request, visit, job_id, steering.stop)


@router.post("/batches/{job_id}/let-go")
def let_go(request: Request, visit: Issuing, job_id: str) -> Response:
    """Hold it no longer."""
    return _do(request, visit, job_id, steering.let_go)


@router.post("/batches/{job_id}/withdraw")
def withdraw(request: Request, visit: Withdrawing, job_id: str, form: Posted) -> Response:
    """Undo it while it is held; withdraw it for good after that."""
    found = asking.find(visit.store, visit.district.id, job_id)
    held = found.is_held(visit.now)
    reason = Reason.ISSUED_IN_ERROR.value if held else form.text("reason")
    note = form.text("note").strip()
    faults = {}
    if reason not in REASONS:
        faults["reason"] = WORDS["withdraw.no-reason"]
    if len(note) > LONGEST_NOTE:
        faults["note"] = WORDS["batches.note-long"]
    if not held and form.text("count").replace(",", "").strip() != str(found.total):
        faults["count"] = WORDS["batches.type-it"].format(count=found.total)
    with visit.store.reading() as session:
        two = Kind.WITHDRAW in policy.read(session, visit.district.id).two_people
    if two and not held:
        faults[""] = WORDS["batches.two-people"]
    if faults:
        return batch_page(request, visit, job_id, faults)
    try:
        made = steering.withdraw(
            visit.store,
            visit.district.id,
            job_id,
            reason=Reason(reason),
            note=note,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except IssuerError as fault:
        return batch_page(request, visit, job_id, {"": _said(fault)})
    return go(f"/batches/{made.id}")


def _do(request: Request, visit: Visit, job_id: str, what: Callable[..., Job]) -> Response:
    try:
        what(visit.store, visit.district.id, job_id, now=visit.now, actor=visit.person.actor)
    except IssuerError as fault:
        if fault.code != "state_conflict":
            raise
        return batch_page(request, visit, job_id, {"": _said(fault)})
    return go(f"/batches/{job_id}")


def batch_page(
    request: Request, visit: Visit, job_id: str, faults: dict[str, str] | None = None, done: str = ""
) -> Response:
    """How far one has come, and what was wrong with what was asked of it, or what came of it."""
    found = asking.find(visit.store, visit.district.id, job_id)
    with visit.store.reading() as session:
        failed = sheet_drafts.rows(
            session, visit.district.id, found.subject, state=sheet_drafts.FAILED, most=MOST_FAILED
        )
        undoing = jobs.of_subject(session, visit.district.id, jobs.WITHDRAW, found.subject)
        has_file = found.kind == ISSUE or jobs.job(session, visit.district.id, job_id, whole=True).made
    shown = {
        "job": found,
        "at": f"/staff/batches/{found.id}",
        "stands": _stands(found),
        "failed": failed if found.kind == ISSUE else (),
        "held": found.kind == ISSUE and found.is_held(visit.now) and not undoing,
        "undoing": undoing[0].id if found.kind == ISSUE and undoing else "",
        "may_pause": found.state in (QUEUED, RUNNING),
        "may_resume": found.state in (PAUSED, FAILED),
        "may_stop": found.state in (QUEUED, RUNNING, PAUSED, FAILED),
        "may_withdraw": found.kind == ISSUE and not undoing and visit.person.may(Permission.WITHDRAW),
        "reasons": {one.value: reason_words(one) for one in REASONS},
        "longest_note": LONGEST_NOTE,
        "has_file": bool(has_file),
        "may_tell": found.kind == ISSUE
        and found.state == DONE
        and found.withdrawn + found.failed < found.total
        and not found.is_held(visit.now)
        and visit.person.may(Permission.SHARE),
        "told": done,
    }
    return page(
        request, visit, Page(_title(found), "batch.html", shown, 409 if faults else 200, faults or {})
    )


def _title(job: Job) -> str:
    """What a job does, and for badges how many it is about: a list of them is told apart by that."""
    what = WORDS[f"batches.kind.{job.kind}"]
    if job.kind not in (ISSUE, jobs.WITHDRAW):
        return what
    return WORDS["batches.of-one" if job.total == 1 else "batches.of"].format(what=what, count=job.total)


def _stands(job: Job) -> str:
    """One sentence on how far a job is."""
    said = WORDS[f"batches.state.{job.state}"].format(done=job.done, total=job.total)
    if job.failed:
        said += " " + WORDS["batches.failed"].format(count=job.failed)
    if job.withdrawn:
        said += " " + WORDS["batches.withdrawn"].format(count=job.withdrawn)
    return said


def _said(fault: IssuerError | AccessError) -> str:
    return f"{fault.message[:1].upper()}{fault.message[1:]}."
