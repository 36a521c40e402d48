"""Reach students: mails with links to their badges, slips of paper, and what students say is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission
from issuer.carry.paper import Printing
from issuer.claiming import problems
from issuer.claiming.claims import MOST_SLIPS
from issuer.claiming.errors import ClaimError
from issuer.claiming.slips import print_slips
from issuer.errors import IssuerError
from issuer.mail.queueing import choose_automatic, queue_new_badges
from issuer.render.errors import DesignError
from issuer.store import audit, claims, dossier, outbox, queries
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff import nav, todo
from issuer.web.staff.dossier import name_of
from issuer.web.staff.page import HEADERS, WORDS, Page, go, page
from issuer.web.staff.todo import Todo

router = APIRouter()
nav.join_settings(35, WORDS["reach.nav"], "/reach", Permission.SHARE, WORDS["reach.hint"])
nav.join_settings(36, WORDS["problems.nav"], "/problems", Permission.SHARE, WORDS["problems.hint"])

Reaching = Annotated[Visit, Depends(signed_in(Permission.SHARE))]

MOST_SHOWN: Final = 100
_MOST_DIGITS: Final = 3
_LONGEST: Final = 100


def _waiting(visit: Visit) -> Iterator[Todo]:
    if not visit.person.may(Permission.SHARE):
        return
    with visit.store.reading() as session:
        open_ones = claims.count_open(session, visit.district.id)
        failed = outbox.counts(session, visit.district.id)["failed"]
    if open_ones:
        words = WORDS["problems.todo" if open_ones > 1 else "problems.todo-one"]
        yield Todo(words.format(count=open_ones), WORDS["problems.do"], "/problems")
    if failed:
        words = WORDS["reach.todo" if failed > 1 else "reach.todo-one"]
        yield Todo(words.format(count=failed), WORDS["reach.do"], "/reach")


todo.join(_waiting)


@router.get("/reach")
def show(request: Request, visit: Reaching) -> Response:
    """What is in line, what was given up, and what can be sent or printed."""
    return _page(request, visit)


@router.post("/reach/links")
def send_links(request: Request, visit: Reaching, form: Posted) -> Response:
    """Put a mail into line for each badge that its student was not told of."""
    made, without = queue_new_badges(
        visit.store,
        visit.district.id,
        code=form.text("code")[:_LONGEST],
        now=visit.now,
        entropy=visit.here.entropy,
        actor=visit.person.actor,
    )
    return _page(request, visit, done=WORDS["reach.queued"].format(made=made, without=without))


@router.post("/reach/slips")
def slips(request: Request, visit: Reaching, form: Posted) -> Response:
    """Make slips, and the sheets that they stand on, as a file."""
    part = form.text("part").strip() or "1"
    printing: Printing = request.app.state.printing
    try:
        made = print_slips(
            visit.store,
            visit.district,
            school=form.text("school")[:_LONGEST],
            only=form.text("student")[:_LONGEST].strip(),
            part=int(part) if part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS else 0,
            fonts=printing.fonts,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except (IssuerError, DesignError) as fault:
        said = f"{fault.message[:1].upper()}{fault.message[1:]}."
        return _page(request, visit, faults={"": said}, status=409)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="slips-{part}.pdf"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


@router.post("/reach/retry")
def retry(visit: Reaching, _form: Posted) -> Response:
    """Try what was given up once more."""
    with visit.store.transaction() as session:
        count = outbox.retry_failed(session, visit.district.id, visit.now)
        if count:
            audit.record(
                session,
                visit.district.id,
                at=visit.now,
                actor=visit.person.actor,
                action="mail.retried",
                subject=visit.district.id,
                facts={"mails": count},
            )
    return go("/reach", "saved")


@router.post("/reach/automatic")
def automatic(visit: Reaching, form: Posted) -> Response:
    """Settle whether new badges are told at once."""
    choose_automatic(
        visit.store,
        visit.district.id,
        on=form.text("on") == "yes",
        now=visit.now,
        actor=visit.person.actor,
    )
    return go("/reach", "saved")


@router.get("/problems")
def listed(request: Request, visit: Reaching) -> Response:
    """What students say is wrong: what waits first."""
    return _problems_page(request, visit)


@router.post("/problems/{problem_id}/answer")
def answer(request: Request, visit: Reaching, problem_id: str, form: Posted) -> Response:
    """Answer one, and take it out of the queue."""
    try:
        problems.close(
            visit.store,
            visit.district.id,
            problem_id,
            answer=form.text("answer"),
            now=visit.now,
            actor=visit.person.actor,
        )
    except (ClaimError, IssuerError) as fault:
        if fault.code not in {"problem_refused", "state_conflict"}:
            raise
        return _problems_page(request, visit, f"{fault.message[:1].upper()}{fault.message[1:]}.")
    return go("/problems", "saved")


def _page(
    request: Request,
    visit: Visit,
    *,
    done: str = "",
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with visit.store.reading() as session:
        choice = outbox.choice(session, visit.district.id)
        values = {
            "counts": outbox.counts(session, visit.district.id),
            "failed": outbox.failed(session, visit.district.id, MOST_SHOWN),
            "codes": {one: one for one in dossier.codes(session, visit.district.id)},
            "schools": queries.schools(session, visit.district.id),
            "automatic": choice is not None and choice.new_badges_since is not None,
            "done": done,
            "most": MOST_SLIPS,
        }
    return page(request, visit, Page(WORDS["reach.nav"], "reach.html", values, status, faults or {}))


def _problems_page(request: Request, visit: Visit, fault: str = "") -> Response:
    with visit.store.reading() as session:
        rows = claims.problems(session, visit.district.id, most=MOST_SHOWN)
        who = {row.student_id: name_of(session, visit.district.id, row.student_id) for row in rows}
    faults, status = ({"": fault}, 409) if fault else ({}, 200)
    values = {"rows": rows, "who": who, "longest": problems.LONGEST}
    return page(request, visit, Page(WORDS["problems.nav"], "problems.html", values, status, faults))
