"""What strangers are not told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from contexts.pinned import OPEN_BADGES_EXTENSIONS
from tests.site import ask, make_site, upload
from tests.world import World
from verifier.web.guard import Guard

REASONS = ("timeout", "blocked_address", "tls", "unreachable", "http_status")


@pytest.mark.parametrize("what", ["did_url", "list_url"])
def test_why_an_address_did_not_answer_is_not_told(what: str, tmp_path: Path) -> None:
    pages, answers = set(), set()
    for reason in REASONS:
        world = World()
        world.fail[getattr(world, what)] = reason
        site = make_site(world, tmp_path)
        pages.add(upload(site, world.badge()).text)
        body = json.dumps({"verifiableCredential": json.loads(world.badge())}).encode()
        json_body = {"Content-Type": "application/json"}
        answers.add(ask(site, "/credentials/verify", "POST", headers=json_body, content=body).text)
    assert len(pages) == 1
    assert len(answers) == 1


def test_why_a_service_for_newer_editions_did_not_answer_is_not_told(tmp_path: Path) -> None:
    url = "https://badges.riverbend.example/renewed/5"

    def offering(made: dict[str, Any]) -> None:
        made["@context"].append(OPEN_BADGES_EXTENSIONS)
        made["refreshService"] = {"id": url, "type": "1EdTechCredentialRefresh"}

    pages, answers = set(), set()
    for reason in REASONS:
        world = World(edit={"badge": offering})
        world.fail[url] = reason
        site = make_site(world, tmp_path, refresh=True)
        pages.add(upload(site, world.badge()).text)
        body = json.dumps({"verifiableCredential": json.loads(world.badge())}).encode()
        json_body = {"Content-Type": "application/json"}
        answer = ask(site, "/credentials/verify", "POST", headers=json_body, content=body)
        assert answer.json()["report"]["refresh"]["code"] == "failed"
        answers.add(answer.text)
    assert len(pages) == len(answers) == 1
    assert "We asked, and did not get one that is good." in pages.pop()


def asked_about(site: Guard, badge: bytes, at: str, lang: str = "en") -> httpx.Response:
    return ask(site, "/check", "POST", files={"file": ("badge", badge)}, data={"lang": lang, "at": at})


def test_the_page_answers_for_a_moment_in_the_past(tmp_path: Path) -> None:
    world = World()
    site = make_site(world, tmp_path)
    recent = asked_about(site, world.badge(), "2026-06-01T11:30:00Z")
    assert "On June 1, 2026 this badge was valid" in recent.text
    assert "This is the answer for June 1, 2026, not for today." in recent.text
    unknown = asked_about(site, world.badge(), "2026-05-20").text
    assert "We could not find out whether it was withdrawn or paused on May 20, 2026" in unknown
    assert "20 de mayo de 2026" in asked_about(site, world.badge(), "2026-05-20", "es").text
    today = asked_about(site, world.badge(), "")
    assert "This badge is valid" in today.text


@pytest.mark.parametrize(
    ("at", "lang", "said"),
    [
        ("2026-06-03", "en", "That day has not come yet."),
        ("2026-06-03", "es", "Ese día todavía no ha llegado."),
        ("tomorrow", "en", "That is no day and no time."),
        ("<script>", "es", "Eso no es un día ni una hora."),
    ],
)
def test_a_moment_that_has_not_come_or_is_none_is_refused_in_words(
    tmp_path: Path, at: str, lang: str, said: str
) -> None:
    world = World()
    answer = asked_about(make_site(world, tmp_path), world.badge(), at, lang)
    assert answer.status_code == 400
    assert said in answer.text
    assert "<script>" not in answer.text
    assert world.asked == []
