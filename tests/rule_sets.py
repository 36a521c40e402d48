"""Rule sets for tests: packaged files with one thing changed, a district's choice, a rule judged plainly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from issuer.catalog import CatalogueError
from issuer.catalog.errors import CODES


def packaged(name: str) -> dict[str, Any]:
    """A rule set that comes with Cairn, to be changed."""
    found: dict[str, Any] = json.loads(
        (resources.files("issuer.catalog") / "data" / f"{name}.json").read_bytes()
    )
    return found


def fault(
    load: Callable[[bytes], object], base: dict[str, Any], change: Callable[[dict[str, Any]], object]
) -> CatalogueError:
    """The error of a file in which one thing was changed; the file without the change is taken."""
    load(json.dumps(base).encode())
    made = copy.deepcopy(base)
    change(made)
    with pytest.raises(CatalogueError) as caught:
        load(json.dumps(made).encode())
    assert caught.value.code in CODES
    assert caught.value.file in str(caught.value)
    return caught.value


def choice(*offers: dict[str, Any], version: str = "EXVL-2026-08-01", **members: Any) -> dict[str, Any]:
    """A district's choice from the menu that comes with Cairn."""
    return {
        "ruleSet": {
            "name": "district-menu",
            "version": version,
            "effectiveFrom": "2026-08-01",
            "about": "What an example district offers.",
        },
        "menu": "state-menu-2021+",
        "decidedOn": "2026-05-12",
        "offers": list(offers) or [{"option": "SAT"}],
    } | members


def everything() -> list[dict[str, Any]]:
    """An offer of every option that can be offered, at the state's scores."""
    parts = {"ENG": ["English Language and Composition"], "MTH": ["Calculus AB", "Statistics"]}
    courses = {"ENG": ["ENG 1021"], "MTH": ["MAT 1340"]}
    return [
        {"option": "ACCUPLACER_CLASSIC"},
        {"option": "ACCUPLACER_NG"},
        {"option": "ACT"},
        {"option": "WORKKEYS"},
        {"option": "AP", "parts": parts},
        {"option": "ASVAB"},
        {"option": "CONCURRENT", "parts": courses, "floor": "D"},
        {"option": "CAPSTONE"},
        {"option": "INDUSTRY_CERT"},
        {"option": "IB", "parts": parts},
        {"option": "SAT"},
        {"option": "PERF_ASSESS"},
    ]


@dataclass
class Facts:
    """What somebody has: scores and levels by assessment and part, certifications, the district's word."""

    scores: dict[tuple[str, str | None], Decimal] = field(default_factory=dict)
    levels: dict[tuple[str, str | None], str] = field(default_factory=dict)
    certifications: set[str] = field(default_factory=set)
    attested: set[str] = field(default_factory=set)


def meets(node: dict[str, Any], facts: Facts) -> bool:
    """Whether somebody meets a criterion. No input counts twice here, because no test gives one twice."""
    if "all_of" in node:
        return all(meets(child, facts) for child in node["all_of"])
    if "any_of" in node:
        return any(meets(child, facts) for child in node["any_of"])
    if "of" in node:
        return sum(meets(child, facts) for child in node["of"]) >= int(node["at_least"])
    if "points" in node:
        reached = [Decimal(row["points"]) for row in node["from"] if meets(row["when"], facts)]
        return sum(reached) >= Decimal(node["points"])
    if "score" in node:
        score = node["score"]
        found = facts.scores.get((score["assessment"], score.get("part")))
        return found is not None and found >= Decimal(score["at_least"])
    if "level" in node:
        level = node["level"]
        had = facts.levels.get((level["assessment"], level.get("part")))
        order = level["order"]
        return had in order and order.index(had) >= order.index(level["at_least"])
    if "certification" in node:
        return node["certification"]["code"] in facts.certifications
    return node["attested"]["what"] in facts.attested


DAY = date(2026, 9, 1)
"""A day on which the example district's choice applies."""
