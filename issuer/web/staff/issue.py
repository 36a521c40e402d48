"""Issue: the sheets in work, and the first two steps: which certification, and who earned it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.access.errors import AccessError
from issuer.access.roles import Permission
from issuer.roster import Fixes, SheetQuestion
from issuer.roster.oneroster import is_archive
from issuer.sheets import draft as drafts
from issuer.sheets.draft import FILE, ONE, PASTED, Draft, one_row, pasted
from issuer.sheets.look import offered
from issuer.store import queries, sheet_drafts
from issuer.store.sheet_drafts import HANDED, ISSUING, LARGEST_SHEET
from issuer.web.access import Posted, Visit
from issuer.web.forms import Form
from issuer.web.staff import nav, todo
from issuer.web.staff.page import WORDS, Page, faults_of, go, page
from issuer.web.staff.wizard import Recording, find, look, names, step

router = APIRouter()
nav.join(nav.ISSUE, WORDS["issue.nav"], "/issue", Permission.RECORD_AWARDS)

ABOUT_ONE = (
    "external_id", "given_name", "family_name", "birth_date", "school_code", "date_earned", "expires_on",
    "number", "score",
)  # fmt: skip
"""What a form about one student asks for."""
DAYS = ("birth_date", "date_earned", "expires_on")
NEEDED = ("external_id", "school_code", "date_earned")


@router.get("/issue")
def in_work(request: Request, visit: Recording) -> Response:
    """Every sheet in work, and the button that begins another."""
    with visit.store.reading() as session:
        found = drafts.in_work(session, visit.person)
        counts = sheet_drafts.counted(session, visit.district.id, [one.id for one in found])
        schools = queries.schools(session, visit.district.id)
    values = {
        "drafts": found,
        "counts": counts,
        "names": names(visit),
        "schools": schools,
        "next": {one.id: _next(one) for one in found},
    }
    return page(request, visit, Page(WORDS["issue.title"], "issue.html", values))


@router.post("/issue")
def start(visit: Recording) -> Response:
    """Begin a sheet."""
    made = drafts.start(visit.store, visit.person, now=visit.now, entropy=visit.here.entropy)
    return go(f"/issue/{made.id}/what")


@router.post("/issue/{draft_id}/discard")
def discard(visit: Recording, draft_id: str) -> Response:
    """Throw a sheet away; what was issued stays."""
    drafts.discard(visit.store, visit.person, draft_id, now=visit.now)
    return go("/issue", "discarded")


@router.get("/issue/{draft_id}/what")
def show_what(request: Request, visit: Recording, draft_id: str) -> Response:
    """Step 1: one certification, or the sheet says which."""
    return _what_page(request, visit, find(visit, draft_id))


@router.post("/issue/{draft_id}/what")
def choose(request: Request, visit: Recording, draft_id: str, form: Posted) -> Response:
    """Choose it."""
    draft = find(visit, draft_id)
    code = form.text("certification")
    with visit.store.reading() as session:
        known = {one.code for one in offered(session, visit.district.id)}
    if code and code not in known:
        return _what_page(request, visit, draft, {"certification": WORDS["issue.what.choose-one"]})
    drafts.choose(visit.store, visit.person, draft_id, code, now=visit.now)
    return go(f"/issue/{draft_id}/who")


@router.get("/issue/{draft_id}/who")
def show_who(request: Request, visit: Recording, draft_id: str) -> Response:
    """Step 2: a file, a paste, or one student."""
    return who_page(request, visit, find(visit, draft_id), Form())


@router.post("/issue/{draft_id}/who")
def give(request: Request, visit: Recording, draft_id: str, form: Posted) -> Response:
    """Take the sheet, if something of it can be read."""
    draft = find(visit, draft_id)
    kind, sheet, faults = _given(form, draft)
    if not faults:
        seen = look(visit, draft, sheet=sheet, answers={}, fixes=Fixes())
        if seen.refused is not None and not isinstance(seen.refused, SheetQuestion):
            faults = {_field(kind): seen.refused.message}
    if faults:
        return who_page(request, visit, draft, form, faults)
    try:
        drafts.take(visit.store, visit.person, draft_id, sheet, kind, now=visit.now)
    except AccessError as refused:
        return who_page(request, visit, draft, form, faults_of(refused))
    return go(f"/issue/{draft_id}/{'check' if kind == ONE else 'columns'}", "sheet-taken")


def _given(form: Form, draft: Draft) -> tuple[str, bytes, Mapping[str, str]]:
    """How a sheet came, its bytes, and what is wrong."""
    kind = form.text("kind")
    if kind == PASTED:
        text = form.text("pasted")
        return kind, pasted(text), {} if text.strip() else {"pasted": WORDS["issue.who.nothing-pasted"]}
    if kind == ONE:
        values = {name: form.text(name).strip() for name in ABOUT_ONE}
        values["credential_code"] = draft.certification
        faults = {name: WORDS["issue.who.needed"] for name in NEEDED if not values[name]}
        if not draft.certification:
            faults[""] = WORDS["issue.who.which-first"]
        return kind, one_row(values), faults
    upload = form.file("sheet")
    if upload is None:
        return FILE, b"", {"sheet": WORDS["issue.who.no-file"]}
    data = upload.file.read(LARGEST_SHEET + 1)
    if is_archive(data):
        return FILE, b"", {"sheet": WORDS["issue.who.is-archive"]}
    return FILE, data, {} if data else {"sheet": WORDS["issue.who.no-file"]}


def _field(kind: str) -> str:
    return {PASTED: "pasted", ONE: "external_id"}.get(kind, "sheet")


def _what_page(
    request: Request, visit: Visit, draft: Draft, faults: Mapping[str, str] | None = None
) -> Response:
    with visit.store.reading() as session:
        choices = {one.code: f"{one.name} ({one.body.name})" for one in offered(session, visit.district.id)}
    return step(
        request,
        visit,
        draft,
        "what",
        {"choices": choices},
        faults=faults,
        status=422 if faults else 200,
    )


def who_page(
    request: Request,
    visit: Visit,
    draft: Draft,
    form: Form,
    faults: Mapping[str, str] | None = None,
) -> Response:
    """Draw step 2, with what was typed where it was refused."""
    with visit.store.reading() as session:
        schools = queries.schools(session, visit.district.id)
    if draft.school is not None:
        schools = {code: name for code, name in schools.items() if code == draft.school}
    values = {
        "schools": schools,
        "about_one": ABOUT_ONE,
        "days": DAYS,
        "needed": NEEDED,
        "typed": {name: form.text(name) for name in (*ABOUT_ONE, "pasted")},
        "may_edit": visit.person.may(Permission.EDIT_STUDENTS),
    }
    return step(request, visit, draft, "who", values, faults=faults, status=422 if faults else 200)


def _next(draft: Draft) -> str:
    """The step at which a sheet is taken up again."""
    if not draft.can_change:
        return "review"
    return "check" if draft.kind else "who" if draft.certification else "what"


def _waiting(visit: Visit) -> Iterator[todo.Todo]:
    """What waits for somebody who may issue: sheets that were handed over, and those that broke off."""
    if not visit.person.may(Permission.ISSUE):
        return
    with visit.store.reading() as session:
        found = drafts.in_work(session, visit.person)
        begun = [one.id for one in found if one.state == ISSUING]
        counts = sheet_drafts.counted(session, visit.district.id, begun)
    for one in found:
        if one.state == HANDED:
            yield todo.Todo(WORDS["todo.sheet-ready"], WORDS["todo.sheet-look"], f"/issue/{one.id}/review")
        elif one.state == ISSUING:
            so_far = counts[one.id]
            words = WORDS["todo.sheet-begun"].format(issued=so_far.issued, total=so_far.total)
            yield todo.Todo(words, WORDS["todo.sheet-go-on"], f"/issue/{one.id}/review")


todo.join(_waiting)
