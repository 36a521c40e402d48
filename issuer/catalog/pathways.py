"""Pathways: which credential leads to which, where one can start, and what a goal asks for.

A pathway is a directed graph whose edges have the association types of the Comprehensive Learner Record 2.0.
Nobody loses anything on it: there may be several places to start, and points that were earned carry over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from issuer.catalog.criteria import Node
from issuer.catalog.heading import Heading


class Association(StrEnum):
    """How one credential stands to another: AssociationType of CLR 2.0."""

    EXACT_MATCH = "exactMatchOf"
    CHILD = "isChildOf"
    PARENT = "isParentOf"
    PART = "isPartOf"
    PEER = "isPeerOf"
    RELATED = "isRelatedTo"
    PRECEDES = "precedes"
    REPLACED = "replacedBy"


@dataclass(frozen=True, slots=True)
class Step:
    """A credential on a pathway. It need not be an industry certification.

    Args:
        code: The catalogue's code, or that of another step of the file.
        name: In words.
        kind: The code of its kind, such as `COLLEGE_CERTIFICATE`.
    """

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One credential, how it stands, and to which other."""

    start: str
    association: Association
    end: str


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway.

    Args:
        code: Its code.
        name: In words.
        cluster: The code of its career cluster in the catalogue.
        entries: Where one can start.
        edges: Its edges.
        goals: What a step asks for, by its code, as a node of the rule language.
        note: For staff and counselors.
    """

    code: str
    name: str
    cluster: str
    entries: tuple[str, ...]
    edges: tuple[Edge, ...]
    goals: Mapping[str, Node]
    note: str | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """Every code on it, in the order in which the file names them."""
        named = [*self.entries, *(code for edge in self.edges for code in (edge.start, edge.end))]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class NextStep:
    """What somebody could do next.

    Args:
        step: The credential.
        pathway: The code of the pathway on which it lies.
        after: Which of the credentials that they hold lead to it; empty where one can start there.
        goal: What it asks for, or None where the file does not say.
    """

    step: Step
    pathway: str
    after: tuple[str, ...]
    goal: Node | None


@dataclass(frozen=True, slots=True)
class Pathways:
    """A dated edition of pathways.

    Args:
        heading: Which edition.
        pathways: Pathway by code.
        steps: Step by code: what the catalogue has, and what the file adds.
    """

    heading: Heading
    pathways: Mapping[str, Pathway]
    steps: Mapping[str, Step]

    def leads_to(self, code: str) -> tuple[Step, ...]:
        """Everything that a credential leads to, nearest first; what was replaced is not named any more."""
        found: dict[str, None] = {}
        front = [code]
        while front:
            following = [
                self.current(edge.end)
                for here in front
                for edge in self._edges(Association.PRECEDES)
                if edge.start == here
            ]
            front = [one for one in dict.fromkeys(following) if one not in found and one != code]
            found.update(dict.fromkeys(front))
        return tuple(self.steps[one] for one in found)

    def next_steps(self, held: Collection[str]) -> tuple[NextStep, ...]:
        """What somebody who holds these credentials could do next, on every pathway.

        Where nothing that they hold leads on, that is each place to start that would not lead back to what
        they hold already. A credential that was replaced counts as what replaced it. Codes that are on no
        pathway are passed over.
        """
        have = {self.current(code) for code in held if code in self.steps}
        found: list[NextStep] = []
        for pathway in self.pathways.values():
            found += self._onward(pathway, have) or self._starts(pathway, have)
        return tuple(found)

    def current(self, code: str) -> str:
        """The code that replaced a credential, or its own."""
        replaced = {edge.start: edge.end for edge in self._edges(Association.REPLACED)}
        while code in replaced:  # ends: the file is refused when what was replaced comes round again
            code = replaced[code]
        return code

    def _onward(self, pathway: Pathway, have: set[str]) -> list[NextStep]:
        after: dict[str, list[str]] = {}
        for edge in pathway.edges:
            start, end = self.current(edge.start), self.current(edge.end)
            if edge.association is Association.PRECEDES and start in have and end not in have:
                after.setdefault(end, []).append(start)
        return [self._next(pathway, code, tuple(dict.fromkeys(before))) for code, before in after.items()]

    def _starts(self, pathway: Pathway, have: set[str]) -> list[NextStep]:
        starts = dict.fromkeys(self.current(code) for code in pathway.entries)
        return [
            self._next(pathway, code, ())
            for code in starts
            if code not in have and have.isdisjoint(step.code for step in self.leads_to(code))
        ]

    def _next(self, pathway: Pathway, code: str, after: tuple[str, ...]) -> NextStep:
        return NextStep(self.steps[code], pathway.code, after, pathway.goals.get(code))

    def _edges(self, association: Association) -> list[Edge]:
        return [
            edge
            for pathway in self.pathways.values()
            for edge in pathway.edges
            if edge.association is association
        ]


def round_trip(edges: Iterable[Edge]) -> tuple[str, ...]:
    """The codes of a way that comes back to where it began, or nothing where there is none.

    Every edge counts, whatever its association: the caller chooses which it gives.
    """
    onward: dict[str, list[str]] = {}
    for edge in edges:
        onward.setdefault(edge.start, []).append(edge.end)
    done: set[str] = set()
    for first, following in onward.items():
        if first in done:
            continue
        path, branches = [first], [iter(following)]
        while path:
            onto = next(branches[-1], None)
            if onto is None:
                done.add(path.pop())
                branches.pop()
            elif onto in path:
                return (*path[path.index(onto) :], onto)
            elif onto not in done:
                path.append(onto)
                branches.append(iter(onward.get(onto, ())))
    return ()
