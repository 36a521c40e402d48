"""What waits for a second person: read it, then confirm or refuse exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.access import approvals, people
from issuer.access.approvals import CONFIRMED
from issuer.access.errors import AccessError
from issuer.access.policy import ASKS, CONFIRMS, KIND_NAMES
from issuer.access.roles import Permission, check_may
from issuer.errors import IssuerError
from issuer.store.columns import canonical_json
from issuer.web.access import Anybody, Posted, Visit
from issuer.web.staff import nav, todo
from issuer.web.staff.actions import action_of
from issuer.web.staff.page import WORDS, Page, go, page

router = APIRouter()
nav.join_settings(15, WORDS["approvals.nav"], "/approvals", None, WORDS["approvals.hint"])


@router.get("/approvals")
def pending(request: Request, visit: Anybody) -> Response:
    """What waits, and what was settled last. Somebody who may approve sees all, another their own."""
    with visit.store.reading() as session:
        waiting = approvals.waiting(session, visit.district.id, visit.now)
        settled = approvals.settled(session, visit.district.id)
    values = {
        "waiting": [one for one in waiting if _may_see(visit, one)],
        "settled": [one for one in settled if _may_see(visit, one)],
        "kinds": KIND_NAMES,
        "names": _names(visit),
    }
    return page(request, visit, Page(WORDS["approvals.title"], "approvals.html", values))


@router.get("/approvals/{request_id}")
def one(request: Request, visit: Anybody, request_id: str) -> Response:
    """What was asked for, whole."""
    return _approval_page(request, visit, _find(visit, request_id))


@router.post("/approvals/{request_id}/confirm")
def confirm(request: Request, visit: Anybody, request_id: str, form: Posted) -> Response:
    """Confirm it, and have it done."""
    found = _find(visit, request_id)
    action = action_of(found.kind)
    if action is None:
        raise AccessError(
            "approval_refused", "nothing here can do this: refuse it, and ask your administrator"
        )
    try:
        confirmed = approvals.confirm(
            visit.store,
            visit.person,
            request_id,
            seen_sha256=form.text("seen"),
            now=visit.now,
            still_true=lambda session, asked: action.still_true(session, asked, visit.now),
        )
    except AccessError as refused:
        if refused.code != "approval_refused":
            raise
        return _approval_page(request, visit, _find(visit, request_id), refused)
    action.perform(visit, confirmed)
    approvals.done(visit.store, visit.person, request_id, now=visit.now)
    return go("/approvals", "confirmed")


@router.post("/approvals/{request_id}/finish")
def finish(visit: Anybody, request_id: str) -> Response:
    """Finish what was confirmed and broke off. Doing it again changes nothing that was done."""
    found = _find(visit, request_id)
    action = action_of(found.kind)
    if action is None or found.outcome != CONFIRMED or found.is_done:
        raise AccessError("approval_refused", "there is nothing to finish here")
    if not _may_finish(visit, found):
        check_may(visit.person.role, ASKS[found.kind])
    action.perform(visit, found)
    approvals.done(visit.store, visit.person, request_id, now=visit.now)
    return go("/approvals", "confirmed")


@router.post("/approvals/{request_id}/refuse")
def refuse(visit: Anybody, request_id: str) -> Response:
    """Refuse it, or take back what one asked for oneself."""
    _find(visit, request_id)
    approvals.refuse(visit.store, visit.person, request_id, now=visit.now)
    return go("/approvals", "refused")


def _find(visit: Visit, request_id: str) -> approvals.Request:
    """A request that this person may see.

    Raises:
        IssuerError: `not_found`.
    """
    with visit.store.reading() as session:
        found = approvals.one(session, visit.district.id, request_id)
    if not _may_see(visit, found):
        raise IssuerError("not_found", "there is no such request")
    return found


def _may_see(visit: Visit, found: approvals.Request) -> bool:
    return found.asked_by == visit.person.id or visit.person.may(Permission.APPROVE)


def _may_finish(visit: Visit, found: approvals.Request) -> bool:
    return visit.person.may(Permission.APPROVE) or visit.person.may(ASKS[found.kind])


def _approval_page(
    request: Request, visit: Visit, found: approvals.Request, refused: AccessError | None = None
) -> Response:
    waits = found.outcome is None and found.ends > visit.now
    own = found.asked_by == visit.person.id
    may_approve = visit.person.may(Permission.APPROVE)
    may_confirm = may_approve and visit.person.may(CONFIRMS.get(found.kind, Permission.APPROVE))
    values = {
        "found": found,
        "shown": _shown(visit, found),
        "kinds": KIND_NAMES,
        "names": _names(visit),
        "own": own,
        "waits": waits,
        "may_confirm": waits and not own and may_confirm and action_of(found.kind) is not None,
        "may_refuse": waits and (own or may_approve),
        "may_finish": found.outcome == CONFIRMED and not found.is_done and _may_finish(visit, found),
    }
    faults = {"": f"{refused.message[:1].upper()}{refused.message[1:]}."} if refused else {}
    return page(
        request,
        visit,
        Page(KIND_NAMES[found.kind], "approval.html", values, 409 if refused else 200, faults),
    )


def _shown(visit: Visit, found: approvals.Request) -> Mapping[str, str]:
    """What will be done, in words; as it is kept where no page has words for it."""
    action = action_of(found.kind)
    if action is None:
        return {WORDS["approval.as-kept"]: canonical_json(found.content)}
    with visit.store.reading() as session:
        return action.show(session, found.content)


def _names(visit: Visit) -> dict[str, str]:
    return {one.id: one.name for one in people.everybody(visit.store, visit.district.id)}


def _waiting(visit: Visit) -> Iterator[todo.Todo]:
    """What this person could confirm, and what they asked for that was confirmed and is not done."""
    with visit.store.reading() as session:
        waiting = approvals.waiting(session, visit.district.id, visit.now)
    others = [one for one in waiting if one.asked_by != visit.person.id and one.outcome is None]
    if others and visit.person.may(Permission.APPROVE):
        words = WORDS["todo.approvals"] if len(others) > 1 else WORDS["todo.approval"]
        yield todo.Todo(words.format(count=len(others)), WORDS["todo.read"], "/approvals")
    broken = [one for one in waiting if one.outcome == CONFIRMED and _may_see(visit, one)]
    if broken:
        yield todo.Todo(
            WORDS["todo.unfinished"].format(count=len(broken)), WORDS["todo.finish"], "/approvals"
        )


todo.join(_waiting)
