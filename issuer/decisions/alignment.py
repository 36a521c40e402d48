"""An alignment: which node of a framework a certification meets, how well, who says so and until when."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from credential.readiness import Subject

TARGET_TYPES: Final = frozenset({"CFItem", "ceasn:Competency", "CTDL"})
"""Kinds of node (Open Badges 3.0, AlignmentTargetType) that a row may name; `ext:` terms come besides."""

ONET: Final = "ext:ONET"
"""An occupation. Its codes change between editions, so its framework names the edition."""

ONET_FRAMEWORK: Final = re.compile(r"O\*NET-SOC (2000|2006|2009|2010|2019)")
ONET_CODE: Final = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}")


class Strength(StrEnum):
    """How much of the node an award shows."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    """Somebody looked, and it does not fit. Kept so that nobody looks again; never in a badge."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """One row.

    Args:
        framework: Its name; of an occupation also the edition of the taxonomy.
        code: The node's code there, or None.
        name: The node in words.
        url: Its https address.
        target_type: One of `TARGET_TYPES`, or an `ext:` term.
        strength: How much of it.
        author: Who wrote the row, as the district knows them. It never leaves the district.
        written: When.
        next_review: When it must be looked at again.
        subject: English or math where the node is an academic standard of one of them, else None.
        ended: The day on which the framework ended the node (CASE 1.0, CFItem `statusEndDate`), or None.
        note: What of the node is met, where that is not all of it.
    """

    framework: str
    code: str | None
    name: str
    url: str
    target_type: str
    strength: Strength
    author: str
    written: date
    next_review: date
    subject: Subject | None = None
    ended: date | None = None
    note: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it this node, wherever it is written down again."""
        return self.framework, self.code or self.url

    def is_overdue_on(self, day: date) -> bool:
        """Whether its review should have been done before this day."""
        return self.next_review < day

    def has_ended_on(self, day: date) -> bool:
        """Whether the framework has ended the node by this day."""
        return self.ended is not None and self.ended <= day

    def belongs_in_badge(self, subjects: Collection[Subject]) -> bool:
        """Whether a badge says it under a decision for these subjects.

        A decision for English alone carries no math standard: a reader would take it for one that counts.
        """
        return self.strength is not Strength.NONE and (self.subject is None or self.subject in subjects)

    def to_badge(self) -> dict[str, Any]:
        """The Open Badges Alignment (Open Badges 3.0, B.1.2)."""
        made: dict[str, Any] = {
            "type": ["Alignment"],
            "targetName": self.name,
            "targetUrl": self.url,
            "targetFramework": self.framework,
            "targetType": self.target_type,
        }
        if self.code:
            made["targetCode"] = self.code
        if self.strength is Strength.PARTIAL:
            made["targetDescription"] = f"Met in part: {self.note}" if self.note else "Met in part."
        return made
