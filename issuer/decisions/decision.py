"""A decision: from when to when one certification counts for English, math, both or neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credential.readiness import Subject


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one certification. A later decision never changes what was judged before.

    Args:
        id: A `urn:uuid`; it goes into the determinations that rest on it.
        credential_code: The catalogue's code of the certification.
        subjects: What it shows readiness in; empty where the district decided that it shows none.
        decided_on: The day of the vote.
        effective_from: The first day on which it counts; never before `decided_on`.
        effective_until: The last day, or None while no end is set.
        menu_version: The version of the state menu that it was decided under.
        minutes: The https address of the minutes, or None.
        next_review: When it must be looked at again. An overdue review blocks a renewal, never a past award.
    """

    id: str
    credential_code: str
    subjects: frozenset[Subject]
    decided_on: date
    effective_from: date
    effective_until: date | None
    menu_version: str
    minutes: str | None
    next_review: date

    def is_active_on(self, day: date) -> bool:
        """Whether it counts on a day. Both ends are included."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)
