"""What the district of the demonstration decides: its menu, its committee, and one certification."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from contexts.document import compose
from credential.proof.data_integrity import add_proof
from tests.demo.district import YEARS_AGO, Place, refusal
from tests.demo.servers import run
from tests.world import did_key_signer

ENDORSER: Final = did_key_signer("an employer of the demonstration's district")
"""The employer's own key, which the district never has."""

MINUTES: Final = "https://sagebrush.example/minutes"
COLLEGE: Final = "ACC-NURSE-AIDE"

MEMBERS: Final = (
    ("cte", "Jordan Pike", ""),
    ("administrator", "Dana Whitfield", ""),
    ("faculty", "Morgan Reyes", ""),
    ("industry", "Alex Doyle", "Cottonwood Care Home"),
)


@dataclass(frozen=True, slots=True)
class Trade:
    """What a certification is for, each part with a code and a name.

    Args:
        code: The catalogue's code of the certification.
        body: Who gives it.
        occupation: O*NET-SOC 2019.
        course: Of the district.
        standard: Of the state's CTE program.
        college: A course of a college that builds on it.
    """

    code: str
    body: str
    occupation: tuple[str, str]
    course: tuple[str, str]
    standard: tuple[str, str]
    college: tuple[str, str]


NURSE_AIDE: Final = Trade(
    "CO-CNA",
    "Colorado State Board of Nursing",
    ("31-1131.00", "Nursing Assistants"),
    ("HS-210", "Health science 2 and its clinical hours"),
    ("HSE.01.02", "Chart and report in a place of care"),
    ("NUA-101", "Nurse aide skills"),
)
KITCHEN: Final = Trade(
    "SERVSAFE-MGR",
    "National Restaurant Association",
    ("35-1012.00", "First-Line Supervisors of Food Preparation and Serving Workers"),
    ("CUL-220", "Culinary arts 2 and the school's kitchen"),
    ("CUL.02.01", "Write and keep a plan for safe food"),
    ("HOS-110", "Safety and sanitation"),
)


def command(place: Place, *words: str) -> Any:
    """One `cairn` command, and what it printed as JSON."""
    return json.loads(run(["cairn", "--json", *words], place.issuer_settings))


def gather_committee(place: Place, today: date) -> None:
    """Write the members down; the employer is known by the DID that they sign with."""
    for kind, name, organization in MEMBERS:
        words = ["--kind", kind, "--name", name, "--since", str(today - YEARS_AGO - timedelta(days=30))]
        if organization:
            words += ["--organization", organization, "--did", ENDORSER.controller]
        command(place, "decisions", "member", "add", *words)


def menu_file(place: Place) -> dict[str, Any]:
    """The template of a choice, with the offers besides whose lists only the district knows."""
    made: dict[str, Any] = json.loads(run(["cairn", "catalog", "menu", "--template"], place.issuer_settings))
    parts = {"ENG": ["English 101"], "MTH": ["College Algebra"]}
    made["offers"] += [{"option": code, "parts": parts} for code in ("AP", "IB")]
    made["offers"].append({"option": "CONCURRENT", "parts": parts, "floor": "D"})
    return made


def choose_menu(place: Place, menu: dict[str, Any]) -> tuple[str, str]:
    """Try a score below the state's, then take one above it; what came of each."""
    sat = next(offer for offer in menu["offers"] if offer["option"] == "SAT")
    sat["raise"] = {"MTH": "490"}
    lowered = refusal(place, "catalog", "menu", "--choose", _file(place, "menu-lowered.json", menu))
    sat["raise"] = {"MTH": "530"}
    command(place, "catalog", "menu", "--choose", _file(place, "menu.json", menu))
    options = command(place, "catalog", "menu")["options"]
    (raised,) = (one["subjects"]["MTH"] for one in options if one["code"] == "SAT")
    return lowered, raised


def propose_college_certificate(place: Place, today: date) -> str:
    """A college's certificate is in the catalogue as what it is; propose it, and see what comes of it."""
    command(place, "catalog", "add", _file(place, "college-certificate.json", _college()))
    made = proposal(today) | {"code": COLLEGE}
    return refusal(place, "decisions", "propose", _file(place, "college-proposal.json", made))


def decide_for_english(place: Place, today: date) -> tuple[str, dict[str, Any]]:
    """Propose the nurse aide's licence, endorse it, approve it, and decide for English alone.

    Args:
        place: The district.
        today: The day of the story.

    Returns:
        What came of a vote before the quorum, and the decision.
    """
    file = _file(place, "proposal.json", proposal(today))
    ref = command(place, "decisions", "propose", file)["proposal"]
    sheet = run(["cairn", "decisions", "ask", "CO-CNA", "--member", "industry-1"], place.issuer_settings)
    signed = place.folder / "endorsement.json"
    signed.write_bytes(add_proof(compose(json.loads(sheet)), ENDORSER, created=datetime.now(UTC)).raw)
    command(place, "decisions", "endorse", "CO-CNA", str(signed), "--member", "industry-1")
    for member in ("administrator-1", "faculty-1"):
        command(place, "decisions", "approve", ref, "--member", member, "--document", MINUTES)
    vote = ["decisions", "decide", ref, "--go", "--english", "--minutes", MINUTES]
    early = refusal(place, *vote)
    command(place, "decisions", "approve", ref, "--member", "industry-1", "--document", MINUTES)
    return early, command(place, *vote)


def proposal(today: date, trade: Trade = NURSE_AIDE) -> dict[str, Any]:
    """A complete proposal: five alignments, demand with its year, and the day of the next look."""
    review = (today + timedelta(days=365)).isoformat()
    row: dict[str, Any] = {
        "framework": "O*NET-SOC 2019",
        "code": trade.occupation[0],
        "name": trade.occupation[1],
        "url": f"https://www.onetonline.org/link/summary/{trade.occupation[0]}",
        "target_type": "ext:ONET",
        "strength": "full",
        "author": "cte-1",
        "date": today.isoformat(),
        "next_review": review,
    }
    english = row | {
        "framework": "Colorado Academic Standards 2020",
        "code": "RWC.HS.3.1",
        "name": "Write for a purpose",
        "url": "https://standards.sagebrush.example/RWC.HS.3.1",
        "target_type": "CFItem",
        "subject": "ENG",
    }
    course = english | {
        "framework": "Course of the district",
        "code": trade.course[0],
        "name": trade.course[1],
        "url": f"https://sagebrush.example/courses/{trade.course[0]}",
    }
    program = english | {
        "framework": "CTE standards of Colorado",
        "code": trade.standard[0],
        "name": trade.standard[1],
        "url": f"https://standards.sagebrush.example/{trade.standard[0]}",
        "target_type": "ceasn:Competency",
    }
    college = english | {
        "framework": "Course of a college",
        "code": trade.college[0],
        "name": trade.college[1],
        "url": f"https://college.example/{trade.college[0]}",
        "strength": "partial",
        "note": "the college gives credit for it",
    }
    demand = {"source": "State labor office", "year": today.year, "occupation": trade.occupation[0]}
    return {
        "code": trade.code,
        "origin": "program",
        "author": "cte-1",
        "date": today.isoformat(),
        "subjects": ["ENG", "MTH"],
        "next_review": review,
        "recognition": {"body": trade.body},
        "sections": {
            "course_content": {"alignments": [course]},
            "standards": {"alignments": [english, english | {"subject": "MTH", "strength": "partial"}]},
            "cte_program": {"alignments": [program]},
            "industry_need": {"alignments": [row], "demand": [demand | {"openings": 640}]},
            "postsecondary": {"alignments": [college]},
        },
    }


def _college() -> dict[str, Any]:
    body = {
        "id": "urn:uuid:2c0fd5a8-43a5-4f55-8f0a-5d0e5b7a9c11",
        "name": "Cottonwood Community College",
        "unverified": [],
    }
    entry = {
        "code": COLLEGE,
        "name": "Nurse Aide Certificate",
        "mark": "AIDE",
        "body": "cottonwood-college",
        "kind": "COLLEGE_CERTIFICATE",
        "cluster": "HCP",
        "occupations": ["31-1131.00"],
        "validity": {"shape": "none"},
        "description": "A program of one term at the college.",
        "criteria": "Completed the courses of the program.",
        "labels": [{"text": "College nurse aide certificate"}],
        "sources": ["general"],
        "unverified": [],
    }
    return {"entries": [entry], "bodies": {"cottonwood-college": body}}


def _file(place: Place, name: str, value: Any) -> str:
    folder = place.folder / "decided"
    folder.mkdir(exist_ok=True)
    path: Path = folder / name
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    return str(path)
