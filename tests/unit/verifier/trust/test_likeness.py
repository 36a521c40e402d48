"""A stranger under a listed name, or one that looks like it, is warned of in words."""

from __future__ import annotations

import pytest

from credential.trust_list.model import MOST_ISSUERS
from tests.trust_lists import DISTRICT, PINS, other, signed
from tests.world import NAME, NOW, World
from verifier.evidence import Check, Code
from verifier.report import explain
from verifier.trust import accept_list
from verifier.trust.likeness import LONGEST, imitated, skeleton

MALLORY = "badges.mallory.example"


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        NAME.upper(),
        "RiverbendSchoolDistrict",
        "Riverbend  School\u00a0District",
        "Riverbend School District.",
        "Riverb\u0435nd School District",  # Cyrillic ie
        "R\u0456verbend Sch\u043e\u043el District",  # Cyrillic i and o
        "Rive\u0433bend School District".replace("\u0433", "r"),
        "Riverbend Sch\u03bf\u03bfl District",  # Greek omicron
        "R1verbend Schoo1 District",
        "Riverbend Sch00l District",
        "R\u00edverb\u00e9nd School District",
        "\uff32iverbend School District",  # full width
        "River\u200bbend School District",  # zero width
        "Distrito Escolar Riverbend",
    ],
)
def test_a_stranger_by_a_listed_name_is_warned_of(name: str) -> None:
    trust = accept_list(signed(), PINS, NOW)
    world = World(host=MALLORY, policy_changes={"trust": trust})
    world.edit["badge"] = lambda made: made["issuer"].update(name=name)
    verdict = world.check(world.badge())
    assert verdict.code is Code.ISSUER_UNKNOWN
    assert verdict.finding(Check.ISSUER).notes == ("name_resembles",)
    for locale, words in (("en", "Take care"), ("es", "Tenga cuidado")):
        assert words in explain(verdict, locale).what_to_do
        assert NAME in explain(verdict, locale).what_to_do


@pytest.mark.parametrize("name", ["Cedar Mesa School District", "Riverside School District", "", "!!"])
def test_another_name_is_not(name: str) -> None:
    trust = accept_list(signed(), PINS, NOW)
    assert imitated(name, "did:web:badges.mallory.example", trust) is None


def test_the_listed_issuer_itself_is_not() -> None:
    assert imitated(NAME, DISTRICT, accept_list(signed(), PINS, NOW)) is None


def test_letters_that_look_alike_are_one() -> None:
    assert skeleton("Modern Clay") == skeleton("modem day")
    assert skeleton("Vale") != skeleton("Vole")
    assert skeleton("x" * LONGEST) == skeleton("x" * (LONGEST + 1))


def test_the_longest_list_is_compared_with() -> None:
    many = [other(f"District {number}", f"d{number}.example") for number in range(MOST_ISSUERS)]
    trust = accept_list(signed(*many), PINS, NOW)
    assert imitated("DISTRICT 4999", "did:web:mallory.example", trust)
