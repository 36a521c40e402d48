"""Every verdict on a phone and on a desk, in both languages, by day, by night and in forced colours.

With CAIRN_SCREENSHOTS=FOLDER each is kept as a picture, to be looked at.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import colours, violations
from tests.browser.conftest import WIDTHS, served
from tests.browser.looking import led_on, overflows
from tests.browser.verdicts import VERDICTS, Shown
from tests.world import World
from verifier.evidence import Code

pytestmark = pytest.mark.browser

KEPT = os.environ.get("CAIRN_SCREENSHOTS")
SOFT = {
    "light": {
        "accept": "rgb(232, 245, 236)",
        "not_current": "rgb(255, 244, 223)",
        "refuse": "rgb(253, 236, 238)",
        "cannot_tell": "rgb(239, 238, 250)",
    },
    "dark": {
        "accept": "rgb(16, 42, 28)",
        "not_current": "rgb(51, 37, 14)",
        "refuse": "rgb(59, 21, 27)",
        "cannot_tell": "rgb(37, 35, 65)",
    },
}
"""The colour behind each family's headline."""


def keep(page: Page, name: str) -> None:
    if KEPT:
        Path(KEPT).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{KEPT}/{name}.png", full_page=True)


def open_result(page: Page, origin: str, shown: Shown, world: World, language: str) -> None:
    if shown.data is None:
        page.goto(f"{origin}{shown.link}?lang={language}")
    else:
        page.goto(f"{origin}/?lang={language}")
        page.set_input_files(
            "#file", {"name": "b", "mimeType": "application/json", "buffer": shown.data(world)}
        )
        with led_on(page):
            page.locator("form", has=page.locator("#file")).locator("button").click()
    page.wait_for_selector("#headline")


def check_look(page: Page, family: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    band = page.locator(f".band.{family}")
    expect(band).to_have_css("background-color", SOFT[scheme][family])
    assert band.locator("svg.icon").count() == 1
    assert (violations(page) if scheme == "light" else colours(page)) == []


def test_the_table_has_every_verdict_and_the_answer_for_an_earlier_day() -> None:
    assert {*map(str, Code), "offline_valid"} == set(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_every_verdict_can_be_read_by_everybody(browser: Browser, tmp_path: Path, name: str) -> None:
    shown = VERDICTS[name]
    world = shown.world()
    phone, desk = WIDTHS
    context = browser.new_context(viewport={"width": phone, "height": 900}, locale="en-US")
    page = context.new_page()
    with served(world, tmp_path) as origin:
        open_result(page, origin, shown, world, "en")
        expect(page.locator("#headline")).to_contain_text(shown.headline[0])
        assert not page.locator("article > details").get_attribute("open")
        keep(page, f"{name}-{phone}-en-light")
        for summary in page.locator("summary").all():
            summary.click()
        check_look(page, shown.family, "light")
        for width in (320, phone, desk):
            page.set_viewport_size({"width": width, "height": 900})
            assert not overflows(page), width
        for summary in page.locator("summary").all():
            summary.click()
        keep(page, f"{name}-{desk}-en-light")
        check_look(page, shown.family, "dark")
        keep(page, f"{name}-{desk}-en-dark")
        page.set_viewport_size({"width": phone, "height": 900})
        open_result(page, origin, shown, world, "es")
        expect(page.locator("#headline")).to_contain_text(shown.headline[1])
        assert page.locator("html").get_attribute("lang") == "es"
        page.emulate_media(color_scheme="light", forced_colors="active")
        icon = page.locator(".band .icon").first
        assert icon.evaluate("e => getComputedStyle(e.querySelector('circle, .fill')).fill") != "none"
        keep(page, f"{name}-{phone}-es-forced")
    context.close()


def press(page: Page, selector: str) -> None:
    """Go on with Tab until this has the focus."""
    page.wait_for_load_state()
    for _ in range(40):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_first_page_to_a_receipt_by_keyboard_alone(
    browser: Browser,
    tmp_path: Path,
    scripts: bool,  # noqa: FBT001 - a case
) -> None:
    world = World()
    file = tmp_path / "badge.json"
    file.write_bytes(world.badge())
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": 900}, locale="en-US", java_script_enabled=scripts
    )
    page = context.new_page()
    # From the first moment: a chooser that opens while the browser is still being told of it is lost.
    page.on("filechooser", lambda _: None)
    with served(world, tmp_path) as origin:
        page.goto(origin)
        press(page, "#file")
        with page.expect_file_chooser() as chosen:
            page.keyboard.press("Space")
        chosen.value.set_files(file)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#headline")).to_have_text("This badge is valid")
        press(page, "input[name=photo_id]")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#headline")).to_have_text("Your receipt")
        keep(page, "receipt-412-en-light")
        assert not scripts or violations(page) == []
        press(page, "button[value=json]")
        with page.expect_download() as saved:
            page.keyboard.press("Enter")
        receipt = saved.value.path()
        page.goto(f"{origin}/receipt?lang=es")
        assert not scripts or violations(page) == []
        page.set_input_files("#receipt-file", {"name": "r", "mimeType": "", "buffer": receipt.read_bytes()})
        press(page, "main button")
        page.keyboard.press("Enter")
        expect(page.locator("#headline")).to_have_text("Este comprobante es auténtico")
        expect(page.locator(".receipt")).to_contain_text("dice que revisó una identificación con foto")
        assert not scripts or violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert not scripts or colours(page) == []
        page.emulate_media(color_scheme="light")
        keep(page, "receipt-checked-412-es-light")
        page.set_viewport_size({"width": 320, "height": 900})
        assert not overflows(page)
    context.close()


@pytest.mark.parametrize(
    "path", ["/", "/check", "/how", "/receipt", "/nowhere", "/issuers", "/developers", "/problems/busy"]
)
def test_every_page_can_be_read_by_everybody(browser: Browser, tmp_path: Path, path: str) -> None:
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    with served(World(), tmp_path) as origin:
        for language, scheme in (("en", "light"), ("es", "dark")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            page.goto(f"{origin}{path}?lang={language}")
            assert violations(page) == []
            for width in (320, *WIDTHS):
                page.set_viewport_size({"width": width, "height": 900})
                assert not overflows(page), width
                keep(page, f"page{path.replace('/', '-')}-{width}-{language}")
            small = page.evaluate(SMALL)
            # For developers, links stand in running text, which WCAG 2.2 leaves as they are (2.5.8, inline).
            assert small == [] or path == "/developers"
        page.emulate_media(forced_colors="active")
        assert colours(page) == []
    context.close()


SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary")]
  .filter(e => e.offsetParent && !e.classList.contains("skip"))
  .map(e => [e.outerHTML.slice(0, 80), (e.closest("label") || e).getBoundingClientRect()])
  .filter(([_, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
"""What a finger would miss: targets below 44 pixels."""


def test_a_result_prints_on_one_sheet(browser: Browser, tmp_path: Path) -> None:
    for name in ("valid", "evidence_fails", "revoked"):
        shown = VERDICTS[name]
        world = shown.world()
        context = browser.new_context(color_scheme="dark")
        page = context.new_page()
        folder = tmp_path / name
        folder.mkdir()
        with served(world, folder) as origin:
            open_result(page, origin, shown, world, "es")
            printed = page.pdf(format="Letter", print_background=True)
            assert sheets(printed) == 1, name
            if KEPT:
                (Path(KEPT) / f"print-{name}.pdf").write_bytes(printed)
        context.close()


def sheets(pdf: bytes) -> int:
    pdfium: Any = importlib.import_module("pypdfium2")
    return len(pdfium.PdfDocument(pdf))


CAMERA = """
navigator.mediaDevices.getUserMedia = async () => new MediaStream();
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "https://badges.riverbend.example/S/RIVER-" + TOKEN }]; }
};
"""


def test_the_camera_reads_a_code_where_the_browser_can(browser: Browser, tmp_path: Path) -> None:
    world = World()
    token = VERDICTS["not_shared"].link.partition("RIVER-")[2]
    world.shares[token] = world.badge()
    context: Any = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with served(world, tmp_path) as origin:
        page.goto(origin)
        assert page.locator("[data-open]").is_hidden()  # this Chromium reads no codes: nothing is promised
        page.add_init_script(f"const TOKEN = {token!r};{CAMERA}")
        page.goto(origin)
        page.locator("[data-open]").click()
        expect(page.locator("#headline")).to_have_text("This badge is valid")
    assert said == []
    context.close()
