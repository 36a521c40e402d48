from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Error, Page, Request, Response, expect

from credential.embedded import data_uri
from credential.qr import format_code, new_code
from credential.withdrawal import Reason
from tests.browser import looking
from tests.browser.axe import violations
from tests.browser.looking import led_on, looked, overflows
from tests.determinations import CERTIFICATION, Story
from tests.pictures import png
from tests.world import World

pytestmark = pytest.mark.browser

CODE = new_code(bytes(range(7)))
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def upload(page: Page, address: str, data: bytes) -> None:
    page.goto(address)
    page.set_input_files("#file", {"name": "badge", "mimeType": "image/png", "buffer": data})
    with led_on(page):
        page.locator("form", has=page.locator("#file")).locator("button").click()
    page.wait_for_selector("#headline")


@pytest.mark.parametrize("name", ["good", "withdrawn", "changed"])
def test_a_determination_can_be_read_by_everybody(page: Page, address: str, world: World, name: str) -> None:
    story = Story(world)
    if name == "withdrawn":
        world.revoke(CERTIFICATION, Reason.NO_LONGER_VALID)
    elif name == "changed":
        story.inside = lambda data: data.replace(b"Workplace", b"Workshop")
    upload(page, address, story.signed())
    expect(page.locator("#counts")).to_have_text("Counts for")
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert not overflows(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page)


def test_nothing_overflows_on_the_smallest_phone(page: Page, address: str, world: World) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    upload(page, address, world.badge())
    page.locator("summary").click()
    assert not overflows(page)


def test_a_code_is_typed_and_checked_by_keyboard_alone(page: Page, address: str, world: World) -> None:
    world.shares[CODE] = world.badge()
    page.goto(address)
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == "code":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(f"river {format_code(CODE).lower().replace('0', 'o')}")
    page.keyboard.press("Enter")
    expect(page.locator("#headline")).to_have_text("This badge is valid")
    assert CODE not in page.url


def test_a_scanned_link_opens_the_answer_without_scripts(
    browser: Browser, address: str, world: World
) -> None:
    world.shares[CODE] = world.badge()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/C/RIVER-{CODE}")
    expect(page.locator("#headline")).to_have_text("This badge is valid")
    expect(page.locator(".person")).to_have_text("Jordan Rivera")
    context.close()


def test_a_page_asks_nobody_else_keeps_nothing_and_is_small(page: Page, address: str, world: World) -> None:
    asked: list[str] = []
    answered: list[Response] = []

    def count(request: Request) -> None:
        asked.append(request.url)
        if request.is_navigation_request():
            answered.clear()

    def keep(response: Response) -> None:
        answered.append(response)

    page.on("request", count)
    page.on("response", keep)
    for path in ("/", "/check", "/how", "/receipt", "a result", "a receipt"):
        if path == "a result":
            upload(page, address, world.badge())
        elif path == "a receipt":
            page.locator(".make button").click()
            expect(page.locator("#headline")).to_have_text("Your receipt")
        else:
            page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert 1_000 < sum(len(one.body()) for one in answered if one.ok) < 40_000
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_an_issuer_wrote_never_runs(page: Page, address: str, world: World) -> None:
    dialogs: list[str] = []

    def close(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)

    def edit(made: dict[str, dict[str, dict[str, str]]]) -> None:
        made["credentialSubject"]["achievement"].update(name=EVIL, description=EVIL)

    world.edit["badge"] = edit
    upload(page, address, world.badge())
    expect(page.locator("#badge-name")).to_have_text(EVIL)
    assert dialogs == []
    assert page.locator("script, img").count() == 0


def test_a_name_that_runs_from_right_to_left_does_not_turn_the_sentence(
    page: Page, address: str, world: World
) -> None:
    name = "\u202eانا ,pmis\u2066"

    def edit(made: dict[str, dict[str, list[dict[str, str]]]]) -> None:
        made["credentialSubject"]["identifier"][0]["identityHash"] = name

    world.edit["badge"] = edit
    upload(page, address, world.badge())
    shown = page.locator("bdi.person").inner_text()
    assert shown == "انا ,pmis"
    assert page.locator("bdi.person").evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


def test_a_corrected_badge_leads_to_the_current_one_with_its_picture_in_either_language(
    page: Page, address: str, world: World
) -> None:
    image = {"id": data_uri("image/png", png()), "type": "Image", "caption": "A blue shield"}
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(image=image)
    world.shares |= {CODE: world.badge(5), f"{CODE} now": world.badge(6)}
    world.revoke(5, Reason.CORRECTED)
    page.goto(f"{address}/C/RIVER-{CODE}")
    expect(page.locator("#headline")).to_have_text("This badge was corrected")
    page.get_by_role("button", name="See the current one").press("Enter")
    expect(page.locator("#headline")).to_have_text("This badge is valid")
    assert CODE not in page.url
    assert page.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("button", name="Español").press("Enter")
    expect(page.locator("#headline")).to_have_text("Esta insignia es válida")
    expect(page.get_by_role("img", name="A blue shield")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)


LEAVES = "window.name += 'x'; if (window.name.length < {pages}) setTimeout(() => location.reload(), 50)"
LOOKS = "() => new Promise(done => setTimeout(() => done(document.documentElement.lang), 200))"


@pytest.mark.parametrize(("pages", "held"), [(3, True), (9, False)])
def test_a_page_that_leaves_while_it_is_looked_at_is_looked_at_again_but_not_for_ever(
    browser: Browser, tmp_path: Path, pages: int, *, held: bool
) -> None:
    (tmp_path / "page.html").write_text(
        f"<html lang=en><script>{LEAVES.format(pages=pages)}</script>", "utf-8"
    )
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    with nullcontext() if held else pytest.raises(Error):
        assert looked(page, lambda: page.evaluate(LOOKS)) == "en"
    page.close()


def test_a_fault_of_a_page_that_stays_is_a_fault_at_once(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_LEAVES_WITHIN", 50)
    page = browser.new_page()
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        page.evaluate("nothing.of(this)")

    with pytest.raises(Error, match="nothing is not defined"):
        looked(page, look)
    assert looks == [1]
    page.close()
