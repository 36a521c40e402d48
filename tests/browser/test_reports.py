"""The page of a report in a real browser: it stands alone, everybody can read it, and it fits the width."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from issuer.catalog.suppression import default_suppression
from issuer.reports.report import make_report
from issuer.reports.suppression import Mode
from issuer.reports.written import as_html
from tests.unit.issuer.reports.year import rows

pytestmark = pytest.mark.browser


def page_of(tmp_path: Path, name: str, mode: Mode = Mode.ASSESSMENT) -> str:
    report = make_report(
        name,
        rows(),
        2026,
        rules=default_suppression(),
        mode=mode,
        students=400,
        today=date(2026, 8, 1),
    )
    file = tmp_path / "report.html"
    file.write_text(as_html(report), "utf-8")
    return file.as_uri()


@pytest.mark.parametrize("name", ["accountability", "indicators"])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_report_can_be_read_by_everybody(page: Page, tmp_path: Path, name: str, mode: Mode) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = page_of(tmp_path, name, mode)
    page.goto(address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert asked == [address]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_is_hidden_is_said_to_who_listens(page: Page, tmp_path: Path) -> None:
    page.goto(page_of(tmp_path, "accountability"))
    row = page.get_by_role("row", name="2021-22 not shown not shown")
    expect(row).to_have_count(1)
    expect(page.get_by_role("img", name="Students with a certification, by school year")).to_be_visible()


def test_letters_of_charts_are_large_enough(page: Page, tmp_path: Path) -> None:
    page.goto(page_of(tmp_path, "accountability"))
    scales = page.eval_on_selector_all("svg", "all => all.map(one => one.clientWidth / 380)")
    assert min(scales) * 13 >= 12


def test_paper_has_tables_and_no_ways_to_click(page: Page, tmp_path: Path) -> None:
    page.goto(page_of(tmp_path, "accountability"))
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("table").first).to_be_visible()
