"""Canaries: what is told apart by nobody else's eyes never comes out where somebody else reads.

A name, a code, a token, an address and the bytes of a badge go in at every route in every way, good and
broken. Then everything that the site writes down and counts is searched for them.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credential.qr import new_code, new_token
from tests.interface import routes_of
from tests.presentations import presentation, signed
from tests.site import Answers, ask, make_site
from tests.world import NOW, World
from verifier.app import create_app
from verifier.journal import Journal
from verifier.metrics import Metrics
from verifier.settings import Settings
from verifier.web.guard import Guard

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))
NAME = "Jordan Rivera"
NOTHING: dict[str, str] = {}
ASKER = "198.51.100.77"


class Watched:
    """A site, and everything that it says of itself."""

    def __init__(self, world: World, folder: Path) -> None:
        self.said, self.metrics = io.StringIO(), Metrics()
        make_site(world, folder)
        self.journal = Journal(self.said, lambda: NOW)
        self.site = create_app(
            Settings(
                trust=folder / "trust.json",
                hosts=frozenset({"check.example.org"}),
                data=folder / "verifier",
                codes_per_minute=9_999,
                lookups_per_minute=9_999,
                processes=0,
            ),
            source=Answers(world),
            clock=lambda: NOW,
            journal=self.journal,
            metrics=self.metrics,
        )

    def ask(self, path: str, method: str = "GET", **sent: Any) -> Any:
        return ask(self.site, path, method, asker=ASKER, **sent)

    def everything(self) -> str:
        return self.said.getvalue() + self.metrics.text()


@pytest.fixture
def world() -> World:
    made = World()
    made.shares = {CODE: made.badge(), TOKEN: made.badge(6)}
    return made


@pytest.fixture
def watched(world: World, tmp_path: Path) -> Iterator[Watched]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    made = Watched(world, tmp_path)
    made.journal.take_over()
    yield made
    root.handlers[:] = before
    root.setLevel(level)


def addresses(guard: Guard) -> Iterator[tuple[str, str]]:
    """Every route, with a canary wherever it takes something."""
    for route in routes_of(guard):
        for method in route.methods or ():
            for canary in (CODE, TOKEN, NAME.replace(" ", "%20")):
                path = route.path.replace("{text}", f"RIVER-{canary}")
                yield method, path.replace("{code}", canary).replace("{name}", canary)


def canaries(world: World) -> list[str]:
    badge = json.loads(world.badge())
    told = [CODE, TOKEN, NAME, "Jordan", "Rivera", ASKER, badge["id"], badge["proof"][0]["proofValue"]]
    told += [world.did, world.host, badge["credentialSubject"]["achievement"]["name"]]
    return told + [one.lower() for one in told] + [one.upper() for one in told]


def bodies(world: World) -> Iterator[dict[str, Any]]:
    badge = json.loads(world.badge())
    shown = json.loads(signed(presentation(badge), challenge=NAME, domain=NAME))
    asked = {"challenge": NAME, "domain": NAME}
    for value in (
        {"badge": badge},
        {"badge": shown},
        {"link": f"{world.origin}/badges/{NAME}"},
        {"link": f"{world.origin}/S/RIVER-{TOKEN}"},
        {"code": f"RIVER-{CODE}", NAME: NAME, "at": NAME, "lang": NAME},
        {"items": [{"id": NAME, "code": CODE}, {"id": CODE, "badge": badge}]},
        {"verifiableCredential": badge},
        {"verifiableCredential": badge | {"name": NAME}, "options": {NAME: True}},
        {"verifiablePresentation": shown, "options": asked},
    ):
        yield {"content": json.dumps(value).encode(), "headers": {"Content-Type": "application/json"}}
    yield {"files": {"file": (f"{NAME}.json", world.badge())}, "data": {"lang": NAME, "at": NAME}}
    yield {"files": {"file": (f"{CODE}.json", world.badge())}}
    yield {"data": {"text": f"RIVER-{CODE}"}}
    yield {"data": {"text": f"https://check.example.org/S/RIVER-{TOKEN}", "receipt": NAME, "draft": NAME}}
    yield {"content": world.badge(), "headers": {"Content-Type": "application/json"}}
    yield {"content": NAME.encode(), "headers": {"Content-Type": NAME}}


def test_nothing_that_was_sent_is_written_down_or_counted(world: World, watched: Watched) -> None:
    asked = 0
    for method, path in addresses(watched.site):
        sent = list(bodies(world)) if method == "POST" else [{}]
        for one in sent:
            answer = watched.ask(path, method, **one)
            assert answer.status_code < 500, (method, path)
            asked += 1
    watched.ask("/", headers={"Host": NAME.replace(" ", ".")})
    watched.ask(f"/{CODE}?{TOKEN}={NAME}", headers={"X-Request-Id": TOKEN, "X-Forwarded-For": NAME})
    said = watched.everything()
    assert [canary for canary in canaries(world) if canary in said] == []
    lines = watched.said.getvalue().splitlines()
    assert len([line for line in lines if json.loads(line)["event"] == "answered"]) == asked + 2
    assert not any('"?"' in line for line in lines)
    assert 'code="valid"' in said


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/check", "verifier.web.pages.files_of"),
        ("/credentials/verify", "verifier.web.api.parse_request"),
        ("/presentations/verify", "verifier.web.api.parse_presentation_request"),
        ("/v1/verifications", "verifier.web.v1.parse_one"),
        ("/v1/verifications:batch", "verifier.web.v1.parse_many"),
    ],
)
def test_a_fault_of_ours_quotes_nothing(
    world: World, watched: Watched, monkeypatch: pytest.MonkeyPatch, path: str, what: str
) -> None:
    def broken(*_: object) -> object:
        raise ValueError(f"{NAME} {CODE} {world.badge()!r}")

    monkeypatch.setattr(what, broken)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(errors):
        answer = watched.ask(path, "POST", **next(bodies(world)))
    assert answer.status_code == 500
    said = watched.everything() + answer.text + errors.getvalue()
    assert [canary for canary in canaries(world) if canary in said] == []
    told = [json.loads(line) for line in watched.said.getvalue().splitlines()]
    (fault,) = [line for line in told if line["event"] == "fault"]
    assert fault["fault"] == "ValueError"
    assert fault["request"] == answer.headers["x-request-id"]
    assert fault["where"].startswith("verifier/web/")


def test_a_fault_while_checking_is_written_down_with_its_place(
    world: World, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.web.site.verify", lambda *_: NOTHING[NAME])
    assert watched.ask("/check", "POST", files={"file": ("b", world.badge())}).status_code == 500
    assert '"fault": "KeyError"' in watched.said.getvalue()
    assert NAME not in watched.everything()
