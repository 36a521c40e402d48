"""One guard, and the line without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A guard, and the same line without it.

    Args:
        file: Where it stands.
        guard: The text as it is, once in the file.
        without: The text that takes its place.
        tests: Where the test is that must fail.
    """

    file: str
    guard: str
    without: str
    tests: str
