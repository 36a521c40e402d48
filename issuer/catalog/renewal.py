"""Which of somebody's certifications a higher one renews: a question to ask the body, never a new last day.

What the new last day is, only the certifying body can say, so nothing here is ever signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from issuer.catalog.catalogue import Catalogue
from issuer.catalog.entry import Entry
from issuer.catalog.validity import add_months


@dataclass(frozen=True, slots=True)
class Renewal:
    """A certification that a higher one has renewed.

    Args:
        code: The one that is renewed.
        by: The one that renews it.
        on: The day on which the higher one was earned.
    """

    code: str
    by: str
    on: date


def renewals(catalogue: Catalogue, held: Mapping[str, date]) -> tuple[Renewal, ...]:
    """What the higher certifications that somebody holds have renewed, by code and day.

    A certification that had ended before the higher one was earned is not renewed; each renewal starts its
    term anew, so that a chain of higher ones keeps it alive.

    Args:
        catalogue: The catalogue.
        held: The day on which each was earned, by code; unknown codes are passed over.
    """
    found: list[Renewal] = []
    for entry in catalogue.entries:
        if entry.code in held:
            found += _of(entry, held)
    return tuple(found)


def _of(entry: Entry, held: Mapping[str, date]) -> list[Renewal]:
    found, since = [], held[entry.code]
    for on, by in sorted((held[code], code) for code in entry.renewed_by if code in held):
        if since < on < add_months(since, entry.validity.months):
            found.append(Renewal(entry.code, by, on))
            since = on
    return found
