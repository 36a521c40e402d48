from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.site import ask, make_site
from tests.world import World
from verifier.app import create_app
from verifier.settings import Settings, SettingsError
from verifier.web.guard import Guard


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def verify(site: Guard, value: Any, **headers: str) -> Any:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ask(
        site,
        "/credentials/verify",
        "POST",
        content=content,
        headers={"Content-Type": "application/json"} | headers,
    )


def test_a_good_badge_is_verified(world: World, site: Guard) -> None:
    answer = verify(site, {"verifiableCredential": json.loads(world.badge())})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["verified"] is True
    assert answer.json()["report"]["code"] == "valid"


def test_a_changed_badge_is_answered_and_not_verified(world: World, site: Guard) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Forged")
    answer = verify(site, {"verifiableCredential": json.loads(world.badge())})
    assert (answer.status_code, answer.json()["verified"]) == (200, False)
    assert answer.json()["problemDetails"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"verifiableCredential":{}}', b'{"verifiableCredential":{"a":1e999}}']
)
def test_what_is_no_badge_is_a_bad_request_with_a_problem(site: Guard, body: bytes) -> None:
    answer = verify(site, body)
    assert answer.status_code == 400
    assert answer.json()["verified"] is False
    assert answer.json()["problemDetails"][0]["type"].startswith("https://")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "application/jsonx",
        "text/html; application/json",
    ],
)
def test_only_json_is_taken(site: Guard, kind: str) -> None:
    answer = ask(site, "/credentials/verify", "POST", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_interface_answers_its_faults_as_problems(site: Guard) -> None:
    for answer in (ask(site, "/credentials/verify"), ask(site, "/credentials/other")):
        assert answer.status_code in {404, 405}
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_charset_beside_the_type_is_no_other_type(world: World, site: Guard) -> None:
    body = {"verifiableCredential": json.loads(world.badge())}
    assert (
        verify(site, body, **{"Content-Type": "application/json; charset=utf-8"}).json()["verified"] is True
    )


def test_it_is_ready_only_with_a_trust_list(site: Guard) -> None:
    assert ask(site, "/readyz").json() == {"status": "ok", "trust_list": "State list", "recognised": 1}
    bare = create_app(Settings(hosts=frozenset({"localhost"})))
    assert ask(bare, "/readyz", address="http://localhost").status_code == 503
    assert ask(bare, "/healthz", address="http://localhost").json() == {"status": "ok"}


def test_static_files_are_asked_for_once(site: Guard) -> None:
    first = ask(site, "/static/app.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = ask(site, "/static/app.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask(site, "/static/../app.py").status_code == 404
    assert ask(site, "/static/words.toml").status_code == 404


def test_a_folder_that_is_no_archive_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CAIRN_VERIFY_ARCHIVE"):
        create_app(Settings(archive=tmp_path))
