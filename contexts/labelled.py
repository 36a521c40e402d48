"""The statements of a document with the blank nodes kept apart from their labels.

A selective disclosure names blank nodes by labels of its own, so that what is left out of a document cannot
be guessed from the canonical labels of what is shown (VC DI ECDSA 1.0, section 3.4). For that somebody must
know which object of the document each blank node is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contexts.compiled import Statements
from contexts.members import Member
from contexts.pinned import CHECKING, ContextSet
from contexts.rdfc import Quad, Term, labels_of
from contexts.tables import State


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a document says, and how its blank nodes are called.

    Args:
        lines: Statements without blank nodes, as finished N-Quads lines.
        quads: All others.
        labels: The canonical label of each blank node by its number, without `_:`.
        numbers: The number of the blank node that an object is, by `id()` of the object. The document must
            be kept as long as this is used.
    """

    lines: tuple[str, ...]
    quads: tuple[Quad, ...]
    labels: tuple[str, ...]
    numbers: Mapping[int, int]

    def written(self, labels: Sequence[str]) -> list[str]:
        """All statements as sorted N-Quads lines, the blank nodes under these labels, by number."""

        def text(term: Term) -> str:
            return f"_:{labels[term]}" if isinstance(term, int) else term

        named = [
            f"{text(s)}{p}{text(o)} .\n" if g is None else f"{text(s)}{p}{text(o)} {text(g)} .\n"
            for s, p, o, g in self.quads
        ]
        return sorted({*self.lines, *named})


def labelled(value: dict[str, Any], *, contexts: ContextSet = CHECKING) -> Labelled:
    """The statements of a document and the canonical labels of its blank nodes (RDFC-1.0, SHA-256).

    Args:
        value: The document, without its proof.
        contexts: The contexts that may be named in it.

    Raises:
        DocumentError: As `contexts.canonical.canonical_quads`.
    """
    statements = _Traced(contexts)
    statements.read(value)
    labels = labels_of(statements.quads, statements.blank_nodes)
    return Labelled(
        tuple(statements.lines),
        tuple(statements.quads),
        tuple(label.removeprefix("_:") for label in labels),
        statements.numbers,
    )


class _Traced(Statements):
    """The walk, which also notes which object each blank node is, and so reads every part itself."""

    __slots__ = ("numbers",)

    def __init__(self, contexts: ContextSet) -> None:
        super().__init__(contexts)
        self.numbers: dict[int, int] = {}

    def _node(self, state: State, value: dict[str, Any], graph: Term | None) -> Term:
        term = super()._node(state, value, graph)
        if isinstance(term, int):
            self.numbers[id(value)] = term
        return term

    def _fragment(self, member: Member, child: dict[str, Any]) -> str:
        return str(self._node(member.inside, child, None))
