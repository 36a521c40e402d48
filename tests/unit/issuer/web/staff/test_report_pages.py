"""Reports in the console: the same numbers on the page and in its files, and hidden in both alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from issuer.access.roles import Role
from issuer.reports.report import NAMES
from issuer.store import audit, report_queries
from tests.house import House
from tests.staff import SCHOOL, Staff
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
MANY = 20


@pytest.fixture
def year(staff: Staff) -> House:
    """A year in which many earned one certification, and two another."""
    house = staff.house
    for number in range(MANY + 2):
        ref = f"Y-{number}"
        with house.store.transaction() as session:
            report_queries.put_school(session, house.district.id, ref, SCHOOL)
        house.issue(
            ref,
            student_id=f"{500 + number}",
            recipient_name=f"Student {number}",
            number=f"NA-{number}",
            date_earned=date(2026, 4, 1 + number),
        )
    return house


def numbers(answer: Any) -> list[Any]:
    return [row for section in answer.json()["sections"] for row in section["rows"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_a_page_and_two_files(at: At, year: House, name: str) -> None:
    browser = at(Role.AUDITOR)
    page = browser.get(f"/staff/reports/{name}?year=2026&mode=graduation&students=400")
    assert page.status_code == 200
    assert "<table" in page.text
    assert "Student 1" not in page.text
    for kind, media in (("csv", "text/csv"), ("json", "application/json")):
        answer = browser.get(f"/staff/reports/{name}/{kind}?year=2026")
        assert answer.headers["content-type"].startswith(media)
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}-2026.{kind}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "Student 1" not in answer.text
    assert browser.get(f"/staff/reports/{name}/html").status_code == 404


def test_the_page_has_charts_with_the_numbers_of_their_tables(at: At, year: House) -> None:
    page = at(Role.AUDITOR).get("/staff/reports/accountability?year=2026")
    assert page.text.count("<svg") > 1 + 1  # the mark, and charts
    assert str(MANY + 2) in page.text
    assert "style=" not in page.text


def test_few_are_hidden_on_the_page_and_in_its_files(at: At, staff: Staff) -> None:
    for number in range(5):
        staff.house.issue(f"F-{number}", student_id=f"{number}", number=f"NA-{number}")
    browser = at(Role.ADMINISTRATOR)
    page = browser.get("/staff/reports/accountability?year=2026")
    assert "Fewer than 16 students" in page.text
    rows = numbers(browser.get("/staff/reports/accountability/json?year=2026"))
    assert not [value for row in rows for value in row[1:] if value == 5]


@pytest.mark.parametrize(
    "query", ["year=1", "year=abc", "year=2026&students=-1", "students=99999999999", "mode=none", "year=%00"]
)
def test_what_is_no_choice_is_taken_for_the_usual_one(at: At, staff: Staff, query: str) -> None:
    answer = at(Role.AUDITOR).get(f"/staff/reports/indicators/json?{query}")
    assert (answer.status_code, answer.json()["school_year"]) == (200, "2025-26")


def test_a_file_of_students_is_written_down_and_only_for_who_sees_students(
    at: At, year: House, staff: Staff
) -> None:
    form = {"year": "2026", "mapping": "ed-fi-diploma"}
    assert at(Role.AUDITOR).post("/staff/reports/state", form).status_code == 403
    assert "reports/state" not in at(Role.AUDITOR).get("/staff/reports").text
    assert "reports/state" in at(Role.REGISTRAR).get("/staff/reports").text
    registrar, roster = at(Role.REGISTRAR), {"roster": ("r.csv", b"student_id,grade\n500,12\n", "text/csv")}
    for wrong in ({"year": ""}, {"mapping": "x"}, {"year": "1999"}, {"key": "nothing"}):
        answer = registrar.post("/staff/reports/state", form | wrong, files=roster)
        assert answer.status_code == 422, wrong
    assert "students.exported" not in {one[1] for one in staff.audited()}
    answers = [registrar.post("/staff/reports/state", form, files=files) for files in (None, roster)]
    for answer in answers:
        assert answer.headers["content-disposition"] == 'attachment; filename="ed-fi-diploma-2026.csv"'
        assert len(answer.text.splitlines()) == 1 + MANY + 2
    assert [one[1] for one in staff.audited()].count("students.exported") == 2
    with year.store.reading() as session:
        row = audit.read(session, year.district.id, audit.Wanted("students.exported"))[0]
    assert row.facts["sha256"] == hashlib.sha256(answers[1].content).hexdigest()
    assert (row.actor, row.facts["lines"]) == (staff.person(Role.REGISTRAR).actor, MANY + 2)
