"""The form in which a district chooses from the state's menu, as the rule set that is loaded, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from credential.readiness import Subject
from issuer.catalog.cuts import cuts
from issuer.catalog.district_menu import MOST_PARTS
from issuer.catalog.errors import CatalogueError
from issuer.catalog.heading import RuleSetName
from issuer.catalog.menu import DecidedBy, Menu, Option, Standing
from issuer.web.forms import Form
from issuer.web.staff.refusals import line_in

LONGEST_LIST: Final = 20_000
"""Characters of a list of examinations or courses, one on each line."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One lowest score or level that a district may raise.

    Attributes:
        field: The form's field.
        subject: For which subject.
        part: The part of the test, or None where it has none.
        at_least: The state's.
        order: The levels, rising; empty for a score.
    """

    field: str
    subject: Subject
    part: str | None
    at_least: str
    order: tuple[str, ...]


def options_of(menu: Menu) -> list[Option]:
    """The options that can be offered."""
    return [one for one in menu.options.values() if one.standing is not Standing.CLOSED]


def cuts_of(option: Option) -> list[Cut]:
    """What a district may raise of an option."""
    if option.decided_by not in (DecidedBy.STATE, DecidedBy.PARTS):
        return []
    return [
        Cut(
            f"{option.code}.raise.{subject.value}.{number}",
            subject,
            part,
            str(found["at_least"]),
            tuple(found.get("order", ())),
        )
        for subject, node in option.criteria.items()
        for number, (part, found) in enumerate(cuts(node).items())
    ]


def floor_of(option: Option) -> tuple[str, ...]:
    """The grades among which a district chooses its lowest, rising; none for another option."""
    if option.decided_by is not DecidedBy.GRADE:
        return ()
    [found] = cuts(next(iter(option.criteria.values()))).values()
    return tuple(found["order"])


def has_parts(option: Option) -> bool:
    """Whether the district lists which examinations or courses count."""
    return option.decided_by in (DecidedBy.PARTS, DecidedBy.GRADE)


def typed_in(form: Form, menu: Menu) -> dict[str, Any]:
    """What somebody chose and typed, by field."""
    typed: dict[str, Any] = {
        name: line_in(form, name) for name in ("effective_from", "decided_on", "minutes", "about")
    }
    for option in options_of(menu):
        code = option.code
        typed[f"{code}.offered"] = bool(form.text(f"{code}.offered"))
        typed[f"{code}.subjects"] = form.texts(f"{code}.subjects")
        typed[f"{code}.floor"] = line_in(form, f"{code}.floor")
        for cut in cuts_of(option):
            typed[cut.field] = line_in(form, cut.field)
        for subject in option.subjects:
            typed[f"{code}.parts.{subject.value}"] = form.text(f"{code}.parts.{subject.value}")[:LONGEST_LIST]
            typed[f"{code}.says.{subject.value}"] = line_in(form, f"{code}.says.{subject.value}")
    return typed


def typed_of(chosen: Mapping[str, Any] | None, menu: Menu, day: date) -> dict[str, Any]:
    """What stands in the form for a choice that was loaded, or for none yet."""
    typed = typed_in(Form(), menu) | {"effective_from": day.isoformat(), "decided_on": day.isoformat()}
    for option in options_of(menu):
        typed[f"{option.code}.subjects"] = [one.value for one in option.subjects]
    known = {one.code: one for one in options_of(menu)}
    for offer in (chosen or {}).get("offers", ()):
        if offer["option"] not in known:
            continue
        code = offer["option"]
        option = known[code]
        typed[f"{code}.offered"] = True
        typed[f"{code}.subjects"] = offer.get("subjects") or [one.value for one in option.subjects]
        typed[f"{code}.floor"] = offer.get("floor", "")
        for cut in cuts_of(option):
            raised = offer.get("raise", {}).get(cut.subject.value, "")
            typed[cut.field] = raised.get(cut.part, "") if isinstance(raised, dict) else raised
        for subject in option.subjects:
            lines = offer.get("parts", {}).get(subject.value, ())
            typed[f"{code}.parts.{subject.value}"] = "\n".join(lines)
            typed[f"{code}.says.{subject.value}"] = offer.get("says", {}).get(subject.value, "")
    return typed


def choice(
    typed: Mapping[str, Any], menu: Menu, former: Mapping[str, Any] | None, *, version: str, about: str
) -> bytes:
    """The rule set of a choice.

    Args:
        typed: What was chosen.
        menu: The state's menu that it is chosen from.
        former: The choice before, whose further conditions (`also`) stay.
        version: The version of this one.
        about: What it says of itself where nothing was typed.
    """
    also = {offer["option"]: offer["also"] for offer in (former or {}).get("offers", ()) if "also" in offer}
    made: dict[str, Any] = {
        "ruleSet": {
            "name": RuleSetName.DISTRICT_MENU.value,
            "version": version,
            "effectiveFrom": typed["effective_from"],
            "about": typed["about"] or about,
        },
        "menu": menu.heading.version,
        "decidedOn": typed["decided_on"],
        "offers": [_offer(one, typed, also.get(one.code)) for one in offered(typed, menu)],
    }
    if typed["minutes"]:
        made["sources"] = {"minutes": {"title": "Minutes", "where": typed["minutes"]}}
    return json.dumps(made).encode()


def offered(typed: Mapping[str, Any], menu: Menu) -> list[Option]:
    """The options that were chosen, in the order of the menu."""
    return [one for one in options_of(menu) if typed[f"{one.code}.offered"]]


def _offer(option: Option, typed: Mapping[str, Any], also: Mapping[str, Any] | None) -> dict[str, Any]:
    code, subjects = option.code, typed[f"{option.code}.subjects"]
    made: dict[str, Any] = {"option": code, "subjects": subjects}
    raised: dict[str, Any] = {}
    for subject in option.subjects:
        own = [cut for cut in cuts_of(option) if cut.subject is subject]
        filled = {cut.part: typed[cut.field] for cut in own if typed[cut.field]}
        if filled and subject.value in subjects:
            raised[subject.value] = next(iter(filled.values())) if len(own) == 1 else filled
    if raised:
        made["raise"] = raised
    if has_parts(option):
        made["parts"] = {
            subject: _lines(typed[f"{code}.parts.{subject}"])
            for subject in subjects
            if subject in set(Subject)
        }
    if option.decided_by is DecidedBy.GRADE:
        made["floor"] = typed[f"{code}.floor"]
    if option.decided_by is DecidedBy.ATTESTED:
        says = {one.value: typed[f"{code}.says.{one.value}"] for one in option.subjects}
        filled_says = {name: text for name, text in says.items() if text and name in subjects}
        if filled_says:
            made["says"] = filled_says
    if also:
        made["also"] = {name: node for name, node in also.items() if name in subjects}
    return made


def _lines(text: str) -> list[str]:
    """One examination or course on each line; one more than fits, so that too many are seen to be."""
    found = [" ".join(one.split()) for one in text.splitlines()]
    return [one for one in found if one][: MOST_PARTS + 1]


def field_of(refused: CatalogueError, typed: Mapping[str, Any], menu: Menu) -> str:
    """The field of the form that stands for a place in the rule set."""
    steps = [one.replace("~1", "/").replace("~0", "~") for one in refused.pointer.split("/")[1:]]
    match steps:
        case ["ruleSet", "effectiveFrom", *_]:
            return "effective_from"
        case ["ruleSet", "about", *_]:
            return "about"
        case ["decidedOn", *_]:
            return "decided_on"
        case ["sources", *_]:
            return "minutes"
        case ["offers", number, *rest]:
            return _field_of_offer(offered(typed, menu)[int(number)], rest)
    return ""


def _field_of_offer(option: Option, steps: list[str]) -> str:
    match steps:
        case ["raise", subject, *part]:
            own = [cut for cut in cuts_of(option) if cut.subject.value == subject]
            named = [cut.field for cut in own if not part or cut.part == part[0]]
            return (named or [f"{option.code}.offered"])[0]
        case ["parts" | "says" as what, subject, *_] if subject in set(option.subjects):
            return f"{option.code}.{what}.{subject}"
        case ["floor", *_]:
            return f"{option.code}.floor"
        case ["subjects", *_]:
            return f"{option.code}.subjects"
    return f"{option.code}.offered"
