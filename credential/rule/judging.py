"""Is a rule met, by what, and why? The only evaluator: pure, total, bounded, and monotone.

Monotone: whoever has more is never worse off. No leaf asks for the absence of something, a branch asks for at
least so many, and a sum takes the best of what it may take once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from credential.errors import CredentialError
from credential.rule.inputs import MOST_INPUTS, Facts, Input, Reason, ScoreInput
from credential.rule.nodes import (
    AllOf,
    AnyOf,
    Attested,
    Holds,
    Key,
    Leaf,
    Level,
    Node,
    Part,
    Points,
    Score,
    children,
    key_of,
    leaves,
)
from credential.rule.packing import Claim, pack
from credential.rule.reading import decimal

MOST_WORK: Final = 400_000
"""Steps of one evaluation: a node looked at, an input compared or counted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one rule.

    Args:
        node: The rule.
        met: Whether it is met.
        reason: Why, as data.
        parts: What came of the rules right below it, in their order.
        counted: The positions of those by which it is met; empty where it is not met, and for a leaf.
        rests_on: The inputs by which it is met, each once.
        on_word: Those of them that rest on the district's word alone.
    """

    node: Node
    met: bool
    reason: Reason
    parts: tuple[Judgement, ...] = ()
    counted: tuple[int, ...] = ()
    rests_on: tuple[Input, ...] = ()
    on_word: tuple[Input, ...] = ()


def evaluate(node: Node, facts: Facts) -> Judgement:
    """Hold a rule against what somebody has.

    Among several ways in which a rule is met, the one that rests on the fewest inputs of the district's word
    alone is taken, then the one on the fewest inputs, then the first as the rule has them.

    Args:
        node: As `parse_node` read it, so within its bounds.
        facts: What counts.

    Raises:
        CredentialError: `rule_too_large` where there are more inputs or more work than are allowed; no rule
            within its bounds and no inputs within theirs lead to the second.
    """
    if len(facts.inputs) > MOST_INPUTS:
        raise CredentialError("rule_too_large", f"at most {MOST_INPUTS} inputs are weighed")
    return _Evaluation(facts).of(node)


class _Evaluation:
    """One evaluation, with its work counted."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._work = 0
        self._held: dict[Key, list[Input]] = {}
        for one in facts.inputs:
            self._held.setdefault(one.key, []).append(one)

    def _spend(self, steps: int) -> None:
        self._work += steps
        if self._work > MOST_WORK:
            raise CredentialError("rule_too_large", f"the rule asks for more than {MOST_WORK} steps")

    def of(self, node: Node) -> Judgement:
        self._spend(1)
        if isinstance(node, Leaf):
            return self._leaf(node)
        parts = tuple(self.of(one) for one in children(node))
        if isinstance(node, Points):
            return self._points(node, parts)
        needed = {AllOf: len(parts), AnyOf: 1}.get(type(node), getattr(node, "count", 0))
        met = [index for index, part in enumerate(parts) if part.met]
        numbers = {"met": str(len(met)), "needed": str(needed), "of": str(len(parts))}
        if len(met) < needed:
            code = {AllOf: "part_missing", AnyOf: "none_met"}.get(type(node), "too_few")
            return Judgement(node, met=False, reason=Reason(code, numbers), parts=parts)
        best = sorted(met, key=lambda index: _weight(parts[index], index))[:needed]
        counted = {index: parts[index] for index in sorted(best)}
        code = {AllOf: "all_met", AnyOf: "one_met"}.get(type(node), "enough_met")
        return self._met(node, Reason(code, numbers), parts, counted)

    def _points(self, node: Points, parts: tuple[Judgement, ...]) -> Judgement:
        claims = [self._claim(one, part) for one, part in zip(node.parts, parts, strict=True)]
        self._spend(sum(len(claim.named) for claim in claims) * len(claims))
        counted = pack(claims)
        total = sum((claims[index].points for index in counted), Decimal(0))
        numbers = {"points": f"{total:f}", "needed": node.points}
        if total < Decimal(node.points):
            return Judgement(node, met=False, reason=Reason("points_short", numbers), parts=parts)
        return self._met(node, Reason("points_reached", numbers), parts, counted)

    @staticmethod
    def _claim(one: Part, part: Judgement) -> Claim[Judgement]:
        named = frozenset(key_of(leaf) for leaf in leaves(one.when))
        options = part.parts if isinstance(one.when, AnyOf) else (part,)
        if not all(isinstance(option.node, Leaf) for option in options):
            return Claim(Decimal(one.points), named, None, part if part.met else None)
        met = sorted((o for o in options if o.met), key=lambda o: _weight(o, options.index(o)))
        ways: dict[Key, Judgement] = {}
        for option in met:
            if isinstance(option.node, Leaf):
                ways.setdefault(key_of(option.node), option)
        return Claim(Decimal(one.points), named, ways)

    def _met(
        self, node: Node, reason: Reason, parts: tuple[Judgement, ...], counted: Mapping[int, Judgement]
    ) -> Judgement:
        rests_on = _once(one for by in counted.values() for one in by.rests_on)
        self._spend(len(rests_on))
        on_word = tuple(one for one in rests_on if self._facts.on_word(one))
        return Judgement(node, True, reason, parts, tuple(counted), rests_on, on_word)

    def _leaf(self, leaf: Leaf) -> Judgement:
        held = self._held.get(key_of(leaf), [])
        self._spend(len(held))
        fits = [one for one in held if _fits(leaf, one)]
        if fits:
            chosen = min(fits, key=lambda one: (self._facts.on_word(one), _best_first(leaf, one)))
            word = (chosen,) if self._facts.on_word(chosen) else ()
            return Judgement(leaf, True, _why(leaf, chosen), (), (), (chosen,), word)
        return Judgement(leaf, met=False, reason=self._why_not(leaf, held))

    def _why_not(self, leaf: Leaf, held: Sequence[Input]) -> Reason:
        if isinstance(leaf, Holds):
            return self._facts.refused.get(leaf.code, Reason("not_held", {"code": leaf.code}))
        if isinstance(leaf, Attested):
            return Reason("not_attested", {"what": leaf.what, "says": leaf.says})
        facts = {"assessment": leaf.assessment, "part": leaf.part, "needed": leaf.at_least}
        scores = [one for one in held if isinstance(one, ScoreInput)]
        if not scores:
            return Reason("no_score", facts)
        best = min(scores, key=lambda one: _best_first(leaf, one))
        return Reason("score_short", facts | {"value": best.value})


def _fits(leaf: Leaf, one: Input) -> bool:
    """Whether an input with the leaf's key meets it."""
    if not isinstance(one, ScoreInput):
        return True
    if isinstance(leaf, Score):
        value = decimal(one.value)
        return value is not None and value >= Decimal(leaf.at_least)
    return (
        isinstance(leaf, Level)
        and one.value in leaf.order
        and leaf.order.index(one.value) >= leaf.order.index(leaf.at_least)
    )


def _best_first(leaf: Leaf, one: Input) -> tuple[bool, Decimal, str]:
    """An order of inputs that does not depend on theirs: the highest, then the earliest."""
    if not isinstance(one, ScoreInput):
        return (False, Decimal(0), f"{one.day} {one}")
    if isinstance(leaf, Level):
        place = leaf.order.index(one.value) if one.value in leaf.order else -1
        return (place < 0, Decimal(-place), f"{one.on} {one.value}")
    value = decimal(one.value)
    return (value is None, Decimal(0) if value is None else -value, f"{one.on} {one.value}")


def _why(leaf: Leaf, one: Input) -> Reason:
    facts = {"date": one.day.isoformat()}
    if isinstance(leaf, Holds):
        return Reason("held", facts | {"code": leaf.code})
    if isinstance(leaf, Attested):
        return Reason("attested", facts | {"what": leaf.what, "says": leaf.says})
    facts |= {"assessment": leaf.assessment, "part": leaf.part, "needed": leaf.at_least}
    return Reason("score_reached", facts | ({"value": one.value} if isinstance(one, ScoreInput) else {}))


def _weight(part: Judgement, index: int) -> tuple[int, int, int]:
    return (len(part.on_word), len(part.rests_on), index)


def _once(inputs: Iterable[Input]) -> tuple[Input, ...]:
    return tuple(dict.fromkeys(inputs))
