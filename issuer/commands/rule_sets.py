"""`cairn catalog load`, `rules` and `menu`: the rules that a district goes by."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from credential.readiness import Subject
from issuer.catalog.ctdl import collection
from issuer.catalog.district_menu import DistrictMenu, Offer
from issuer.catalog.heading import Heading, RuleSetName, name_at
from issuer.catalog.load import place_of
from issuer.catalog.menu import DecidedBy, Menu, Option, Standing
from issuer.catalog.wording import in_words
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.rule_sets import LARGEST, district_menu_on, load_rule_set, loaded, menu_on

SUBJECTS = {Subject.ENGLISH: "English", Subject.MATH: "Math"}


def load(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The rule set's JSON file; its `ruleSet` says which it is.")],
) -> None:
    """Load a version of a rule set. It applies from its own first day; what was judged before stays."""
    desk: Desk = ctx.obj
    _said(desk, _load(desk, file))


def rules(ctx: typer.Context) -> None:
    """List the rule sets: those that come with Cairn, and the versions that the district has loaded."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = loaded(session, desk.district().id)
    rows = [
        _heading(one.heading) | {"loaded_at": None if one.loaded_at is None else one.loaded_at.isoformat()}
        for one in found
    ]
    lines = [
        f"{row['name']:<14} {row['version']:<28} from {row['effective_from']}  "
        f"{'loaded ' + row['loaded_at'][:10] if row['loaded_at'] else 'comes with Cairn'}"
        for row in rows
    ]
    desk.data(rows, "\n".join(lines))


def menu(
    ctx: typer.Context,
    *,
    choose: Annotated[Path | None, typer.Option(help="Take a choice from this file.")] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a choice that can be taken as it is, to be edited.")
    ] = False,
    state: Annotated[bool, typer.Option("--state", help="Show the state's menu instead.")] = False,
    ctdl: Annotated[bool, typer.Option("--ctdl", help="Print a ceterms:Collection for registries.")] = False,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day that is asked about; else today.")
    ] = None,
) -> None:
    """Show what the district offers to show readiness with, or choose it from the state's menu."""
    desk: Desk = ctx.obj
    if sum((choose is not None, template, state, ctdl)) > 1:
        raise IssuerError("bad_setting", "name one of --choose, --template, --state and --ctdl")
    day = on.date() if on else desk.now().date()
    if choose is not None:
        _choose(desk, choose)
        return
    district = desk.district()
    with desk.store().reading() as session:
        if state or template:
            states = menu_on(session, district.id, day)
            if template:
                typer.echo(json.dumps(_template(states, district.tag, day), ensure_ascii=False, indent=1))
                if lists := _to_list(states):
                    desk.say(
                        "Left out, because the district says itself which examinations or courses count. To "
                        "offer one, add it to the offers with your own names in it:\n"
                        + "\n".join(_listing(one) for one in lists)
                    )
            else:
                _show_state(desk, states)
            return
        choice = district_menu_on(session, district.id, day)
    if ctdl:
        made = collection(choice, (), district=district.name, url=str(district.profile.get("url", "")))
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    _show(desk, choice)


def _load(desk: Desk, file: Path) -> Heading:
    return load_rule_set(
        desk.store(),
        desk.district().id,
        _bytes(file),
        file=file.name,
        now=desk.now(),
        actor=desk.actor,
    )


def _choose(desk: Desk, file: Path) -> None:
    named = name_at(place_of(_bytes(file), file.name))
    if named is not RuleSetName.DISTRICT_MENU:
        raise IssuerError("bad_setting", f"{file.name} is the rule set {named.value}: load it with `load`")
    _said(desk, _load(desk, file))


def _bytes(file: Path) -> bytes:
    """What is in a file, up to one byte more than a rule set may have."""
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _said(desk: Desk, heading: Heading) -> None:
    desk.data(
        _heading(heading), f"{heading.name.value} {heading.version} applies from {heading.effective_from}"
    )


def _heading(heading: Heading) -> dict[str, Any]:
    return {
        "name": heading.name.value,
        "version": heading.version,
        "effective_from": heading.effective_from.isoformat(),
        "about": heading.about,
        "unverified": list(heading.unverified),
    }


def _show(desk: Desk, choice: DistrictMenu) -> None:
    rows = [
        {
            "code": offer.option.code,
            "name": offer.option.name,
            "subjects": {subject.value: _words(offer, subject) for subject in offer.subjects},
            "criteria": {subject.value: node for subject, node in offer.criteria.items()},
            "conditions": {subject.value: node for subject, node in offer.conditions.items()},
        }
        for offer in choice.offers.values()
    ]
    lines = []
    for offer in choice.offers.values():
        lines.append(offer.option.name)
        lines += [f"  {SUBJECTS[subject]:<8} {_words(offer, subject)}" for subject in offer.subjects]
    desk.data(_heading(choice.heading) | {"menu": choice.menu_version, "options": rows}, "\n".join(lines))
    desk.say(
        f"{len(rows)} options; {choice.heading.version} from {choice.heading.effective_from}, "
        f"chosen from {choice.menu_version}"
    )


def _words(offer: Offer, subject: Subject) -> str:
    """What an offer asks for in a subject."""
    if offer.option.decided_by is DecidedBy.DECISIONS:
        asked = "as the district decides for each certification"
    else:
        asked = in_words(offer.criteria[subject], within=offer.option.code)
    if subject in offer.conditions:
        asked = f"{asked}; and {in_words(offer.conditions[subject])}"
    return asked


def _show_state(desk: Desk, states: Menu) -> None:
    rows = [
        {
            "code": option.code,
            "name": option.name,
            "standing": option.standing.value,
            "decided_by": option.decided_by.value,
            "criteria": {subject.value: node for subject, node in option.criteria.items()},
            "note": option.standing_note or option.note,
        }
        for option in states.options.values()
    ]
    lines = []
    for option in states.options.values():
        ended = "" if option.standing is Standing.OPEN else f" ({option.standing.value})"
        lines.append(f"{option.code:<20} {option.name}{ended}")
        lines += [
            f"  {SUBJECTS[subject]:<8} {in_words(node, within=option.code)}"
            for subject, node in option.criteria.items()
        ]
        lines += [f"  {said}" for said in (option.standing_note, option.note) if said]
    desk.data(_heading(states.heading) | {"options": rows}, "\n".join(lines))
    desk.say(f"{len(rows)} options; {states.heading.version} from {states.heading.effective_from}")


def _template(states: Menu, tag: str, day: date) -> dict[str, Any]:
    """A choice of everything that is open and that can be taken as it is printed; see `_to_list`."""
    listed = {one.code for one in _to_list(states)}
    offers = [
        {"option": one.code}
        for one in states.options.values()
        if one.standing is Standing.OPEN and one.code not in listed
    ]
    return {
        "ruleSet": {
            "name": RuleSetName.DISTRICT_MENU.value,
            "version": f"{tag}-{day}",
            "effectiveFrom": day.isoformat(),
            "about": "What the district offers of the state's menu. Say here what changed.",
        },
        "menu": states.heading.version,
        "decidedOn": day.isoformat(),
        "offers": offers,
    }


def _to_list(states: Menu) -> list[Option]:
    """The open options for which only the district knows which examinations or courses count."""
    return [
        one
        for one in states.options.values()
        if one.standing is Standing.OPEN and one.decided_by in (DecidedBy.PARTS, DecidedBy.GRADE)
    ]


def _listing(option: Option) -> str:
    """The offer of an option whose parts the district lists, as it is to be filled in."""
    offer: dict[str, Any] = {
        "option": option.code,
        "parts": {subject.value: [f"NAME OF ONE FOR {subject.value}"] for subject in option.subjects},
    }
    if option.decided_by is DecidedBy.GRADE:
        offer["floor"] = next(iter(option.criteria.values()))["level"]["at_least"]
    return f"  {option.name}: {json.dumps(offer, ensure_ascii=False)}"
