"""Issuing in a real Chromium: the whole way with the keyboard alone, and nobody is shut out at any step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_socket import enable_socket

from issuer.access import policy
from issuer.access.policy import Kind, Policy
from issuer.access.roles import Role
from tests.awards import sheet
from tests.browser.axe import violations
from tests.browser.console import Console, serving
from tests.browser.looking import led_on, overflows

pytestmark = pytest.mark.browser

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
SHEET = sheet(
    ROW,
    ROW | {"external_id": "200000002", "given_name": "Bo", "number": "NA-2", "award_ref": "B-2"},
    ROW | {"external_id": "200000003", "number": "NA-3", "award_ref": "B-3", "date_earned": "2099-01-01"},
    ROW | {"award_ref": "B-4"},
)
PASTED = (
    "Student ID\tFirst Name\tLast Name\tSchool\tDate Earned\tExpires\tNumber\n"
    "200000011\tOdile\tHart\t0187\t03/04/2026\t02/01/2028\tNA-11\n"
    "200000012\tTam\tReyes\t0187\t04/05/2026\t02/01/2028\tNA-12\n"
)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console of its own for each walk."""
    enable_socket()
    with serving(tmp_path, people_known=False) as served:
        yield served


def check(page: Page, name: str) -> None:
    """Everybody can read this step, also on the smallest phone."""
    assert violations(page) == [], name
    assert not overflows(page), name
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page), f"{name} at 320 px"
    if size:
        page.set_viewport_size(size)
    assert page.locator("h1").count() == 1


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with the Tab key until something has the focus."""
    expect(wanted).to_have_count(1)
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator, heading: str | re.Pattern[str]) -> None:
    """Reach a button or a link by keyboard, and press it."""
    tab_to(page, wanted)
    with led_on(page):
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(heading)


def test_a_sheet_is_issued_with_the_keyboard_alone(console: Console, page: Page, tmp_path: Path) -> None:
    console.sign_in(page, Role.REGISTRAR)
    press(page, page.get_by_role("link", name="Issue", exact=True), "Issue badges")
    check(page, "sheets in work, none")
    press(page, page.get_by_role("button", name="Start"), "Which certification?")
    check(page, "what")
    press(page, page.get_by_role("button", name="Next"), "Who earned it?")
    check(page, "who")
    chooser = page.get_by_label("File", exact=True)
    tab_to(page, chooser)
    (tmp_path / "sheet.csv").write_bytes(SHEET)
    with page.expect_file_chooser(timeout=30_000) as opened:
        page.keyboard.press("Space")
    opened.value.set_files(tmp_path / "sheet.csv")
    press(page, page.get_by_role("button", name="Use this file"), "Match columns")
    check(page, "columns")
    press(page, page.get_by_role("button", name="Check the rows"), "Check")
    check(page, "check")
    expect(page.locator(".counters")).to_contain_text(re.compile(r"1\s+need fixing"))
    expect(page.locator("tbody tr")).to_have_count(1)
    press(page, page.get_by_role("link", name="Change row 4"), "Row 4")
    check(page, "row")
    tab_to(page, page.get_by_label("Date earned"))
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-02-02")
    press(page, page.get_by_role("button", name="Save and check again"), "Check")
    expect(page.get_by_role("status")).to_contain_text("Corrected and checked again")
    press(page, page.get_by_role("link", name="Review 3 and issue"), "Review and issue")
    check(page, "review")
    expect(page.locator("main")).to_contain_text("What an employer will see")
    press(page, page.get_by_role("button", name="Issue 3 badges"), "Done")
    check(page, "done")
    expect(page.get_by_role("status")).to_contain_text("3 of 3 issued.")
    with page.expect_download() as listed:
        page.get_by_role("link", name="Download the list").press("Enter")
    assert len(listed.value.path().read_text("utf-8-sig").splitlines()) == 4
    page.goto(f"{console.address}/staff/issue")
    check(page, "sheets in work")


def test_pasted_rows_ask_what_only_a_person_can_say(console: Console, page: Page) -> None:
    console.sign_in(page, Role.REGISTRAR)
    page.goto(f"{console.address}/staff/issue")
    press(page, page.get_by_role("button", name="Start"), "Which certification?")
    tab_to(page, page.get_by_label("Certification"))
    page.keyboard.type("Colorado Certified N")
    press(page, page.get_by_role("button", name="Next"), "Who earned it?")
    tab_to(page, page.get_by_label("Rows"))
    page.keyboard.insert_text(PASTED)
    press(page, page.get_by_role("button", name="Use these rows"), "Match columns")
    check(page, "columns with a question")
    tab_to(page, page.get_by_role("group", name="03/04/2026").get_by_role("radio").first)
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Check the rows"), "Check")
    check(page, "check, all ready")
    press(page, page.get_by_role("link", name="Review 2 and issue"), "Review and issue")
    press(page, page.get_by_role("button", name="Issue 2 badges"), "Done")


def test_a_long_sheet_goes_on_by_itself_and_two_people_issue_it(console: Console, page: Page) -> None:
    house = console.staff.house
    rows = [
        ROW | {"external_id": str(200000100 + n), "number": f"N-{n}", "award_ref": f"L-{n}"}
        for n in range(120)
    ]
    console.sign_in(page, Role.REGISTRAR)
    page.goto(f"{console.address}/staff/issue")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Next").click()
    page.set_input_files("#sheet", {"name": "x.csv", "mimeType": "text/csv", "buffer": sheet(*rows)})
    page.get_by_role("button", name="Use this file").click()
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("link", name="Review 120 and issue")).to_be_visible()
    check(page, "a long table")
    page.get_by_role("link", name="Review 120 and issue").click()
    page.get_by_role("button", name="Issue 120 badges").click()
    expect(page.locator("h1")).to_have_text("Done")
    expect(page.get_by_role("status")).to_contain_text("120 of 120 issued.")
    rules = Policy(two_people=frozenset({Kind.ISSUE_BATCH}))
    policy.change(house.store, console.staff.district, rules, now=house.time, actor="test")
    page.goto(f"{console.address}/staff/issue")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Next").click()
    page.set_input_files("#sheet", {"name": "x.csv", "mimeType": "text/csv", "buffer": SHEET})
    page.get_by_role("button", name="Use this file").click()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("link", name="Review 2 and issue").click()
    page.get_by_role("button", name="Ask a second person").click()
    expect(page.locator("h1")).to_have_text("Waits for a second person")
    check(page, "asked")
    with led_on(page):
        page.get_by_role("button", name="Sign out").click()
    console.sign_in(page, Role.APPROVER)
    page.goto(f"{console.address}/staff/approvals")
    asked = page.get_by_role("link", name=re.compile("Issue badges:"))
    for number in range(asked.count()):
        with led_on(page):
            asked.nth(number).click()
        if page.get_by_text("Row 3: Bo Farrow").count():
            break
        page.goto(f"{console.address}/staff/approvals")
    expect(page.get_by_text("Row 3: Bo Farrow")).to_be_visible()
    check(page, "a request to issue")
    page.get_by_role("button", name="Confirm, and do it now").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed and done")


def test_students_are_picked_from_the_roster_by_keyboard_alone(tmp_path: Path, page: Page) -> None:
    enable_socket()
    with serving(tmp_path) as console:
        console.sign_in(page, Role.REGISTRAR)
        page.get_by_role("link", name="Issue", exact=True).click()
        page.get_by_role("button", name="Start").first.click()
        page.get_by_label("Certification").select_option("OSHA10-GI")
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("link", name="Pick students")).to_be_visible()
        check(page, "who")
        pick = page.get_by_role("link", name="Pick students")
        pick.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Pick everybody on this page")).to_be_visible()
        check(page, "roster")
        everybody = page.get_by_role("button", name="Pick everybody on this page")
        everybody.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("24 students are picked.")
        first = page.get_by_role("checkbox").first
        first.focus()
        page.keyboard.press("Space")
        page.get_by_label("Date earned").fill("2026-04-18")
        page.get_by_role("button", name="Check these students").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Review 23 and issue")).to_be_visible()
        check(page, "check of picked students")
