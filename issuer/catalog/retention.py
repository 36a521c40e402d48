"""How long each class of record is kept, and what goes when somebody asks: the district's rules, as data.

The periods and their basis are what the district says. What comes with Cairn is an example, no legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import place_of
from issuer.catalog.place import Place

MOST_MONTHS: Final = 1_200
"""A hundred years; what is kept longer is kept for good."""


class RecordClass(StrEnum):
    """A kind of record about students that is kept, and destroyed, together."""

    ROSTER = "roster"
    SCORES = "scores"
    OUTCOMES = "outcomes"
    SHEETS = "sheets"
    SHARES = "shares"
    BADGES = "badges"


CLASS_NAMES: Final = MappingProxyType(
    {
        RecordClass.ROSTER: "Roster: name, birth date, school",
        RecordClass.SCORES: "Scores and attestations",
        RecordClass.OUTCOMES: "What became of the student, by consent",
        RecordClass.SHEETS: "Sheets in work",
        RecordClass.SHARES: "Links and codes",
        RecordClass.BADGES: "Badges, with their awards and evidence",
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """How long one class is kept.

    Args:
        months: From its newest record on, or None where it is kept for good.
        on_request: Whether it goes earlier when the student or a guardian asks.
        basis: The law or the policy behind it, as the district says it.
    """

    months: int | None
    on_request: bool
    basis: str

    def ends(self, newest: date) -> date | None:
        """The first day on which it may go, or None where it is kept for good."""
        if self.months is None:
            return None
        years, month = divmod(newest.month - 1 + self.months, 12)
        for day in (newest.day, 28):
            try:
                return date(newest.year + years, month + 1, day)
            except ValueError:
                continue
        return None  # beyond the last year that a date has: for good


@dataclass(frozen=True, slots=True)
class Schedule:
    """The periods of every class.

    Args:
        heading: Which edition this is.
        periods: By class; every class is there.
    """

    heading: Heading
    periods: Mapping[RecordClass, Period]


def load_retention(data: bytes, *, file: str = "retention.json") -> Schedule:
    """A schedule from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet classes", "sources unverified")
    heading = heading_at(root, RuleSetName.RETENTION)
    classes = root.at("classes")
    classes.object(" ".join(RecordClass))
    return Schedule(heading, MappingProxyType({one: _period(classes.at(one.value)) for one in RecordClass}))


def _period(place: Place) -> Period:
    place.object("months onRequest basis")
    months = place.at("months")
    return Period(
        None if months.value is None else months.whole(0, MOST_MONTHS),
        place.at("onRequest").flag(),
        place.at("basis").line(),
    )
