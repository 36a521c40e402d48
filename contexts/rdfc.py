"""RDFC-1.0: the one order and the one set of labels that a set of statements can be written in.

W3C, RDF Dataset Canonicalization, section 4. Blank nodes get their labels from hashes of what surrounds them.
A document can be built so that this takes longer than the age of the universe, so the work is counted and
stopped (section 7.1, dataset poisoning).

Two readings of the text exist where two blank nodes look alike: whether a node that is met twice is kept
twice (Hash N-Degree Quads, step 3.1.2). We keep it twice, as the implementations do that signatures in the
field were made with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

from contexts.errors import DocumentError

Term: TypeAlias = str | int
"""A ground term in N-Quads form (`<iri>` or a literal), or the number of a blank node."""

Quad: TypeAlias = tuple[Term, str, Term, Term | None]
"""Subject, predicate as ` <iri> ` with its spaces, object, graph name or None for the default graph."""

DigestName: TypeAlias = Literal["sha256", "sha384"]

WORK_BUDGET: Final = 12_000
"""Steps of Hash N-Degree Quads: one for each quad looked at, each node placed on a path, each issuer copied.

The hardest graphs that the specification's tests ask for (two cubic graphs of six nodes side by side, 468
calls) take 9,048 steps; the limit is reached within some 7 ms. A badge in which no two anonymous parts look
alike needs none.
"""


def canonical_form(
    lines: list[str],
    quads: Sequence[Quad],
    blank_nodes: int,
    digest: DigestName = "sha256",
    settled: Sequence[tuple[int, Settled]] = (),
) -> bytes:
    """Statements as sorted canonical N-Quads (RDFC-1.0, section 4.4).

    Args:
        lines: Statements without blank nodes in the default graph, as finished lines, none of them twice.
        quads: All others, none of them twice.
        blank_nodes: How many blank nodes there are, numbered from 0.
        digest: The hash used for labels; SHA-384 goes with P-384 keys (VC DI ECDSA 1.0, section 3.2.3).
        settled: Further quads, whose blank nodes occur in no others, with the number of the first of them.

    Raises:
        DocumentError: `canonicalization_budget`.
    """
    if quads or settled:
        labels: list[Any] = labels_of(quads, blank_nodes, digest, settled)
        lines = lines + _labelled(quads, labels)
        for offset, part in settled:
            lines += part.labelled(labels[offset : offset + part.blank_nodes])
    lines.sort()
    return "".join(lines).encode()


class Settled(Protocol):
    """Quads that share no blank node with others, and what is known of them."""

    quads: list[Quad]
    blank_nodes: int
    hashes: list[str]

    def labelled(self, labels: Sequence[str]) -> list[str]:
        """The quads as finished lines, with these labels for their blank nodes."""


def _labelled(quads: Sequence[Quad], labels: list[Any]) -> list[str]:
    return [
        f"{labels[s] if s.__class__ is int else s}{p}{labels[o] if o.__class__ is int else o} .\n"
        if g is None
        else f"{labels[s] if s.__class__ is int else s}{p}{labels[o] if o.__class__ is int else o} "
        f"{labels[g] if g.__class__ is int else g} .\n"
        for s, p, o, g in quads
    ]


def labels_of(
    quads: Sequence[Quad],
    blank_nodes: int,
    digest: DigestName = "sha256",
    settled: Sequence[tuple[int, Settled]] = (),
) -> list[str]:
    """The canonical label of each blank node, by number."""
    if digest == "sha384":
        quads, settled = joined(quads, settled), ()
    first = first_degree_hashes(quads, blank_nodes, digest)
    for offset, part in settled:
        first[offset : offset + part.blank_nodes] = part.hashes
    ranked = sorted(zip(first, range(blank_nodes), strict=True))
    labels = [""] * blank_nodes
    before = ""
    for rank, (found, node) in enumerate(ranked):
        if found == before:
            return _Labels(joined(quads, settled), first, digest).issue()
        before = found
        labels[node] = f"_:c14n{rank}"
    return labels


def joined(quads: Sequence[Quad], settled: Sequence[tuple[int, Settled]]) -> list[Quad]:
    """All quads, every blank node by its own number."""

    def moved(term: Term, offset: int) -> Term:
        return term + offset if isinstance(term, int) else term

    return [
        *quads,
        *(
            (moved(s, offset), p, moved(o, offset), g if g is None else moved(g, offset))
            for offset, part in settled
            for s, p, o, g in part.quads
        ),
    ]


def first_degree_hashes(quads: Sequence[Quad], blank_nodes: int, digest: DigestName = "sha256") -> list[str]:
    """Hash First Degree Quads (section 4.6) of each blank node; empty for one that is in no quad."""
    hashed = _DIGESTS[digest]
    return [
        hashed("".join(sorted(lines)).encode()).hexdigest() if lines else ""
        for lines in first_degree_lines(quads, blank_nodes)
    ]


_DIGESTS: Final[dict[DigestName, Callable[[bytes], Any]]] = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
}


def first_degree_lines(quads: Sequence[Quad], blank_nodes: int) -> list[list[str]]:
    """For each blank node, the statements that it is in, as Hash First Degree Quads writes them (section
    4.6).
    """
    mentions: list[list[str]] = [[] for _ in range(blank_nodes)]
    for s, p, o, g in quads:
        if g is None:
            if s.__class__ is int:
                if o.__class__ is not int:
                    mentions[s].append(f"_:a{p}{o} .\n")
                elif s == o:
                    mentions[s].append(f"_:a{p}_:a .\n")
                else:
                    mentions[s].append(f"_:a{p}_:z .\n")
                    mentions[o].append(f"_:z{p}_:a .\n")
            elif o.__class__ is int:
                mentions[o].append(f"{s}{p}_:a .\n")
        else:
            for node in {term for term in (s, o, g) if isinstance(term, int)}:
                mentions[node].append(
                    f"{_seen_from(node, s)}{p}{_seen_from(node, o)} {_seen_from(node, g)} .\n"
                )
    return mentions


def _seen_from(node: int, term: Term) -> str:
    return term if isinstance(term, str) else "_:a" if term == node else "_:z"


class _Labels:
    """Labels where first-degree hashes do not tell all blank nodes apart (section 4.4.3, steps 4 and 5)."""

    __slots__ = ("_budget", "_first", "_hashed", "_issued", "_quads_of")

    def __init__(self, quads: Sequence[Quad], first: list[str], digest: DigestName) -> None:
        self._hashed = _DIGESTS[digest]
        self._first = first
        self._budget = WORK_BUDGET
        self._issued: dict[int, str] = {}
        self._quads_of: list[list[Quad]] = [[] for _ in first]
        for quad in quads:
            for node in {term for term in (quad[0], quad[2], quad[3]) if isinstance(term, int)}:
                self._quads_of[node].append(quad)

    def issue(self) -> list[str]:
        """The label of each blank node."""
        alike: dict[str, list[int]] = {}
        for node, found in enumerate(self._first):
            alike.setdefault(found, []).append(node)
        ranked = sorted(alike.items())
        for _, nodes in ranked:
            if len(nodes) == 1:
                self._issue(nodes[0])
        for _, nodes in ranked:
            if len(nodes) == 1:
                continue
            paths = [self._n_degree(node, {node: "_:b0"}) for node in nodes if node not in self._issued]
            for _, path in sorted(paths, key=lambda one: one[0]):
                for node in path:
                    self._issue(node)
        return [self._issued[node] for node in range(len(self._first))]

    def _issue(self, node: int) -> None:
        if node not in self._issued:
            self._issued[node] = f"_:c14n{len(self._issued)}"

    def _hash(self, text: str) -> str:
        digest: str = self._hashed(text.encode()).hexdigest()
        return digest

    def _spend(self, steps: int) -> None:
        self._budget -= steps
        if self._budget < 0:
            raise DocumentError(
                "canonicalization_budget",
                "too many anonymous parts look alike; give them identifiers or make them differ",
            )

    def _related(self, node: int, path: dict[int, str]) -> list[tuple[str, list[int]]]:
        """Hash Related Blank Node (section 4.7) over everything that touches `node`, by hash, sorted."""
        related: dict[str, list[int]] = {}
        for subject, predicate, obj, graph in self._quads_of[node]:
            self._spend(1)
            for position, term in (("s", subject), ("o", obj), ("g", graph)):
                if isinstance(term, int) and term != node:
                    label = self._issued.get(term) or path.get(term) or self._first[term]
                    by = position if position == "g" else position + predicate.strip()
                    related.setdefault(self._hash(by + label), []).append(term)
        return sorted(related.items())

    def _n_degree(self, node: int, path: dict[int, str]) -> tuple[str, dict[int, str]]:
        """Hash N-Degree Quads (section 4.8).

        Args:
            node: The blank node.
            path: The temporary labels so far, in the order of issue.

        Returns:
            The hash, and the temporary labels of the path that was chosen.
        """
        to_hash: list[str] = []
        for related_hash, nodes in self._related(node, path):
            to_hash.append(related_hash)
            chosen = ""
            chosen_path = path
            for order in _orders(nodes):
                found = self._walk(order, path, chosen)
                if found is not None and (not chosen or found[0] < chosen):
                    chosen, chosen_path = found
            to_hash.append(chosen)
            path = chosen_path
        return self._hash("".join(to_hash)), path

    def _walk(
        self, order: Sequence[int], path: dict[int, str], chosen: str
    ) -> tuple[str, dict[int, str]] | None:
        """One permutation (steps 5.4.1 to 5.4.6): its path, or None once it cannot be the least."""
        self._spend(1 + len(path) // 8 + len(order))
        copy = dict(path)
        text = ""
        deeper: list[int] = []
        for related in order:
            label = self._issued.get(related)
            if label is None:
                label = copy.get(related)
                if label is None:
                    deeper.append(related)
                    label = copy[related] = f"_:b{len(copy)}"
            text += label
            if chosen and len(text) >= len(chosen) and text > chosen:
                return None
        for related in deeper:
            result, below = self._n_degree(related, copy)
            text += f"{copy[related]}<{result}>"
            copy = below
            if chosen and len(text) >= len(chosen) and text > chosen:
                return None
        return text, copy


def _orders(nodes: list[int]) -> Iterator[list[int]]:
    """The permutations of `nodes`, by the Steinhaus-Johnson-Trotter exchange, as the field's implementations
    go.
    """
    order = sorted(nodes)
    leftward = dict.fromkeys(order, True)
    last = len(order) - 1
    while True:
        yield order
        mobile = -1
        for index, node in enumerate(order):
            beside = index - 1 if leftward[node] else index + 1
            if 0 <= beside <= last and node > order[beside] and (mobile < 0 or node > order[mobile]):
                mobile = index
        if mobile < 0:
            return
        node = order[mobile]
        beside = mobile - 1 if leftward[node] else mobile + 1
        order[mobile], order[beside] = order[beside], node
        for other in leftward:
            if other > node:
                leftward[other] = not leftward[other]
