from __future__ import annotations

import itertools
import random
import time

import pytest
from pyld import canon, nquads

from contexts.errors import DocumentError
from contexts.rdfc import Quad, Term, canonical_form

P = " <https://x.example/p> "
Q = " <https://x.example/q> "
K33 = [(0, 3), (0, 4), (0, 5), (1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5)]
PRISM = [(6, 7), (7, 8), (8, 6), (9, 10), (10, 11), (11, 9), (6, 9), (7, 10), (8, 11)]


def both_ways(edges: list[tuple[int, int]]) -> list[Quad]:
    return [(a, P, b, None) for c, d in edges for a, b in ((c, d), (d, c))]


def clique(size: int) -> list[Quad]:
    return [(a, P, b, None) for a, b in itertools.permutations(range(size), 2)]


def chain(length: int, first: int = 0) -> list[Quad]:
    return [(first + a, P, first + a + 1, None) for a in range(length)]


def ring(size: int, first: int = 0) -> list[Quad]:
    return [(first + a, P, first + (a + 1) % size, None) for a in range(size)]


def renumbered(quads: list[Quad], seed: int) -> tuple[list[Quad], int]:
    """The same graph with other numbers and in another order."""
    nodes = sorted({t for s, _, o, g in quads for t in (s, o, g) if isinstance(t, int)})
    new = dict(zip(nodes, random.Random(seed).sample(nodes, len(nodes)), strict=True))

    def moved(term: Term) -> Term:
        return new[term] if isinstance(term, int) else term

    other: list[Quad] = [(moved(s), p, moved(o), g if g is None else moved(g)) for s, p, o, g in quads]
    random.Random(seed + 1).shuffle(other)
    return other, len(nodes)


def by_pyld(quads: list[Quad]) -> str:
    def name(term: str | int) -> str:
        return term if isinstance(term, str) else f"_:n{term:03}"

    text = "".join(
        f"{name(s)}{p}{name(o)}{' ' + name(g) if g is not None else ''} .\n" for s, p, o, g in quads
    )
    lines: str = canon.URDNA2015().main(nquads.parse_nquads(text), {"format": "application/n-quads"})
    return lines


GRAPHS: dict[str, list[Quad]] = {
    "ground": [("<urn:s>", P, '"x"', None), ("<urn:s>", Q, "<urn:o>", "<urn:g>")],
    "one node": [("<urn:s>", P, 0, None), (0, Q, '"x"', None)],
    "two equal leaves": [
        ("<urn:s>", P, 0, None),
        ("<urn:s>", P, 1, None),
        (0, Q, '"x"', None),
        (1, Q, '"x"', None),
    ],
    "two equal branches": [
        ("<urn:s>", P, 0, None),
        ("<urn:s>", P, 1, None),
        (0, P, 2, None),
        (1, P, 3, None),
        (2, Q, '"x"', None),
        (3, Q, '"x"', None),
    ],
    "told apart by a far end": [*chain(5), ("<urn:s>", P, 6, None), *chain(4, 6)],
    "two proofs that look alike": [
        ("<urn:s>", P, 0, None),
        ("<urn:s>", P, 1, None),
        (2, Q, '"x"', 0),
        (2, P, '"y"', 0),
        (3, Q, '"x"', 1),
        (3, P, '"y"', 1),
    ],
    "lists": [(0, P, '"a"', None), (0, Q, 1, None), (1, P, '"a"', None), (1, Q, "<urn:nil>", None)],
    "ring of five": ring(5),
    "two rings": [*ring(3), *ring(4, 3)],
    "told apart by its graph": [(0, Q, 2, 4), (1, Q, 2, 3), (4, P, 2, None)],
    "told apart by the least path": [
        (s, P, o, None) for s, o in ((1, 0), (1, 4), (2, 0), (2, 3), (3, 1), (3, 2))
    ],
    "clique of four": clique(4),
    "cubic": both_ways(K33 + PRISM),
}


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_form_is_pylds_and_does_not_depend_on_numbers_or_order(name: str, seed: int) -> None:
    quads, count = renumbered(GRAPHS[name], seed)
    form = canonical_form([], quads, count)
    assert form.decode() == by_pyld(GRAPHS[name])


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_come_out_as_pylds(seed: int) -> None:
    rng = random.Random(seed)
    nodes = rng.randint(1, 7)
    quads: set[Quad] = {(node, P, "<urn:a>", None) for node in range(nodes)}
    for _ in range(rng.randint(1, 14)):
        subject: Term = rng.choice([*range(nodes), "<urn:a>"])
        others: list[Term] = [*(node for node in range(nodes) if node != subject), "<urn:b>", '"x"']
        quads.add((subject, rng.choice([P, Q]), rng.choice(others), rng.choice([None, None, "<urn:g>"])))
    ordered = sorted(quads, key=str)
    assert canonical_form([], ordered, nodes).decode() == by_pyld(ordered)


def test_sha_384_labels_differ_where_hashes_decide() -> None:
    quads: list[Quad] = [("<urn:s>", P, n, None) for n in range(9)] + [
        (n, Q, f'"{n}"', None) for n in range(9)
    ]
    assert canonical_form([], quads, 9, "sha256") != canonical_form([], quads, 9, "sha384")


@pytest.mark.parametrize("size", [3, 4])
def test_cliques_within_the_budget_pass(size: int) -> None:
    assert canonical_form([], clique(size), size).count(b"\n") == size * (size - 1)


def test_the_hardest_graphs_of_the_specifications_tests_pass() -> None:
    assert canonical_form([], GRAPHS["cubic"], 12).count(b"\n") == 36


@pytest.mark.parametrize(
    ("quads", "count"),
    [
        *[(clique(size), size) for size in (7, 8, 10, 20)],
        *[(chain(length), length + 1) for length in (200, 400)],
        ([(a, P, (a + b) % 50, None) for a in range(50) for b in (1, 7, 13)], 50),
    ],
    ids=["clique-7", "clique-8", "clique-10", "clique-20", "chain-200", "chain-400", "circulant"],
)
def test_poison_is_refused_quickly(quads: list[Quad], count: int) -> None:
    started = time.thread_time()  # the work, and not what else the machine does meanwhile
    with pytest.raises(DocumentError) as caught:
        canonical_form([], quads, count)
    assert caught.value.code == "canonicalization_budget"
    assert time.thread_time() - started < 1.0  # some 15 ms; a slow machine gets its slack


def test_a_thousand_equal_leaves_pass() -> None:
    quads = [q for n in range(1_000) for q in (("<urn:s>", P, n, None), (n, Q, '"x"', None))]
    assert canonical_form([], quads, 1_000).count(b"\n") == 2_000
