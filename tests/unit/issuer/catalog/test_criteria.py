from __future__ import annotations

import json
from typing import Any

import pytest

from issuer.catalog import CatalogueError
from issuer.catalog.criteria import DEEPEST, MOST_NODES, criterion_at, nodes
from issuer.catalog.load import place_of

SCORE: dict[str, Any] = {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}}
LEVEL: dict[str, Any] = {
    "level": {"assessment": "WORKKEYS", "at_least": "Silver", "order": ["Bronze", "Silver", "Gold"]}
}
CERTIFICATION: dict[str, Any] = {"certification": {"code": "CO-CNA"}}
ATTESTED: dict[str, Any] = {"attested": {"what": "capstone-eng", "says": "Passed by the panel."}}


def read(node: Any) -> Any:
    return criterion_at(place_of(json.dumps(node).encode(), "rule.json"))


def deep(levels: int) -> dict[str, Any]:
    node = SCORE
    for _ in range(levels - 1):
        node = {"all_of": [node]}
    return node


@pytest.mark.parametrize(
    "node",
    [
        SCORE,
        {"score": {"assessment": "GPA", "at_least": "3.5"}},
        LEVEL,
        CERTIFICATION,
        ATTESTED,
        SCORE | {"label": "SAT"},
        {"all_of": [SCORE, LEVEL]},
        {"any_of": [SCORE]},
        {"at_least": 2, "of": [SCORE, LEVEL, ATTESTED]},
        {
            "points": "90",
            "from": [{"points": "45", "when": CERTIFICATION}, {"points": "45.5", "when": SCORE}],
        },
    ],
)
def test_every_shape_of_the_language_is_taken_as_it_is(node: dict[str, Any]) -> None:
    assert read(node) == node


@pytest.mark.parametrize(
    ("node", "code", "pointer"),
    [
        ([], "wrong_type", ""),
        ({}, "bad_value", ""),
        ({"label": "nothing"}, "bad_value", ""),
        ({"none_of": [SCORE]}, "bad_value", ""),
        ({"at_least": 1}, "bad_value", ""),
        ({"all_of": []}, "bad_value", "/all_of"),
        ({"all_of": SCORE}, "wrong_type", "/all_of"),
        ({"all_of": [SCORE], "any_of": [SCORE]}, "unknown_member", "/any_of"),
        ({"all_of": [SCORE, {}]}, "bad_value", "/all_of/1"),
        ({"at_least": 0, "of": [SCORE]}, "bad_value", "/at_least"),
        ({"at_least": 2, "of": [SCORE]}, "bad_value", "/at_least"),
        ({"at_least": "1", "of": [SCORE]}, "wrong_type", "/at_least"),
        ({"at_least": True, "of": [SCORE]}, "wrong_type", "/at_least"),
        ({"of": [SCORE]}, "missing_member", ""),
        ({"points": "0", "from": [{"points": "1", "when": SCORE}]}, "bad_value", "/points"),
        ({"points": 90, "from": [{"points": "1", "when": SCORE}]}, "wrong_type", "/points"),
        ({"points": "9", "from": [{"points": "-1", "when": SCORE}]}, "bad_value", "/from/0/points"),
        ({"points": "9", "from": [{"points": "1"}]}, "missing_member", "/from/0"),
        ({"points": "9", "from": [{"points": "1", "when": {}}]}, "bad_value", "/from/0/when"),
        ({"score": {"assessment": "SAT"}}, "missing_member", "/score"),
        ({"score": {"assessment": "SAT", "at_least": 500}}, "wrong_type", "/score/at_least"),
        ({"score": {"assessment": "SAT", "at_least": "5e2"}}, "bad_value", "/score/at_least"),
        ({"score": {"assessment": "SAT", "at_least": "٥"}}, "bad_value", "/score/at_least"),
        (
            {"score": {"assessment": "SAT", "at_least": "1", "at_most": "2"}},
            "unknown_member",
            "/score/at_most",
        ),
        ({"level": LEVEL["level"] | {"at_least": "Tin"}}, "bad_value", "/level/at_least"),
        ({"level": LEVEL["level"] | {"order": []}}, "bad_value", "/level/order"),
        ({"level": LEVEL["level"] | {"order": ["Silver", "Silver"]}}, "bad_value", "/level/order"),
        ({"certification": "CO-CNA"}, "wrong_type", "/certification"),
        ({"attested": {"what": "capstone"}}, "missing_member", "/attested"),
        ({"attested": {"what": "capstone", "says": "a\u202eb"}}, "bad_value", "/attested/says"),
        (SCORE | {"label": "x" * 301}, "too_large", "/label"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_at_its_place(node: Any, code: str, pointer: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read(node)
    assert (caught.value.code, caught.value.pointer, caught.value.file) == (code, pointer, "rule.json")


def test_a_text_may_have_300_characters() -> None:
    assert read(SCORE | {"label": "x" * 300})


def test_a_criterion_may_be_so_deep_and_no_deeper() -> None:
    assert read(deep(DEEPEST))
    with pytest.raises(CatalogueError, match="too_large"):
        read(deep(DEEPEST + 1))


def test_a_criterion_may_have_so_many_nodes_and_no_more() -> None:
    assert read({"any_of": [SCORE] * (MOST_NODES - 1)})
    with pytest.raises(CatalogueError, match="too_large"):
        read({"any_of": [SCORE] * MOST_NODES})


def test_every_node_is_found_wherever_it_stands() -> None:
    inner = {
        "at_least": 1,
        "of": [CERTIFICATION, {"points": "1", "from": [{"points": "1", "when": ATTESTED}]}],
    }
    found = list(nodes({"all_of": [SCORE, {"any_of": [LEVEL, inner]}]}))
    assert len(found) == 8
    assert [node for node in (SCORE, LEVEL, CERTIFICATION, ATTESTED) if node not in found] == []
