"""Reading incentive programmes from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

from issuer.catalog.heading import RuleSetName, heading_at
from issuer.catalog.incentives import Category, Incentives, Programme, Split
from issuer.catalog.load import converted, place_of
from issuer.catalog.place import Place
from issuer.catalog.school_year import SchoolYear

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_USE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HUNDRED = Decimal(100)
_MEMBERS = "to law categories splits maximum upliftPercent capPercent grades yearBefore lists note"
_MOST_PERCENT = 1000


@cache
def default_incentives() -> Incentives:
    """The programmes that come with Cairn: Colorado's."""
    return load_incentives((resources.files("issuer.catalog") / "data" / "incentives.json").read_bytes())


def load_incentives(data: bytes, *, file: str = "incentives.json") -> Incentives:
    """Incentive programmes from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet programmes", "sources unverified")
    heading = heading_at(root, RuleSetName.INCENTIVES)
    found: dict[str, Programme] = {}
    for item in root.at("programmes").items():
        programme = _programme(item)
        if programme.code in found:
            raise item.at("code").refuse(
                "duplicate_label", f"the programme {programme.code} is already there"
            )
        found[programme.code] = programme
    return Incentives(heading, MappingProxyType(found))


def _programme(place: Place) -> Programme:
    place.object("code name from", _MEMBERS)
    first, last = _year(place.at("from")), _year_or_none(place.at("to"))
    if last is not None and last < first:
        raise place.at("to").refuse("bad_value", "a programme ends after it began")
    categories = _categories(place.at("categories"))
    cap = _percent_or_none(place.at("capPercent"), most=100)
    if cap is not None and not any(category.capped for category in categories.values()):
        raise place.at("capPercent").refuse("bad_value", "a limit for one provider needs a capped category")
    return Programme(
        place.at("code").text(_CODE),
        place.at("name").line(),
        place.at("law").line_or_none(),
        first,
        last,
        categories,
        tuple(_split(item, categories) for item in place.at("splits").items()),
        _money_or_none(place.at("maximum")),
        _percent_or_none(place.at("upliftPercent"), least=100),
        cap,
        _grades(place.at("grades")),
        place.at("yearBefore").flag(),
        _lists(place.at("lists"), categories),
        place.at("note").line_or_none(),
    )


def _categories(place: Place) -> Mapping[str, Category]:
    found: dict[str, Category] = {}
    for item in place.items():
        item.object("code name order", "capped listed")
        code = item.at("code").text(_USE)
        if code in found:
            raise item.at("code").refuse("duplicate_label", f"the category {code} is already there")
        order = item.at("order").whole(1, 99)
        found[code] = Category(
            code, item.at("name").line(), order, item.at("capped").flag(), item.at("listed").flag()
        )
    return MappingProxyType(found)


def _lists(
    place: Place, categories: Mapping[str, Category]
) -> Mapping[tuple[SchoolYear, str], frozenset[str]]:
    found: dict[tuple[SchoolYear, str], frozenset[str]] = {}
    for item in place.items():
        item.object("year category codes")
        category = item.at("category").known(categories, "categories")
        if not category.listed:
            raise item.at("category").refuse("bad_value", f"{category.code} is not marked as listed")
        year = _year(item.at("year"))
        if (year, category.code) in found:
            raise item.refuse("duplicate_label", f"the list of {category.code} for {year} is already there")
        found[year, category.code] = frozenset(code.line() for code in item.at("codes").items())
    return MappingProxyType(found)


def _split(place: Place, categories: Mapping[str, Category]) -> Split:
    place.object("from percent", "to")
    percent: dict[str, Decimal] = {}
    for use, item in place.at("percent").children():
        if not _USE.fullmatch(use):
            raise item.refuse("bad_value", f"{use!r} cannot be the code of a category or of another use")
        percent[use] = item.decimal()
        if percent[use] < 0:
            raise item.refuse("bad_value", "a part of the money is not less than nothing")
    for code in categories:
        if code not in percent:
            raise place.at("percent").refuse("missing_member", f"the part of {code!r} is missing")
    if sum(percent.values()) != _HUNDRED:
        raise place.at("percent").refuse("bad_value", f"the parts are {sum(percent.values())} %, not 100 %")
    return Split(_year(place.at("from")), _year_or_none(place.at("to")), MappingProxyType(percent))


def _year(place: Place) -> SchoolYear:
    return converted(place, SchoolYear.parse, "a school year such as 2025-26")


def _year_or_none(place: Place) -> SchoolYear | None:
    return None if place.value is None else _year(place)


def _percent_or_none(place: Place, *, least: int = 0, most: int = _MOST_PERCENT) -> Decimal | None:
    if place.value is None:
        return None
    if not least <= place.decimal() <= most:
        raise place.refuse("bad_value", f"it lies between {least} and {most} per cent")
    return place.decimal()


def _money_or_none(place: Place) -> Decimal | None:
    if place.value is None:
        return None
    if place.decimal() <= 0:
        raise place.refuse("bad_value", "a sum is more than 0")
    return place.decimal()


def _grades(place: Place) -> tuple[int, int]:
    if place.value is None:
        return 9, 12
    place.object("lowest highest")
    lowest, highest = place.at("lowest").whole(1, 12), place.at("highest").whole(1, 12)
    if highest < lowest:
        raise place.refuse("bad_value", "the highest grade is not below the lowest")
    return lowest, highest
