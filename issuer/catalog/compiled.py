"""The rule of one district on one day, from the state's menu, the district's choice and its decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from credential.readiness import Subject
from issuer.catalog.criteria import MOST_NODES, Node, nodes
from issuer.catalog.district_menu import DistrictMenu, Offer
from issuer.catalog.menu import DecidedBy, Menu
from issuer.errors import IssuerError

if TYPE_CHECKING:
    # For its shape alone: the package of decisions stands above this one and imports it.
    from issuer.decisions.decision import Decision


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What counted in a district on a day.

    Args:
        version: The state menu's version and the district's, joined by `/`.
        subjects: For each subject that anything counts for, a node of the rule language: `any_of` the offered
            options in the menu's order, each with its name as `label`.
    """

    version: str
    subjects: Mapping[Subject, Node]


def compiled(
    menu: Menu,
    choice: DistrictMenu,
    decisions: Sequence[Decision],
    day: date,
    *,
    codes: Collection[str] | None = None,
) -> RuleSet:
    """The rule set of a day.

    Args:
        menu: The state's menu.
        choice: What the district offers of it.
        decisions: The district's decisions; those not active on the day do not count.
        day: The day that is judged.
        codes: Only certifications of these codes, such as those that a student holds; None for all.

    Raises:
        IssuerError: `no_rule_set` when the choice is from another menu or does not apply on the day yet;
            `rule_too_large` when more certifications count than one rule can hold: name `codes`.
    """
    if choice.menu_version != menu.heading.version:
        raise IssuerError(
            "no_rule_set",
            f"the district chose from the menu {choice.menu_version}, not from {menu.heading.version}: "
            "choose again from this one with `cairn catalog menu --choose`",
        )
    if day < choice.heading.effective_from:
        raise IssuerError(
            "no_rule_set",
            f"the district's menu {choice.heading.version} applies from {choice.heading.effective_from}, "
            f"and {day} is before that",
        )
    subjects = {}
    for subject in Subject:
        found = [
            node
            for offer in choice.offers.values()
            if subject in offer.subjects
            and (node := _node(offer, subject, decisions, day, codes)) is not None
        ]
        if found:
            subjects[subject] = {"any_of": found}
    if sum(1 for node in subjects.values() for _ in nodes(node)) > MOST_NODES:
        raise IssuerError(
            "rule_too_large",
            f"a rule holds at most {MOST_NODES} criteria: put it together for the certifications that "
            "one student holds",
        )
    return RuleSet(f"{menu.heading.version}/{choice.heading.version}", MappingProxyType(subjects))


def _node(
    offer: Offer,
    subject: Subject,
    decisions: Sequence[Decision],
    day: date,
    codes: Collection[str] | None,
) -> Node | None:
    """What one offer asks for in a subject; None where no decision makes any certification count."""
    if offer.option.decided_by is DecidedBy.DECISIONS:
        counting = {
            one.credential_code
            for one in decisions
            if subject in one.subjects
            and one.is_active_on(day)
            and (codes is None or one.credential_code in codes)
        }
        if not counting:
            return None
        node: Node = {"any_of": [{"certification": {"code": code}} for code in sorted(counting)]}
    else:
        node = dict(offer.criteria[subject])
    if subject in offer.conditions:
        node = {"all_of": [node, offer.conditions[subject]]}
    return node | {"label": offer.option.name}
