"""Certifications > Menu: the state's ways to show readiness, and which of them the district offers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.readiness import Subject
from issuer.access.roles import Permission
from issuer.catalog.errors import CatalogueError
from issuer.catalog.heading import RuleSetName
from issuer.catalog.menu import DecidedBy, Menu, Option, Standing
from issuer.catalog.wording import in_words
from issuer.errors import IssuerError
from issuer.rule_sets import district_menu_on, in_force, load_rule_set, menu_on, version
from issuer.store.session import Session
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff import menu_form
from issuer.web.staff.certifications import Reading
from issuer.web.staff.page import WORDS, Page, go, page
from issuer.web.staff.refusals import REFUSALS, FieldRefused, faults_in, needed_day, today

router = APIRouter()

Choosing = Annotated[Visit, Depends(signed_in(Permission.EDIT_CATALOG))]
MOST_A_DAY: Final = 50
"""Choices that may apply from one day on."""
_LONGEST_ABOUT: Final = 300


@router.get("/certifications/menu")
def show(request: Request, visit: Reading) -> Response:
    """The state's menu that applies today, what the district offers of it, and the form to choose anew."""
    with visit.store.reading() as session:
        menu = menu_on(session, visit.district.id, today(visit))
        chosen = _chosen(session, visit.district.id, today(visit))
    return _page(request, visit, menu, chosen, menu_form.typed_of(chosen, menu, today(visit)))


@router.post("/certifications/menu")
def choose(request: Request, visit: Choosing, form: Posted) -> Response:
    """Take a choice, if no score is below the state's."""
    with visit.store.reading() as session:
        menu = menu_on(session, visit.district.id, today(visit))
        chosen = _chosen(session, visit.district.id, today(visit))
    typed = menu_form.typed_in(form, menu)
    try:
        first = needed_day(form, "effective_from")
        needed_day(form, "decided_on")
        if not typed["minutes"]:
            raise FieldRefused("minutes", "give the https address of the minutes in which the board decided")
        with visit.store.reading() as session:
            menu = _menu_from(session, visit.district.id, first)
            typed = menu_form.typed_in(form, menu)
            named = _free_version(session, visit, first)
        data = menu_form.choice(
            typed, menu, chosen, version=named, about=WORDS["district-menu.about"].format(day=first)
        )
        load_rule_set(
            visit.store,
            visit.district.id,
            data,
            file=named,
            now=visit.now,
            actor=visit.person.actor,
        )
    except REFUSALS as refused:
        field = menu_form.field_of(refused, typed, menu) if isinstance(refused, CatalogueError) else ""
        return _page(request, visit, menu, chosen, typed, faults=faults_in(refused, field=field))
    return go("/certifications/menu", "menu-chosen")


def _menu_from(session: Session, district_id: str, first: date) -> Menu:
    """The state's menu that applies on the first day of a choice.

    Raises:
        FieldRefused: None does.
    """
    try:
        return menu_on(session, district_id, first)
    except IssuerError as refused:
        if refused.code != "no_rule_set":
            raise
        raise FieldRefused(
            "effective_from", "no state menu is known for that day: choose a later one"
        ) from refused


def _chosen(session: Session, district_id: str, on: date) -> Mapping[str, Any] | None:
    """The district's choice on a day as it was loaded; None where it has not chosen yet."""
    try:
        found = in_force(session, district_id, RuleSetName.DISTRICT_MENU, on)
    except IssuerError as refused:
        if refused.code != "no_rule_set":
            raise
        return None
    made: Mapping[str, Any] = json.loads(found.body)
    return made


def _free_version(session: Session, visit: Visit, first: date) -> str:
    """A version that nothing was loaded under yet.

    Raises:
        FieldRefused: Too many choices apply from that day on.
    """
    named = f"{visit.district.tag}-{first.isoformat()}"
    for number in range(1, MOST_A_DAY + 1):
        wanted = named if number == 1 else f"{named}.{number}"
        try:
            version(session, visit.district.id, RuleSetName.DISTRICT_MENU, wanted)
        except IssuerError as refused:
            if refused.code != "not_found":
                raise
            return wanted
    raise FieldRefused("effective_from", f"{MOST_A_DAY} choices apply from that day on: choose another day")


def _page(
    request: Request,
    visit: Visit,
    menu: Menu,
    chosen: Mapping[str, Any] | None,
    typed: Mapping[str, Any],
    *,
    faults: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    with visit.store.reading() as session:
        offers = _offered(session, visit.district.id, today(visit)) if chosen else {}
    values = {
        "menu": menu,
        "chosen": chosen,
        "offers": offers,
        "chosen_from": date.fromisoformat(chosen["ruleSet"]["effectiveFrom"]) if chosen else None,
        "options": [(one, _asks(one)) for one in menu.options.values()],
        "to_choose": menu_form.options_of(menu),
        "cuts_of": menu_form.cuts_of,
        "floor_of": menu_form.floor_of,
        "has_parts": menu_form.has_parts,
        "is_attested": lambda one: one.decided_by is DecidedBy.ATTESTED,
        "is_closed": lambda one: one.standing is Standing.CLOSED,
        "subjects": {one.value: WORDS[f"subject.{one.value}"] for one in Subject},
        "same": lambda words: {one: one for one in words},
        "typed": typed,
        "longest_about": _LONGEST_ABOUT,
    }
    return page(
        request,
        visit,
        Page(WORDS["district-menu.title"], "district_menu.html", values, 422 if faults else 200, faults),
    )


def _offered(session: Session, district_id: str, on: date) -> dict[str, list[str]]:
    """What the district asks for where it asks for more than the state, or for other words, by option."""
    found: dict[str, list[str]] = {}
    for code, offer in district_menu_on(session, district_id, on).offers.items():
        state = _asks(offer.option)
        own = {subject.value: in_words(node, within=code) for subject, node in offer.criteria.items()}
        said = {subject: asks for subject, asks in own.items() if asks != state[subject]}
        for subject, node in offer.conditions.items():
            said[subject.value] = f"{said.get(subject.value) or state[subject.value]}; and {in_words(node)}"
        found[code] = [
            WORDS["district-menu.own"].format(subject=WORDS[f"subject.{subject}"], asks=asks)
            for subject, asks in said.items()
        ]
        if len(offer.subjects) < len(offer.option.subjects):
            names = ", ".join(WORDS[f"subject.{one.value}"] for one in offer.subjects)
            found[code].append(WORDS["district-menu.only"].format(subjects=names))
    return found


def _asks(option: Option) -> dict[str, str]:
    """What the state asks for, by subject."""
    if option.decided_by is DecidedBy.DECISIONS:
        return {one.value: WORDS["district-menu.by-decision"] for one in option.subjects}
    return {subject.value: in_words(node, within=option.code) for subject, node in option.criteria.items()}
