"""Reports: what may be shown of what was awarded, and files of students for those who may see students."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission, check_may
from issuer.errors import IssuerError
from issuer.reports.facts import ends, school_year
from issuer.reports.gather import gather
from issuer.reports.metrics import of_year
from issuer.reports.report import NAMES, Report, make_report, year_name
from issuer.reports.state_file import Line, packaged, roster_rows, state_file, template_columns
from issuer.reports.suppression import Mode
from issuer.reports.written import WRITERS, Format
from issuer.roster import SheetError
from issuer.roster.table import read_table
from issuer.rule_sets import suppression_on
from issuer.store import audit
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.dossier import said
from issuer.web.staff.page import HEADERS, WORDS, Page, page

router = APIRouter()
nav.join(nav.REPORTS, WORDS["reports.nav"], "/reports", Permission.READ_REPORTS)

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_REPORTS))]
FIRST_YEAR: Final = 2000
YEARS: Final = 6
"""How many school years one can choose from."""
MOST_STUDENTS: Final = 10_000_000
MAPPINGS: Final = ("colorado-guidelines", "ed-fi-diploma")
LONGEST_KEY: Final = 100
_RATED: Final = frozenset({"accountability", "indicators"})
"""Reports that have rates of all students."""
_MODED: Final = _RATED | {"outcomes"}
_FILES: Final = {Format.CSV: "text/csv; charset=utf-8", Format.JSON: "application/json"}


@router.get("/reports")
def everything(request: Request, visit: Reading) -> Response:
    """Which reports there are."""
    return _reports_page(request, visit, Form(), {})


def _page_of(name: str) -> Callable[..., Response]:
    """The route of one report: its charts and their tables."""

    def one(request: Request, visit: Reading) -> Response:
        made, asked = _made(request, visit, name)
        values = {
            "report": made,
            "name": name,
            "asked": asked,
            "years": {str(year): year_name(year) for year in _years(visit)},
            "modes": {one.value: WORDS[f"report.mode.{one.value}"] for one in Mode} if name in _MODED else {},
            "rated": name in _RATED,
            "query": {part: text for part, text in asked.items() if text},
        }
        return page(request, visit, Page(f"{made.title}, {year_name(made.year)}", "report.html", values))

    return one


def _file_of(name: str, written_as: Format) -> Callable[..., Response]:
    """The route of the same report as a file: what the page hides, it hides."""

    def file(request: Request, visit: Reading) -> Response:
        made, _ = _made(request, visit, name)
        return _download(WRITERS[written_as](made), f"{name}-{made.year}.{written_as}", _FILES[written_as])

    return file


for _name in NAMES:
    # A route for each, so that no id stands in an address that belongs to no district.
    router.add_api_route(f"/reports/{_name}", _page_of(_name), methods=["GET"])
    for _format in _FILES:
        router.add_api_route(f"/reports/{_name}/{_format}", _file_of(_name, _format), methods=["GET"])


@router.post("/reports/state")
def state(request: Request, visit: Reading, form: Posted) -> Response:
    """The state's yearly file: it names students, so the audit trail says that it was written."""
    check_may(visit.person.role, Permission.READ_STUDENTS)
    faults: dict[str, str] = {}
    year, mapping = _year(form.text("year"), visit), form.text("mapping")
    if year is None:
        faults["year"] = WORDS["report.no-year"]
    if mapping not in MAPPINGS:
        faults["mapping"] = WORDS["report.no-mapping"]
    if faults or year is None:
        return _reports_page(request, visit, form, faults)
    try:
        text, lines = _state_file(visit, form, mapping, year)
    except IssuerError as refused:
        if refused.code == "database_busy":
            raise
        return _reports_page(request, visit, form, {"": said(refused)})
    with visit.store.transaction() as session:
        audit.record(
            session,
            visit.district.id,
            at=visit.now,
            actor=visit.person.actor,
            action="students.exported",
            subject=visit.district.id,
            facts={
                "file": mapping,
                "year": year,
                "lines": lines,
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            },
        )
    return _download(text, f"{mapping}-{year}.csv", _FILES[Format.CSV])


def _state_file(visit: Visit, form: Form, mapping: str, year: int) -> tuple[str, int]:
    """The file's text, and how many lines it has.

    Raises:
        IssuerError: `not_filled` where a column cannot be filled, or a file cannot be read.
    """
    rules = packaged(mapping)
    template, roster = form.file("template"), form.file("roster")
    names = tuple(rules.columns)
    if template is not None:
        names = template_columns(template.file.read(), rules, file="the header row")
    rows_of = {}
    if roster is not None:
        key = form.text("key")[:LONGEST_KEY] or "student_id"
        try:
            rows_of = dict(roster_rows(read_table(roster.file.read()), key, file="your file"))
        except SheetError as fault:
            raise IssuerError("not_filled", f"your file cannot be read: {fault}") from fault
    with visit.store.reading() as session:
        rows = gather(session, visit.district.id)
    lines = [
        Line(one, rows.standing[one.award_ref], rows.entries[one.code], rows.district, year)
        for one in sorted(of_year(rows.earned, year), key=lambda one: (one.student_id, one.code))
    ]
    return state_file(rules, names, lines, rows_of), len(lines)


def _made(request: Request, visit: Visit, name: str) -> tuple[Report, dict[str, str]]:
    """The report that is asked for, and how it was asked."""
    given = request.query_params
    today = visit.now.date()
    year = _year(given.get("year", ""), visit) or school_year(today)
    mode = given.get("mode", "")
    chosen = Mode(mode) if name in _MODED and mode in {one.value for one in Mode} else Mode.ASSESSMENT
    number = given.get("students", "") if name in _RATED else ""
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(MOST_STUDENTS))
    students = int(number) if is_number and 0 < int(number) <= MOST_STUDENTS else None
    with visit.store.reading() as session:
        rows = gather(session, visit.district.id)
        rules = suppression_on(session, visit.district.id, today)
    made = make_report(name, rows, year, rules=rules, mode=chosen, students=students, today=today)
    asked = {"year": str(year), "mode": chosen.value, "students": str(students or "")}
    return made, asked


def _year(text: str, visit: Visit) -> int | None:
    """A school year that was chosen, or None."""
    return next((year for year in _years(visit) if str(year) == text), None)


def _years(visit: Visit) -> list[int]:
    """The school years one can choose from, this one first."""
    this = school_year(visit.now.date())
    return [year for year in range(this, this - YEARS, -1) if year >= FIRST_YEAR]


def _reports_page(request: Request, visit: Visit, form: Form, faults: dict[str, str]) -> Response:
    years = _years(visit)
    values = {
        "reports": {name: (title, WORDS[f"report.{name}.hint"]) for name, title in NAMES.items()},
        "may_export": visit.person.may(Permission.READ_STUDENTS),
        "years": {str(year): year_name(year) for year in years},
        "mappings": {name: WORDS[f"report.mapping.{name}"] for name in MAPPINGS},
        "typed": {name: form.text(name) for name in ("year", "mapping", "key")},
        "over": _is_over(years[0], visit.now.date()),
    }
    shown = Page(WORDS["reports.title"], "reports.html", values, 422 if faults else 200, faults)
    return page(request, visit, shown)


def _is_over(year: int, today: date) -> bool:
    return today > ends(year)


def _download(text: str, name: str, media_type: str) -> Response:
    """A file to be kept by the browser under a name of ours."""
    headers = dict(HEADERS) | {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text.encode("utf-8"), media_type=media_type, headers=headers)
