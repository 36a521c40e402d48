"""Rules that states and districts really have, and inputs for them. Nobody in them exists."""

from __future__ import annotations

from datetime import date
from typing import Any

from credential.rule import AttestedInput, CertificationInput, Facts, Input, ScoreInput
from tests.rules import DECISION, EARNED, digest


def has(*inputs: Input, **options: Any) -> Facts:
    return Facts(inputs, **options)


def cert(code: str, earned: date = EARNED, **options: Any) -> CertificationInput:
    return CertificationInput(code, earned, digest(code), **({"decision": DECISION} | options))


def score(assessment: str, value: str, part: str = "", on: date = EARNED) -> ScoreInput:
    return ScoreInput(assessment, value, on, part)


def word(what: str, on: date = EARNED) -> AttestedInput:
    return AttestedInput(what, on)


def asks_score(assessment: str, at_least: str, part: str = "") -> dict[str, Any]:
    asked = {"assessment": assessment, "at_least": at_least}
    return {"score": asked | ({"part": part} if part else {})}


def asks(code: str) -> dict[str, Any]:
    return {"certification": {"code": code}}


def attests(what: str) -> dict[str, Any]:
    return {"attested": {"what": what, "says": f"{what}, by the district"}}


STEM: dict[str, Any] = {
    "label": "STEM diploma endorsement",
    "all_of": [
        attests("graduation requirements at a high level"),
        attests("four more STEM courses in a coherent sequence"),
        asks_score("GPA", "3.5", "those courses"),
        {
            "any_of": [
                asks_score("ACT", "28", "Math"),
                asks_score("SAT", "600", "Math"),
                asks_score("IB", "5", "Math"),
                asks_score("AP", "4", "Math"),
                asks_score("ACCUPLACER", "100"),
            ]
        },
        attests("STEM capstone"),
    ],
}
"""C.R.S. 22-7-1009.3."""

TECHNICAL_HONORS: dict[str, Any] = {
    "all_of": [
        asks_score("CTE credits", "8"),
        {
            "at_least": 2,
            "of": [
                asks_score("WORKKEYS", "5", "lowest of three"),
                attests("dual credit hours"),
                attests("work experience"),
                asks("IND-CERT"),
                asks_score("SAT", "530", "Math"),
            ],
        },
    ]
}
"""Indiana's: eight credits, and two of five."""

WOODWORK: dict[str, Any] = {
    "points": "90",
    "from": [
        {"points": "45", "when": asks("WCA-SAWBLADE")},
        {"points": "30", "when": asks("WCA-TOOL-A")},
        {"points": "30", "when": asks("WCA-TOOL-B")},
        {"points": "15", "when": asks("WCA-TOOL-C")},
    ],
}
"""A stackable pathway: what was earned for the first step still counts toward the second."""
