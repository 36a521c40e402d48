"""The pages of students and their badges, and of withdrawing and correcting one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI

from contexts.document import parse
from issuer.access import policy
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.correction import Correction, interrupted
from issuer.issuance import Issued, issue
from issuer.roster.report import Student
from issuer.store import audit, dossier, queries, report_queries, students
from issuer.store.measures import NewMeasure, record_measures
from issuer.store.students import Incoming
from issuer.store.tables import Credential, School
from issuer.web.staff import dossier as shared
from issuer.web.staff import students as student_pages
from tests.house import House
from tests.staff import SCHOOL, Staff
from tests.unit.issuer.test_readiness import RULES, decision
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
OTHER = "0200"
MAYA, NOOR = "100000001", "100000002"


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application, where the district's key is."""
    return create_app(
        house.store, clock=house.clock, entropy=house.entropy, signer_of=lambda _district: house.signer
    )


@pytest.fixture
def two_schools(staff: Staff) -> House:
    """Maya at the clerk's school, Noor at another; each has a badge."""
    house = staff.house
    with house.store.transaction() as session:
        session.add(School(district_id=house.district.id, code=OTHER, name="Hillcrest High School"))
        session.flush()
        people = [
            Student(MAYA, "Mary", "Okafor", "Maya", "", date(2008, 3, 2), SCHOOL, "12"),
            Student(NOOR, "Noor", "Haddad", birth_date=date(2010, 5, 1), school_code=OTHER, grade="10"),
            Student("300", "José", "Nuñez", school_code=SCHOOL),
        ]
        students.take(
            session, house.district.id, [Incoming(one) for one in people], source="sheet", now=house.time,
            actor="test",
        )  # fmt: skip
        report_queries.put_school(session, house.district.id, "A-2", OTHER)
    return house


@pytest.fixture
def made(two_schools: House) -> Issued:
    """Maya's badge, with Noor's beside it."""
    two_schools.issue("A-2", student_id=NOOR, recipient_name="Noor Haddad", number="NA-7")
    return two_schools.issue()


def path(made: Issued) -> str:
    return f"/staff/badges/{made.credential_id.removeprefix('urn:uuid:')}"


def text(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def reason(house: House, made: Issued) -> str:
    with house.store.reading() as session:
        found = queries.status(session, house.district.id, made.credential_id)
    return found.reason if found else ""


def count(house: House) -> int:
    with house.store.reading() as session:
        return len(dossier.badges(session, house.district.id, dossier.Wanted())[0])


def test_students_are_found_by_name_number_and_school(at: At, two_schools: House) -> None:
    browser = at(Role.REGISTRAR)
    for query, shown in (
        ("", {"Okafor, Maya", "Haddad, Noor", "Nuñez, José"}),
        ("search=MAYA", {"Okafor, Maya"}),
        ("search=mary", {"Okafor, Maya"}),
        ("search=nunez+jose", {"Nuñez, José"}),
        ("search=0000002", {"Haddad, Noor"}),
        (f"school={OTHER}", {"Haddad, Noor"}),
        ("search=nobody", set()),
    ):
        said = text(browser.get(f"/staff/students?{query}"))
        for name in ("Okafor, Maya", "Haddad, Noor", "Nuñez, José"):
            assert (name in said) == (name in shown), (query, name)


def test_a_clerk_sees_the_students_and_badges_of_one_school(at: At, made: Issued, two_schools: House) -> None:
    clerk, registrar = at(Role.CLERK), at(Role.REGISTRAR)
    foreign = queries_badge(two_schools, "A-2")
    for query in ("", f"?school={OTHER}", "?search=Noor", "?school=", f"?search={NOOR}"):
        for place in ("students", "badges"):
            said = text(clerk.get(f"/staff/{place}{query}"))
            assert "Noor" not in said.replace('value="Noor"', ""), (place, query)
            assert f"({NOOR})" not in said
    assert "Maya" in text(clerk.get("/staff/badges"))
    assert clerk.get(path(made)).status_code == clerk.get(f"/staff/students/{MAYA}").status_code == 200
    for address in (f"/staff/students/{NOOR}", f"/staff/badges/{foreign}"):
        assert (clerk.get(address).status_code, registrar.get(address).status_code) == (404, 200)
    form = {"kind": "score", "assessment": "SAT", "part": "Math", "value": "520", "on": "2026-03-01"}
    for step in ("measures", "retract"):
        assert clerk.post(f"/staff/students/{NOOR}/{step}", form).status_code == 404
    assert clerk.post(f"/staff/students/{MAYA}/measures", form).status_code == 303
    for step in ("withdraw", "correct", "finish"):
        assert clerk.post(f"{path(made)}/{step}").status_code == 403
    assert clerk.post(f"/staff/students/{MAYA}/determine").status_code == 403
    assert clerk.get("/staff/reports").status_code == 403


def queries_badge(house: House, ref: str) -> str:
    with house.store.reading() as session:
        row = queries.credential_of_award(session, house.district.id, ref)
    assert row is not None
    return row.id.removeprefix("urn:uuid:")


def test_a_student_outside_the_roster_belongs_to_the_school_of_the_award(at: At, two_schools: House) -> None:
    with two_schools.store.transaction() as session:
        report_queries.put_school(session, two_schools.district.id, "B-1", SCHOOL)
        report_queries.put_school(session, two_schools.district.id, "B-2", OTHER)
    two_schools.issue("B-1", student_id="7/a b", recipient_name="Ana Lopez", number="NA-1")
    two_schools.issue("B-2", student_id="8", recipient_name="Ben Lopez", number="NA-2")
    two_schools.issue("B-3", student_id="9", recipient_name="Cy Lopez", number="NA-3")
    clerk = at(Role.CLERK)
    said = text(clerk.get("/staff/badges?search=lopez"))
    assert ("Ana Lopez" in said, "Ben Lopez" in said, "Cy Lopez" in said) == (True, False, False)
    assert "Ana Lopez" in text(clerk.get(f"/staff/students/{shared.path_of('7/a b')}"))
    assert [clerk.get(f"/staff/students/{number}").status_code for number in ("8", "9")] == [404, 404]


@pytest.mark.parametrize("number", ["1", "A_b-2", "a/b", ".", "~x", "ñ 1", "x" * 64])
def test_every_number_has_an_address(number: str) -> None:
    assert shared.number_of(shared.path_of(number)) == number
    assert "/" not in shared.path_of(number)


def test_a_student_s_page_says_what_is_known_and_what_happened(
    at: At, made: Issued, two_schools: House
) -> None:
    said = text(at(Role.REGISTRAR).get(f"/staff/students/{MAYA}"))
    assert "Maya Okafor" in said
    assert "Mary Okafor" in said  # the legal name, named as such
    assert "18 or over" in said
    assert "badge issued" in said
    assert "counts as a minor" in text(at(Role.REGISTRAR).get("/staff/students/300"))
    assert at(Role.REGISTRAR).get("/staff/students/nobody").status_code == 404


def test_a_score_is_recorded_and_marked_as_wrong(at: At, two_schools: House, staff: Staff) -> None:
    browser, place = at(Role.REGISTRAR), f"/staff/students/{NOOR}"
    form = {"kind": "score", "assessment": "SAT", "part": "Math", "value": "520", "on": "2026-03-01"}
    for wrong, field in (
        ({"value": ""}, "value"),
        ({"kind": "x"}, "kind"),
        ({"on": "1 June"}, "on"),
        ({"on": "2026-06-02"}, "on"),
        ({"assessment": " "}, "assessment"),
        ({"assessment": "S\u202eAT"}, "assessment"),
        ({"part": "x" * 301}, "part"),
        ({"kind": "attested"}, "value"),
    ):
        answer = browser.post(f"{place}/measures", form | wrong)
        assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True), wrong
    assert browser.post(f"{place}/measures", form).status_code == 303
    assert browser.post(f"{place}/measures", form).status_code == 303
    assert [one[1] for one in staff.audited()].count("scores.recorded") == 1
    shown = browser.get(place)
    mark = re.search(r'name="measure" value="(\w+)"', shown.text)
    assert mark is not None
    assert browser.post(f"{place}/retract", {"measure": "0"}).status_code == 404
    assert browser.post(f"{place}/retract", {"measure": mark[1]}).status_code == 303
    assert "No score is recorded" in text(browser.get(place))
    assert "Marked as wrong: SAT, Math, 520" in text(browser.get(place))
    assert [one[1] for one in staff.audited()].count("scores.retracted") == 1


def test_a_score_that_the_menu_does_not_know_is_recorded_only_on_purpose(
    at: At, two_schools: House, staff: Staff
) -> None:
    browser, place = at(Role.REGISTRAR), f"/staff/students/{NOOR}/measures"
    form = {"kind": "score", "assessment": "SAT", "part": "Maths", "value": "520", "on": "2026-03-01"}
    answer = browser.post(place, form)
    assert answer.status_code == 422
    assert "knows no part 'Maths' of SAT" in text(answer)
    assert 'name="confirm"' in answer.text
    assert [one[1] for one in staff.audited()].count("scores.recorded") == 0
    assert browser.post(place, form | {"confirm": "x"}).status_code == 422
    assert browser.post(place, form | {"confirm": "yes"}).status_code == 303
    assert [one[1] for one in staff.audited()].count("scores.recorded") == 1


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions and rules of the tests, in the place of the district's."""
    monkeypatch.setattr(student_pages, "judging", lambda *_arguments: ((decision(),), RULES))


def test_a_determination_is_shown_and_issued_once(
    at: At, made: Issued, two_schools: House, judged: None
) -> None:
    browser, place = at(Role.REGISTRAR), f"/staff/students/{MAYA}"
    shown = browser.get(place)
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None, text(shown)
    before = count(two_schools)
    assert "changed since you looked" in text(browser.post(f"{place}/determine", {"seen": "0"}))
    assert at(Role.ADMINISTRATOR).post(f"{place}/determine", {"seen": seen[1]}).status_code == 403
    assert count(two_schools) == before
    assert browser.post(f"{place}/determine", {"seen": seen[1]}).status_code == 303
    again = browser.post(f"{place}/determine", {"seen": seen[1]})
    assert again.status_code == 409
    assert count(two_schools) == before + 1
    assert "Readiness determined: English" in text(browser.get(place))


def test_who_recorded_a_score_does_not_issue_by_it_where_the_district_says_so(
    at: At, made: Issued, two_schools: House, judged: None, staff: Staff
) -> None:
    house, me = two_schools, staff.person(Role.REGISTRAR)
    policy.change(
        house.store, house.district.id, Policy(apart=frozenset({Apart.RECORD_AND_ISSUE})), now=house.time,
        actor="test",
    )  # fmt: skip
    with house.store.transaction() as session:
        score = NewMeasure(MAYA, "score", "SAT", "Math", "400", date(2026, 3, 1))
        record_measures(session, house.district.id, [score], now=house.time, actor=me.actor)
    browser, place = at(Role.REGISTRAR), f"/staff/students/{MAYA}"
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(place).text)
    assert seen is not None
    answer = browser.post(f"{place}/determine", {"seen": seen[1]})
    assert (answer.status_code, "ask a colleague" in text(answer)) == (403, True)
    assert at(Role.REGISTRAR, 2).post(f"{place}/determine", {"seen": seen[1]}).status_code == 303


def test_badges_are_found(at: At, made: Issued, two_schools: House) -> None:
    browser = at(Role.REGISTRAR)
    for query, shown in (
        ("search=A-2", {"A-2"}), ("search=maya", {"A-1"}), (f"search={NOOR}", {"A-2"}),
        ("state=withdrawn", set()), ("state=standing", {"A-1", "A-2"}), ("state=unfinished", set()),
        ("code=NOTHING", set()), ("page=2", set()), ("page=x", {"A-1", "A-2"}), ("state=x", {"A-1", "A-2"}),
    ):  # fmt: skip
        said = text(browser.get(f"/staff/badges?{query}"))
        found = set(re.findall(r"\s(A-[12])\s", said))
        assert found == shown, query


def test_a_list_has_fifty_rows_and_then_the_next_page(at: At, two_schools: House) -> None:
    with two_schools.store.transaction() as session:
        people = [
            Incoming(Student(f"9{number:03}", "P", f"Q{number:03}")) for number in range(dossier.ROWS - 2)
        ]
        students.take(
            session, two_schools.district.id, people, source="s", now=two_schools.time, actor="test"
        )
    browser = at(Role.REGISTRAR)
    first = browser.get("/staff/students")
    assert first.text.count("<tr") == 1 + dossier.ROWS
    assert 'href="/staff/students?page=2"' in first.text
    second = browser.get("/staff/students?page=2")
    assert second.text.count("<tr") == 1 + 1
    assert "page=3" not in second.text


def test_a_badge_is_withdrawn_after_a_look_at_what_an_employer_will_see(
    at: At, made: Issued, two_schools: House
) -> None:
    browser, place = at(Role.REGISTRAR), f"{path(made)}/withdraw"
    assert browser.get(place).status_code == 200
    for wrong in ({"reason": ""}, {"reason": "corrected"}, {"reason": "requested", "note": "x" * 1_001}):
        assert browser.post(place, wrong | {"step": "do"}).status_code == 422
    form = {"reason": "issued-in-error", "note": "wrong\r\nstudent"}
    looked = browser.post(place, form)
    assert "Withdrawn on June 1, 2026. It was issued in error." in text(looked)
    assert reason(two_schools, made) == ""
    assert browser.post(place, form | {"step": "do"}).status_code == 303
    assert reason(two_schools, made) == "issued-in-error"
    again = browser.post(place, form | {"step": "do"})
    assert (again.status_code, "withdrawn already" in text(again)) == (409, True)
    said = text(browser.get(path(made)))
    assert "Withdrawn on June 1, 2026" in said
    assert "wrong\nstudent" in said


CORRECT = {
    "recipient_name": "Maya Okafor-Lind", "date_earned": "2026-04-18", "last_day": "2028-01-31",
    "number": "NA-000123", "score": "", "evaluator": "", "note": "",
}  # fmt: skip


def test_a_badge_is_corrected_and_replaced_in_one_action(at: At, made: Issued, two_schools: House) -> None:
    browser, place = at(Role.REGISTRAR), f"{path(made)}/correct"
    assert 'value="Maya Okafor"' in browser.get(place).text
    looked = browser.post(place, CORRECT)
    assert "changed" in text(looked)
    assert "Maya Okafor-Lind" in text(looked)
    assert (count(two_schools), reason(two_schools, made)) == (2, "")
    assert browser.post(place, CORRECT | {"step": "do"}).status_code == 303
    assert (count(two_schools), reason(two_schools, made)) == (3, "corrected")
    assert browser.post(place, CORRECT | {"step": "do"}).status_code == 409
    assert count(two_schools) == 3
    assert "A corrected badge took its place" in text(browser.get(path(made)))
    new = f"/staff/badges/{queries_badge(two_schools, 'A-1~c1')}"
    assert "It took the place of an earlier badge" in text(browser.get(new))
    assert "replaced by a corrected badge" in text(browser.get(f"/staff/students/{MAYA}"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"date_earned": ""}, "date_earned"),
        ({"last_day": "soon"}, "last_day"),
        ({"recipient_name": "x" * 202}, "recipient_name"),
        ({"score": "a\u200bb"}, "score"),
        ({"recipient_name": "Maya Okafor"}, ""),
        ({"number": ""}, ""),
        ({"last_day": "2020-01-01"}, ""),
        ({"date_earned": "2026-06-02"}, ""),
    ],
)
def test_a_wrong_correction_is_said_at_its_field_and_does_nothing(
    at: At, made: Issued, two_schools: House, wrong: dict[str, str], field: str
) -> None:
    answer = at(Role.REGISTRAR).post(f"{path(made)}/correct", CORRECT | wrong | {"step": "do"})
    assert answer.status_code == 422
    assert (f'id="{field}-fault"' in answer.text) == bool(field)
    assert (count(two_schools), reason(two_schools, made)) == (2, "")


@pytest.mark.parametrize("what", ["withdraw", "correct"])
def test_a_second_person_confirms_where_the_district_asks_for_it(
    at: At, made: Issued, two_schools: House, what: str
) -> None:
    house = two_schools
    policy.change(
        house.store, house.district.id, Policy(frozenset({Kind.WITHDRAW})), now=house.time, actor="test"
    )
    form = CORRECT if what == "correct" else {"reason": "requested", "note": ""}
    answer = at(Role.REGISTRAR).post(f"{path(made)}/{what}", form | {"step": "do"})
    assert answer.headers["location"].startswith("/staff/approvals/")
    assert (count(house), reason(house, made)) == (2, "")
    approver, place = at(Role.APPROVER), answer.headers["location"].partition("?")[0]
    shown = approver.get(place)
    assert made.credential_id in text(shown)
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    assert approver.post(f"{place}/confirm", {"seen": seen[1]}).status_code == 303
    expected = {"withdraw": (2, "requested"), "correct": (3, "corrected")}[what]
    assert (count(house), reason(house, made)) == expected


def test_a_request_is_stale_once_the_badge_is_withdrawn(at: At, made: Issued, two_schools: House) -> None:
    house = two_schools
    policy.change(
        house.store, house.district.id, Policy(frozenset({Kind.WITHDRAW})), now=house.time, actor="test"
    )
    form = {"reason": "requested", "note": "", "step": "do"}
    places = [
        at(Role.REGISTRAR).post(f"{path(made)}/withdraw", form).headers["location"].partition("?")[0]
        for _ in range(2)
    ]
    approver = at(Role.APPROVER)
    statuses = []
    for place in places:
        seen = re.search(r'name="seen" value="(\w+)"', approver.get(place).text)
        assert seen is not None
        statuses.append(approver.post(f"{place}/confirm", {"seen": seen[1]}).status_code)
    assert statuses == [303, 409]


def test_who_records_and_who_issues_apart_means_two_for_a_correction(
    at: At, made: Issued, two_schools: House
) -> None:
    house = two_schools
    policy.change(
        house.store, house.district.id, Policy(apart=frozenset({Apart.RECORD_AND_ISSUE})), now=house.time,
        actor="test",
    )  # fmt: skip
    answer = at(Role.REGISTRAR).post(f"{path(made)}/correct", CORRECT | {"step": "do"})
    assert answer.headers["location"].startswith("/staff/approvals/")
    assert count(house) == 2


def test_a_correction_that_broke_off_is_on_the_list_and_is_finished(
    at: At, made: Issued, two_schools: House
) -> None:
    house = two_schools
    right = replace(house.award(), award_ref="A-1~c1", recipient_name="Maya Lind")
    issue(
        right, store=house.store, district_id=house.district.id, signer=house.signer, now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip
    browser = at(Role.REGISTRAR)
    assert "correction of A-1 broke off" in text(browser.get("/staff/"))
    assert "broke off" not in text(at(Role.CLERK).get("/staff/"))
    assert "Finish the correction" in text(browser.get(path(made)))
    assert browser.post(f"{path(made)}/finish").status_code == 303
    assert reason(house, made) == "corrected"
    assert browser.post(f"{path(made)}/finish").status_code == 303
    with house.store.reading() as session:
        assert interrupted(session, house.district.id) == {}
        audit.check_chain(session, house.district.id)
    assert browser.post(f"/staff/badges/{queries_badge(house, 'A-2')}/finish").status_code == 409


def test_without_the_key_a_badge_is_withdrawn_and_none_is_corrected(
    house: House, staff: Staff, two_schools: House, made: Issued
) -> None:
    bare = create_app(house.store, clock=house.clock, entropy=house.entropy)
    browser = Browser(bare, house.district.origin)
    browser.sign_in(staff.person(Role.REGISTRAR).email)
    looked = browser.post(f"{path(made)}/correct", CORRECT)
    assert "cannot reach the district's key" in text(looked)
    assert browser.post(f"{path(made)}/correct", CORRECT | {"step": "do"}).status_code == 422
    assert count(house) == 2
    form = {"reason": "requested", "note": ""}
    assert "when the list is next published" in text(browser.post(f"{path(made)}/withdraw", form))
    assert browser.post(f"{path(made)}/withdraw", form | {"step": "do"}).status_code == 303
    assert reason(house, made) == "requested"


def test_the_corrected_badge_says_what_was_typed(at: At, made: Issued, two_schools: House) -> None:
    at(Role.REGISTRAR).post(f"{path(made)}/correct", CORRECT | {"step": "do"})
    with two_schools.store.reading() as session:
        row = queries.credential_of_award(session, two_schools.district.id, "A-1~c1")
        assert isinstance(row, Credential)
        forms = queries.secured(session, two_schools.district.id, row.id)
    subject = parse(forms["vc"].body).value["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Maya Okafor-Lind"
    assert Correction.of(two_schools.award()).number == subject["licenseNumber"]
