"""Parts of documents that come again: one issuer, one achievement, and thousands of badges.

What such a part says depends on nothing but where it stands and its own content. So it is kept under exactly
those: the member it stands under (which belongs to one state of one set of contexts) and all its bytes.
Nothing is ever looked up by an identifier.
"""

from __future__ import annotations

import marshal
from typing import Any, Final

from contexts.members import Member
from contexts.rdfc import Quad, first_degree_hashes

MOST_FRAGMENTS: Final = 256
MOST_BYTES: Final = 2_097_152
"""How much is kept. What comes first goes first; a stranger's documents can push ours out, not change
them."""

LONGEST: Final = 65_536
"""Larger parts are walked each time."""


class Fragment:
    """The statements of one part.

    Attributes:
        term: What stands for it, an identifier.
        lines, quads, blank_nodes: As in `contexts.compiled.Statements`, blank nodes numbered from 0.
        hashes: The first-degree hash (SHA-256) of each blank node. All that touches them is inside, so it
            holds wherever the part stands.
        described: Every identifier in it with what is said of it.
        seen: The sequences of contexts that are named in it.
    """

    __slots__ = ("blank_nodes", "described", "hashes", "lines", "quads", "seen", "term")

    def __init__(
        self,
        *,
        term: str,
        lines: list[str],
        quads: list[Quad],
        blank_nodes: int,
        described: list[tuple[str, dict[str, Any]]],
        seen: set[tuple[str, ...]],
    ) -> None:
        self.term = term
        self.lines = sorted(lines)
        self.quads = quads
        self.blank_nodes = blank_nodes
        self.hashes = first_degree_hashes(quads, blank_nodes)
        self.described = described
        self.seen = frozenset(seen)


class Fragments:
    """A bounded store, first in first out. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Member, bytes], Fragment] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def key(member: Member, part: dict[str, Any]) -> tuple[Member, bytes]:
        """Where and what. Two parts have one key only if they are equal value by value and type by type."""
        # Version 2 writes the values alone, not how they are shared in memory.
        return member, marshal.dumps(part, 2)

    def get(self, key: tuple[Member, bytes]) -> Fragment | None:
        """What is kept under this key."""
        return self._kept.get(key)

    def keep(self, key: tuple[Member, bytes], fragment: Fragment) -> None:
        """Keep one more, and let go of the oldest where it is too much."""
        if len(key[1]) > LONGEST:
            return
        self._kept[key] = fragment
        self._bytes += len(key[1])
        while len(self._kept) > MOST_FRAGMENTS or self._bytes > MOST_BYTES:
            try:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
            except (StopIteration, RuntimeError, KeyError):  # another thread was quicker
                return
            self._bytes -= len(oldest[1])
