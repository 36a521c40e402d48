"""Which numbers a report must hide so that nobody can be picked out of them: the state's rules, as data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import place_of
from issuer.catalog.place import Place

_MOST_STUDENTS = 1_000_000
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Band:
    """How a rate over so many students is written in graduation reports. Rates are per cent, 0 to 100.

    Args:
        upto: The largest number of students that the band takes, or None for the last band, which has no end.
            A band begins where the one before it ends.
        base_token: What stands instead of the number of all students, or None where that number is shown.
        low_token: What stands instead of a rate at or below `low_at`.
        low_at: Per cent.
        high_token: What stands instead of a rate at or above `high_at`.
        high_at: Per cent.
        subgroup_token: What a subgroup shows instead of its number of students. The first band's token goes
            by the number of *all* students: where they are so few, it stands in every cell of every subgroup,
            rates too. Elsewhere a subgroup takes the token of the band that its own number falls into, and
            the second band's where that is the first.
    """

    upto: int | None
    base_token: str | None
    low_token: str
    low_at: Decimal
    high_token: str
    high_at: Decimal
    subgroup_token: str


@dataclass(frozen=True, slots=True)
class SuppressionRules:
    """What a report may show.

    Args:
        assessment_min_n: In reports of results, a group of fewer students is hidden.
        assessment_min_cell: In reports of results, no cell of a level shows fewer students than this.
        complementary: Whether a further number is hidden wherever a hidden one could be worked out.
        graduation: The bands of graduation reports, smallest first; the last has no end.
        empty_token: What stands where a group has no students.
        heading: Which edition this is, or None where a program made the rules itself.
    """

    assessment_min_n: int = 16
    assessment_min_cell: int = 4
    complementary: bool = True
    graduation: tuple[Band, ...] = ()
    empty_token: str = "N/A"  # noqa: S105 - a token of a table, no secret
    heading: Heading | None = None


@cache
def default_suppression() -> SuppressionRules:
    """The rules that come with Cairn: what Colorado's published tables show."""
    file = "suppression.json"
    return load_suppression((resources.files("issuer.catalog") / "data" / file).read_bytes(), file=file)


def load_suppression(data: bytes, *, file: str = "suppression.json") -> SuppressionRules:
    """Suppression rules from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet assessment graduation", "sources unverified")
    heading = heading_at(root, RuleSetName.SUPPRESSION)
    assessment, graduation = root.at("assessment"), root.at("graduation")
    assessment.object("minimumGroup minimumCell complementary")
    graduation.object("empty bands")
    return SuppressionRules(
        assessment_min_n=assessment.at("minimumGroup").whole(1, _MOST_STUDENTS),
        assessment_min_cell=assessment.at("minimumCell").whole(1, _MOST_STUDENTS),
        complementary=assessment.at("complementary").flag(),
        graduation=_bands(graduation.at("bands")),
        empty_token=graduation.at("empty").line(),
        heading=heading,
    )


def _bands(place: Place) -> tuple[Band, ...]:
    bands: list[Band] = []
    items = place.items()
    if not items:
        raise place.refuse("bad_value", "at least one band is needed, and the last has no upto")
    for number, item in enumerate(items, 1):
        band = _band(item)
        if (band.upto is None) != (number == len(items)):
            raise item.refuse("bad_value", "the last band, and only the last, has no upto")
        if bands and band.upto is not None and band.upto <= (bands[-1].upto or 0):
            raise item.at("upto").refuse("bad_value", "a band reaches further than the one before it")
        bands.append(band)
    return tuple(bands)


def _band(place: Place) -> Band:
    place.object("low high subgroup", "upto base")
    for end in ("low", "high"):
        place.at(end).object("token at")
    low, high = place.at("low").at("at").decimal(), place.at("high").at("at").decimal()
    if not 0 <= low < high <= _HUNDRED:
        raise place.refuse("bad_value", "low and high are per cent, and low is below high")
    return Band(
        None if place.at("upto").value is None else place.at("upto").whole(1, _MOST_STUDENTS),
        place.at("base").line_or_none(),
        place.at("low").at("token").line(),
        low,
        place.at("high").at("token").line(),
        high,
        place.at("subgroup").line(),
    )
