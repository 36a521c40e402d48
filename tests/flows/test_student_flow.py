"""From a district's sheet to an employer's phone and back: every process, the mail and the browser are real.

The district issues from a sheet; the student claims from the mail that a mail server caught, shares, and
stops sharing; the district withdraws. What the employer sees is read from the verifier's pages, opened by
the codes that the page of the student and the printed certificate show.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from issuer.cli import app
from tests.browser.axe import violations
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of this file
from tests.browser.looking import led_on
from tests.command_line import CliRunner
from tests.databases import DATABASES, OneFile, Postgres
from tests.mailbox import Mailbox, catching
from tests.ports import free_port

pytestmark = pytest.mark.network

WORDS = Path(__file__).parents[2] / "verifier/words"
LANGUAGES = {
    "en": ("maya@lakeside.example", "R-1", "Maya O."),
    "es": ("ines@lakeside.example", "R-2", "Inés V."),
}
SHEET = """\
external_id,given_name,family_name,birth_date,school_code,credential_code,date_earned,award_ref
200000001,Maya,Okafor,2008-01-31,0187,WCA-SAWBLADE,2026-05-01,R-1
200000002,Inés,Vidal,2008-02-01,0187,WCA-SAWBLADE,2026-05-01,R-2
"""
CONTACTS = """\
student_id,email,language,teacher
200000001,maya@lakeside.example,en,Ms. Brook
200000002,ines@lakeside.example,es,Ms. Brook
"""
FAMILY_NAMES = {"R-1": "Okafor", "R-2": "Vidal"}
STARTED_WITHIN = 180.0
SEEN_WITHIN = 180.0


@dataclass
class Place:
    """A district and a verifier, each a process of its own, and a mail server."""

    issuer: str
    verifier: str
    settings: dict[str, str]
    box: Mailbox
    folder: Path

    def cairn(self, *arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments], env=self.settings)
        assert done.exit_code == 0, done.output
        return done.stdout


def wait_for(address: str) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=60):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database of the kind that is asked for."""
    kept: OneFile | Postgres = request.getfixturevalue(
        "one_file" if request.param == "sqlite" else "postgres"
    )
    if isinstance(kept, OneFile):
        kept.fill()
    yield kept.url
    if isinstance(kept, Postgres):
        kept.clean()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("flow")
    here, there = free_port(), free_port()
    issuer, verifier = f"http://localhost:{here}", f"http://localhost:{there}"
    (folder / "secret").write_bytes(secrets.token_bytes(32))
    with catching() as box:
        settings = {
            "CAIRN_DATA": str(folder / "data"),
            "CAIRN_DATABASE_URL": database,
            "CAIRN_KEY_FILE": str(folder / "secret"),
            "CAIRN_VERIFIER_ORIGIN": verifier,
            "CAIRN_MAIL_HOST": "localhost",
            "CAIRN_MAIL_PORT": str(box.port),
            "CAIRN_MAIL_TLS": "none",
            "CAIRN_MAIL_FROM": "badges@lakeside.example",
            "CAIRN_MAIL_EVERY": "0.3",
            "CAIRN_PUBLISH_EVERY": "0.3",
        }
        made = Place(issuer, verifier, settings, box, folder)
        about = ("--name", "Lakeside School District", "--tag", "LAKE", "--url", "https://lakeside.example")
        made.cairn("init", "--origin", issuer, *about, "--school", "0187=Lakeside High School")
        (folder / "awards.csv").write_text(SHEET, "utf-8")
        (folder / "contacts.csv").write_text(CONTACTS, "utf-8")
        made.cairn("issue", str(folder / "awards.csv"))
        made.cairn("students", "contacts", str(folder / "contacts.csv"))
        made.cairn("publish")
        trust = json.loads(made.cairn("trust", "--list", "The list of this test"))
        trust["entries"][0]["from"] = "2020-01-01"
        (folder / "trust.json").write_text(json.dumps(trust), "utf-8")
        asks = {
            "TRUST": folder / "trust.json",
            "PORT": there,
            "HOSTS": "localhost",
            "LOOPBACK": f"localhost:{here}",
            # A withdrawal may go unseen for so long. With the default each walk would wait a minute for it.
            "STATUS_SECONDS": 2,
            # A busy machine may take its time.
            "SECONDS": 60,
            "CHECK_SECONDS": 60,
            # Two employers' phones and their waiting are one address here.
            "CODES_PER_MINUTE": 600,
            "LOOKUPS_PER_MINUTE": 600,
        }
        with (
            subprocess.Popen(
                [sys.executable, "-m", "issuer.cli", "serve", "--port", str(here)],
                env=os.environ | settings,
                stderr=subprocess.DEVNULL,
            ) as serving,
            subprocess.Popen(
                [str(Path(sys.executable).with_name("cairn-verify")), "serve"],
                env=os.environ | {f"CAIRN_VERIFY_{name}": str(value) for name, value in asks.items()},
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            ) as checking,
        ):
            try:
                wait_for(issuer)
                wait_for(verifier)
                yield made
            finally:
                serving.kill()
                checking.kill()


def words(language: str) -> dict[str, str]:
    said: dict[str, str] = tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))
    return said


def link_in_the_mail(place: Place, to: str) -> str:
    """The link that the mail server caught for somebody."""
    until = time.monotonic() + SEEN_WITHIN
    while time.monotonic() < until:
        for mail in list(place.box.mails):
            text = mail.get_body(("plain",))
            found = re.search(r"http://\S+/my/claim/\S+", str(text.get_content())) if text else None
            if found and to in str(mail["To"]):
                return found[0]
        time.sleep(0.1)
    raise AssertionError("no mail came")


def read_code(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1, found
    return str(found[0].text)


def code_on(page: Page) -> str:
    """What a phone reads off the screen."""
    return read_code(Image.open(io.BytesIO(page.locator(".qr").screenshot())))


def code_on_paper(page: Page, place: Place) -> str:
    """What a phone reads off the certificate that the student prints."""
    with page.expect_download() as waiting:
        page.locator("button[name=paper][value=certificate]").click()
    file = place.folder / "certificate.pdf"
    waiting.value.save_as(file)
    with pypdfium2.PdfDocument(file) as paper:
        return read_code(paper[0].render(scale=150 / 72).to_pil())


def share(page: Page, badge: str, label: str, name: str) -> str:
    """Share a badge as a student does; the last page stays open. What its code says."""
    page.goto(f"{badge.partition('?')[0]}/share")
    assert violations(page) == []
    page.locator("input[name=label]").fill(label)
    page.locator(f"input[name=name][value={name}]").check()
    page.locator("button.big").click()
    page.wait_for_selector(".qr svg")
    assert violations(page) == []
    return code_on(page)


def seen(page: Page, address: str, headline: str) -> None:
    """An employer opens what the code says, until the answer is this one."""
    until = time.monotonic() + SEEN_WITHIN
    while True:
        page.goto(address)
        page.wait_for_selector("h1")
        said = page.locator("h1").first.inner_text()
        if headline in said:
            assert violations(page) == []
            return
        assert time.monotonic() < until, said
        time.sleep(0.5)


@pytest.mark.parametrize(
    ("database", "language"), [("sqlite", "en"), (DATABASES[-1], "es")], indirect=["database"]
)
def test_a_badge_goes_from_a_sheet_to_an_employers_phone_and_is_withdrawn(
    browser: Browser,  # noqa: F811 - the fixture
    place: Place,
    language: str,
) -> None:
    mailed_to, award, short_name = LANGUAGES[language]
    named: dict[str, Any] = {"locale": f"{language}-US"}
    phone = browser.new_context(viewport={"width": 412, "height": 900}, **named).new_page()
    at_home = browser.new_context(viewport={"width": 412, "height": 900}, **named).new_page()
    said = words(language)
    try:
        # Claimed from the mail, with two taps: the link and one button.
        place.cairn("mail", "links")
        at_home.goto(link_in_the_mail(place, mailed_to))
        assert violations(at_home) == []
        at_home.locator("button.big").click()
        at_home.wait_for_url(re.compile(r"/my/badges"))
        assert at_home.locator("html").get_attribute("lang") == language
        assert violations(at_home) == []
        if at_home.locator("ul.wall a").count():
            with led_on(at_home):
                at_home.locator("ul.wall a").first.click()
        badge = at_home.url
        assert violations(at_home) == []
        on_paper = code_on_paper(at_home, place)

        # Shared with two readers: one is shown the whole name, the other a part of it.
        shortened = share(at_home, badge, "A summer job", "short")
        shared = share(at_home, badge, "Home Depot interview", "full")
        assert shared.upper().startswith(place.verifier.upper())

        # On the employer's phone: valid, by the link and by the paper.
        seen(phone, shared, said["headline.valid"])
        seen(phone, on_paper, said["headline.valid"])
        seen(phone, shortened, said["headline.valid"])
        assert short_name in phone.locator("main").inner_text()
        assert FAMILY_NAMES[award] not in phone.content()

        # Not shared any more: the same link says so, and the paper still stands.
        with led_on(at_home):
            at_home.locator("button.danger").click()
        assert violations(at_home) == []
        seen(phone, shared, said["headline.not_shared"])
        seen(phone, on_paper, said["headline.valid"])

        # Withdrawn by the district: what was printed says so, and the stopped link says no more than before.
        place.cairn("revoke", award, "--reason", "issued-in-error")
        seen(phone, on_paper, said["headline.revoked"])
        seen(phone, shortened, said["headline.revoked"])
        seen(phone, shared, said["headline.not_shared"])
        at_home.goto(badge)
        assert violations(at_home) == []
    finally:
        phone.context.close()
        at_home.context.close()
