"""Criteria of a rule set's file: nodes of the rule language, version 1, read with their places.

What a node *means* is the business of the rule engine in `credential`. Here it is only made sure, before a
file is taken, that every node has a shape which can be evaluated, so that whoever wrote the file is told the
place where it has not. Numbers are text, because readers differ on fractions.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Final

from issuer.catalog.place import Place

Node = dict[str, Any]
"""A node as JSON: `all_of`, `any_of`, `at_least`, `points`, `score`, `level`, `certification`, `attested`."""

DEEPEST: Final = 12
"""Nodes within nodes, counting the outermost."""

MOST_NODES: Final = 300
"""Nodes in one criterion, counting all of them."""

_GROUPS: Final = ("all_of", "any_of")


def criterion_at(place: Place) -> Node:
    """The criterion at a place, as a JSON value of its own.

    Raises:
        issuer.catalog.CatalogueError: It is no node of the rule language, too deep, or too large.
    """
    left = MOST_NODES

    def check(here: Place, depth: int) -> None:
        nonlocal left
        left -= 1
        if depth > DEEPEST:
            raise here.refuse("too_large", f"a criterion is at most {DEEPEST} nodes deep")
        if left < 0:
            raise here.refuse("too_large", f"a criterion has at most {MOST_NODES} nodes")
        for child in _children(here):
            check(child, depth + 1)

    check(place, 1)
    return copy.deepcopy(dict(place.object()))


def nodes(node: Node) -> Iterator[Node]:
    """A node and everything in it, outermost first."""
    yield node
    for name in (*_GROUPS, "of"):
        for child in node.get(name, ()):
            yield from nodes(child)
    for part in node.get("from", ()):
        yield from nodes(part["when"])


def _children(place: Place) -> list[Place]:
    """The nodes within a node whose own members are as they must be."""
    members = set(place.object()) - {"label"}
    for name, read in _SHAPES.items():
        if name in members:
            return read(place)
    known = ", ".join(sorted({*_SHAPES, "at_least"} - {"of"}))
    raise place.refuse("bad_value", f"this is no criterion: it needs one of {known}")


def _labelled(place: Place, required: str) -> None:
    place.object(required, "label")
    place.at("label").line_or_none()


def _some(place: Place) -> list[Place]:
    found = place.items()
    if not found:
        raise place.refuse("bad_value", "at least one criterion belongs in this list")
    return found


def _group(name: str) -> Callable[[Place], list[Place]]:
    def read(place: Place) -> list[Place]:
        _labelled(place, name)
        return _some(place.at(name))

    return read


def _some_of(place: Place) -> list[Place]:
    _labelled(place, "at_least of")
    found = _some(place.at("of"))
    place.at("at_least").whole(1, len(found))
    return found


def _points(place: Place) -> list[Place]:
    _labelled(place, "points from")
    found = _some(place.at("from"))
    for part in found:
        part.object("points when")
    for counted in (place, *found):
        if counted.at("points").decimal() <= 0:
            raise counted.at("points").refuse("bad_value", "points are more than 0")
    return [part.at("when") for part in found]


def _score(place: Place) -> list[Place]:
    _labelled(place, "score")
    score = place.at("score")
    score.object("assessment at_least", "part")
    score.at("assessment").line()
    score.at("part").line_or_none()
    score.at("at_least").decimal()
    return []


def _level(place: Place) -> list[Place]:
    _labelled(place, "level")
    level = place.at("level")
    level.object("assessment at_least order", "part")
    level.at("assessment").line()
    level.at("part").line_or_none()
    order = [item.line() for item in _some(level.at("order"))]
    if len(set(order)) != len(order):
        raise level.at("order").refuse("bad_value", "each level stands once in the order")
    if level.at("at_least").line() not in order:
        raise level.at("at_least").refuse("bad_value", f"it is one of the order: {', '.join(order)}")
    return []


def _certification(place: Place) -> list[Place]:
    _labelled(place, "certification")
    place.at("certification").object("code")
    place.at("certification").at("code").line()
    return []


def _attested(place: Place) -> list[Place]:
    _labelled(place, "attested")
    attested = place.at("attested")
    attested.object("what says")
    attested.at("what").line()
    attested.at("says").line()
    return []


_SHAPES: Final[dict[str, Callable[[Place], list[Place]]]] = {
    "all_of": _group("all_of"),
    "any_of": _group("any_of"),
    "of": _some_of,
    "points": _points,
    "score": _score,
    "level": _level,
    "certification": _certification,
    "attested": _attested,
}
