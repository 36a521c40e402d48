"""Settings > Audit trail: what was done, by whom, and whether the chain holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access import people
from issuer.access.roles import Permission
from issuer.errors import IssuerError
from issuer.store import audit
from issuer.store.audit import Wanted
from issuer.web.access import Visit, signed_in
from issuer.web.staff import nav
from issuer.web.staff.page import WORDS, Page, page

router = APIRouter()
nav.join_settings(30, WORDS["audit.nav"], "/audit", Permission.READ_AUDIT, WORDS["audit.hint"])

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_AUDIT))]
ROWS = 50
LONGEST_FILTER = 200
MOST_DIGITS = 9
FILTERS = ("action", "actor", "subject")


@router.get("/audit")
def trail(request: Request, visit: Reading) -> Response:
    """The newest rows that are wanted; older ones by the link at the end."""
    said = request.query_params
    asked = {name: said.get(name, "")[:LONGEST_FILTER] for name in FILTERS}
    return _trail_page(request, visit, asked, said.get("before", ""))


@router.post("/audit/check")
def check(request: Request, visit: Reading) -> Response:
    """Go through the whole chain, and say whether it holds."""
    with visit.store.reading() as session:
        try:
            said = {"holds": True, "head": str(audit.check_chain(session, visit.district.id)), "why": ""}
        except IssuerError as fault:
            if fault.code != "audit_broken":
                raise
            said = {"holds": False, "head": "", "why": fault.message}
    return _trail_page(request, visit, dict.fromkeys(FILTERS, ""), "", said)


def _trail_page(
    request: Request,
    visit: Visit,
    asked: dict[str, str],
    before: str,
    checked: dict[str, object] | None = None,
) -> Response:
    is_number = before.isascii() and before.isdigit() and len(before) <= MOST_DIGITS
    number = int(before) if is_number else None
    wanted = Wanted(asked["action"], asked["actor"], asked["subject"], before=number, most=ROWS + 1)
    with visit.store.reading() as session:
        rows = audit.read(session, visit.district.id, wanted)
        actions = audit.actions(session, visit.district.id)
    names = {one.actor: one.name for one in people.everybody(visit.store, visit.district.id)}
    values = {
        "rows": rows[:ROWS],
        "older": rows[ROWS - 1].number if len(rows) > ROWS else None,
        "asked": asked,
        "actions": actions,
        "actors": names,
        "checked": checked,
    }
    return page(request, visit, Page(WORDS["audit.title"], "audit.html", values))
