"""Badges: find one, and see what it says, what it rests on, and what has become of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission
from issuer.correction import corrected_ref, interrupted, next_ref
from issuer.determination import CODE
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.store import contacts, dossier, evidence, jobs, outbox, queries
from issuer.store.dossier import STATES, Badge
from issuer.store.outbox import Purpose
from issuer.store.session import Session
from issuer.web.access import Visit, signed_in
from issuer.web.staff import nav
from issuer.web.staff.dossier import (
    find_badge,
    next_page,
    own_school,
    path_of,
    reason_words,
    standing_words,
    titles,
    wanted,
)
from issuer.web.staff.page import WORDS, Page, page
from issuer.web.staff.seen import facts_in

router = APIRouter()
nav.join(nav.BADGES, WORDS["badges.nav"], "/badges", Permission.READ_STUDENTS)

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_STUDENTS))]


@router.get("/badges")
def everything(request: Request, visit: Reading) -> Response:
    """Badges, the newest first; a clerk's are those of one school's students."""
    asked = wanted(request, visit)
    with visit.store.reading() as session:
        rows, more = dossier.badges(session, visit.district.id, asked)
        codes = dossier.codes(session, visit.district.id)
        named = titles(session, visit.district.id)
    values = {
        "rows": rows,
        "asked": asked,
        "codes": codes,
        "titles": named,
        "stands": lambda one: standing_words(one, visit.now.date()),
        "states": {state: WORDS[f"badge.state.{state}"] for state in STATES},
        "confined": bool(own_school(visit)),
        "older": next_page(asked, more),
    }
    return page(request, visit, Page(WORDS["badges.title"], "badges.html", values))


@router.get("/badges/{badge_id}")
def one(request: Request, visit: Reading, badge_id: str) -> Response:
    """One badge, whole."""
    return badge_page(request, visit, badge_id)


def badge_page(request: Request, visit: Visit, badge_id: str, fault: str = "", status: int = 409) -> Response:
    """One badge, and what was wrong with what was asked of it."""
    with visit.store.reading() as session:
        found = find_badge(session, visit, badge_id)
        items = evidence.items(session, visit.district.id, found.award_ref)
        shares = dossier.open_shares(session, visit.district.id, found.credential_id, visit.now)
        schools = queries.schools(session, visit.district.id)
        newer = _other(session, visit, _next(found))
        older = _other(session, visit, corrected_ref(found.award_ref))
        broken = found.award_ref in interrupted(session, visit.district.id)
        reached = contacts.contact(session, visit.district.id, found.student_id)
        mail = outbox.about(session, visit.district.id, Purpose.NEW_BADGE, found.credential_id)
        named = titles(session, visit.district.id)
        held = jobs.held_until(session, visit.district.id, found.award_ref, now=visit.now)
    values = {
        "badge": found,
        "what": named.get(found.code, found.code),
        "stands": standing_words(found, visit.now.date()),
        "facts": _facts(visit, found),
        "student": path_of(found.student_id),
        "items": items,
        "shares": shares,
        "schools": schools,
        "newer": newer,
        "older": older,
        "broken": broken,
        "reason": reason_words(found.reason) if found.reason else "",
        "may_withdraw": visit.person.may(Permission.WITHDRAW) and found.standing == "standing",
        "may_correct": found.code != CODE,
        "may_print": visit.person.may(Permission.SHARE) and found.standing == "standing",
        "mail": mail,
        "has_address": reached is not None and reached.address is not None,
        "held": held,
        "can_print": bool(request.app.state.printing.verifier_origin),
    }
    title = f"{named.get(found.code, found.code)}: {found.name or found.student_id}"
    faults = {"": fault} if fault else {}
    return page(request, visit, Page(title, "badge.html", values, status if fault else 200, faults))


def _next(found: Badge) -> str | None:
    try:
        return next_ref(found.award_ref)
    except IssuerError:
        return None


def _other(session: Session, visit: Visit, award_ref: str | None) -> Badge | None:
    """The badge of another reference, where there is one."""
    row = queries.credential_of_award(session, visit.district.id, award_ref) if award_ref else None
    return dossier.badge(session, visit.district.id, row.id) if row else None


def _facts(visit: Visit, found: Badge) -> tuple[tuple[str, str], ...]:
    if found.signed_at is None:
        return ()
    return facts_in(stored(visit.store, visit.district.id, found.credential_id).document)
