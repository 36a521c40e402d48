from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from issuer.catalog.suppression import SuppressionRules, default_suppression, load_suppression
from tests.rule_sets import fault, packaged

SUPPRESSION = packaged("suppression") | {"unverified": []}


def test_results_of_fewer_than_16_and_cells_of_fewer_than_4_are_hidden() -> None:
    rules = default_suppression()
    assert (rules.assessment_min_n, rules.assessment_min_cell, rules.complementary) == (16, 4, True)


def test_the_tokens_are_those_of_the_state_s_workbook() -> None:
    few, some, many = default_suppression().graduation
    assert (few.upto, few.base_token, few.low_token, few.high_token) == (15, "15 or less", "<= 10%", ">= 90%")
    assert (few.low_at, few.high_at, few.subgroup_token) == (Decimal(10), Decimal(90), "(-)")
    assert (some.upto, some.base_token, some.low_token, some.high_token) == (50, "16-50", "<= 2%", ">= 98%")
    assert (some.low_at, some.high_at, some.subgroup_token) == (Decimal(2), Decimal(98), "50 or less")
    assert (many.upto, many.base_token, many.subgroup_token) == (None, None, "51 or greater")
    assert default_suppression().empty_token == "N/A"


def test_rules_know_their_edition() -> None:
    heading = default_suppression().heading
    assert heading is not None
    assert heading.version
    assert SuppressionRules().heading is None


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda s: s.pop("graduation"), "missing_member", ""),
        (lambda s: s.update(extra=1), "unknown_member", "/extra"),
        (lambda s: s["ruleSet"].update(name="menu"), "bad_value", "/ruleSet/name"),
        (lambda s: s["assessment"].update(minimumGroup="16"), "wrong_type", "/assessment/minimumGroup"),
        (lambda s: s["assessment"].update(minimumGroup=0), "bad_value", "/assessment/minimumGroup"),
        (lambda s: s["assessment"].update(minimumCell=True), "wrong_type", "/assessment/minimumCell"),
        (lambda s: s["assessment"].update(complementary="yes"), "wrong_type", "/assessment/complementary"),
        (lambda s: s["graduation"].update(bands=[]), "bad_value", "/graduation/bands"),
        (lambda s: s["graduation"].pop("empty"), "missing_member", "/graduation"),
        (lambda s: s["graduation"]["bands"].pop(), "bad_value", "/graduation/bands/1"),
        (lambda s: s["graduation"]["bands"][0].pop("upto"), "bad_value", "/graduation/bands/0"),
        (lambda s: s["graduation"]["bands"][1].update(upto=15), "bad_value", "/graduation/bands/1/upto"),
        (lambda s: s["graduation"]["bands"][0]["low"].update(at="90"), "bad_value", "/graduation/bands/0"),
        (
            lambda s: s["graduation"]["bands"][0]["high"].update(at="100.5"),
            "bad_value",
            "/graduation/bands/0",
        ),
        (lambda s: s["graduation"]["bands"][0]["low"].update(at="-1"), "bad_value", "/graduation/bands/0"),
        (
            lambda s: s["graduation"]["bands"][0]["low"].pop("token"),
            "missing_member",
            "/graduation/bands/0/low",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load_suppression, SUPPRESSION, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "suppression.json")
