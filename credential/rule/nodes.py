"""What a readiness rule is made of: the rule language, version 1, as values.

A rule is a tree. Its leaves ask for one thing that somebody may have (a score, a level, a certification, the
district's own word), its branches say how many of them are needed. Numbers are kept as the decimal text that
they were written as, because readers disagree on floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

MOST_DEPTH: Final = 12
"""How deep a rule may be; a leaf alone is 1."""

MOST_NODES: Final = 300
"""How many branches and leaves a rule may have."""

LONGEST_TEXT: Final = 300
"""Characters of any text in a rule."""

MOST_LEVELS: Final = 30
"""How many levels an order may name."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of them is needed."""

    of: tuple[Node, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them is enough."""

    of: tuple[Node, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of them are needed, at least one and at most all."""

    count: int
    of: tuple[Node, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Points that are earned when a rule is met.

    Args:
        points: A positive decimal, as text.
        when: The rule.
    """

    points: str
    when: Node


@dataclass(frozen=True, slots=True)
class Points:
    """So many points are needed from parts; points carry over from one step of a pathway to the next.

    No input is ever counted twice in one sum (`packing`).
    """

    points: str
    parts: tuple[Part, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A score of an assessment, or of one part of it, that is at least so high."""

    assessment: str
    at_least: str
    part: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of an assessment that is at least so high in an order, which is written lowest first."""

    assessment: str
    at_least: str
    order: tuple[str, ...]
    part: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """A recorded certification with this code of the catalogue (the achievement's `humanCode`)."""

    code: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Attested:
    """The district's own word, with a record behind it.

    Args:
        what: Its name, such as `capstone`.
        says: What the district says by it.
        label: Text for people.
    """

    what: str
    says: str
    label: str = ""


Leaf: TypeAlias = Score | Level | Holds | Attested
Node: TypeAlias = AllOf | AnyOf | AtLeast | Points | Leaf

Key: TypeAlias = tuple[str, str, str]
"""What a leaf asks for: two leaves with the same key are met by the same inputs."""


def key_of(leaf: Leaf) -> Key:
    """The key of a leaf. A score and a level of one assessment are one thing, read in two ways."""
    if isinstance(leaf, Holds):
        return ("certification", leaf.code, "")
    if isinstance(leaf, Attested):
        return ("attested", leaf.what, "")
    return ("measure", leaf.assessment, leaf.part)


def children(node: Node) -> tuple[Node, ...]:
    """The rules right below a rule."""
    if isinstance(node, AllOf | AnyOf | AtLeast):
        return node.of
    if isinstance(node, Points):
        return tuple(part.when for part in node.parts)
    return ()


def leaves(node: Node) -> tuple[Leaf, ...]:
    """Every leaf of a rule, in its order."""
    found: list[Leaf] = []
    open_nodes: list[Node] = [node]
    while open_nodes:
        one = open_nodes.pop()
        if isinstance(one, Leaf):
            found.append(one)
        open_nodes.extend(reversed(children(one)))
    return tuple(found)
