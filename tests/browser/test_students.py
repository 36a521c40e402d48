"""The students' pages in a real Chromium: everybody can read them, in both languages, on a phone as well."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_socket import enable_socket

from tests.browser.axe import violations
from tests.browser.students import MINOR, NEW, Site, serving
from tests.browser.test_verifier_pages import overflows

pytestmark = pytest.mark.browser

SMALL = """() => [...document.querySelectorAll("button, .button, .up a, .places a, .files a, input, select")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24)
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What is too small for a thumb: lower than 24 pixels (WCAG 2.2, 2.5.8)."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, served for this file's tests."""
    enable_socket()
    with serving(tmp_path_factory.mktemp("students")) as served:
        yield served


@pytest.fixture(params=["en", "es"])
def phone(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A phone that speaks the language."""
    opened = browser.new_context(viewport={"width": 412, "height": 800}, locale=request.param)
    opened.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    yield opened
    opened.close()


def look_at(page: Page, name: str) -> None:
    """Nobody is shut out of the page as it is now, on a phone, a small one, and a wide screen."""
    assert violations(page) == [], name
    assert page.evaluate(SMALL) == [], name
    for width in (320, 1280, 412):
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflows(page), f"{name} at {width}"
    assert page.locator("h1").count() == 1, name


def walk(context: BrowserContext, site: Site, pages: dict[str, str]) -> Page:
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for name, path in pages.items():
        page.goto(site.address + path)
        look_at(page, name)
    sent = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert sent == {urlsplit(site.address).netloc}
    return page


def test_the_pages_before_coming_in_can_be_read_by_everybody(phone: BrowserContext, site: Site) -> None:
    page = walk(phone, site, site.open_pages)
    page.goto(f"{site.address}/my/code")
    page.locator("#address").fill("nobody@riverbend.example")
    page.locator("main button").click()
    look_at(page, "code-sent")
    page.locator("#code").fill("12345678")
    page.locator("main button").click()
    look_at(page, "code-refused")
    page.goto(f"{site.address}{site.claims['open']}/wrong")
    page.locator("#what").check()
    page.locator("main form button").click()
    look_at(page, "told")
    page.locator("main a.button").click()
    expect(page).to_have_url(site.address + site.claims["open"])


def test_a_students_own_pages_can_be_read_by_everybody(phone: BrowserContext, site: Site) -> None:
    site.sign_in(phone)
    page = walk(phone, site, site.own_pages)
    page.goto(f"{site.address}{site.badges['valid']}/wallet")
    page.locator("main form button").click()
    look_at(page, "wallet-offer")
    page.goto(f"{site.address}{site.badges['valid']}/share")
    expect(page.locator("#applicant")).to_be_hidden()
    page.locator("#audience-college").check()
    page.locator("#label").fill("State college")
    page.locator("#applicant").fill("?? !")
    page.locator("button.big").click()
    look_at(page, "share-fault")
    page.locator("#applicant").fill("A-000917")
    page.locator("button[name=look]").click()
    expect(page.locator("section.seen")).to_contain_text("Maya O.")
    look_at(page, "share-seen")
    page.locator("button.big").click()
    look_at(page, "shared")


@pytest.mark.parametrize(("student", "pages"), [(MINOR, "minor_pages"), (NEW, "new_pages")])
def test_who_may_or_has_less_is_told_why(phone: BrowserContext, site: Site, student: str, pages: str) -> None:
    site.sign_in(phone, student)
    walk(phone, site, getattr(site, pages))


def test_a_link_is_copied_by_a_button_and_by_hand_without_scripts(
    phone: BrowserContext, browser: Browser, site: Site
) -> None:
    site.sign_in(phone)
    page = phone.new_page()
    link = _shared(page, site)
    page.locator("button[data-copies]").click()
    expect(page.locator("[data-said]")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert link.startswith("https://verify.example.edu/S/RIVERBEND-")
    plain = browser.new_context(java_script_enabled=False)
    site.sign_in(plain)
    page = plain.new_page()
    assert _shared(page, site).startswith("https://verify.example.edu/S/")
    expect(page.locator("button[data-copies]")).to_be_hidden()
    plain.close()


def _shared(page: Page, site: Site) -> str:
    page.goto(f"{site.address}{site.badges['valid']}/share")
    page.locator("#label").fill("Home Depot interview")
    page.locator("button.big").click()
    return page.locator("#link").input_value()


def test_where_a_badge_leads_is_drawn_and_said(phone: BrowserContext, site: Site) -> None:
    site.sign_in(phone)
    page = phone.new_page()
    page.goto(site.address + site.badges["valid"])
    assert page.locator(".map rect").count() == page.locator(".map + ul li").count() > 1
    expect(page.locator(".map rect.here")).to_have_count(1)


def test_a_passkey_is_set_up_and_lets_its_student_in(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    site.sign_in(context)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    phone = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": phone})
    page.goto(f"{site.address}/my/ways-back/passkey?lang=en")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_have_text("Your passkey is set up.")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site.address}/my/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.locator("h1")).to_have_text("My badges")
    context.close()
