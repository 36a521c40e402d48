"""Results that hold more than one thing: presentations, several files, records, determinations, past days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from contexts.document import compose
from tests.browser.axe import colours, violations
from tests.browser.conftest import WIDTHS, served
from tests.browser.looking import led_on, looked, overflows
from tests.browser.test_verdicts import SMALL, keep
from tests.determinations import Story
from tests.endorsements import endorsement, member, record
from tests.presentations import presentation, signed
from tests.unit.verifier.checks.test_endorsements import badge
from tests.world import World

pytestmark = pytest.mark.browser

Made = Callable[[World], list[bytes]]


def mixed(world: World) -> list[bytes]:
    world.revoke(6)
    return [world.badge(), world.badge(6), b"no badge", signed(presentation(member(world), member(world, 6)))]


def changed(world: World) -> list[bytes]:
    world.revoke(6)
    return [signed(presentation(member(world), member(world, 6)))]


SENT: dict[str, tuple[str, Made]] = {
    "presentation": ("Everything", lambda w: [signed(presentation(member(w), member(w, 6)))]),
    "presentation-fails": ("Do not accept", changed),
    "presentation-unsigned": ("Everything", lambda w: [compose(presentation(member(w))).raw]),
    "several": ("What you sent", mixed),
    "record": ("This learner record is valid", lambda w: [record(w, member(w), member(w, 6))]),
    "determination": ("This badge is valid", lambda w: [Story(w).signed()]),
    "endorsed": (
        "This badge is valid",
        lambda w: [badge(w, endorsement(f"{w.origin}/achievements/safety-10"))],
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_what_holds_several_things_can_be_read_by_everybody(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    headline, make = SENT[name]
    world = World()
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, locale="en-US")
    page = context.new_page()
    with served(world, tmp_path) as origin:
        for language, scheme in (("en", "light"), ("es", "dark")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            page.goto(f"{origin}/?lang={language}")
            files: list[FilePayload] = [
                {"name": f"{number}.json", "mimeType": "", "buffer": data}
                for number, data in enumerate(make(world), 1)
            ]
            page.set_input_files("#file", files)
            with led_on(page):
                page.locator("form", has=page.locator("#file")).locator("button").click()
            if language == "en":
                expect(page.locator("h1")).to_contain_text(headline)
            for width in (320, *WIDTHS):
                page.set_viewport_size({"width": width, "height": 900})
                assert not overflows(page), width
                keep(page, f"{name}-{width}-{language}")
            assert looked(page, lambda: page.evaluate(SMALL)) == []
            for summary in page.locator("summary").all():
                summary.click()
            assert violations(page) == []
        page.emulate_media(forced_colors="active")
        assert colours(page) == []
    context.close()
