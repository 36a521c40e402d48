"""Students, badges and corrections in a real Chromium, as a registrar sees them, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_socket import enable_socket

from issuer.access.roles import Role
from tests.browser.axe import violations
from tests.browser.console import Console, serving
from tests.browser.looking import overflows

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console, served for this file's tests."""
    enable_socket()
    with serving(tmp_path_factory.mktemp("console")) as served:
        yield served


def check(page: Page, name: str) -> None:
    assert violations(page) == [], name
    for width in (1280, 412, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not overflows(page), (name, width)


def test_a_registrar_s_pages_can_be_read_by_everybody(console: Console, page: Page) -> None:
    console.sign_in(page, Role.REGISTRAR)
    for name, path in console.registrar_pages.items():
        page.goto(console.address + path)
        check(page, name)
        assert page.locator("h1").count() == 1, name


def test_a_coordinator_s_pages_can_be_read_by_everybody(console: Console, page: Page) -> None:
    console.sign_in(page, Role.COORDINATOR)
    for name, path in console.coordinator_pages.items():
        page.goto(console.address + path)
        check(page, name)
        assert page.locator("h1").count() == 1, name


def test_a_score_that_the_menu_does_not_know_is_asked_about_twice(console: Console, browser: Browser) -> None:
    page = browser.new_page()  # its console says that the first form was refused
    console.sign_in(page, Role.REGISTRAR)
    page.goto(console.address + console.registrar_pages["student"])
    page.get_by_label("Kind").select_option("score")
    page.get_by_label("Assessment, or what is attested").fill("SAT")
    page.get_by_label("Part").fill("Maths")
    page.get_by_label("Score or level").last.fill("520")
    page.get_by_role("textbox", name="Day").fill("2026-03-01")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("knows no part 'Maths' of SAT")
    expect(page.get_by_label("Record it as it is")).not_to_be_checked()
    check(page, "look twice")
    page.close()


def test_a_badge_is_corrected_by_keyboard_alone(console: Console, page: Page) -> None:
    console.sign_in(page, Role.REGISTRAR)
    assert page.viewport_size is not None
    ref = "A-7" if page.viewport_size["width"] < 1_000 else "A-8"  # a badge is corrected once
    page.goto(f"{console.address}/staff/badges?search={ref}")
    page.get_by_role("row", name=ref).get_by_role("link").click()
    page.get_by_role("link", name="Correct and replace").click()
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Maya Okafor-Lind")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("Maya Okafor-Lind")
    check(page, "side by side")
    page.get_by_role("button", name="Issue the corrected badge").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The corrected badge is issued")
    check(page, "replaced")


def test_a_withdrawal_is_looked_at_first(console: Console, page: Page) -> None:
    console.sign_in(page, Role.REGISTRAR)
    page.goto(f"{console.address}/staff/badges?search=A-5")
    page.get_by_role("row", name="A-5").get_by_role("link").click()
    page.get_by_role("link", name="Withdraw", exact=True).click()
    page.get_by_label("Why").select_option("requested")
    page.get_by_role("button", name="Look at what changes").click()
    expect(page.get_by_role("main")).to_contain_text("Its holder asked for it.")
    check(page, "what changes")
