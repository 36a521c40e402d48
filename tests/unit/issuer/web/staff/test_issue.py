"""The steps of issuing, from a sheet to signed badges, as people press them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook

from issuer.access import policy
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.errors import IssuerError
from issuer.many import issue_many
from issuer.roster.columns import COLUMNS
from issuer.sheets import batch
from issuer.sheets.looks import Looks
from issuer.store import queries, sheet_drafts
from issuer.store.tables import School
from issuer.web.staff import issue_review
from keys.errors import KeyRefused
from keys.signer import Signer
from tests import awards
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
ROW = {
    "external_id": "200000001",
    "given_name": "Inés",
    "family_name": "Farrow",
    "birth_date": "2008-02-29",
    "school_code": "0187",
    "credential_code": "CO-CNA",
    "date_earned": "2026-04-18",
    "expires_on": "2028-01-31",
    "number": "NA-1",
    "award_ref": "B-1",
}


def rows(count: int, **changes: str) -> bytes:
    """A sheet of ready rows."""
    made = [
        ROW | {"external_id": str(200000000 + one), "number": f"NA-{one}", "award_ref": f"B-{one}"} | changes
        for one in range(1, count + 1)
    ]
    return awards.sheet(*made)


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application, which can sign."""
    return create_app(
        house.store, clock=house.clock, entropy=house.entropy, signer_of=lambda _district: house.signer
    )


def begin(browser: Browser) -> str:
    """A new sheet's address."""
    answer = browser.post("/staff/issue")
    assert answer.status_code == 303
    return str(answer.headers["location"]).partition("?")[0].rpartition("/")[0]


def give(browser: Browser, at: str, data: bytes) -> Any:
    """Upload a file."""
    return browser.post(f"{at}/who", {"kind": "file"}, files={"sheet": ("names of students.csv", data)})


def seen(browser: Browser, at: str) -> dict[str, str]:
    """What the last step's form carries."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', browser.get(f"{at}/review").text)
    assert found
    return {"seen": found.group(1)}


def signed(house: House) -> list[str]:
    with house.store.reading() as session:
        return queries.signed_ids(session, house.district.id)


def state(house: House, at: str) -> str:
    with house.store.reading() as session:
        return sheet_drafts.draft(session, house.district.id, at.rpartition("/")[2]).state


def ask_for(house: House, rules: Policy) -> None:
    policy.change(house.store, house.district.id, rules, now=house.time, actor="test")


def test_a_sheet_is_issued_in_five_steps(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    assert "Certified Nurse" in browser.get(f"{here}/what").text
    assert browser.post(f"{here}/what", {"certification": ""}).headers["location"] == f"{here}/who"
    answer = give(browser, here, rows(3))
    assert answer.headers["location"].startswith(f"{here}/columns")
    shown = browser.get(f"{here}/columns").text
    assert "By its name: sure" in shown
    assert "200000001, 200000002, 200000003" in shown
    assert browser.post(f"{here}/columns").headers["location"] == f"{here}/check"
    assert "Review 3 and issue" in browser.get(f"{here}/check").text
    review = browser.get(f"{here}/review").text
    for words in ("3 badges", "Riverbend High School: 3", "What an employer will see", "Inés Farrow"):
        assert words in review
    assert signed(house) == []
    assert browser.post(f"{here}/review", seen(browser, here)).status_code == 303
    done = browser.get(f"{here}/review").text
    assert "3 of 3 issued." in done
    assert "<h1>Done</h1>" in done
    assert len(signed(house)) == 3
    listed = browser.get(f"{here}/list.csv").content.decode("utf-8-sig").splitlines()
    assert len(listed) == 4
    assert all(one in "\n".join(listed) for one in signed(house))
    assert [action for _, action, _ in Staff(house).audited() if action.startswith("sheet.")] == [
        "sheet.begun",
        "sheet.certification-chosen",
        "sheet.taken",
        "sheet.answered",
        "sheet.ordered",
        "sheet.issued",
    ]


def test_pressing_twice_issues_nothing_twice(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(2))
    form = seen(browser, here)
    assert browser.post(f"{here}/review", form).status_code == 303
    again = browser.post(f"{here}/review", form)
    assert again.status_code == 409
    assert "ordered already" in again.text
    assert browser.post(f"{here}/go-on").status_code == 303
    assert len(signed(house)) == 2


def test_a_long_sheet_goes_on_and_a_stranger_s_page_does_not_press_for_it(
    at: At, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        batch.issue_some, "__kwdefaults__", {**(batch.issue_some.__kwdefaults__ or {}), "most": 2}
    )
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(5))
    answer = browser.post(f"{here}/review", seen(browser, here))
    assert answer.headers["location"] == f"{here}/review?notice=issuing"
    assert "data-goes-on" in browser.get(answer.headers["location"]).text
    paused = browser.get(f"{here}/review").text
    assert "2 of 5 issued." in paused
    assert "data-goes-on" not in paused
    assert "2 of 5 badges of a sheet are issued" in browser.get("/staff/").text
    assert browser.post(f"{here}/discard").status_code == 409
    assert browser.post(f"{here}/go-on").headers["location"].endswith("notice=issuing")
    assert browser.post(f"{here}/go-on").headers["location"] == f"{here}/review"
    assert "5 of 5 issued." in browser.get(f"{here}/review").text
    assert len(signed(house)) == 5


def test_what_was_not_shown_is_not_issued(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(2))
    form = seen(browser, here)
    give(browser, here, rows(3))
    answer = browser.post(f"{here}/review", form)
    assert answer.status_code == 409
    assert "not as you were shown them" in answer.text
    assert signed(house) == []
    assert state(house, here) == "open"


def test_a_row_is_mended_in_place_left_out_and_put_back(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, awards.sheet(ROW, ROW | {"award_ref": "B-2", "date_earned": "2099-01-01"}))
    shown = browser.get(f"{here}/check").text
    assert "Download the rows to fix (1)" in shown
    assert "Date earned is 2099-01-01, which has not come yet." in shown
    book = load_workbook(io.BytesIO(browser.get(f"{here}/problems.xlsx").content))
    assert book.active.max_row == 2
    bad = browser.post(f"{here}/check/3", {"date_earned": "2098-01-01"})
    assert bad.status_code == 422
    assert browser.post(f"{here}/check/3/skip").status_code == 303
    assert "Put back" in browser.get(f"{here}/check?show=left-out").text
    assert browser.post(f"{here}/check/3/skip", {"back": "1"}).status_code == 303
    good = browser.post(f"{here}/check/3", {"date_earned": "2026-03-01", "number": "NA-2"})
    assert good.status_code == 303
    assert "Review 2 and issue" in browser.get(f"{here}/check").text
    assert browser.get(f"{here}/check/99").status_code == 404
    assert browser.get(f"{here}/check?show=nothing&at=999999").status_code == 200


def test_one_student_by_form(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    browser.post(f"{here}/what", {"certification": "CO-CNA"})
    form = {name: text for name, text in ROW.items() if name not in ("credential_code", "award_ref")}
    assert browser.post(f"{here}/who", {"kind": "one"} | form | {"date_earned": ""}).status_code == 422
    answer = browser.post(f"{here}/who", {"kind": "one"} | form)
    assert answer.headers["location"].startswith(f"{here}/check")
    assert browser.post(f"{here}/review", seen(browser, here)).status_code == 303
    assert len(signed(house)) == 1


def test_pasted_rows_and_a_column_that_is_said_by_hand(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    browser.post(f"{here}/what", {"certification": "CO-CNA"})
    names = ["Student ID", "First Name", "Last Name", "Qqq", "Date Earned", "Number", "Expires"]
    cells = ["200000001", "Inés", "Farrow", "0187", "2026-04-18", "NA-1", "2028-01-31"]
    text = "\n".join(("\t".join(names), "\t".join(cells)))
    assert browser.post(f"{here}/who", {"kind": "paste", "pasted": ""}).status_code == 422
    assert browser.post(f"{here}/who", {"kind": "paste", "pasted": text}).status_code == 303
    shown = browser.get(f"{here}/columns").text
    if "Which column is" in shown:
        assert browser.post(f"{here}/columns", {"answer-column.school_code": "D"}).status_code == 303
    twice = browser.post(f"{here}/columns", {"column-A": "number"})
    assert twice.status_code == 422
    assert "read as this already" in twice.text
    assert browser.post(f"{here}/columns", {"column-D": "school_code"}).status_code == 303
    assert "Review 1 and issue" in browser.get(f"{here}/check").text


def test_a_file_that_is_none_is_refused_in_a_sentence(at: At) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    for data in (b"%PDF-1.7 nothing", b"", b"a,b\n"):
        answer = give(browser, here, data)
        assert answer.status_code == 422, data
        assert "There is a problem" in answer.text
    for page in ("columns", "check", "review"):
        assert browser.get(f"{here}/{page}").status_code == 200
    assert browser.get(f"{here}/problems.xlsx").status_code == 404


def test_whoever_recorded_does_not_issue_where_the_district_wants_two(at: At, house: House) -> None:
    ask_for(house, Policy(apart=frozenset({Apart.RECORD_AND_ISSUE})))
    recorder, issuer = at(Role.COORDINATOR), at(Role.REGISTRAR)
    here = begin(recorder)
    give(recorder, here, rows(1))
    assert recorder.post(f"{here}/review", seen(issuer, here)).status_code == 403
    assert recorder.post(f"{here}/hand-over").status_code == 303
    assert "A sheet is ready to be issued." in issuer.get("/staff/").text
    assert issuer.post(f"{here}/review", seen(issuer, here)).status_code == 303
    assert len(signed(house)) == 1
    assert recorder.post(f"{here}/go-on").status_code == 403
    own = begin(issuer)
    give(issuer, own, rows(1, award_ref="B-9", date_earned="2026-03-03"))
    answer = issuer.post(f"{own}/review", seen(issuer, own))
    assert answer.status_code == 409
    assert "ask a colleague" in answer.text
    assert len(signed(house)) == 1


def test_a_second_person_confirms_exactly_what_was_asked(at: At, house: House) -> None:
    ask_for(house, Policy(two_people=frozenset({Kind.ISSUE_BATCH})))
    browser, approver = at(Role.REGISTRAR), at(Role.APPROVER)
    here = begin(browser)
    give(browser, here, rows(2))
    assert browser.post(f"{here}/review", seen(browser, here)).headers["location"].endswith("notice=asked")
    assert signed(house) == []
    assert browser.post(f"{here}/go-on").status_code == 409
    assert browser.post(f"{here}/reopen").status_code == 409
    assert browser.post(f"{here}/check/2", {"number": "X"}).status_code in {409, 422}
    listed = approver.get("/staff/approvals").text
    path = re.search(r'href="(/staff/approvals/[A-Za-z0-9]+)"', listed)
    assert path
    shown = approver.get(path.group(1)).text
    assert "Row 2: Inés Farrow (200000001)" in shown
    digest = re.search(r'name="seen" value="([0-9a-f]+)"', shown)
    assert digest
    assert approver.post(f"{path.group(1)}/confirm", {"seen": digest.group(1)}).status_code == 303
    assert len(signed(house)) == 2
    assert state(house, here) == "done"


def test_what_was_refused_can_be_changed_and_asked_again(at: At, house: House) -> None:
    ask_for(house, Policy(two_people=frozenset({Kind.ISSUE_BATCH})))
    browser, approver = at(Role.REGISTRAR), at(Role.APPROVER)
    here = begin(browser)
    give(browser, here, rows(2))
    browser.post(f"{here}/review", seen(browser, here))
    path = re.search(r'href="(/staff/approvals/[A-Za-z0-9]+)"', approver.get("/staff/approvals").text)
    assert path
    assert approver.post(f"{path.group(1)}/refuse").status_code == 303
    assert "Change the rows" in browser.get(f"{here}/review").text
    assert browser.post(f"{here}/reopen").status_code == 303
    assert browser.post(f"{here}/check/2/skip").status_code == 303
    assert browser.post(f"{here}/review", seen(browser, here)).status_code == 303
    assert signed(house) == []


def test_more_than_a_few_hundred_are_typed(at: At, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issue_review, "TYPED_ABOVE", 2)
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(3))
    form = seen(browser, here)
    for typed in ("", "2", "three"):
        assert browser.post(f"{here}/review", form | {"count": typed}).status_code == 409
    assert signed(house) == []
    assert browser.post(f"{here}/review", form | {"count": " 3 "}).status_code == 303
    assert len(signed(house)) == 3


def test_without_the_key_nothing_is_ordered_and_a_sentence_says_why(house: House, staff: Staff) -> None:
    def locked(_district: str) -> Signer:
        raise KeyRefused("no_secret", "no secret")

    for signer_of in (None, locked):
        app = create_app(house.store, clock=house.clock, entropy=house.entropy, signer_of=signer_of)
        browser = Browser(app, house.district.origin)
        browser.sign_in(staff.person(Role.REGISTRAR).email)
        here = begin(browser)
        give(browser, here, rows(1))
        answer = browser.post(f"{here}/review", seen(browser, here))
        assert answer.status_code == 409
        assert "Badges cannot be signed from this page" in answer.text
        assert state(house, here) == "open"


def test_a_clerk_works_on_one_school_s_sheets_alone(at: At, house: House) -> None:
    with house.store.transaction() as session:
        session.add(School(district_id=house.district.id, code="0999", name="Eastside High School"))
    registrar, clerk = at(Role.REGISTRAR), at(Role.CLERK)
    theirs = begin(registrar)
    give(registrar, theirs, rows(1))
    for path in ("what", "who", "columns", "check", "check/2", "review", "list.csv", "problems.xlsx"):
        assert clerk.get(f"{theirs}/{path}").status_code == 404, path
    assert clerk.post(f"{theirs}/discard").status_code == 404
    assert theirs.rpartition("/")[2] not in clerk.get("/staff/issue").text
    own = begin(clerk)
    give(clerk, own, awards.sheet(ROW, ROW | {"award_ref": "B-2", "school_code": "0999"}))
    assert "Review 1 and issue" in clerk.get(f"{own}/check").text
    assert "Issue 1 badge" not in clerk.get(f"{own}/review").text
    assert clerk.post(f"{own}/review", {}).status_code == 403
    assert registrar.post(f"{own}/review", seen(registrar, own)).status_code == 303
    assert len(signed(house)) == 1


def test_a_sheet_is_thrown_away_and_its_badges_stay(at: At, house: House) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(1))
    browser.post(f"{here}/review", seen(browser, here))
    assert browser.post(f"{here}/discard").status_code == 303
    assert browser.get(f"{here}/review").status_code == 404
    assert len(signed(house)) == 1


def test_what_cannot_be_signed_is_said_and_tried_again(
    at: At, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(2))
    form = seen(browser, here)
    with monkeypatch.context() as patch:

        def failing(awards: Any, **named: Any) -> Any:
            good = iter(issue_many([one for one in awards if one.award_ref != "B-1"], **named))
            fault = IssuerError("bad_text", "the text contains a NUL character: remove it")
            return [fault if one.award_ref == "B-1" else next(good) for one in awards]

        patch.setattr(batch, "issue_many", failing)
        assert browser.post(f"{here}/review", form).status_code == 303
        shown = browser.get(f"{here}/review").text
        assert "1 of 2 issued. 1 could not be issued." in shown
        assert "The text contains a NUL character" in shown
    assert browser.post(f"{here}/again").status_code == 303
    assert "2 of 2 issued." in browser.get(f"{here}/review").text
    assert len(signed(house)) == 2


def test_every_column_has_a_name(at: At) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(1))
    shown = browser.get(f"{here}/check/2").text
    assert all(f'name="{name}"' in shown for name in COLUMNS)


def test_what_is_issued_rests_on_nothing_that_a_process_kept(
    at: At, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(2))
    form = seen(browser, here)

    def kept(*_given: Any, **_named: Any) -> Any:
        raise AssertionError("the order asked for what was kept")

    with monkeypatch.context() as patched:
        patched.setattr(Looks, "at", kept)
        assert browser.post(f"{here}/review", form).status_code == 303
    assert len(signed(house)) == 2
