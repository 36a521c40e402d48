"""For any rule and any facts: more facts never make a met rule unmet, and what it rests on is enough."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credential.rule import Facts, Input, evaluate, node_json, parse_node
from tests.unit.credential.rule.rules import asks, asks_score, attests, cert, score, word

CODES = ("A", "B", "C")
LEAVES = st.one_of(
    st.sampled_from(CODES).map(asks),
    st.builds(
        lambda least, part: asks_score("T", least, part),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["", "p"]),
    ),
    st.sampled_from(CODES).map(attests),
    st.just({"level": {"assessment": "T", "at_least": "2", "order": ["1", "2", "3"]}}),
)


def branches(nodes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(nodes, min_size=1, max_size=4)
    parts = st.lists(
        st.fixed_dictionaries({"points": st.sampled_from(["1", "2", "3.5"]), "when": nodes}),
        min_size=1,
        max_size=5,
    )
    return st.one_of(
        several.map(lambda of: {"all_of": of}),
        several.map(lambda of: {"any_of": of}),
        several.flatmap(lambda of: st.integers(1, len(of)).map(lambda n: {"at_least": n, "of": of})),
        st.builds(lambda n, of: {"points": n, "from": of}, st.sampled_from(["2", "3", "5"]), parts),
    )


RULES = st.recursive(LEAVES, branches, max_leaves=14)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from(CODES).map(cert),
    st.builds(
        lambda value, part: score("T", value, part), st.sampled_from("0123"), st.sampled_from(["", "p"])
    ),
    st.sampled_from(CODES).map(word),
)
FACTS = st.lists(INPUTS, unique=True, max_size=8)


@settings(deadline=None, max_examples=400)
@given(RULES, FACTS, FACTS)
def test_more_facts_never_make_a_met_rule_unmet(
    rule: dict[str, Any], some: list[Input], more: list[Input]
) -> None:
    node = parse_node(rule)
    both = list(dict.fromkeys([*some, *more]))
    if evaluate(node, Facts(tuple(some))).met:
        assert evaluate(node, Facts(tuple(both))).met


@settings(deadline=None, max_examples=400)
@given(RULES, FACTS)
def test_what_a_met_rule_rests_on_is_enough(rule: dict[str, Any], held: list[Input]) -> None:
    judged = evaluate(parse_node(rule), Facts(tuple(held)))
    assert set(judged.rests_on) <= set(held)
    assert bool(judged.rests_on) == judged.met
    if judged.met:
        assert evaluate(parse_node(rule), Facts(judged.rests_on)).met


@settings(deadline=None, max_examples=200)
@given(RULES, FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_changes_nothing(
    rule: dict[str, Any], held: list[Input], random: Any
) -> None:
    shuffled = list(held)
    random.shuffle(shuffled)
    first, second = (evaluate(parse_node(rule), Facts(tuple(order))) for order in (held, shuffled))
    assert first == second


@given(RULES)
def test_a_rule_that_was_written_is_the_same_rule(rule: dict[str, Any]) -> None:
    assert node_json(parse_node(rule)) == rule
