"""From a corrected badge to the one that took its place: through the holder's own link or code alone."""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx
import pytest

from credential.qr import new_code, new_token
from credential.withdrawal import Reason
from tests.site import ask, make_site, typed, upload
from tests.unit.verifier.web.test_again import switched
from tests.world import World
from verifier.evidence import NeedKind
from verifier.web.guard import Guard

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))
SEE = "See the current one"


@pytest.fixture
def world() -> World:
    """A district that has corrected one badge, number 5, by another, number 6."""
    world = World()
    for named in (CODE, TOKEN):
        world.shares |= {named: world.badge(5), f"{named} now": world.badge(6)}
    world.revoke(5, Reason.CORRECTED)
    return world


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def pressed(site: Guard, answer: httpx.Response) -> httpx.Response:
    """Press the button."""
    wanted = r'<form method="post" action="(/check)" class="onward">(.*?)</form>'
    form = re.search(wanted, answer.text, re.DOTALL)
    assert form
    assert SEE in form[2]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
    return ask(site, form[1], "POST", data={name: html.unescape(value) for name, value in fields})


@pytest.mark.parametrize("how", ["code", "typed", "link"])
def test_a_link_or_a_code_leads_on(world: World, site: Guard, how: str) -> None:
    paths = {"code": f"/C/RIVER-{CODE}", "link": f"/S/RIVER-{TOKEN}"}
    old = typed(site, f"RIVER-{CODE}") if how == "typed" else ask(site, paths[how])
    assert "This badge was corrected" in old.text
    new = pressed(site, old)
    assert "This badge is valid" in new.text
    assert "as the current one, under" in new.text
    assert SEE not in new.text
    asked = [need for need in world.asked if need.kind is NeedKind.RETRIEVAL]
    assert [b'"current"' in need.body for need in asked] == [False, True]
    assert "Esta insignia es válida" in switched(site, new).text


def test_what_took_its_place_is_checked_like_anything_else(world: World, site: Guard) -> None:
    old = ask(site, f"/C/RIVER-{CODE}")
    world.shares[f"{CODE} now"] = world.badge(6).replace(b"Rivera", b"Rivers")
    new = pressed(site, old)
    assert "Do not accept: this badge has been changed" in new.text
    assert "as the current one, under" not in new.text
    del world.shares[f"{CODE} now"]
    assert "No badge has this code" in pressed(site, old).text


def test_where_there_is_nothing_newer_it_says_the_same_and_goes_round_no_circle(
    world: World, site: Guard
) -> None:
    world.shares[f"{CODE} now"] = world.badge(5)
    new = pressed(site, ask(site, f"/C/RIVER-{CODE}"))
    assert "This badge was corrected" in new.text
    assert SEE not in new.text


def test_a_file_leads_nowhere_and_says_whom_to_ask(world: World, site: Guard) -> None:
    text = upload(site, world.badge(5)).text
    assert "This badge was corrected" in text
    assert SEE not in text
    assert "Ask for the current one." in text
    again = ask(
        site, "/check", "POST", data={"text": world.badge(5).decode(), "current": "yes", "lang": "en"}
    )
    assert "This badge was corrected" in again.text
