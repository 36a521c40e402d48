"""What tests of rules share: a decision, a day, a digest."""

from __future__ import annotations

from datetime import date

from credential.digest import digest_of

DECISION = "urn:uuid:3f1d7c52-8a64-4a0e-9b1e-000000000001"
EARNED = date(2026, 4, 18)
JUDGED = date(2026, 6, 1)


def digest(word: str) -> str:
    """A digest that follows from a word."""
    return digest_of(word.encode())
