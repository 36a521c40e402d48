"""What strangers are not told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site import ask, make_site, upload
from tests.world import World

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
