"""Steps 3 and 4 of issuing: which column is which, and what each row needs. Nothing is issued here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.access.errors import AccessError
from issuer.errors import IssuerError
from issuer.render.workbook import problem_rows
from issuer.roster import Checked, Fix, Fixes, Level, Question, RowReport, SheetQuestion, alike
from issuer.roster.columns import AWARDS, COLUMNS
from issuer.roster.fixes import apply
from issuer.roster.grid import letter
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.sheets.look import Look
from issuer.store import students
from issuer.web.access import Posted, Visit
from issuer.web.forms import Form
from issuer.web.staff.page import HEADERS, WORDS, faults_of, go
from issuer.web.staff.wizard import Recording, find, look, step

router = APIRouter()

PAGE: Final = 50
"""Rows on one page of the table."""
CONSTANTS: Final = ("school_code", "date_earned", "credential_code")
"""Columns that a sheet may lack, where all of its rows say the same."""
_SURE: Final = frozenset({"answer", "remembered", "name"})
"""How a column was matched where it was not guessed."""
SHOWS: Final = {
    "problems": (Level.ERROR, Level.LOOK_TWICE),
    "ready": (Level.OK, Level.LOOK_TWICE),
    "has": (Level.DUPLICATE,),
    "left-out": (Level.SKIPPED,),
    "all": tuple(Level),
}
"""Which rows the table shows."""
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/issue/{draft_id}/columns")
def show_columns(request: Request, visit: Recording, draft_id: str) -> Response:
    """Step 3: what was recognised, and what only a person can say."""
    draft = find(visit, draft_id)
    return _columns_page(request, visit, draft, look(visit, draft))


@router.post("/issue/{draft_id}/columns")
def match(request: Request, visit: Recording, draft_id: str, form: Posted) -> Response:
    """Take what was said about the sheet, if it can be read so."""
    draft = find(visit, draft_id)
    before = look(visit, draft)
    given, faults = _said(form, before)
    seen = look(visit, draft, answers={k: v for k, v in {**draft.answers, **given}.items() if v})
    if seen.refused is not None and not isinstance(seen.refused, SheetQuestion):
        faults = faults or {"": seen.refused.message}
    if faults:
        return _columns_page(request, visit, draft, before, faults)
    try:
        drafts.answer(visit.store, visit.person, draft_id, given, now=visit.now)
    except AccessError as refused:
        return _columns_page(request, visit, draft, before, faults_of(refused))
    if seen.reading is None:
        return go(f"/issue/{draft_id}/columns")
    if any(key.startswith("column.") for key in given):
        with visit.store.transaction() as session:
            layout = seen.reading.layout
            students.remember(session, visit.district.id, "awards", layout, now=visit.now)
    return go(f"/issue/{draft_id}/check")


@router.get("/issue/{draft_id}/check")
def show_check(request: Request, visit: Recording, draft_id: str, show: str = "", at: str = "1") -> Response:
    """Step 4: how many rows are ready, and those that are not."""
    draft = find(visit, draft_id)
    seen = look(visit, draft)
    if seen.checked is None:
        return _columns_page(request, visit, draft, seen)
    levels = seen.levels
    if show not in SHOWS:
        show = "problems" if levels[Level.ERROR] + levels[Level.LOOK_TWICE] else "all"
    rows = [one for one in seen.checked.report.rows if one.level in SHOWS[show]]
    pages = max(1, -(-len(rows) // PAGE))
    number = min(int(at), pages) if at.isascii() and at.isdigit() and 0 < len(at) < len("12345") else 1
    number = max(number, 1)
    records = {one.line: one.values for one in apply(seen.checked.reading, draft.fixes).records}
    values = {
        "levels": {level.value: levels[level] for level in Level},
        "ready": levels[Level.OK] + levels[Level.LOOK_TWICE],
        "rows": rows[(number - 1) * PAGE : number * PAGE],
        "records": records,
        "show": show,
        "shows": SHOWS,
        "page_number": number,
        "pages": pages,
        "like": _like(seen.checked),
        "schools": seen.against.schools,
        "questions": seen.checked.reading.questions,
    }
    return step(request, visit, draft, "check", values)


@router.get("/issue/{draft_id}/check/{line}")
def show_row(request: Request, visit: Recording, draft_id: str, line: int) -> Response:
    """One row, to be corrected in place."""
    draft = find(visit, draft_id)
    checked, row = _row(look(visit, draft), line)
    return _row_page(request, visit, draft, checked, row)


@router.post("/issue/{draft_id}/check/{line}")
def correct(request: Request, visit: Recording, draft_id: str, line: int, form: Posted) -> Response:
    """Correct cells of a row, and check it again."""
    draft = find(visit, draft_id)
    checked, row = _row(look(visit, draft), line)
    values = _values(checked, draft, line)
    cells = tuple(
        Fix(line, name, form.text(name).strip())
        for name in COLUMNS
        if name in form.names() and form.text(name).strip() != values[name]
    )
    try:
        drafts.fix(visit.store, visit.person, draft_id, Fixes(cells), now=visit.now)
    except AccessError as refused:
        return _row_page(request, visit, draft, checked, row, faults=faults_of(refused))
    draft = find(visit, draft_id)
    checked, row = _row(look(visit, draft), line)
    if row.level is Level.ERROR:
        return _row_page(request, visit, draft, checked, row, faults={"": row.why})
    return go(f"/issue/{draft_id}/check", "row-fixed")


@router.post("/issue/{draft_id}/check/{line}/fix")
def take_offer(visit: Recording, draft_id: str, line: int, form: Posted) -> Response:
    """Take a correction that a row offers, for this row or for all like it."""
    draft = find(visit, draft_id)
    checked, row = _row(look(visit, draft), line)
    offer = next((one for one in row.fixes if _key(one) == form.text("offer")), None)
    if offer is None:
        raise drafts.refused("this row offers no such correction any more: look at it again")
    fixes = Fixes((offer,))
    if form.text("like"):
        fixes = alike((one for row in checked.report.rows for one in row.fixes), offer)
    drafts.fix(visit.store, visit.person, draft_id, fixes, now=visit.now)
    return go(f"/issue/{draft_id}/check", "row-fixed")


@router.post("/issue/{draft_id}/check/{line}/skip")
def skip(visit: Recording, draft_id: str, line: int, form: Posted) -> Response:
    """Leave a row out, or take it back in."""
    draft = find(visit, draft_id)
    _row(look(visit, draft), line)
    if form.text("back"):
        drafts.put_back(visit.store, visit.person, draft_id, line, now=visit.now)
        return go(f"/issue/{draft_id}/check", "row-back")
    drafts.fix(visit.store, visit.person, draft_id, Fixes(skip=frozenset({line})), now=visit.now)
    return go(f"/issue/{draft_id}/check", "row-skipped")


@router.get("/issue/{draft_id}/problems.xlsx")
def download(visit: Recording, draft_id: str) -> Response:
    """The rows that need fixing, as a workbook that says what to fix."""
    seen = look(visit, find(visit, draft_id))
    if seen.checked is None:
        raise IssuerError("not_found", "there is no sheet whose rows were checked")
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="what-to-fix.xlsx"'}
    return Response(problem_rows(seen.checked), media_type=WORKBOOK, headers=headers)


def _said(form: Form, before: Look) -> tuple[dict[str, str], dict[str, str]]:
    """What a form says about the sheet as answers by key, and what is wrong with it."""
    given: dict[str, str] = {}
    for question in _questions(before):
        said = form.text(f"answer-{question.key}")
        if said in {choice.value for choice in question.choices}:
            given[question.key] = said
    given |= {name: form.text(f"all-{name}").strip() for name in CONSTANTS if f"all-{name}" in form.names()}
    wanted, faults = _wanted(form, before)
    places = {name: letter(at) for name, at in before.reading.places.items()} if before.reading else {}
    for column in places.keys() - wanted.keys():
        given[f"column.{column}"] = "none"
    given |= {f"column.{name}": at for name, at in wanted.items() if places.get(name) != at}
    return given, faults


def _wanted(form: Form, before: Look) -> tuple[dict[str, str], dict[str, str]]:
    """The letter of each of our columns, as a form has it, and what is wrong with it."""
    wanted: dict[str, str] = {}
    faults: dict[str, str] = {}
    places = {letter(at): name for name, at in before.reading.places.items()} if before.reading else {}
    for at, _ in _sheet_columns(before):
        field = f"column-{at}"
        column = form.text(field) if field in form.names() else places.get(at, "")
        if column in wanted:
            faults[field] = WORDS["issue.columns.twice"]
        elif column in AWARDS.columns:
            wanted[column] = at
    return wanted, faults


def _questions(seen: Look) -> tuple[Question, ...]:
    if isinstance(seen.refused, SheetQuestion):
        return (seen.refused.question,)
    return seen.reading.questions if seen.reading else ()


def _choices(question: Question) -> list[tuple[str, str]]:
    """The answers of a question, and what people are shown of each."""
    return [(one.value, one.label) for one in question.choices]


def _sheet_columns(seen: Look) -> list[tuple[str, str]]:
    """The sheet's columns: letter and name, those that have a name or were recognised."""
    if seen.reading is None:
        return []
    used = set(seen.reading.places.values())
    heads = seen.reading.head.names
    return [(letter(at), name) for at, name in enumerate(heads) if name or at in used]


def _columns_page(
    request: Request,
    visit: Visit,
    draft: Draft,
    seen: Look,
    faults: Mapping[str, str] | None = None,
) -> Response:
    reading = seen.reading
    said = dict(faults or {})
    if seen.refused is not None and not isinstance(seen.refused, SheetQuestion):
        said.setdefault("", seen.refused.message)
    question = seen.refused.question if isinstance(seen.refused, SheetQuestion) else None
    lacking = question.key.removeprefix("column.") if question and question.key.startswith("column.") else ""
    questions = [(one, _choices(one)) for one in _questions(seen)]
    values = {
        "sheet_columns": _sheet_columns(seen),
        "samples": _samples(seen),
        "chosen": {letter(at): name for name, at in reading.places.items()} if reading else {},
        "sure": {letter(one.place): one for one in reading.matches} if reading else {},
        "notes": reading.notes if reading else (),
        "questions": questions,
        "all_sure": not (said or questions or lacking) and _is_sure(seen),
        "lacking": lacking if lacking in CONSTANTS else "",
        "constants": {name: draft.answers[name] for name in CONSTANTS if name in draft.answers},
        "own_column": bool(draft.certification and reading and "credential_code" in reading.places),
        "has_sheet": bool(draft.kind),
    }
    return step(request, visit, draft, "columns", values, faults=said, status=422 if faults else 200)


def _is_sure(seen: Look) -> bool:
    """Whether every column of the sheet is read as something, and none by a guess."""
    if seen.reading is None:
        return False
    sure = {one.place for one in seen.reading.matches if one.by in _SURE}
    return all(at in sure for at, _ in enumerate(seen.reading.head.names))


def _samples(seen: Look) -> dict[str, str]:
    """Up to three values of each column, by its letter."""
    if seen.reading is None:
        return {}
    rows = seen.reading.grid.rows
    found: dict[str, str] = {}
    for at, _ in enumerate(seen.reading.head.names):
        cells = (rows[one.line - 1] for one in seen.reading.records[:PAGE])
        texts = [row[at][:40] for row in cells if at < len(row) and row[at]]
        found[letter(at)] = ", ".join(dict.fromkeys(texts[:3]))
    return found


def _row(seen: Look, line: int) -> tuple[Checked, RowReport]:
    """One row.

    Raises:
        IssuerError: `not_found`.
    """
    for row in seen.checked.report.rows if seen.checked else ():
        if row.line == line and seen.checked is not None:
            return seen.checked, row
    raise IssuerError("not_found", "the sheet has no such row")


def _values(checked: Checked, draft: Draft, line: int) -> Mapping[str, str]:
    """A row's cells, with the corrections that were made."""
    return next(one.values for one in apply(checked.reading, draft.fixes).records if one.line == line)


def _like(checked: Checked) -> dict[str, int]:
    """How many rows offer a correction of the same column."""
    counts: dict[str, int] = {}
    for row in checked.report.rows:
        for name in {one.column for one in row.fixes}:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _key(offer: Fix) -> str:
    return f"{offer.column}={offer.value}"


def _row_page(
    request: Request,
    visit: Visit,
    draft: Draft,
    checked: Checked,
    row: RowReport,
    *,
    faults: Mapping[str, str] | None = None,
) -> Response:
    values = {
        "row": row,
        "values": _values(checked, draft, row.line),
        "fields": COLUMNS,
        "like": _like(checked),
    }
    return step(request, visit, draft, "row", values, faults=faults, status=422 if faults else 200)
