"""Who earned it, picked from the roster, page by page and without scripts; and the roster from a zip."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from fastapi import FastAPI

from issuer.access.roles import Role
from issuer.app import create_app
from issuer.roster.report import Student
from issuer.sheets import picking
from issuer.store import audit, queries, sheet_drafts, students
from issuer.store.students import Incoming
from issuer.store.tables import School
from tests.house import House
from tests.rosters import roster as archive
from tests.staff import SCHOOL, Staff
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.test_certifications import faults
from tests.unit.issuer.web.staff.test_issue import begin, give, seen, signed

At = Callable[..., Browser]
ON = {"do": "on", "date_earned": "2026-04-18"}


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application, which can sign."""
    return create_app(
        house.store, clock=house.clock, entropy=house.entropy, signer_of=lambda _district: house.signer
    )


@pytest.fixture
def roster(staff: Staff) -> list[str]:
    """Sixty students of grade 12 and three of grade 9, one of another school, one who has left."""
    people = [
        Student(
            f"{number:09}",
            "Inés",
            f"Farrow {number:02}",
            birth_date=date(2008, 2, 29),
            school_code=SCHOOL,
            grade="12",
        )
        for number in range(1, 61)
    ]
    people += [
        Student(f"90000000{number}", "Noor", f"Zand {number}", school_code=SCHOOL, grade="9")
        for number in range(3)
    ]
    people.append(Student("700000001", "Ana", "Elsewhere", school_code="0200", grade="12"))
    people.append(Student("700000002", "Bo", "Gone", school_code=SCHOOL, grade="12", active=False))
    house = staff.house
    with house.store.transaction() as session:
        session.add(School(district_id=staff.district, code="0200", name="Another High School"))
        students.take(
            session,
            staff.district,
            [Incoming(one) for one in people],
            source="sheet",
            now=house.time,
            actor="test",
        )
    return [one.student_id for one in people]


def started(browser: Browser, code: str = "OSHA10-GI") -> str:
    here = begin(browser)
    browser.post(f"{here}/what", {"certification": code})
    return here


def shown(text: str) -> list[str]:
    return re.findall(r'name="shown" value="([^"]+)"', text)


def ticked(text: str) -> list[str]:
    return re.findall(r'name="picked" value="([^"]+)"[^>]* checked', text)


def form_of(text: str, *picked: str, **more: str) -> dict[str, object]:
    """The form of a page, with some students ticked."""
    hidden = dict(re.findall(r'type="hidden" name="(search|school|grade|page)" value="([^"]*)"', text))
    return {"shown": shown(text), "picked": list(picked), "do": "keep", **hidden, **more}


def test_students_are_picked_over_pages_and_issued(at: At, house: House, roster: list[str]) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    assert f"{here}/roster" in browser.get(f"{here}/who").text
    first = browser.get(f"{here}/roster?grade=12").text
    assert len(shown(first)) == 50
    answer = browser.post(f"{here}/roster", form_of(first, *shown(first)[:2], do="next"))
    assert answer.headers["location"] == f"{here}/roster?grade=12&page=2"
    second = browser.get(answer.headers["location"]).text
    assert "2 students are picked." in second
    browser.post(f"{here}/roster", form_of(second, shown(second)[0]))
    assert ticked(browser.get(f"{here}/roster?grade=12").text) == shown(first)[:2]
    last = browser.get(f"{here}/roster?grade=12&page=2").text
    answer = browser.post(f"{here}/roster", form_of(last, *ticked(last)) | ON)
    assert answer.headers["location"] == f"{here}/check"
    assert "Review 3 and issue" in browser.get(f"{here}/check").text
    browser.post(f"{here}/review", seen(browser, here))
    assert len(signed(house)) == 3


def test_everybody_on_the_page_is_picked_at_once_and_no_other(at: At, roster: list[str]) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    page = browser.get(f"{here}/roster?grade=9").text
    browser.post(f"{here}/roster", form_of(page, do="all"))
    text = browser.get(f"{here}/roster?grade=9").text
    assert len(ticked(text)) == 3
    assert "3 students are picked." in text
    browser.post(f"{here}/roster", form_of(text, *ticked(text), do="none"))
    assert "0 students are picked." in browser.get(f"{here}/roster").text


def test_a_student_is_found_by_school_grade_and_name(at: At, roster: list[str]) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    for query, found in (
        ("search=ines+07", ["000000007"]),
        ("school=0200", ["700000001"]),
        ("grade=9&search=zand+1", ["900000001"]),
        ("search=gone", []),  # has left
        ("search=nobody", []),
        ("page=9999", []),
        ("page=x&search=zand+2", ["900000002"]),
    ):
        assert shown(browser.get(f"{here}/roster?{query}").text) == found, query


def test_what_is_missing_is_said_and_nothing_ticked_is_lost(at: At, roster: list[str]) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    page = browser.get(f"{here}/roster?grade=9").text
    answer = browser.post(f"{here}/roster", form_of(page, "900000001", do="on"))
    assert answer.status_code == 422
    assert "Choose the certification first." in unescape(answer.text)
    assert list(faults(answer.text)) == ["date_earned"]
    assert ticked(answer.text) == ["900000001"]
    answer = browser.post(f"{here}/roster", form_of(page, do="on"))
    assert set(faults(answer.text)) == {"roster", "date_earned"}
    for day in ("18/04/2026", "2026-4-18", "tomorrow", "x" * 5_000):
        answer = browser.post(f"{here}/roster", form_of(page, "900000001", do="keep", date_earned=day))
        assert list(faults(answer.text)) == ["date_earned"]


def test_who_was_not_shown_is_not_picked(at: At, house: House, roster: list[str]) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    page = browser.get(f"{here}/roster?grade=9").text
    form = form_of(page, "000000001", "700000002", "900000001", "nobody")
    form["shown"] = [*shown(page), "000000001", "700000002"]
    browser.post(f"{here}/roster", form)
    with house.store.reading() as session:
        now = picking.picked(session, house.district.id, here.rpartition("/")[2])
    assert now.numbers == {"900000001"}


def test_a_clerk_picks_at_one_school_alone(at: At, house: House, roster: list[str]) -> None:
    browser = at(Role.CLERK)
    here = started(browser)
    assert shown(browser.get(f"{here}/roster?school=0200").text)[0] != "700000001"
    assert shown(browser.get(f"{here}/roster?search=elsewhere").text) == []
    form = {"shown": ["700000001"], "picked": ["700000001"], "school": "0200", "do": "keep"}
    browser.post(f"{here}/roster", form)
    with house.store.reading() as session:
        assert picking.picked(session, house.district.id, here.rpartition("/")[2]).rows == ()


def test_no_more_are_picked_than_a_sheet_takes(
    at: At, roster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    page = browser.get(f"{here}/roster?grade=9").text
    monkeypatch.setattr(picking, "MOST_PICKED", 2)
    answer = browser.post(f"{here}/roster", form_of(page, do="all"))
    assert answer.status_code == 422
    assert "one sheet takes 2 students" in answer.text.replace("One", "one")
    assert browser.post(f"{here}/roster", form_of(page, *shown(page)[:2])).status_code == 303


def test_picked_students_change_no_more_once_they_are_ordered(
    at: At, house: House, roster: list[str]
) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    page = browser.get(f"{here}/roster?grade=12").text
    browser.post(f"{here}/roster", form_of(page, "000000001") | ON)
    browser.post(f"{here}/review", seen(browser, here))
    answer = browser.post(f"{here}/roster", form_of(page, "000000002") | ON)
    assert answer.status_code == 422
    assert len(signed(house)) == 1


def test_without_a_roster_the_page_says_what_to_do(at: At, staff: Staff) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    assert "No enrolled student is in the roster yet." in browser.get(f"{here}/roster").text


def test_a_oneroster_zip_brings_the_roster_up_and_leads_to_picking(
    at: At, house: House, staff: Staff
) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    sent = {"archive": ("roster.zip", archive(), "application/zip")}
    answer = browser.post(f"{here}/oneroster", files=sent)
    assert answer.headers["location"] == f"{here}/roster?notice=roster-taken"
    with house.store.reading() as session:
        known = students.roster(session, staff.district) or {}
        said = audit.read(session, staff.district, audit.Wanted(action="students.taken"))
    assert set(shown(browser.get(f"{here}/roster").text)) == {n for n, one in known.items() if one.active}
    assert said[0].actor == staff.person(Role.REGISTRAR).actor


def test_what_is_no_oneroster_zip_is_refused_at_its_field(at: At, house: House, staff: Staff) -> None:
    browser = at(Role.REGISTRAR)
    here = started(browser)
    for data in (b"", b"PK\x03\x04", b"external_id\n1\n"):
        answer = browser.post(f"{here}/oneroster", files={"archive": ("roster.zip", data, "x/x")})
        assert list(faults(answer.text)) == ["archive"]
    assert "under “From the roster”" in faults(give(browser, here, archive()).text)["sheet"]
    with house.store.reading() as session:
        assert students.roster(session, staff.district) is None


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CLERK])
def test_who_may_not_change_the_roster_brings_in_no_zip(at: At, house: House, role: Role) -> None:
    browser = at(role)
    here = started(browser)
    assert "/oneroster" not in browser.get(f"{here}/who").text
    sent = {"archive": ("roster.zip", archive(), "application/zip")}
    assert browser.post(f"{here}/oneroster", files=sent).status_code == 403
    with house.store.reading() as session:
        assert students.roster(session, house.district.id) is None
        assert queries.schools(session, house.district.id)
        assert sheet_drafts.draft(session, house.district.id, here.rpartition("/")[2]).kind == ""
