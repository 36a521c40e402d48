from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.catalog import CatalogueError, DistrictMenu, default_menu, load_district_menu, load_menu
from issuer.catalog.district_menu import MOST_PARTS
from tests.rule_sets import choice, everything, fault, packaged

ENGLISH, MATH = Subject.ENGLISH, Subject.MATH


def load(data: bytes) -> DistrictMenu:
    return load_district_menu(data, default_menu())


def chosen(*offers: dict[str, Any], **members: Any) -> DistrictMenu:
    return load(json.dumps(choice(*offers, **members)).encode())


def cut(made: DistrictMenu, code: str, subject: Subject = MATH) -> str:
    node = made.offers[code].criteria[subject]
    found: str = (node.get("score") or node["level"])["at_least"]
    return found


def test_a_subset_of_the_state_s_options_may_be_offered() -> None:
    made = chosen({"option": "SAT"}, {"option": "ACT"}, {"option": "INDUSTRY_CERT"})
    assert list(made.offers) == ["ACT", "INDUSTRY_CERT", "SAT"]  # in the state's order
    assert (made.heading.version, made.menu_version) == ("EXVL-2026-08-01", "state-menu-2021+")
    assert (made.decided_on, made.heading.effective_from) == (date(2026, 5, 12), date(2026, 8, 1))


def test_everything_may_be_offered_at_the_state_s_scores() -> None:
    made = chosen(*everything())
    assert len(made.offers) == 12
    for code, offer in made.offers.items():
        if offer.option.decided_by.value == "state":
            assert dict(offer.criteria) == dict(default_menu().options[code].criteria)


def test_a_score_may_be_raised_and_the_state_s_menu_stays_as_it_was() -> None:
    made = chosen({"option": "SAT", "raise": {"MTH": "530"}})
    assert (cut(made, "SAT"), cut(made, "SAT", ENGLISH)) == ("530", "470")
    assert default_menu().options["SAT"].criteria[MATH]["score"]["at_least"] == "500"


def test_a_score_of_one_part_may_be_raised_alone() -> None:
    made = chosen({"option": "ACCUPLACER_NG", "raise": {"MTH": {"Arithmetic": "260.5"}}})
    first, second = made.offers["ACCUPLACER_NG"].criteria[MATH]["any_of"]
    assert first["score"]["at_least"] == "260.5"
    assert second["score"]["at_least"] == "230"


def test_the_state_s_own_score_may_be_written_down() -> None:
    assert cut(chosen({"option": "SAT", "raise": {"MTH": "500"}}), "SAT") == "500"
    assert cut(chosen({"option": "SAT", "raise": {"MTH": "500.0"}}), "SAT") == "500.0"


def test_a_level_may_be_raised() -> None:
    assert cut(chosen({"option": "WORKKEYS", "raise": {"ENG": "Gold"}}), "WORKKEYS", ENGLISH) == "Gold"


@pytest.mark.parametrize(
    ("offer", "pointer", "state"),
    [
        ({"option": "SAT", "raise": {"MTH": "499"}}, "/raise/MTH", "500"),
        ({"option": "SAT", "raise": {"MTH": "499.999999"}}, "/raise/MTH", "500"),
        ({"option": "SAT", "raise": {"ENG": "-470"}}, "/raise/ENG", "470"),
        ({"option": "ACCUPLACER_NG", "raise": {"ENG": {"Writing": "235"}}}, "/raise/ENG/Writing", "236"),
        ({"option": "AP", "parts": {"ENG": ["a"], "MTH": ["b"]}, "raise": {"ENG": "1"}}, "/raise/ENG", "2"),
        ({"option": "CONCURRENT", "parts": {"ENG": ["a"], "MTH": ["b"]}, "floor": "F"}, "/floor", "D"),
    ],
)
def test_lowering_is_refused_with_a_sentence_that_says_what_to_do(
    offer: dict[str, Any], pointer: str, state: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        chosen(offer)
    assert (caught.value.code, caught.value.pointer) == ("cut_lowered", f"/offers/0{pointer}")
    assert f"lower than the state's {state}" in caught.value.message
    assert "never lower it" in caught.value.message


def test_lowering_a_level_is_refused() -> None:
    silver = packaged("menu") | {"unverified": []}
    keys = next(option for option in silver["options"] if option["code"] == "WORKKEYS")
    keys["criteria"]["MTH"]["level"]["at_least"] = "Silver"
    state = load_menu(json.dumps(silver).encode())

    def raised(to: str) -> DistrictMenu:
        offer = {"option": "WORKKEYS", "raise": {"MTH": to}}
        return load_district_menu(json.dumps(choice(offer)).encode(), state)

    assert cut(raised("Silver"), "WORKKEYS") == "Silver"
    with pytest.raises(CatalogueError, match="cut_lowered"):
        raised("Bronze")


def test_the_district_lists_which_examinations_count_for_which_subject() -> None:
    made = chosen(
        {
            "option": "AP",
            "parts": {"ENG": ["English Literature"], "MTH": ["Calculus AB", "Statistics"]},
            "raise": {"MTH": "3"},
        }
    )
    node = made.offers["AP"].criteria[MATH]
    assert [one["score"]["part"] for one in node["any_of"]] == ["Calculus AB", "Statistics"]
    assert {one["score"]["at_least"] for one in node["any_of"]} == {"3"}
    assert made.offers["AP"].criteria[ENGLISH]["any_of"][0]["score"]["at_least"] == "2"


def test_a_grade_floor_holds_for_each_listed_course() -> None:
    made = chosen({"option": "CONCURRENT", "parts": {"ENG": ["ENG 1021"], "MTH": ["MAT 1340"]}, "floor": "C"})
    [course] = made.offers["CONCURRENT"].criteria[MATH]["any_of"]
    assert (course["level"]["part"], course["level"]["at_least"]) == ("MAT 1340", "C")


def test_an_option_may_be_offered_for_one_subject_alone() -> None:
    made = chosen({"option": "SAT", "subjects": ["ENG"]}, {"option": "INDUSTRY_CERT", "subjects": ["MTH"]})
    assert made.offers["SAT"].subjects == (ENGLISH,)
    assert set(made.offers["SAT"].criteria) == {ENGLISH}
    assert made.offers["INDUSTRY_CERT"].subjects == (MATH,)


def test_a_district_may_ask_for_something_besides_and_say_it_in_its_own_words() -> None:
    grade = {
        "level": {"assessment": "COURSE", "part": "Algebra 2", "at_least": "C", "order": ["F", "D", "C", "B"]}
    }
    made = chosen(
        {"option": "SAT", "also": {"MTH": grade}},
        {"option": "CAPSTONE", "says": {"ENG": "The panel of the example district passed it."}},
    )
    assert made.offers["SAT"].conditions[MATH] == grade
    assert ENGLISH not in made.offers["SAT"].conditions
    capstone = made.offers["CAPSTONE"].criteria
    assert capstone[ENGLISH]["attested"]["says"] == "The panel of the example district passed it."
    assert capstone[ENGLISH]["attested"]["what"] == "capstone-eng"
    assert capstone[MATH] == default_menu().options["CAPSTONE"].criteria[MATH]


def test_a_retired_test_may_be_offered_for_earlier_results_and_a_closed_option_may_not() -> None:
    assert chosen({"option": "ACCUPLACER_CLASSIC"}).offers
    with pytest.raises(CatalogueError) as caught:
        chosen({"option": "SAT"}, {"option": "LOCAL"})
    assert (caught.value.code, caught.value.pointer) == ("closed_option", "/offers/1/option")
    assert "class of 2021" in caught.value.message


BASE = choice(
    {"option": "SAT"},
    {"option": "AP", "parts": {"ENG": ["English Literature"], "MTH": ["Calculus AB"]}},
    {"option": "ACCUPLACER_NG", "raise": {"ENG": {"Reading": "250"}}},
    {"option": "CAPSTONE"},
    {"option": "CONCURRENT", "parts": {"ENG": ["ENG 1021"], "MTH": ["MAT 1340"]}, "floor": "C"},
)


def first(**members: Any) -> Callable[[dict[str, Any]], object]:
    return lambda c: c["offers"][0].update(members)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda c: c.pop("menu"), "missing_member", ""),
        (lambda c: c.update(extra=1), "unknown_member", "/extra"),
        (lambda c: c.update(menu="state-menu-2014"), "unknown_reference", "/menu"),
        (lambda c: c.update(decidedOn="2026-08-02"), "bad_value", "/ruleSet/effectiveFrom"),
        (lambda c: c.update(decidedOn="soon"), "bad_value", "/decidedOn"),
        (
            lambda c: (c["ruleSet"].update(effectiveFrom="2019-08-01"), c.update(decidedOn="2019-01-01")),
            "bad_value",
            "/ruleSet/effectiveFrom",
        ),
        (lambda c: c["ruleSet"].update(name="menu"), "bad_value", "/ruleSet/name"),
        (lambda c: c.update(offers=[]), "bad_value", "/offers"),
        (lambda c: c.update(offers={}), "wrong_type", "/offers"),
        (lambda c: c["offers"].append("SAT"), "wrong_type", "/offers/5"),
        (lambda c: c["offers"].append({"option": "SAT"}), "duplicate_label", "/offers/5/option"),
        (first(option="SAT2"), "unknown_reference", "/offers/0/option"),
        (first(option=7), "wrong_type", "/offers/0/option"),
        (first(floor="C"), "unknown_member", "/offers/0/floor"),
        (first(subjects=[]), "bad_value", "/offers/0/subjects"),
        (first(subjects=["SCI"]), "bad_value", "/offers/0/subjects/0"),
        (first(**{"raise": {"SCI": "500"}}), "bad_value", "/offers/0/raise/SCI"),
        (first(**{"raise": {"MTH": 530}}), "wrong_type", "/offers/0/raise/MTH"),
        (first(**{"raise": {"MTH": "high"}}), "bad_value", "/offers/0/raise/MTH"),
        (first(**{"raise": {"MTH": "801"}}), "bad_value", "/offers/0/raise/MTH"),
        (first(**{"raise": {"MTH": "530"}, "subjects": ["ENG"]}), "bad_value", "/offers/0/raise/MTH"),
        (first(also={"MTH": {}}), "bad_value", "/offers/0/also/MTH"),
        (first(also={"SCI": {}}), "bad_value", "/offers/0/also/SCI"),
        (lambda c: c["offers"][1].pop("parts"), "missing_member", "/offers/1"),
        (lambda c: c["offers"][1]["parts"].update(MTH=[]), "missing_member", "/offers/1/parts/MTH"),
        (lambda c: c["offers"][1]["parts"].pop("MTH"), "missing_member", "/offers/1/parts/MTH"),
        (
            lambda c: c["offers"][1]["parts"].update(MTH=["a", "a"]),
            "duplicate_label",
            "/offers/1/parts/MTH/1",
        ),
        (lambda c: c["offers"][1]["parts"].update(SCI=["a"]), "bad_value", "/offers/1/parts/SCI"),
        (lambda c: c["offers"][2].update({"raise": {"ENG": "250"}}), "wrong_type", "/offers/2/raise/ENG"),
        (
            lambda c: c["offers"][2]["raise"]["ENG"].update(Spelling="250"),
            "unknown_reference",
            "/offers/2/raise/ENG/Spelling",
        ),
        (lambda c: c["offers"][3].update(says={"ENG": 1}), "wrong_type", "/offers/3/says/ENG"),
        (lambda c: c["offers"][4].pop("floor"), "missing_member", "/offers/4"),
        (lambda c: c["offers"][4].update(floor="E"), "bad_value", "/offers/4/floor"),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load, BASE, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "district_menu.json")


def test_a_subject_that_the_state_does_not_have_by_an_option_cannot_be_offered() -> None:
    english = packaged("menu") | {"unverified": []}
    del english["options"][2]["criteria"]["MTH"]
    state = load_menu(json.dumps(english).encode())
    assert load_district_menu(json.dumps(choice({"option": "ACT"})).encode(), state).offers[
        "ACT"
    ].subjects == (ENGLISH,)
    with pytest.raises(CatalogueError, match="the state has no MTH by ACT"):
        load_district_menu(json.dumps(choice({"option": "ACT", "subjects": ["MTH"]})).encode(), state)


def test_a_district_may_list_so_many_and_no_more() -> None:
    def listed(count: int) -> DistrictMenu:
        courses = [f"MAT {number}" for number in range(count)]
        return chosen({"option": "AP", "subjects": ["MTH"], "parts": {"MTH": courses}})

    assert listed(MOST_PARTS).offers
    with pytest.raises(CatalogueError, match="too_large"):
        listed(MOST_PARTS + 1)
