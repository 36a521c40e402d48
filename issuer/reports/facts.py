"""The plain rows that everything is counted from, and the school year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_MONTH = 7
"""A school year runs from 1 July to 30 June and is named by the year in which it ends."""


class OutcomeKind(StrEnum):
    """What became of somebody, as they or somebody who may know said."""

    HIRED = "hired"
    """Hired in an occupation of a cluster."""
    ENROLLED = "enrolled"
    """Enrolled in college, or in further training."""
    NEITHER = "neither"
    """They answered, and neither is true: it counts in the base, so that a rate is one of answers."""


class Source(StrEnum):
    """Where an outcome is known from."""

    SURVEY = "survey"
    EMPLOYER = "employer"
    ENDORSEMENT = "endorsement"


@dataclass(frozen=True, slots=True)
class Earned:
    """One award that stands: signed, and not withdrawn.

    Args:
        award_ref: The district's reference.
        student_id: Whose. It counts people and is never shown in a report of counts.
        school_code: Where the student was when it was awarded; "" where nobody recorded it.
        code: The catalogue's code of what was awarded.
        name: Its name.
        kind: The catalogue's code of the kind of award.
        cluster: Career cluster, in words.
        earned_on: The day.
        evaluator: Who assessed, or "".
    """

    award_ref: str
    student_id: str
    school_code: str
    code: str
    name: str
    kind: str
    cluster: str
    earned_on: date
    evaluator: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one student.

    Args:
        student_id: Whose.
        kind: What.
        on: Since when.
        cluster: Career cluster in words, or "".
        consent: Reference of the consent that allows it to be counted; without one it never is.
        withdrawn: Whether the consent was taken back.
    """

    student_id: str
    kind: OutcomeKind
    on: date
    cluster: str
    consent: str
    withdrawn: bool = False


def school_year(day: date) -> int:
    """The school year of a day: 2025-07-01 to 2026-06-30 is 2026."""
    return day.year + (day.month >= FIRST_MONTH)


def ends(year: int) -> date:
    """The last day of a school year."""
    return date(year, FIRST_MONTH - 1, 30)
