"""Which assessments and attestations the rules of a day know: under another name a score shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from issuer.catalog.criteria import Node, nodes
from issuer.errors import IssuerError
from issuer.rule_sets import district_menu_on, endorsements_on, menu_on
from issuer.store.measures import ATTESTED
from issuer.store.session import Session

MOST_NAMED: Final = 12
"""Names that a sentence lists."""


@dataclass(frozen=True, slots=True)
class KnownMeasures:
    """What the rules of a day ask for.

    Args:
        parts: For each assessment the parts that are asked for; "" among them where it is asked for whole.
        attested: What may be attested.
    """

    parts: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    attested: frozenset[str] = frozenset()

    def doubt(self, kind: str, assessment: str, part: str) -> str:
        """Why something would show nothing, and what to do, in a sentence; "" where it is known.

        Args:
            kind: `score` or `attested`.
            assessment: The assessment, or what is attested.
            part: The part, or "".
        """
        if not self.parts and not self.attested:  # without any menu nothing can be said
            return ""
        if kind == ATTESTED:
            if assessment in self.attested:
                return ""
            return f"no rule of today asks whether {assessment!r} is attested. {_known(self.attested)}"
        parts = self.parts.get(assessment)
        if parts is None:
            return f"the menu of today knows no assessment {assessment!r}. {_known(self.parts)}"
        named = parts - {""}
        if part in parts or not named:
            return ""
        if not part:
            return f"the menu of today asks for a part of {assessment}. {_known(named)}"
        return f"the menu of today knows no part {part!r} of {assessment}. {_known(named)}"


def known_measures(session: Session, district_id: str, day: date) -> KnownMeasures:
    """What the state's menu, the district's choice and the diploma endorsements of a day ask for."""
    parts: dict[str, set[str]] = {}
    attested: set[str] = set()
    for criterion in _criteria(session, district_id, day):
        for node in nodes(criterion):
            asked = node.get("score") or node.get("level")
            if asked:
                parts.setdefault(asked["assessment"], set()).add(asked.get("part") or "")
            elif "attested" in node:
                attested.add(node["attested"]["what"])
    return KnownMeasures(
        MappingProxyType({name: frozenset(found) for name, found in parts.items()}), frozenset(attested)
    )


def _criteria(session: Session, district_id: str, day: date) -> Iterable[Node]:
    """Every criterion of the day; a rule set that the district does not have asks for nothing."""
    for read in (_of_menu, _of_choice, _of_endorsements):
        try:
            yield from read(session, district_id, day)
        except IssuerError as refused:
            if refused.code != "no_rule_set":
                raise


def _of_menu(session: Session, district_id: str, day: date) -> list[Node]:
    options = menu_on(session, district_id, day).options.values()
    return [node for option in options for node in option.criteria.values()]


def _of_choice(session: Session, district_id: str, day: date) -> list[Node]:
    offers = district_menu_on(session, district_id, day).offers.values()
    return [node for one in offers for node in (*one.criteria.values(), *one.conditions.values())]


def _of_endorsements(session: Session, district_id: str, day: date) -> list[Node]:
    found = endorsements_on(session, district_id, day).endorsements.values()
    return [one.rule for one in found if one.rule is not None]


def _known(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return f"It knows: {', '.join(listed[:MOST_NAMED])}{more}" if listed else "It knows none"
