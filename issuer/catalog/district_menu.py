"""What one district offers of the state's menu: fewer options, higher scores, conditions of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from credential.readiness import Subject
from issuer.catalog.criteria import Node, criterion_at
from issuer.catalog.cuts import cut_at, cuts, with_cut
from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import day_at, place_of
from issuer.catalog.menu import DecidedBy, Menu, Option, Standing, subject_of, subjects_at
from issuer.catalog.place import Place

MOST_PARTS: Final = 60
"""Examinations or courses that a district lists for one subject of one option."""

_OFFER = {
    DecidedBy.STATE: ("", "raise"),
    DecidedBy.PARTS: ("parts", "raise"),
    DecidedBy.GRADE: ("parts floor", ""),
    DecidedBy.ATTESTED: ("", "says"),
    DecidedBy.DECISIONS: ("", ""),
}
"""Which members an offer needs and may have beside its option, its subjects and the district's `also`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One option as a district offers it.

    Args:
        option: The state's option.
        subjects: What the district lets it show readiness in.
        criteria: The district's criterion by subject, at or above the state's. For certifications there is
            only what the district adds, `conditions`.
        conditions: What the district asks for besides, by subject.
    """

    option: Option
    subjects: tuple[Subject, ...]
    criteria: Mapping[Subject, Node]
    conditions: Mapping[Subject, Node]


@dataclass(frozen=True, slots=True)
class DistrictMenu:
    """A dated choice of one district.

    Args:
        heading: Which edition; it applies from `heading.effective_from`.
        menu_version: The version of the state's menu that it was chosen from.
        decided_on: The day on which the district chose. It applies from then at the earliest.
        offers: Offer by option code, in the order of the state's menu.
    """

    heading: Heading
    menu_version: str
    decided_on: date
    offers: Mapping[str, Offer]


def load_district_menu(data: bytes, menu: Menu, *, file: str = "district_menu.json") -> DistrictMenu:
    """A district's choice from a file's bytes, held against the state's menu.

    Args:
        data: The file.
        menu: The edition of the state's menu that the file names.
        file: The file's name, for errors.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer; `cut_lowered` where a score is
            below the state's.
    """
    root = place_of(data, file)
    root.object("ruleSet menu decidedOn offers", "sources unverified")
    heading = heading_at(root, RuleSetName.DISTRICT_MENU)
    decided_on = day_at(root.at("decidedOn"))
    if root.at("menu").text() != menu.heading.version:
        raise root.at("menu").refuse("unknown_reference", f"it is held against {menu.heading.version}")
    for first, what in (
        (decided_on, "the district decided on it"),
        (menu.heading.effective_from, "the state's menu"),
    ):
        if heading.effective_from < first:
            raise (
                root.at("ruleSet")
                .at("effectiveFrom")
                .refuse("bad_value", f"a choice applies from {first} at the earliest, not before {what}")
            )
    offers: dict[str, Offer] = {}
    for place in root.at("offers").items():
        offer = _offer(place, menu)
        if offer.option.code in offers:
            raise place.at("option").refuse("duplicate_label", f"{offer.option.code} is offered twice")
        offers[offer.option.code] = offer
    if not offers:
        raise root.at("offers").refuse("bad_value", "a district offers at least one option")
    ordered = {code: offers[code] for code in menu.options if code in offers}
    return DistrictMenu(heading, menu.heading.version, decided_on, MappingProxyType(ordered))


def _offer(place: Place, menu: Menu) -> Offer:
    place.object()
    named = place.at("option").text()
    option = menu.options.get(named)
    if option is None:
        known = ", ".join(menu.options)
        raise place.at("option").refuse(
            "unknown_reference",
            f"{named!r} is no option of the menu {menu.heading.version}; these are: {known}",
        )
    if option.standing is Standing.CLOSED:
        raise place.at("option").refuse("closed_option", f"{named} cannot be offered: {option.standing_note}")
    needed, allowed = _OFFER[option.decided_by]
    place.object(f"option {needed}", f"subjects also {allowed}")
    subjects = option.subjects
    if place.at("subjects").value is not None:
        subjects = subjects_at(place.at("subjects"))
        for subject in subjects:
            if subject not in option.subjects:
                raise place.at("subjects").refuse("bad_value", f"the state has no {subject} by {option.name}")
    criteria = {subject: _criterion(place, option, subject) for subject in subjects if option.criteria}
    also = place.at("also")
    conditions = {
        _offered(name, child, subjects): criterion_at(child)
        for name, child in (also.children() if also.value is not None else [])
    }
    for member in ("raise", "parts", "says"):
        if place.at(member).value is not None:
            for name, child in place.at(member).children():
                _offered(name, child, subjects)
    return Offer(option, subjects, MappingProxyType(criteria), MappingProxyType(conditions))


def _offered(name: str, place: Place, subjects: tuple[Subject, ...]) -> Subject:
    subject = subject_of(name, place)
    if subject not in subjects:
        raise place.refuse("bad_value", f"the option is not offered for {subject}")
    return subject


def _criterion(place: Place, option: Option, subject: Subject) -> Node:
    """The district's criterion: the state's, with what the district raised, listed, or put into words."""
    node = option.criteria[subject]
    if option.decided_by is DecidedBy.ATTESTED:
        said = place.at("says").at(subject) if place.at("says").value is not None else None
        if said is None or said.value is None:
            return node
        return {"attested": node["attested"] | {"says": said.line()}}
    if option.decided_by is DecidedBy.GRADE:
        node = with_cut(node, None, cut_at(place.at("floor"), option, cuts(node)[None], "grade"))
    elif place.at("raise").value is not None and place.at("raise").at(subject).value is not None:
        node = _raised(place.at("raise").at(subject), option, node)
    if option.decided_by in (DecidedBy.PARTS, DecidedBy.GRADE):
        return _in_parts(place.at("parts"), node, option, subject)
    return node


def _raised(place: Place, option: Option, node: Node) -> Node:
    """A criterion with other cuts: one text where there is one cut, else text by part."""
    found = cuts(node)
    if len(found) == 1:
        [part] = found
        return with_cut(node, part, cut_at(place, option, found[part], "score"))
    if not isinstance(place.value, dict):
        raise place.refuse("wrong_type", f"{option.name} has several scores: name each part that you raise")
    for name, child in place.children():
        if name not in found:
            known = ", ".join(str(part) for part in found)
            raise child.refuse(
                "unknown_reference", f"{name!r} is no part of {option.name}; these are: {known}"
            )
        node = with_cut(node, name, cut_at(child, option, found[name], "score"))
    return node


def _in_parts(place: Place, node: Node, option: Option, subject: Subject) -> Node:
    """The same cut for each examination or course that the district lists for a subject."""
    place.object()
    items = place.at(subject).items()
    if not items:
        raise place.at(subject).refuse(
            "missing_member",
            f"list which of {option.name} counts for {subject}, or leave {subject} out of its subjects",
        )
    if len(items) > MOST_PARTS:
        raise place.at(subject).refuse("too_large", f"a district lists at most {MOST_PARTS} for a subject")
    names = [item.line() for item in items]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise items[index].refuse("duplicate_label", f"{name} is listed twice")
    [shape] = set(node) - {"label"}
    return {"any_of": [{shape: node[shape] | {"part": name}} for name in names]}
