"""Parts of documents that come again: one issuer, one achievement, and thousands of badges.

What such a part says depends on nothing but where it stands and its own content. So it is kept under exactly
those: the member it stands under (which belongs to one state of one set of contexts) and all its bytes.
Nothing is ever looked up by an identifier.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

import orjson

from contexts.members import Member
from contexts.rdfc import Quad, first_degree_hashes
from contexts.written import Named

MOST_FRAGMENTS: Final = 256
MOST_BYTES: Final = 2_097_152
"""How much is kept, parts and their statements together. What comes first goes first; a stranger's documents
can push ours out, not change them."""

LONGEST: Final = 131_072
"""Parts that are larger with their statements are walked each time. Every statement repeats the identifier
that it is about, so they can be four hundred times as long as the part."""


class Fragment:
    """The statements of one part.

    Attributes:
        term: What stands for it, an identifier.
        lines, quads, blank_nodes: As in `contexts.compiled.Statements`, blank nodes numbered from 0.
        hashes: The first-degree hash (SHA-256) of each blank node. All that touches them is inside, so it
            holds wherever the part stands.
        known: Every identifier in it with the first object that describes it.
        again: Every other object that describes one, with the identifier.
        seen: The sequences of contexts that are named in it.
        compared: What its arrays count for `contexts.compiled.MOST_COMPARISONS`.
        size: Characters in its statements.
    """

    __slots__ = (
        "_parts",
        "_places",
        "again",
        "blank_nodes",
        "compared",
        "hashes",
        "known",
        "lines",
        "quads",
        "seen",
        "size",
        "term",
    )

    def __init__(
        self,
        *,
        term: str,
        lines: list[str],
        quads: list[Quad],
        blank_nodes: int,
        known: dict[str, dict[str, Any]],
        again: list[tuple[str, dict[str, Any]]],
        seen: set[tuple[Named, ...]],
        compared: int,
    ) -> None:
        self.term = term
        self.lines = sorted(lines)
        self.quads = quads
        self.blank_nodes = blank_nodes
        self.hashes = first_degree_hashes(quads, blank_nodes)
        self.known = known
        self.again = again
        self.seen = frozenset(seen)
        self.compared = compared
        self.size = sum(map(len, lines)) + sum(
            len(term) for quad in quads for term in quad if isinstance(term, str)
        )
        terms = [term for quad in quads for term in quad if term is not None]
        # itemgetter gives a single value bare: one more is asked for, and left out again.
        self._places = itemgetter(*(term for term in terms if isinstance(term, int)), 0)
        self._parts = "\0".join(map(_pattern, quads)).split("\1")

    def labelled(self, labels: Sequence[str]) -> list[str]:
        """The quads as finished lines.

        Args:
            labels: Of the blank nodes in it, by their number here.
        """
        texts = [""] * (2 * len(self._parts) - 1)  # joined, for `%` looks at every character of a pattern
        texts[::2] = self._parts
        texts[1::2] = self._places(labels)[:-1]
        return "".join(texts).split("\0")


def _pattern(quad: Quad) -> str:
    """A statement with a mark for each blank node: a character that is escaped in every statement."""
    s, p, o, g = ("\1" if isinstance(term, int) else term for term in quad)
    return f"{s}{p}{o} .\n" if g is None else f"{s}{p}{o} {g} .\n"


class Fragments:
    """A bounded store, first in first out. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Member, bytes], Fragment] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def key(member: Member, part: dict[str, Any]) -> tuple[Member, bytes]:
        """Where and what. Two parts have one key only if they are equal value by value and type by type.

        Raises:
            TypeError: It is no part of a document that was read.
        """
        return member, orjson.dumps(part)

    def get(self, key: tuple[Member, bytes]) -> Fragment | None:
        """What is kept under this key."""
        return self._kept.get(key)

    def keep(self, key: tuple[Member, bytes], fragment: Fragment) -> None:
        """Keep one more, and let go of the oldest where it is too much."""
        size = len(key[1]) + fragment.size
        if size > LONGEST:
            return
        with self._lock:
            if key in self._kept:  # another thread was quicker; counted twice, it would never be let go
                return
            self._kept[key] = fragment
            self._bytes += size
            while len(self._kept) > MOST_FRAGMENTS or self._bytes > MOST_BYTES:
                oldest = next(iter(self._kept))
                self._bytes -= len(oldest[1]) + self._kept.pop(oldest).size
