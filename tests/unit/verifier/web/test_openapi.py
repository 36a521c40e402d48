"""The OpenAPI document is true to the routes, and serves whoever reads the page for developers."""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from credential.baking.png import bake_png
from credential.qr import new_code
from tests.interface import hold, routes_of, validator
from tests.pictures import png
from tests.presentations import presentation, signed
from tests.site import ask, make_site
from tests.world import World
from verifier.web.guard import Guard
from verifier.web.openapi import ALWAYS, OPERATIONS, document
from verifier.web.openapi_schemas import schemas
from verifier.web.problem import is_interface

PRINTED = "RIVER-7Q2M-9KXB-4T0C"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def test_every_route_for_programs_is_in_it_and_nothing_else(site: Guard) -> None:
    routes = {
        (method.lower(), route.path)
        for route in routes_of(site)
        if is_interface(route.path)
        for method in route.methods or ()
    }
    assert routes == {(one.method, one.path) for one in OPERATIONS}
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)


def test_every_name_in_it_is_there_and_is_used() -> None:
    text = json.dumps(document())
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named == set(schemas())
    for name in named:
        validator(name)


def test_every_example_is_what_its_schema_asks_for() -> None:
    shown = [one for one in OPERATIONS if one.takes]
    assert len(shown) == 4
    for one in shown:
        validator(one.takes[0][1]).validate(one.example)


def test_a_request_with_a_member_of_nobody_does_not_fit() -> None:
    for one in OPERATIONS:
        if one.takes:
            assert not validator(one.takes[0][1]).is_valid(one.example | {"checks": []})


def test_every_problem_of_every_route_is_foreseen() -> None:
    for path, methods in document()["paths"].items():
        for told in methods.values():
            assert {str(status) for status in ALWAYS} <= set(told["responses"]), path


@pytest.mark.parametrize("path", [one.path for one in OPERATIONS if one.method == "get"])
def test_what_is_asked_for_with_get_fits(site: Guard, path: str) -> None:
    answer = ask(site, path)
    assert answer.status_code == 200
    hold(answer, path, "get")


def test_it_is_served_as_it_is(site: Guard) -> None:
    assert ask(site, "/openapi.json").json() == document()


def commands(page: str) -> list[list[str]]:
    """The commands of the page for developers, as a shell would take them apart."""
    shown = re.findall(r"<pre><code>(curl .*?)</code></pre>", page, re.DOTALL)
    return [shlex.split(html.unescape(one).replace("\\\n", " ")) for one in shown]


def run(site: Guard, words: list[str], files: dict[str, bytes]) -> tuple[str, httpx.Response]:
    """Do what curl would do."""
    assert words[:3] == ["curl", "-X", "POST"]
    path = words[3].removeprefix("https://check.example.org")
    headers: dict[str, str] = {}
    sent: dict[str, Any] = {}
    options = iter(words[4:])
    for option, value in zip(options, options, strict=True):
        name, _, content = value.partition("=")
        if option == "-H":
            header, _, said = value.partition(": ")
            headers[header] = said
        elif option == "-d":
            sent["content"] = files[value[1:]] if value.startswith("@") else value.encode()
        elif content.startswith("@"):
            sent.setdefault("files", []).append((name, (content[1:], files[content[1:]])))
        else:
            assert option == "-F"
            sent.setdefault("data", {})[name] = content
    return path, ask(site, path, "POST", headers=headers, **sent)


def test_every_command_on_the_page_does_what_it_says(world: World, site: Guard) -> None:
    shown = json.loads(signed(presentation(json.loads(world.badge()))))
    files = {
        "badge.png": bake_png(png(), world.badge(6).decode()),
        "badge.json": world.badge(),
        "credential-request.json": json.dumps(
            {"verifiableCredential": json.loads(world.badge()), "options": {"returnResults": True}}
        ).encode(),
        "presentation-request.json": json.dumps({"verifiablePresentation": shown}).encode(),
    }
    page = ask(site, "/developers").text
    # A code on paper is made by chance, so the page's is a made-up one: here one stands in for it.
    code = new_code(bytes(range(7)))
    world.shares = {code: world.badge()}
    world.serve["https://badges.example.edu/badges/1.json"] = world.badge()
    page = page.replace(PRINTED, f"RIVER-{code}")
    found = commands(page)
    assert len(found) == 9
    paths = set()
    for words in found:
        path, answer = run(site, words, files)
        assert answer.status_code == 200, (words, answer.text)
        hold(answer, path, "post")
        paths.add(path)
        told = answer.json()
        for one in told.get("items", [told]):
            if "report" in one and "at=2026-05-20" not in words:
                assert one["report"]["code"] == "valid", (words, one["report"])
    assert paths == {one.path for one in OPERATIONS if one.method == "post"}


def test_the_page_names_every_route_and_every_limit(site: Guard) -> None:
    answer = ask(site, "/developers?lang=es")
    assert answer.headers["content-language"] == "en"
    for one in OPERATIONS:
        assert f"<code>{one.method.upper()} {one.path}</code>" in answer.text
    for name, count in (("checks", 1_200), ("lookups", 30), ("codes", 30)):
        assert f"<td><code>{name}</code></td><td>{count}</td>" in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_a_site_without_receipts_offers_none(world: World, tmp_path: Path) -> None:
    text = ask(make_site(world, tmp_path, data=None), "/developers").text
    assert "receipt=true" not in text
