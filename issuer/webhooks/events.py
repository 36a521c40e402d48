"""What a webhook hears of: some of the actions of the audit trail, under names of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

ISSUED: Final = "credential.issued"
EVENTS: Final = MappingProxyType(
    {
        "credential.signed": ISSUED,
        "credential.revoked": "credential.revoked",
        "credential.replaced": "credential.replaced",
        "batch.finished": "batch.finished",
        "sheet.issued": "batch.finished",
    }
)
"""Action of the audit trail to the type of the event."""

RESIGNED: Final = "credential.resigned"
"""A badge was signed again by another key; its facts are the same."""
TYPES: Final = tuple(sorted({*EVENTS.values(), RESIGNED}))
"""Every type there is."""


def type_of(action: str, facts: Mapping[str, Any]) -> str | None:
    """What a row of the audit trail is to a webhook; None where it is nothing."""
    if action == "credential.signed" and facts.get("number") != 1:
        return RESIGNED
    return EVENTS.get(action)
