"""Which parts of a points sum count, when no input may count twice.

Parts that name a common input are rivals. Among rivals that each ask for one thing out of a few, the best sum
is a matching of parts to inputs of the greatest weight: such sets of parts form a transversal matroid, so
taking the dearest first, and moving earlier choices where that makes room, is exact. A rival that asks for
several things at once makes its group plain: the one best part of it counts. Both only ever grow with what
somebody has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from credential.rule.nodes import Key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim(Generic[T]):
    """What one part of a sum asks to count for.

    Args:
        points: How much it brings.
        named: Every key that its rule names.
        ways: For a rule that asks for one of several things: each key that it can be met by now, with what
            meets it. None for a rule that asks for several things at once.
        whole: For such a rule, what meets it as a whole, or None while it is not met.
    """

    points: Decimal
    named: frozenset[Key]
    ways: Mapping[Key, T] | None
    whole: T | None = None


def pack(claims: Sequence[Claim[T]]) -> dict[int, T]:
    """The positions of the claims that count, each with what it counts by; no key is used twice."""
    counted: dict[int, T] = {}
    for group in rivals([claim.named for claim in claims]):
        simple = {i: ways for i in group if (ways := claims[i].ways) is not None}
        if len(simple) == len(group):
            counted |= _matched(simple, {i: claims[i].points for i in group})
            continue
        able = {i: by for i in group if (by := _any_way(claims[i])) is not None}
        if able:
            best = min(able, key=lambda i: (-claims[i].points, i))
            counted[best] = able[best]
    return dict(sorted(counted.items()))


def _any_way(claim: Claim[T]) -> T | None:
    if claim.ways is None:
        return claim.whole
    return next(iter(claim.ways.values()), None)


def _matched(ways: Mapping[int, Mapping[Key, T]], points: Mapping[int, Decimal]) -> dict[int, T]:
    """A matching of the greatest weight: the dearest first, along augmenting paths (Kuhn's algorithm)."""
    taken: dict[Key, int] = {}

    def place(claim: int, tried: set[Key]) -> bool:
        for key in ways[claim]:
            if key not in tried:
                tried.add(key)
                if key not in taken or place(taken[key], tried):
                    taken[key] = claim
                    return True
        return False

    for claim in sorted(ways, key=lambda i: (-points[i], i)):
        place(claim, set())
    return {claim: ways[claim][key] for key, claim in taken.items()}


def rivals(named: Sequence[frozenset[Key]]) -> list[list[int]]:
    """Positions in groups: two that name the same key are in one group, also by way of a third."""
    group_of: dict[Key, int] = {}
    groups: dict[int, list[int]] = {}
    for index, keys in enumerate(named):
        joined = [index]
        for old in {group_of[key] for key in keys if key in group_of}:
            joined += groups.pop(old)
        groups[index] = sorted(joined)
        group_of |= {key: index for one in joined for key in named[one]}
    return sorted(groups.values())
