from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from issuer.catalog.endorsements import default_endorsements, load_endorsements
from issuer.errors import IssuerError
from tests.rule_sets import Facts, fault, meets, packaged

ENDORSEMENTS = packaged("endorsements") | {"unverified": []}


def stem(**scores: str) -> Facts:
    """Somebody who has earned the STEM endorsement, but for what is changed."""
    parts = {
        "courses": ("STEM-COURSES", "Courses"),
        "gpa": ("STEM-COURSES", "GPA"),
        "sat": ("SAT", "Math"),
        "act": ("ACT", "Mathematics"),
        "asvab": ("ASVAB", "AFQT"),
        "ib": ("IB", "Math"),
    }
    had = {"courses": "4", "gpa": "3.5", "sat": "600"} | scores
    return Facts(
        scores={parts[name]: Decimal(value) for name, value in had.items() if value},
        attested={"graduation-high-proficiency", "stem-capstone"},
    )


def test_the_stem_endorsement_runs_on_the_rule_language() -> None:
    rule = default_endorsements().endorsements["CO_STEM"].judged_by()
    assert meets(rule, stem())
    assert meets(rule, stem(sat="", act="28"))
    assert meets(rule, stem(sat="", ib="5"))


@pytest.mark.parametrize(
    "change",
    [{"courses": "3"}, {"gpa": "3.49"}, {"sat": "599"}, {"sat": "", "act": "27"}, {"sat": "", "asvab": "84"}],
)
def test_the_stem_endorsement_asks_for_each_of_its_parts(change: dict[str, str]) -> None:
    assert not meets(default_endorsements().endorsements["CO_STEM"].judged_by(), stem(**change))


@pytest.mark.parametrize("without", ["graduation-high-proficiency", "stem-capstone"])
def test_the_stem_endorsement_asks_for_the_district_s_word(without: str) -> None:
    had = stem()
    had.attested.remove(without)
    assert not meets(default_endorsements().endorsements["CO_STEM"].judged_by(), had)


@pytest.mark.parametrize("code", ["CO_PWR", "CO_BILIT"])
def test_what_nobody_has_confirmed_is_not_judged_and_says_so(code: str) -> None:
    one = default_endorsements().endorsements[code]
    assert one.rule is None
    with pytest.raises(IssuerError) as caught:
        one.judged_by()
    assert caught.value.code == "not_executable"
    assert caught.value.message.startswith(f"{one.name} cannot be judged here.")
    assert "confirmed" in caught.value.message


def indiana() -> dict[str, Any]:
    """Eight credits and two of a menu of five: another state's endorsement, which is no rule set of ours."""

    def word(what: str) -> dict[str, Any]:
        return {"attested": {"what": what, "says": f"Has the {what} of the menu."}}

    credits_ = {"score": {"assessment": "CTE-CREDITS", "at_least": "8"}}
    menu = [word(f"item-{number}") for number in range(1, 6)]
    return {
        "ruleSet": {
            "name": "endorsements",
            "version": "in-test.1",
            "effectiveFrom": "2026-08-01",
            "about": "A test case from another state.",
        },
        "endorsements": [
            {
                "code": "IN_CORE40_TH",
                "name": "Core 40 with Technical Honors",
                "rule": {"all_of": [credits_, {"at_least": 2, "of": menu}]},
            }
        ],
    }


@pytest.mark.parametrize(
    ("credits_", "items", "met"), [("8", 2, True), ("8", 5, True), ("8", 1, False), ("7.5", 5, False)]
)
def test_eight_credits_and_two_of_five(credits_: str, items: int, *, met: bool) -> None:
    found = load_endorsements(json.dumps(indiana()).encode())
    had = Facts(
        scores={("CTE-CREDITS", None): Decimal(credits_)},
        attested={f"item-{number}" for number in range(1, items + 1)},
    )
    assert meets(found.endorsements["IN_CORE40_TH"].judged_by(), had) is met


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda e: e.pop("endorsements"), "missing_member", ""),
        (lambda e: e.update(extra=1), "unknown_member", "/extra"),
        (lambda e: e["endorsements"].append(e["endorsements"][0]), "duplicate_label", "/endorsements/3/code"),
        (lambda e: e["endorsements"][0].update(code="stem"), "bad_value", "/endorsements/0/code"),
        (lambda e: e["endorsements"][0].pop("rule"), "bad_value", "/endorsements/0"),
        (lambda e: e["endorsements"][0].update(notExecutable="why"), "bad_value", "/endorsements/0"),
        (
            lambda e: e["endorsements"][1].update(notExecutable=""),
            "wrong_type",
            "/endorsements/1/notExecutable",
        ),
        (
            lambda e: e["endorsements"][0]["rule"]["all_of"][2]["any_of"][1]["score"].update(at_least=600),
            "wrong_type",
            "/endorsements/0/rule/all_of/2/any_of/1/score/at_least",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load_endorsements, ENDORSEMENTS, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "endorsements.json")
