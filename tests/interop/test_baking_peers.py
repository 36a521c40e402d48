"""What we bake, openbadgeslib extracts, and what it bakes, we extract."""

from __future__ import annotations

import json

import pytest
from openbadgeslib import baking

from credential.baking.png import bake_png, extract_png
from credential.baking.svg import bake_svg, extract_svg
from tests.pictures import png, svg
from tests.world import World
from verifier.evidence import Code
from verifier.intake import read_all

pytestmark = pytest.mark.interop

JSON = '{"name":"Soldadura, nivel 2 > 1 ✓","note":"]]>"}'
TOKEN = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
OLDER = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://badges.example.edu/assertions/1",
    "badge": "https://badges.example.edu/badges/1",
    "verification": {"type": "hosted"},
}
PLAIN = svg().replace(b' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', b"")
ELEMENT = baking.SVG_ELEMENT_OB3


@pytest.mark.parametrize("text", [JSON, TOKEN])
def test_png_both_ways(text: str) -> None:
    theirs = baking.bake_png(png(), text, keyword=baking.ITXT_KEYWORD_OB3)
    assert baking.extract_png(bake_png(png(), text), keyword=baking.ITXT_KEYWORD_OB3) == text
    assert extract_png(theirs) == text


def test_a_token_in_svg_both_ways() -> None:
    theirs = baking.bake_svg(PLAIN, TOKEN, namespace=baking.SVG_NS_OB3, element=ELEMENT)
    assert baking.extract_svg(bake_svg(svg(), TOKEN), element=ELEMENT) == TOKEN
    assert extract_svg(theirs) == TOKEN


def test_json_in_svg_both_ways() -> None:
    theirs = baking.bake_svg(PLAIN, JSON, namespace=baking.SVG_NS_OB3, as_text=True, element=ELEMENT)
    read = baking.extract_svg(bake_svg(svg(), JSON), text_fallback=True, element=ELEMENT)
    assert read is not None
    assert json.loads(read) == json.loads(JSON)
    assert extract_svg(theirs) == JSON


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_what_they_bake_is_checked_as_it_is(form: str) -> None:
    world = World(form=form)
    text = world.badge().decode()
    for baked in (
        baking.bake_png(png(), text, keyword=baking.ITXT_KEYWORD_OB3),
        baking.bake_svg(PLAIN, text, namespace=baking.SVG_NS_OB3, as_text=form == "json", element=ELEMENT),
    ):
        (item,) = read_all(baked, "badge")
        assert world.check(item.presented).code is Code.VALID


@pytest.mark.parametrize("text", [json.dumps(OLDER), TOKEN, "https://badges.example.edu/assertions/1"])
def test_what_they_bake_in_the_older_kind_is_called_by_its_name(text: str) -> None:
    bare = png()
    for baked in (baking.bake_png(bare, text), baking.bake_svg(PLAIN, text)):
        (item,) = read_all(baked, "badge")
        assert item.presented.code == "older_open_badges"
