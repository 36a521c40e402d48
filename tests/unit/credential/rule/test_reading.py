"""A rule as JSON: what is read, and every bound at the limit and one past it."""

from __future__ import annotations

from typing import Any

import pytest

from credential.errors import CredentialError
from credential.rule import Level, Points, Score, node_json, parse_node
from credential.rule.nodes import LONGEST_TEXT, MOST_DEPTH, MOST_LEVELS, MOST_NODES, leaves
from tests.unit.credential.rule.rules import STEM, TECHNICAL_HONORS, WOODWORK, asks, asks_score


def refusal(value: Any) -> tuple[str, str]:
    with pytest.raises(CredentialError) as caught:
        parse_node(value)
    return caught.value.code, caught.value.pointer


@pytest.mark.parametrize("rule", [STEM, TECHNICAL_HONORS, WOODWORK])
def test_what_is_read_is_written_again(rule: dict[str, Any]) -> None:
    assert node_json(parse_node(rule)) == rule
    assert parse_node(node_json(parse_node(rule))) == parse_node(rule)


def test_leaves_come_in_their_order() -> None:
    assert [leaf.what for leaf in leaves(parse_node(STEM)) if hasattr(leaf, "what")] == [
        "graduation requirements at a high level",
        "four more STEM courses in a coherent sequence",
        "STEM capstone",
    ]


def test_members_that_may_be_absent() -> None:
    level = {"assessment": "A", "part": "P", "at_least": "B", "order": ["C", "B"]}
    assert parse_node({"level": level, "label": "Two"}) == Level("A", "B", ("C", "B"), "P", "Two")
    assert parse_node(asks_score("A", "-1.5")) == Score("A", "-1.5")


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ({"any_of": []}, "/any_of"),
        ({"all_of": []}, "/all_of"),
        ({"all_of": {}}, "/all_of"),
        ({"none_of": [asks("X")]}, ""),
        ({"any_of": [asks("X")], "all_of": [asks("X")]}, ""),
        ({"any_of": [asks("X")], "unless": asks("Y")}, ""),
        ({"any_of": [asks("X"), 7]}, "/any_of/1"),
        ({"at_least": 0, "of": [asks("X")]}, "/at_least"),
        ({"at_least": 2, "of": [asks("X")]}, "/at_least"),
        ({"at_least": True, "of": [asks("X")]}, "/at_least"),
        ({"at_least": "1", "of": [asks("X")]}, "/at_least"),
        ({"points": "0", "from": [{"points": "1", "when": asks("X")}]}, "/points"),
        ({"points": "1", "from": []}, "/from"),
        ({"points": "1", "from": [{"points": "-1", "when": asks("X")}]}, "/from/0/points"),
        ({"points": "1", "from": [{"points": "1"}]}, "/from/0"),
        ({"points": "1", "from": [{"points": "1", "when": asks("X"), "times": "2"}]}, "/from/0"),
        ({"score": {"assessment": "SAT"}}, "/score"),
        ({"score": {"assessment": "SAT", "at_least": 500}}, "/score/at_least"),
        ({"score": {"assessment": "SAT", "at_least": "5e2"}}, "/score/at_least"),
        ({"score": {"assessment": "SAT", "at_least": "NaN"}}, "/score/at_least"),
        ({"score": {"assessment": "SAT", "at_least": "٥٠٠"}}, "/score/at_least"),
        ({"score": {"assessment": "", "at_least": "1"}}, "/score/assessment"),
        ({"score": {"assessment": " SAT", "at_least": "1"}}, "/score/assessment"),
        ({"level": {"assessment": "A", "at_least": "X", "order": ["Y"]}}, "/level/at_least"),
        ({"level": {"assessment": "A", "at_least": "Y", "order": ["Y", "Y"]}}, "/level/order"),
        ({"level": {"assessment": "A", "at_least": "Y", "order": []}}, "/level/order"),
        ({"certification": {"code": 7}}, "/certification/code"),
        ({"certification": "CO-CNA"}, "/certification"),
        ({"attested": {"what": "x"}}, "/attested"),
        ({"attested": {"what": "x", "says": "a\u202eb"}}, "/attested/says"),
        ({**asks("X"), "label": ""}, "/label"),
    ],
)
def test_what_the_language_does_not_have_is_refused(value: Any, pointer: str) -> None:
    assert refusal(value) == ("bad_rule", pointer)


def deep(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = asks("X")
    for _ in range(levels - 1):
        rule = {"all_of": [rule]}
    return rule


def test_the_deepest_rule() -> None:
    parse_node(deep(MOST_DEPTH))
    assert refusal(deep(MOST_DEPTH + 1))[0] == "rule_too_large"
    through = {"points": "1", "from": [{"points": "1", "when": deep(MOST_DEPTH - 1)}]}
    assert isinstance(parse_node(through), Points)
    assert (
        refusal({"points": "1", "from": [{"points": "1", "when": deep(MOST_DEPTH)}]})[0] == "rule_too_large"
    )


def test_the_rule_with_the_most_parts() -> None:
    parse_node({"any_of": [asks("X")] * (MOST_NODES - 1)})
    assert refusal({"any_of": [asks("X")] * MOST_NODES})[0] == "rule_too_large"


def test_the_longest_text() -> None:
    parse_node(asks("X" * LONGEST_TEXT))
    assert refusal(asks("X" * (LONGEST_TEXT + 1))) == ("rule_too_large", "/certification/code")


def test_the_longest_order() -> None:
    def level(count: int) -> dict[str, Any]:
        order = [f"L{number}" for number in range(count)]
        return {"level": {"assessment": "A", "at_least": "L0", "order": order}}

    parse_node(level(MOST_LEVELS))
    assert refusal(level(MOST_LEVELS + 1)) == ("bad_rule", "/level/order")
