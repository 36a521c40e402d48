"""What every rule set begins with: its name, its version, from when it applies, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from issuer.catalog.load import day_at, sources_at, unverified_at
from issuer.catalog.place import Place

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")


class RuleSetName(StrEnum):
    """The rule sets that a district can load. The value is what stands in the file and in the database."""

    MENU = "menu"
    """The state's menu of options with its minimum scores."""
    DISTRICT_MENU = "district-menu"
    """What one district offers of it."""
    CLUSTERS = "clusters"
    """Career clusters, and how one list of them maps to another."""
    PATHWAYS = "pathways"
    """Which credential leads to which."""
    INCENTIVES = "incentives"
    """Programmes that pay districts for completions."""
    ENDORSEMENTS = "endorsements"
    """Endorsements of a diploma."""
    SUPPRESSION = "suppression"
    """Which numbers a report must hide."""
    RETENTION = "retention"
    """How long each class of record is kept."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Which edition of which rule set this is. Every judgement under it records the version.

    Args:
        name: Which rule set.
        version: Its version. A changed file gets another one.
        effective_from: The first day on which it applies.
        about: What it holds, for the person who chooses between editions.
        sources: Title of each source, by key.
        unverified: JSON pointers within the file of what nobody has confirmed.
    """

    name: RuleSetName
    version: str
    effective_from: date
    about: str
    sources: Mapping[str, str]
    unverified: tuple[str, ...]


def heading_at(root: Place, name: RuleSetName) -> Heading:
    """The heading of a rule set's file, which must be one of the named kind.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    place = root.at("ruleSet")
    place.object("name version effectiveFrom about")
    if place.at("name").text() != name:
        raise place.at("name").refuse(
            "bad_value", f"this is the rule set {place.at('name').value!r}, and {name.value!r} belongs here"
        )
    return Heading(
        name,
        place.at("version").text(_VERSION),
        day_at(place.at("effectiveFrom")),
        place.at("about").line(),
        MappingProxyType(sources_at(root.at("sources")) if root.at("sources").value is not None else {}),
        unverified_at(root),
    )


def name_at(root: Place) -> RuleSetName:
    """Which rule set a file says it is.

    Raises:
        issuer.catalog.CatalogueError: It says none that is known.
    """
    root.object()
    root.at("ruleSet").object("name", "version effectiveFrom about")
    place = root.at("ruleSet").at("name")
    if place.text() not in set(RuleSetName):
        known = ", ".join(name.value for name in RuleSetName)
        raise place.refuse(
            "bad_value", f"{place.value!r} is no rule set that is read here; these are: {known}"
        )
    return RuleSetName(place.text())
