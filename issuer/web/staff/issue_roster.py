"""Step 2 of issuing, from the roster: pick students, or bring the roster up to a OneRoster zip first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.errors import AccessError
from issuer.access.roles import Permission
from issuer.roster import Student
from issuer.roster.errors import SheetError
from issuer.sheets import draft as drafts
from issuer.sheets.draft import PICKED, Draft
from issuer.sheets.picking import Picked, picked
from issuer.store import dossier, queries
from issuer.store.dossier import LONGEST_SEARCH, MOST_PAGES, Wanted
from issuer.store.session import Session
from issuer.store.sheet_drafts import LARGEST_SHEET
from issuer.student_roster import take_archive
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff.dossier import own_school
from issuer.web.staff.issue import who_page
from issuer.web.staff.page import WORDS, faults_of, go
from issuer.web.staff.wizard import Recording, find, step

router = APIRouter()

EditingRoster = Annotated[Visit, Depends(signed_in(Permission.EDIT_STUDENTS))]
FILTERS: Final = ("search", "school", "grade", "page")
MOST_DIGITS: Final = 4
ALL, NONE, ON, NEXT, BEFORE = "all", "none", "on", "next", "before"
"""What the buttons of the page do, beside keeping what is ticked."""


@router.get("/issue/{draft_id}/roster")
def show(request: Request, visit: Recording, draft_id: str) -> Response:
    """A page of the roster, with those ticked who were picked."""
    return _page(request, visit, find(visit, draft_id), dict(request.query_params))


@router.post("/issue/{draft_id}/roster")
def pick(request: Request, visit: Recording, draft_id: str, form: Posted) -> Response:
    """Keep what is ticked on this page, then go where the button leads."""
    draft = find(visit, draft_id)
    said = {name: form.text(name) for name in FILTERS}
    with visit.store.reading() as session:
        asked = _wanted(said, visit, draft)
        shown, _ = dossier.students(session, visit.district.id, asked)
        before = picked(session, visit.district.id, draft_id)
    # Who came or left since the page was drawn was not seen: neither ticked nor not ticked.
    seen = [one for one in shown if one.student_id in frozenset(form.texts("shown"))]
    wish = form.text("do")
    ticked = {
        ALL: frozenset(one.student_id for one in seen),
        NONE: frozenset[str](),
    }.get(wish, frozenset(form.texts("picked")))
    try:
        now = replace(before.settle(seen, ticked), earned=form.text("date_earned").strip())
        faults = _faults(now, draft) if wish == ON else {}
        if now.rows and now.earned and not _is_day(now.earned):
            faults["date_earned"] = WORDS["field.day"]
        if faults:
            return _page(request, visit, draft, said, now=now, faults=faults)
        if now != before:
            drafts.take(
                visit.store, visit.person, draft_id, now.sheet(draft.certification), PICKED, now=visit.now
            )
    except AccessError as refused:
        return _page(request, visit, draft, said, now=before, faults=faults_of(refused))
    if wish == ON:
        return go(f"/issue/{draft_id}/check")
    turned = replace(asked, page=asked.page + {NEXT: 1, BEFORE: -1}.get(wish, 0))
    return go(f"/issue/{draft_id}/roster?{urlencode(_query(turned))}")


@router.post("/issue/{draft_id}/oneroster")
def bring(request: Request, visit: EditingRoster, draft_id: str, form: Posted) -> Response:
    """Bring the roster up to a OneRoster zip, then pick from it."""
    draft = find(visit, draft_id)
    upload = form.file("archive")
    data = upload.file.read(LARGEST_SHEET + 1) if upload else b""
    if not data:
        return who_page(request, visit, draft, form, {"archive": WORDS["issue.who.no-file"]})
    try:
        with visit.store.transaction() as session:
            take_archive(
                session,
                visit.district.id,
                data,
                today=visit.now.astimezone().date(),
                now=visit.now,
                actor=visit.person.actor,
            )
    except SheetError as refused:
        return who_page(request, visit, draft, form, {"archive": refused.message})
    return go(f"/issue/{draft_id}/roster", "roster-taken")


def _faults(now: Picked, draft: Draft) -> dict[str, str]:
    """What is missing before the rows can be checked."""
    found = {}
    if not draft.certification:
        found[""] = WORDS["issue.who.which-first"]
    if not now.rows:
        found["roster"] = WORDS["issue.roster.nobody"]
    if not now.earned:
        found["date_earned"] = WORDS["issue.roster.no-day"]
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wanted(said: Mapping[str, str], visit: Visit, draft: Draft) -> Wanted:
    """Which students a page shows: within bounds, and of the one school that a sheet or a clerk has."""
    clean = {name: said.get(name, "")[:LONGEST_SEARCH].replace("\0", "") for name in FILTERS}
    text = clean["page"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 1
    school = (own_school(visit) or draft.school or clean["school"]).replace("\0", " ")
    return Wanted(
        clean["search"],
        school,
        page=min(max(number, 1), MOST_PAGES),
        grade=clean["grade"],
        enrolled=True,
    )


def _query(asked: Wanted) -> dict[str, str]:
    query = {"search": asked.search, "school": asked.school, "grade": asked.grade, "page": str(asked.page)}
    return {name: text for name, text in query.items() if text}


def _page(
    request: Request,
    visit: Visit,
    draft: Draft,
    said: Mapping[str, str],
    *,
    now: Picked | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    asked = _wanted(said, visit, draft)
    with visit.store.reading() as session:
        rows, more = dossier.students(session, visit.district.id, asked)
        schools = queries.schools(session, visit.district.id)
        confined = own_school(visit) or draft.school or ""
        values = {
            "rows": rows,
            "more": more and asked.page < MOST_PAGES,
            "asked": asked,
            "schools": {code: name for code, name in schools.items() if not confined or code == confined},
            "confined": bool(confined),
            "grades": dossier.grades(session, visit.district.id, confined),
            "has_roster": bool(rows) or _is_anybody(session, visit),
            "now": now or picked(session, visit.district.id, draft.id),
        }
    return step(request, visit, draft, "roster", values, faults=faults, status=422 if faults else 200)


def _is_anybody(session: Session, visit: Visit) -> bool:
    found: tuple[list[Student], bool] = dossier.students(session, visit.district.id, Wanted(enrolled=True))
    return bool(found[0])
