"""The state's menu of options: how a student may show readiness, with the lowest score that counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from credential.readiness import Subject
from issuer.catalog.criteria import Node, criterion_at, nodes
from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import converted, place_of
from issuer.catalog.place import DECIMAL, Place

MOST_OPTIONS: Final = 100
"""Options of one menu."""

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


class DecidedBy(StrEnum):
    """Who says what an option asks for. The state sets a floor wherever it sets anything."""

    STATE = "state"
    """The state names the test and the lowest score."""
    PARTS = "parts"
    """The state names the lowest score; the district lists which examinations count for which subject."""
    GRADE = "grade"
    """The district lists the courses and sets the lowest grade."""
    ATTESTED = "attested"
    """The district's own panel says so."""
    DECISIONS = "decisions"
    """The district decides for each certification."""


class Standing(StrEnum):
    """Whether an option can be offered."""

    OPEN = "open"
    """It can."""
    RETIRED = "retired"
    """The test is no longer given. It can be offered so that earlier results count."""
    CLOSED = "closed"
    """It cannot. Its code stays known for older records."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to show readiness.

    Args:
        code: The menu's code.
        name: In words.
        kind: What sort of thing it is: assessment, course, performance, certification, local.
        decided_by: Who says what it asks for.
        criteria: The state's criterion by subject. For `PARTS` and `GRADE` it names no part, because the
            district does. For `DECISIONS` there is none.
        subjects: What it can show readiness in.
        standing: Whether it can be offered.
        standing_note: Why, where it is not open.
        lowest: Lowest value of the scale, where known.
        highest: Highest value of the scale, where known.
        achievement_type: What Open Badges 3.0 calls such an achievement.
        result_type: What Open Badges 3.0 calls its result, or None where it has no graded one.
        note: For staff.
    """

    code: str
    name: str
    kind: str
    decided_by: DecidedBy
    criteria: Mapping[Subject, Node]
    subjects: tuple[Subject, ...]
    standing: Standing = Standing.OPEN
    standing_note: str | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    achievement_type: str = "Assessment"
    result_type: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A dated edition of the state's menu.

    Args:
        heading: Which edition.
        jurisdiction: The state, by its postal code.
        first_class: The graduating class for which it first applies.
        options: Option by code, in the menu's order.
    """

    heading: Heading
    jurisdiction: str
    first_class: int
    options: Mapping[str, Option]


@cache
def default_menu() -> Menu:
    """The menu that comes with Cairn: Colorado's, as districts' pages give it."""
    return load_menu((resources.files("issuer.catalog") / "data" / "menu.json").read_bytes())


def load_menu(data: bytes, *, file: str = "menu.json") -> Menu:
    """A state menu from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet jurisdiction firstClass options", "sources unverified")
    heading = heading_at(root, RuleSetName.MENU)
    items = root.at("options").items()
    if len(items) > MOST_OPTIONS:
        raise root.at("options").refuse("too_large", f"a menu has at most {MOST_OPTIONS} options")
    options: dict[str, Option] = {}
    for item in items:
        option = _option(item)
        if option.code in options:
            raise item.at("code").refuse("duplicate_label", f"the code {option.code} is already in use")
        options[option.code] = option
    return Menu(
        heading,
        root.at("jurisdiction").text(re.compile("[A-Z]{2}")),
        root.at("firstClass").whole(1900, 9998),
        MappingProxyType(options),
    )


def subjects_at(place: Place) -> tuple[Subject, ...]:
    """The subjects that stand in the list at a place, each once and at least one."""
    found = [subject_of(item.text(), item) for item in place.items()]
    if not found or len(set(found)) != len(found):
        raise place.refuse("bad_value", "a list of subjects names each once, and at least one")
    return tuple(found)


def subject_of(text: str, place: Place) -> Subject:
    """The subject that a text names."""
    if text not in set(Subject):
        known = " and ".join(subject.value for subject in Subject)
        raise place.refuse("bad_value", f"{text!r} is no subject; these are: {known}")
    return Subject(text)


def _option(place: Place) -> Option:
    place.object("code name kind decidedBy result", "criteria subjects standing standingNote note")
    decided_by = converted(place.at("decidedBy"), DecidedBy, f"one of {', '.join(DecidedBy)}")
    standing = (
        Standing.OPEN
        if place.at("standing").value is None
        else converted(place.at("standing"), Standing, f"one of {', '.join(Standing)}")
    )
    if (standing is Standing.OPEN) != (place.at("standingNote").value is None):
        raise place.refuse("bad_value", "an option that is not open says why in standingNote, and no other")
    criteria = _criteria(place, decided_by)
    result = place.at("result")
    result.object("achievementType", "resultType minimum maximum")
    return Option(
        place.at("code").text(_CODE),
        place.at("name").line(),
        place.at("kind").line(),
        decided_by,
        MappingProxyType(criteria),
        tuple(criteria) or subjects_at(place.at("subjects")),
        standing,
        place.at("standingNote").line_or_none(),
        _bound(result.at("minimum")),
        _bound(result.at("maximum")),
        result.at("achievementType").line(),
        result.at("resultType").line_or_none(),
        place.at("note").line_or_none(),
    )


def _bound(place: Place) -> Decimal | None:
    return None if place.text_or_none(DECIMAL) is None else place.decimal()


def _criteria(option: Place, decided_by: DecidedBy) -> dict[Subject, Node]:
    """The state's criterion by subject; `DECISIONS` has none, and every other has one."""
    place = option.at("criteria")
    if decided_by is DecidedBy.DECISIONS:
        if place.value is not None:
            raise place.refuse("bad_value", "the district decides for each certification: no criteria here")
        return {}
    if option.at("subjects").value is not None:
        raise option.at("subjects").refuse("bad_value", "the criteria say for which subjects it is")
    found = {subject_of(name, child): criterion_at(child) for name, child in place.children()}
    if not found:
        raise place.refuse("bad_value", "a criterion for at least one subject is needed")
    shape = {DecidedBy.PARTS: "score", DecidedBy.GRADE: "level", DecidedBy.ATTESTED: "attested"}.get(
        decided_by
    )
    for subject, node in found.items():
        parts = [one[leaf].get("part") for one in nodes(node) for leaf in ("score", "level") if leaf in one]
        if len(set(parts)) != len(parts):
            # A district raises the score of a part by its name.
            raise place.at(subject).refuse("bad_value", "each part has one score or level in a criterion")
        if shape and (shape not in node or "part" in node[shape]):
            raise place.at(subject).refuse(
                "bad_value", f"an option that is decided by {decided_by} has one {shape} here, without a part"
            )
    return found
