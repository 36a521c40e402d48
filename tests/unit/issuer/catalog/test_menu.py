from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.catalog import CatalogueError, default_menu, load_menu
from issuer.catalog.menu import MOST_OPTIONS, DecidedBy, Standing
from tests.rule_sets import fault, packaged

MENU = packaged("menu") | {"unverified": []}
ENGLISH, MATH = Subject.ENGLISH, Subject.MATH


def cuts(code: str, subject: Subject) -> list[str]:
    node = default_menu().options[code].criteria[subject]
    return [one["score"]["at_least"] for one in node.get("any_of", [node])]


def test_the_menu_that_comes_with_cairn_is_dated_versioned_and_has_its_sources() -> None:
    menu = default_menu()
    assert (menu.heading.version, menu.jurisdiction, menu.first_class) == ("state-menu-2021+", "CO", 2021)
    assert menu.heading.effective_from == date(2020, 7, 1)
    assert len(menu.options) == 13
    assert menu.heading.sources


@pytest.mark.parametrize(
    ("code", "english", "math"),
    [
        ("ACCUPLACER_CLASSIC", ["62", "70"], ["61"]),
        ("ACCUPLACER_NG", ["241", "236"], ["255", "230"]),
        ("ACT", ["18"], ["19"]),
        ("AP", ["2"], ["2"]),
        ("ASVAB", ["31"], ["31"]),
        ("IB", ["4"], ["4"]),
        ("SAT", ["470"], ["500"]),
    ],
)
def test_the_state_s_lowest_scores(code: str, english: list[str], math: list[str]) -> None:
    assert (cuts(code, ENGLISH), cuts(code, MATH)) == (english, math)


def test_work_keys_counts_from_bronze() -> None:
    level = default_menu().options["WORKKEYS"].criteria[MATH]["level"]
    assert (level["at_least"], level["order"]) == ("Bronze", ["Bronze", "Silver", "Gold", "Platinum"])


def test_what_the_district_determines_is_marked_so() -> None:
    by = {code: option.decided_by for code, option in default_menu().options.items()}
    assert by["INDUSTRY_CERT"] is DecidedBy.DECISIONS
    assert by["CONCURRENT"] is DecidedBy.GRADE
    assert {code for code, who in by.items() if who is DecidedBy.ATTESTED} == {
        "CAPSTONE",
        "PERF_ASSESS",
        "LOCAL",
    }
    assert {code for code, who in by.items() if who is DecidedBy.PARTS} == {"AP", "IB"}


def test_a_panel_s_word_on_english_is_not_its_word_on_math() -> None:
    capstone = default_menu().options["CAPSTONE"].criteria
    assert capstone[ENGLISH]["attested"]["what"] != capstone[MATH]["attested"]["what"]


def test_retired_and_closed_options_stay_loadable_and_say_why() -> None:
    options = default_menu().options
    assert options["ACCUPLACER_CLASSIC"].standing is Standing.RETIRED
    assert options["LOCAL"].standing is Standing.CLOSED
    for option in options.values():
        assert (option.standing_note is None) == (option.standing is Standing.OPEN)


def test_scales_are_known_where_somebody_said_them() -> None:
    sat, asvab = default_menu().options["SAT"], default_menu().options["ASVAB"]
    assert (sat.lowest, sat.highest) == (Decimal(200), Decimal(800))
    assert (asvab.lowest, asvab.highest) == (None, None)


def option(menu: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in menu["options"] if one["code"] == code)
    return found


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda m: m.pop("options"), "missing_member", ""),
        (lambda m: m.update(extra=1), "unknown_member", "/extra"),
        (lambda m: m.update(options={}), "wrong_type", "/options"),
        (lambda m: m["ruleSet"].update(name="menus"), "bad_value", "/ruleSet/name"),
        (lambda m: m["ruleSet"].update(name="clusters"), "bad_value", "/ruleSet/name"),
        (lambda m: m["ruleSet"].update(version="a b"), "bad_value", "/ruleSet/version"),
        (lambda m: m["ruleSet"].update(version="a/b"), "bad_value", "/ruleSet/version"),
        (lambda m: m["ruleSet"].update(version="x" * 65), "bad_value", "/ruleSet/version"),
        (lambda m: m["ruleSet"].update(effectiveFrom="2026-02-30"), "bad_value", "/ruleSet/effectiveFrom"),
        (lambda m: m["ruleSet"].pop("about"), "missing_member", "/ruleSet"),
        (
            lambda m: m["sources"]["guidelines"].update(where="ftp://x"),
            "bad_value",
            "/sources/guidelines/where",
        ),
        (lambda m: m.update(unverified=["/options/99"]), "unknown_reference", "/unverified/0"),
        (lambda m: m.update(jurisdiction="Colorado"), "bad_value", "/jurisdiction"),
        (lambda m: m.update(firstClass="2021"), "wrong_type", "/firstClass"),
        (lambda m: m.update(firstClass=21), "bad_value", "/firstClass"),
        (lambda m: m["options"][0].update(code="act"), "bad_value", "/options/0/code"),
        (lambda m: m["options"][0].update(code="ACT"), "duplicate_label", "/options/2/code"),
        (lambda m: m["options"][0].update(price="1"), "unknown_member", "/options/0/price"),
        (lambda m: m["options"][0].update(decidedBy="nobody"), "bad_value", "/options/0/decidedBy"),
        (lambda m: m["options"][0].update(standing="gone"), "bad_value", "/options/0/standing"),
        (lambda m: m["options"][0].pop("standingNote"), "bad_value", "/options/0"),
        (lambda m: m["options"][2].update(standingNote="why"), "bad_value", "/options/2"),
        (lambda m: m["options"][2].update(criteria={}), "bad_value", "/options/2/criteria"),
        (lambda m: m["options"][2].pop("criteria"), "wrong_type", "/options/2/criteria"),
        (lambda m: m["options"][2]["criteria"].update(SCI={}), "bad_value", "/options/2/criteria/SCI"),
        (lambda m: m["options"][2]["criteria"].update(ENG={}), "bad_value", "/options/2/criteria/ENG"),
        (lambda m: m["options"][2].update(subjects=["ENG"]), "bad_value", "/options/2/subjects"),
        (lambda m: m["options"][2]["result"].update(maximum=36), "wrong_type", "/options/2/result/maximum"),
        (
            lambda m: m["options"][0]["criteria"]["ENG"]["any_of"][0]["score"].update(part="Sentence Skills"),
            "bad_value",
            "/options/0/criteria/ENG",
        ),
        (
            lambda m: option(m, "AP")["criteria"]["ENG"]["score"].update(part="Biology"),
            "bad_value",
            "/options/4/criteria/ENG",
        ),
        (
            lambda m: option(m, "CONCURRENT")["criteria"].update(ENG=option(m, "SAT")["criteria"]["ENG"]),
            "bad_value",
            "/options/6/criteria/ENG",
        ),
        (lambda m: option(m, "INDUSTRY_CERT").update(criteria={}), "bad_value", "/options/8/criteria"),
        (lambda m: option(m, "INDUSTRY_CERT").pop("subjects"), "bad_value", "/options/8/subjects"),
        (
            lambda m: option(m, "INDUSTRY_CERT").update(subjects=["ENG", "ENG"]),
            "bad_value",
            "/options/8/subjects",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load_menu, MENU, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "menu.json")


def test_a_menu_may_have_so_many_options_and_no_more() -> None:
    def menu_of(count: int) -> bytes:
        options = [MENU["options"][2] | {"code": f"ACT_{number}"} for number in range(count)]
        return json.dumps(MENU | {"options": options, "unverified": []}).encode()

    assert len(load_menu(menu_of(MOST_OPTIONS)).options) == MOST_OPTIONS
    with pytest.raises(CatalogueError, match="too_large"):
        load_menu(menu_of(MOST_OPTIONS + 1))
