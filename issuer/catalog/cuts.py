"""Lowest scores within a criterion: finding them, and raising them. None is ever lowered."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from issuer.catalog.criteria import Node, nodes
from issuer.catalog.menu import Option
from issuer.catalog.place import DECIMAL, Place

_CUT = ("score", "level")


def cuts(node: Node) -> dict[str | None, Mapping[str, Any]]:
    """Each score or level of a criterion by its part; None stands for one without a part."""
    return {
        found[shape].get("part"): found[shape] for found in nodes(node) for shape in _CUT if shape in found
    }


def with_cut(node: Node, part: str | None, at_least: str) -> Node:
    """The criterion with another cut for one part."""
    changed = dict(node)
    for shape in _CUT:
        if shape in node and node[shape].get("part") == part:
            changed[shape] = node[shape] | {"at_least": at_least}
    for name in ("all_of", "any_of", "of"):
        if name in node:
            changed[name] = [with_cut(child, part, at_least) for child in node[name]]
    if "from" in node:
        changed["from"] = [row | {"when": with_cut(row["when"], part, at_least)} for row in node["from"]]
    return changed


def cut_at(place: Place, option: Option, state: Mapping[str, Any], what: str) -> str:
    """The district's cut that stands at a place: at or above the state's, and within the scale.

    Args:
        place: Where it stands.
        option: Which option it is for.
        state: The state's `score` or `level`.
        what: "score" or "grade", for the sentence.

    Raises:
        issuer.catalog.CatalogueError: `cut_lowered`, `bad_value`.
    """
    if "order" in state:
        return _level_at(place, option, state, what)
    wanted = place.text(DECIMAL)
    if Decimal(wanted) < Decimal(state["at_least"]):
        raise _lowered(place, option, state, what)
    if option.highest is not None and Decimal(wanted) > option.highest:
        raise place.refuse(
            "bad_value", f"{option.name} ends at {option.highest}: nobody could reach {wanted}"
        )
    return wanted


def _level_at(place: Place, option: Option, state: Mapping[str, Any], what: str) -> str:
    wanted, order = place.text(), state["order"]
    if wanted not in order:
        raise place.refuse("bad_value", f"{wanted!r} is not one of {', '.join(order)}")
    if order.index(wanted) < order.index(state["at_least"]):
        raise _lowered(place, option, state, what)
    return wanted


def _lowered(place: Place, option: Option, state: Mapping[str, Any], what: str) -> Exception:
    part = f" in {state['part']}" if "part" in state else ""
    return place.refuse(
        "cut_lowered",
        f"the {what} {place.value} for {option.name}{part} is lower than the state's {state['at_least']}. "
        f"A district may raise it, never lower it: write {state['at_least']} or more, or leave it out.",
    )
