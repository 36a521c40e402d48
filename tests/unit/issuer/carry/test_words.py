"""Papers and packets speak two languages, and say what was signed."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.carry.facts import facts_of
from issuer.carry.picture import design_of
from issuer.carry.wording import printed, subjects
from issuer.carry.words import LANGUAGES, WORDS, spell_day
from issuer.catalog import default_catalogue
from issuer.catalog.achievement import achievement
from issuer.errors import IssuerError
from issuer.render.badge import badge_scene
from issuer.render.certificate import MOST_FACTS
from tests.determinations import Story, both_subjects
from tests.papers import facts
from tests.world import World


def blanks(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def test_both_languages_say_the_same_things_with_the_same_blanks() -> None:
    english, spanish = (WORDS[one] for one in LANGUAGES)
    assert english.keys() == spanish.keys()
    assert {key: blanks(text) for key, text in english.items()} == {
        key: blanks(text) for key, text in spanish.items()
    }


def test_days_in_words() -> None:
    assert spell_day(date(2026, 4, 8), "en") == "April 8, 2026"
    assert spell_day(date(2026, 4, 8), "es") == "8 de abril de 2026"
    assert all(len(WORDS[one]["months"].split()) == 12 for one in LANGUAGES)


def test_a_certification_names_who_certified_and_a_determination_who_determined() -> None:
    ours = facts_of(Story().signed())
    assert printed(facts(), "en").source == "from Example Safety Board"
    assert ours.is_readiness
    assert ours.body == ""
    paper = printed(ours, "en")
    assert paper.kind == "Readiness determination"
    assert paper.name_lead == "has shown graduation readiness in"
    assert paper.title == "English"
    assert paper.source == "Determined by Riverbend School District under its graduation menu"
    assert dict(paper.facts)["Determined on"] == "May 1, 2026"
    assert "Good through" not in dict(paper.facts)
    assert printed(ours, "es", card=True).title == "Preparación para graduarse: Inglés"


def test_both_subjects_in_their_order() -> None:
    ours = facts_of(Story(badge=both_subjects).signed())
    assert ours.subjects == (Subject.ENGLISH, Subject.MATH)
    assert subjects(ours, "en") == "English and Math"
    assert subjects(ours, "es") == "Inglés y Matemáticas"


def test_only_what_was_determined_is_printed() -> None:
    """The achievement describes both subjects in every determination; the results say which were shown."""
    assert facts_of(Story().signed()).subjects == (Subject.ENGLISH,)


def test_a_badge_without_a_name_or_an_end_says_so() -> None:
    world = World()

    def bare(value: dict[str, Any]) -> None:
        del value["validUntil"]
        value["credentialSubject"].pop("identifier")

    world.edit["badge"] = bare
    paper = printed(facts_of(world.badge()), "en")
    assert paper.recipient == "the holder of this badge"
    assert dict(paper.facts)["Good through"] == "No last day is given"


def test_a_hashed_identity_is_no_name() -> None:
    world = World()
    world.edit["badge"] = lambda value: value["credentialSubject"]["identifier"][0].update(hashed=True)
    assert facts_of(world.badge()).recipient == ""


def test_results_and_a_provisional_standing_are_printed() -> None:
    entry = next(one for one in default_catalogue().entries if one.provisional_until)
    world = World()
    address = f"{world.origin}/achievements/x"

    def scored(value: dict[str, Any]) -> None:
        subject = value["credentialSubject"]
        subject["achievement"] = achievement(entry, address)
        subject["result"] = [
            {"type": ["Result"], "resultDescription": f"{address}#score", "value": "87"},
            {"type": ["Result"], "resultDescription": f"{address}#standing", "status": "Provisional"},
        ]

    world.edit["badge"] = scored
    found = facts_of(world.badge())
    assert found.standing == "Provisional"
    lines = dict(printed(found, "es").facts)
    assert lines["Situación"] == "Provisional: falta confirmarla"
    assert "87" in lines.values()


def test_a_level_is_printed_by_its_name() -> None:
    entry = next(one for one in default_catalogue().entries if one.levels)
    world = World()
    address = f"{world.origin}/achievements/x"

    def rated(value: dict[str, Any]) -> None:
        subject = value["credentialSubject"]
        subject["achievement"] = achievement(entry, address)
        subject["result"] = [
            {
                "type": ["Result"],
                "resultDescription": f"{address}#level",
                "achievedLevel": f"{address}#level-2",
            }
        ]

    world.edit["badge"] = rated
    assert facts_of(world.badge()).results == (("Level", entry.levels[1]),)


def test_paper_has_room_for_so_many_results_and_one_more_is_refused_and_never_dropped() -> None:
    fits = facts(results=tuple((f"Part {n}", "1") for n in range(MOST_FACTS - 3)))
    assert len(printed(fits, "en").facts) == MOST_FACTS
    with pytest.raises(IssuerError) as caught:
        printed(facts(results=(*fits.results, ("One more", "1"))), "en")
    assert caught.value.code == "state_conflict"


@pytest.mark.parametrize(
    ("named", "letters"),
    [
        ((Subject.ENGLISH,), "ENG"),
        ((Subject.MATH,), "MATH"),
        ((Subject.ENGLISH, Subject.MATH), "ENG+MATH"),
        ((), "READY"),
    ],
)
def test_a_determination_has_a_picture(named: tuple[Subject, ...], letters: str) -> None:
    design = design_of(replace(facts_of(Story().signed()), subjects=named), None)
    assert design.letters == letters
    assert badge_scene(design).parts


def test_what_the_catalogue_no_longer_has_gets_a_plain_picture() -> None:
    design = design_of(facts(), None)
    assert design.ribbon == "Award"
    assert badge_scene(design).parts
