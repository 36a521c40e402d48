"""The console in a real Chromium: everybody can read it and use it, by keyboard alone and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_socket import enable_socket

from issuer.access.roles import Role
from tests.browser.axe import violations
from tests.browser.console import Console, serving
from tests.browser.looking import overflows
from tests.staff import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console, served for this file's tests."""
    enable_socket()
    with serving(tmp_path_factory.mktemp("console")) as served:
        yield served


@pytest.fixture
def inside(console: Console, page: Page) -> Page:
    """A page at which an administrator is signed in."""
    console.sign_in(page)
    return page


def test_every_page_can_be_read_by_everybody(console: Console, inside: Page) -> None:
    asked: list[str] = []
    inside.on("request", lambda request: asked.append(request.url))
    for name, path in console.pages.items():
        inside.goto(console.address + path)
        assert violations(inside) == [], name
        assert not overflows(inside), name
        assert inside.locator("h1").count() == 1, name
        assert inside.locator("nav a[aria-current=page]").count() == 1, name
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(console.address).netloc}


def test_the_pages_before_signing_in_can_be_read_by_everybody(console: Console, page: Page) -> None:
    for name, path in console.open_pages.items():
        page.goto(console.address + path)
        assert violations(page) == [], name
        assert not overflows(page), name


def test_nothing_overflows_on_the_smallest_phone(console: Console, inside: Page) -> None:
    inside.set_viewport_size({"width": 320, "height": 640})
    for name, path in {**console.pages, **console.open_pages}.items():
        inside.goto(console.address + path)
        assert not overflows(inside), name


@pytest.mark.parametrize("colours", ["forced", "dark"])
def test_every_page_survives_other_colours(browser: Browser, console: Console, colours: str) -> None:
    context = (
        browser.new_context(forced_colors="active")
        if colours == "forced"
        else browser.new_context(color_scheme="dark")
    )
    page = context.new_page()
    console.sign_in(page)
    for name, path in console.pages.items():
        page.goto(console.address + path)
        assert violations(page) == [], name
    context.close()


def test_what_is_wrong_is_said_first_and_led_to(browser: Browser, console: Console) -> None:
    context = browser.new_context()
    page = context.new_page()
    console.sign_in(page)
    page.goto(f"{console.address}/staff/people")
    page.get_by_label("Name").fill("Nia Brook")
    page.get_by_label("E-mail").fill("nia@example")  # a browser takes it, the console does not
    page.get_by_label("Role").select_option("registrar")
    page.get_by_role("button", name="Add and make a link").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("There is a problem")
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Nia Brook")
    for path in ("/staff/nowhere", "/staff/password/" + "A" * 43):
        page.goto(console.address + path)
        assert violations(page) == [], path
        assert not overflows(page), path
    context.close()


def test_somebody_is_added_and_signs_in_with_the_keyboard_alone_and_no_scripts(
    browser: Browser, console: Console
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{console.address}/staff/sign-in")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(3):  # the mark, the school account, the e-mail
        page.keyboard.press("Tab")
    page.keyboard.type(console.staff.person(Role.ADMINISTRATOR).email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Home")
    page.goto(f"{console.address}/staff/people")
    page.get_by_label("Name").focus()
    page.keyboard.type("Nia Brook")
    page.keyboard.press("Tab")
    page.keyboard.type("nia@riverbend.example")
    page.keyboard.press("Tab")
    page.keyboard.type("Clerk")
    page.keyboard.press("Tab")
    page.keyboard.type("Riverbend")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("A link for this person")
    link = page.get_by_label("Link").input_value()
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.goto(link)
    for label in ("New password", "New password, again"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your password is set")
    page.get_by_label("E-mail").fill("nia@riverbend.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".role")).to_have_text("Clerk of one school")
    context.close()


def test_a_second_person_confirms(browser: Browser, console: Console) -> None:
    context = browser.new_context()
    page = context.new_page()
    console.sign_in(page, Role.APPROVER)
    page.get_by_role("link", name="Read and decide").click()
    page.get_by_role("link", name=re.compile("Issue badges:")).first.click()
    expect(page.locator("main")).to_contain_text("Certified Nurse Aide: 312")
    assert violations(page) == []
    context.close()


def test_what_a_browser_keeps_is_out_of_reach(console: Console, inside: Page) -> None:
    assert inside.evaluate("document.cookie") == ""
    assert inside.evaluate("localStorage.length + sessionStorage.length") == 0
    kept = inside.context.cookies()
    assert [one["name"] for one in kept] == ["cairn"]
    assert all(one["httpOnly"] and one["sameSite"] == "Lax" for one in kept)


def test_a_back_button_shows_nothing_after_signing_out(console: Console, inside: Page) -> None:
    inside.goto(f"{console.address}/staff/people")
    inside.get_by_role("button", name="Sign out").click()
    expect(inside.get_by_role("status")).to_have_text("You are signed out.")
    inside.go_back()
    inside.wait_for_url(re.compile("sign-in"))
    expect(inside.locator("h1")).to_have_text("Sign in")


def test_a_key_that_was_just_made_can_be_read_by_everybody(console: Console, inside: Page) -> None:
    inside.goto(f"{console.address}/staff/settings/api-keys")
    inside.get_by_role("textbox", name="Program").fill("Student system")
    inside.get_by_role("checkbox").first.check()
    inside.get_by_role("button", name="Make a key").click()
    expect(inside.locator("h1")).to_have_text("The new key")
    assert violations(inside) == []
    assert not overflows(inside)
    inside.goto(f"{console.address}/staff/settings/api-keys")
    assert violations(inside) == []
    assert not overflows(inside)
