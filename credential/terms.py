"""Words that the rules of a credential share: the first contexts of the two data models, and one-or-more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CONTEXT_2023: Final = "https://www.w3.org/ns/credentials/v2"
"""First context of Verifiable Credentials Data Model 2.0: what we issue."""

CONTEXT_2019: Final = "https://www.w3.org/2018/credentials/v1"
"""First context of Data Model 1.1: checked, never issued (Open Badges 3.0, AnyAchievementCredential)."""

OBJECT: Final = (dict, Mapping)
"""For `isinstance`: what a JSON object is. The first is sooner answered, and what was read holds it."""


def listed(value: object) -> list[Any]:
    """A member that may hold one value or a list of them, as a list; nothing is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
