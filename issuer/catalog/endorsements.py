"""Endorsements of a diploma: what they ask for, where it is written down so that it can be judged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from issuer.catalog.criteria import Node, criterion_at
from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import place_of
from issuer.catalog.place import Place
from issuer.errors import IssuerError

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One endorsement.

    Args:
        code: Its code.
        name: In words.
        rule: What it asks for, as a node of the rule language; None where it cannot be judged.
        not_executable: Why it cannot be judged, in sentences; None where it can.
        law: Where the law has it.
        optional: Whether a district may leave it out.
        note: For staff.
    """

    code: str
    name: str
    rule: Node | None
    not_executable: str | None
    law: str | None = None
    optional: bool = False
    note: str | None = None

    def judged_by(self) -> Node:
        """The rule to judge by.

        Raises:
            IssuerError: `not_executable`, with the reason.
        """
        if self.rule is None:
            raise IssuerError("not_executable", f"{self.name} cannot be judged here. {self.not_executable}")
        return self.rule


@dataclass(frozen=True, slots=True)
class Endorsements:
    """A dated edition of endorsements: its heading, and endorsement by code."""

    heading: Heading
    endorsements: Mapping[str, Endorsement]


@cache
def default_endorsements() -> Endorsements:
    """The endorsements that come with Cairn: Colorado's."""
    return load_endorsements((resources.files("issuer.catalog") / "data" / "endorsements.json").read_bytes())


def load_endorsements(data: bytes, *, file: str = "endorsements.json") -> Endorsements:
    """Endorsements from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet endorsements", "sources unverified")
    heading = heading_at(root, RuleSetName.ENDORSEMENTS)
    found: dict[str, Endorsement] = {}
    for item in root.at("endorsements").items():
        one = _endorsement(item)
        if one.code in found:
            raise item.at("code").refuse("duplicate_label", f"the endorsement {one.code} is already there")
        found[one.code] = one
    return Endorsements(heading, MappingProxyType(found))


def _endorsement(place: Place) -> Endorsement:
    place.object("code name", "rule notExecutable law optional note")
    rule, why_not = place.at("rule"), place.at("notExecutable")
    if (rule.value is None) == (why_not.value is None):
        raise place.refuse(
            "bad_value", "it has a rule, or says in notExecutable why it has none: one of the two"
        )
    return Endorsement(
        place.at("code").text(_CODE),
        place.at("name").line(),
        None if rule.value is None else criterion_at(rule),
        why_not.line_or_none(),
        place.at("law").line_or_none(),
        place.at("optional").flag(),
        place.at("note").line_or_none(),
    )
