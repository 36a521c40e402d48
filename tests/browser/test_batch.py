from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import colours, violations
from tests.browser.looking import overflows
from tests.unit.verifier.batch.colleges import APPLICANTS, CROSSWALK, certified
from tests.world import World

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=alert(1)><b>Lark</b>"


def write(folder: Path, world: World) -> list[Path]:
    """Badges of every look, and the college's own lists."""
    sent = {
        "good.json": certified(world, 5),
        "again.json": certified(world, 6, number="EX-000005"),
        "low.json": certified(world, 7, name="Sam Lark", score="60"),
        "college.json": certified(world, 8, kind="Certificate"),
        "changed.json": certified(world, 9).replace(b"Basic", b"Great"),
        "evil.json": certified(world, 10, name=EVIL),
        "picture.txt": b"this is no badge at all",
    }
    for name, data in sent.items():
        (folder / name).write_bytes(data)
    (folder / "crosswalk.csv").write_bytes(CROSSWALK)
    (folder / "applicants.csv").write_bytes(APPLICANTS)
    return [folder / name for name in sent]


def start(page: Page, address: str, folder: Path, files: list[Path], lang: str = "en") -> None:
    page.goto(f"{address}/batch?lang={lang}")
    page.set_input_files("#file", files)
    page.set_input_files("#crosswalk", folder / "crosswalk.csv")
    page.set_input_files("#applicants", folder / "applicants.csv")
    page.locator("button[type=submit]").click()
    page.wait_for_selector("#rows")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_college_can_read_its_list_on_every_screen(
    page: Page, address: str, world: World, tmp_path: Path, lang: str
) -> None:
    files = write(tmp_path, world)
    page.goto(f"{address}/batch?lang={lang}")
    assert violations(page) == []
    assert not overflows(page)
    start(page, address, tmp_path, files, lang)
    expect(page.locator("#rows > li")).to_have_count(7)
    expect(page.locator("#save")).to_be_visible()
    said = {
        "en": ("Done: 7 checked.", "It counts once, there."),
        "es": ("Listo: 7 verificadas.", "Cuenta una vez, allí."),
    }
    expect(page.locator("#status")).to_have_text(said[lang][0])
    expect(page.locator("#row-2")).to_contain_text(said[lang][1])
    expect(page.locator("#row-6 .person")).to_have_text(EVIL)
    assert page.locator("img").count() == 0
    assert "Great" not in page.locator("#rows").inner_text()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert colours(page) == []
    assert not overflows(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page)


def test_rows_fill_while_one_looks_and_the_order_is_that_of_the_files(
    page: Page, address: str, world: World, tmp_path: Path
) -> None:
    files = write(tmp_path, world)
    loads: list[str] = []
    page.on("load", lambda opened: loads.append(opened.url))
    start(page, address, tmp_path, files)
    expect(page.locator("#save")).to_be_visible()
    assert [row.get_attribute("id") for row in page.locator("#rows > li").all()] == [
        f"row-{number}" for number in range(1, 8)
    ]
    expect(page.locator('[data-count="all"]')).to_have_text("7")
    page.wait_for_load_state()
    assert sum("/batch/" in url for url in loads) == 1


def test_without_a_script_the_page_renews_itself_filters_saves_and_deletes(
    browser: Browser, address: str, world: World, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    start(page, address, tmp_path, write(tmp_path, world))
    expect(page.locator("#status")).to_have_text("Done: 7 checked.")
    page.locator(".filters a", has_text="Do not accept").click()
    expect(page.locator("#rows > li")).to_have_count(1)
    expect(page.locator("#rows")).to_contain_text("changed.json")
    with page.expect_download() as saved:
        page.locator("#save a").nth(1).click()
    assert saved.value.path().read_bytes().startswith(b"PK")
    page.locator("form button").click()
    expect(page.locator("h1")).to_have_text("The list is deleted.")
    context.close()
