"""What was acknowledged, outside every database: a file for each process, synced line by line."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

TRYING, ISSUED, REVOKING, REVOKED = "trying", "issued", "revoking", "revoked"
ASKED, UNDONE = "asked", "undone"
"""Kinds of lines. `trying` and `revoking` promise nothing: they say what is done again after a crash."""


class Ledger:
    """One process's own file. A line counts once it is whole: nobody was told what a torn line says."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, kind: str, **facts: Any) -> None:
        """Keep one line for good; when this returns, it is acknowledged."""
        os.write(self._file, (json.dumps({"kind": kind, **facts}) + "\n").encode())
        os.fsync(self._file)


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge that somebody has: its id, the SHA-256 of its bytes, and its place in a status list."""

    id: str
    sha256: str
    place: str


@dataclass(slots=True)
class Account:
    """All that was acknowledged.

    Attributes:
        badges: By reference of the award, every answer that somebody got.
        revoked: By id of the badge, when its withdrawal was acknowledged (seconds since 1970).
        revoking: The ids whose withdrawal was begun.
        asked: The references of batches that were taken on.
        undone: The references of which it was said that no badge is issued for them any more.
        open: By file, the references that were begun and are not in `badges`.
    """

    badges: dict[str, set[Badge]] = field(default_factory=lambda: defaultdict(set))
    revoked: dict[str, float] = field(default_factory=dict)
    revoking: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    open: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, files: Sequence[Path]) -> Self:
        """Add up the files."""
        made = cls()
        for path in files:
            lines = list(_lines(path))
            for line in lines:
                made._take(line)
            made.open[path.name] = [line["ref"] for line in lines if line["kind"] == TRYING]
        for name, begun in made.open.items():
            made.open[name] = [ref for ref in begun if ref not in made.badges]
        return made

    def _take(self, line: dict[str, Any]) -> None:
        kind = line["kind"]
        if kind == ISSUED:
            self.badges[line["ref"]].add(Badge(line["id"], line["sha256"], line["place"]))
        elif kind == REVOKING:
            self.revoking.add(line["id"])
        elif kind == REVOKED:
            self.revoked.setdefault(line["id"], line["at"])
        elif kind == ASKED:
            self.asked.update(line["refs"])
        elif kind == UNDONE:
            self.undone.update(line["refs"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)
