"""A sentence before it is said in a language: its key and what fills its blanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of `verifier.batch.words`.

    Args:
        code: Its key.
        facts: What fills its blanks, as text. A day is written as 2026-05-01, under a name in `DAYS`.
    """

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
