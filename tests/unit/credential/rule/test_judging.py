"""Met or not, by what, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from credential.errors import CredentialError
from credential.rule import Facts, Input, Reason, evaluate, node_json, parse_node
from credential.rule.inputs import MOST_INPUTS
from credential.rule.judging import MOST_WORK, _Evaluation
from credential.rule.nodes import MOST_NODES
from tests.rules import EARNED
from tests.unit.credential.rule.rules import (
    STEM,
    TECHNICAL_HONORS,
    WOODWORK,
    asks,
    asks_score,
    attests,
    cert,
    has,
    score,
    word,
)


def met(rule: dict[str, Any], *inputs: Input) -> bool:
    return evaluate(parse_node(rule), has(*inputs)).met


def reason(rule: dict[str, Any], *inputs: Input) -> tuple[str, dict[str, str]]:
    why = evaluate(parse_node(rule), has(*inputs)).reason
    return why.code, dict(why.facts)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("500", True),
        ("499.9", False),
        ("500.0", True),
        ("510", True),
        ("99", False),
        ("1e9", False),
        ("A", False),
    ],
)
def test_a_score_is_compared_as_a_decimal(value: str, *, expected: bool) -> None:
    assert met(asks_score("SAT", "500", "Math"), score("SAT", value, "Math")) is expected


def test_a_score_of_another_part_is_another_score() -> None:
    assert not met(asks_score("SAT", "500", "Math"), score("SAT", "700", "Reading"))
    assert not met(asks_score("SAT", "500", "Math"), score("SAT", "1400"))
    assert not met(asks_score("SAT", "500"), score("SAT", "700", "Math"))


def test_the_best_of_several_scores_counts_in_whatever_order_they_stand() -> None:
    scores = [score("SAT", "480", "Math"), score("SAT", "520", "Math"), score("SAT", "500", "Math")]
    for order in (scores, scores[::-1]):
        judged = evaluate(parse_node(asks_score("SAT", "500", "Math")), has(*order))
        assert judged.rests_on == (scores[1],)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Bronze", False), ("Silver", True), ("Gold", True), ("gold", False), ("Tin", False)],
)
def test_a_level_goes_by_its_order(value: str, *, expected: bool) -> None:
    asked = {"assessment": "WORKKEYS", "at_least": "Silver", "order": ["Bronze", "Silver", "Gold"]}
    assert met({"level": asked}, score("WORKKEYS", value)) is expected


def test_what_is_missing_is_said_with_its_numbers() -> None:
    rule = asks_score("SAT", "500", "Math")
    asked = {"assessment": "SAT", "part": "Math", "needed": "500"}
    assert reason(rule) == ("no_score", asked)
    assert reason(rule, score("SAT", "430", "Math")) == ("score_short", asked | {"value": "430"})
    assert reason(asks("X")) == ("not_held", {"code": "X"})
    assert reason({"all_of": [asks("X"), asks("Y")]}, cert("X")) == (
        "part_missing",
        {"met": "1", "needed": "2", "of": "2"},
    )
    assert reason({"any_of": [asks("X")]})[0] == "none_met"
    assert reason({"at_least": 2, "of": [asks("X"), asks("Y")]}, cert("Y"))[0] == "too_few"
    assert reason(WOODWORK, cert("WCA-SAWBLADE")) == ("points_short", {"points": "45", "needed": "90"})
    assert reason(attests("capstone"))[0] == "not_attested"


def test_of_several_ways_the_one_that_can_be_checked_is_taken_then_the_first() -> None:
    rule = parse_node({"any_of": [attests("capstone"), asks("X"), asks("Y")]})
    judged = evaluate(rule, has(word("capstone"), cert("X"), cert("Y")))
    assert judged.counted == (1,)
    assert judged.rests_on == (cert("X"),)
    assert judged.on_word == ()
    assert [part.met for part in judged.parts] == [True, True, True]


def test_a_certification_on_the_districts_word_is_named() -> None:
    judged = evaluate(parse_node(asks("X")), has(cert("X"), worded=frozenset({cert("X")})))
    assert judged.met
    assert judged.on_word == (cert("X"),)


def test_the_reason_why_a_certification_does_not_count_reaches_the_leaf() -> None:
    refused = {"X": Reason("kind_does_not_count", {"code": "X"})}
    judged = evaluate(parse_node({"any_of": [asks("X")]}), has(refused=refused))
    assert judged.parts[0].reason.code == "kind_does_not_count"


def test_the_stem_endorsement_runs() -> None:
    own: list[Input] = [
        word("graduation requirements at a high level"),
        word("four more STEM courses in a coherent sequence"),
        score("GPA", "3.50", "those courses"),
        score("AP", "4", "Math"),
        word("STEM capstone"),
    ]
    assert met(STEM, *own)
    for missing in range(len(own)):
        assert not met(STEM, *own[:missing], *own[missing + 1 :])
    assert not met(STEM, *own[:2], score("GPA", "3.49", "those courses"), *own[3:])


def test_eight_credits_and_two_of_five_run() -> None:
    credits_ = score("CTE credits", "8")
    assert met(TECHNICAL_HONORS, credits_, cert("IND-CERT"), word("work experience"))
    assert not met(TECHNICAL_HONORS, credits_, cert("IND-CERT"))
    assert not met(TECHNICAL_HONORS, score("CTE credits", "7.5"), cert("IND-CERT"), word("work experience"))


def test_points_carry_over() -> None:
    first = [cert("WCA-SAWBLADE")]
    assert not met(WOODWORK, *first)
    assert not met(WOODWORK, *first, cert("WCA-TOOL-A"))
    assert met(WOODWORK, *first, cert("WCA-TOOL-A"), cert("WCA-TOOL-C"))
    assert met(WOODWORK, *first, cert("WCA-TOOL-A"), cert("WCA-TOOL-B"))


def points(needed: str, *parts: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"points": needed, "from": [{"points": one, "when": when} for one, when in parts]}


def test_one_input_never_counts_twice_in_one_sum() -> None:
    assert not met(points("90", ("45", asks("X")), ("45", asks("X"))), cert("X"))
    tiers = points("50", ("20", asks_score("SAT", "500")), ("30", asks_score("SAT", "600")))
    assert not met(tiers, score("SAT", "700"))
    assert not met(tiers, score("SAT", "700"), score("SAT", "650"))
    assert met({**tiers, "points": "30"}, score("SAT", "700"))
    hidden = points("90", ("45", {"all_of": [asks("X")]}), ("45", {"any_of": [{"all_of": [asks("X")]}]}))
    assert not met(hidden, cert("X"))


def test_two_recordings_of_one_certification_count_once() -> None:
    twice = (cert("X"), cert("X", EARNED.replace(day=19)))
    assert not met(points("90", ("45", asks("X")), ("45", {"any_of": [asks("X")]})), *twice)


def test_parts_that_can_be_met_in_several_ways_share_what_there_is() -> None:
    either = points("90", ("45", {"any_of": [asks("A"), asks("B")]}), ("45", asks("B")))
    assert met(either, cert("A"), cert("B"))
    assert not met(either, cert("A"))
    assert not met(either, cert("B"))
    judged = evaluate(parse_node(either), has(cert("A"), cert("B")))
    assert set(judged.rests_on) == {cert("A"), cert("B")}
    chain = points(
        "3",
        ("1", {"any_of": [asks("A"), asks("B")]}),
        ("1", {"any_of": [asks("A"), asks("C")]}),
        ("1", asks("A")),
    )
    assert met(chain, cert("A"), cert("B"), cert("C"))
    assert not met(chain, cert("A"), cert("B"))


def test_the_dearer_part_is_met_first() -> None:
    rule = points("30", ("10", asks("A")), ("30", {"any_of": [asks("A")]}))
    assert met(rule, cert("A"))
    assert evaluate(parse_node(rule), has(cert("A"))).counted == (1,)


def test_more_inputs_than_anybody_has_are_refused() -> None:
    most = tuple(score("SAT", str(number), "Math") for number in range(MOST_INPUTS))
    rule = parse_node(asks_score("SAT", "199", "Math"))
    assert evaluate(rule, Facts(most)).met
    with pytest.raises(CredentialError) as caught:
        evaluate(rule, Facts((*most, word("x"))))
    assert caught.value.code == "rule_too_large"


def _nested() -> dict[str, Any]:
    """Sums within sums."""
    rule: dict[str, Any] = asks_score("SAT", "0")
    for _ in range(10):
        rule = points("1", ("1", rule), *[("1", asks_score("SAT", "0")) for _ in range(28)])
    return rule


def _wide() -> dict[str, Any]:
    """One sum of as many parts as there may be."""
    return points("1", *[("1", asks_score("SAT", "0"))] * (MOST_NODES - 1))


EVERY_INPUT = Facts(tuple(score("SAT", str(number)) for number in range(MOST_INPUTS)))


def spent(rule: dict[str, Any]) -> int:
    evaluation = _Evaluation(EVERY_INPUT)
    assert evaluation.of(parse_node(rule)).met
    return evaluation._work


@pytest.mark.parametrize("rule", [_nested(), _wide()], ids=["nested", "wide"])
def test_the_hardest_rules_stay_within_their_work(rule: dict[str, Any]) -> None:
    assert 0 < spent(rule) <= MOST_WORK


def test_work_beyond_its_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = spent(_nested())
    monkeypatch.setattr("credential.rule.judging.MOST_WORK", needed)
    assert evaluate(parse_node(_nested()), EVERY_INPUT).met
    monkeypatch.setattr("credential.rule.judging.MOST_WORK", needed - 1)
    with pytest.raises(CredentialError) as caught:
        evaluate(parse_node(_nested()), EVERY_INPUT)
    assert caught.value.code == "rule_too_large"


def test_a_rule_says_the_same_after_it_was_written() -> None:
    for rule in (STEM, TECHNICAL_HONORS, WOODWORK):
        assert json.dumps(node_json(parse_node(rule)), sort_keys=True) == json.dumps(rule, sort_keys=True)
