"""What was issued in the story, and what was expected of it and seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.demo.past import Lapsed


@dataclass
class Ledger:
    """What was expected, and what was seen."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, what: str, expected: object, seen: object) -> None:
        """Write down one comparison."""
        self.lines.append((what, str(expected), str(seen)))

    @property
    def held(self) -> bool:
        """Whether all of it was as expected, and there was something to compare."""
        return bool(self.lines) and all(expected == seen for _, expected, seen in self.lines)

    def table(self) -> str:
        """The comparisons as a table."""
        widest = max(len(what) for what, _, _ in self.lines)
        middle = max(len(expected) for _, expected, _ in self.lines)
        rows = (
            f"  {'ok ' if expected == seen else 'NO '} {what:<{widest}}  {expected:<{middle}}  {seen}"
            for what, expected, seen in self.lines
        )
        head = f"      {'what':<{widest}}  {'expected':<{middle}}  seen"
        return "\n".join([head, *rows])


@dataclass(frozen=True, slots=True)
class Issued:
    """What the district issued in the story.

    Args:
        rows: The sheet's rows, as `cairn issue` reported them.
        badges: The ready rows' badges as JSON files, in the sheet's order.
        decided: What the district decided before, with what came of each step.
        determined: What `cairn determine` said of each student, by number.
        aides: The nurse aides' licences, as `cairn issue` reported them.
        lapsed: What was issued three years ago.
    """

    rows: list[dict[str, Any]]
    badges: list[Path]
    decided: Ledger
    determined: dict[str, dict[str, Any]]
    aides: list[dict[str, Any]]
    lapsed: Lapsed

    @property
    def ready(self) -> list[dict[str, Any]]:
        """The rows that became badges."""
        return [row for row in self.rows if "credential_id" in row]
