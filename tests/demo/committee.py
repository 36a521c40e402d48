"""What the district of the demonstration decides: its menu, its committee, and one certification."""

from __future__ import annotations

import json
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
    """The template of a choice, with the lists filled that only the district knows."""
    made: dict[str, Any] = json.loads(run(["cairn", "catalog", "menu", "--template"], place.issuer_settings))
    for offer in made["offers"]:
        if "parts" in offer:
            offer["parts"] = {"ENG": ["English 101"], "MTH": ["College Algebra"]}
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


def decide_for_english(place: Place, today: date, menu: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Propose the nurse aide's licence, endorse it, approve it, and decide for English alone.

    Args:
        place: The district.
        today: The day of the story.
        menu: The choice that the decision names.

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
    vote += ["--menu", menu["ruleSet"]["version"]]
    early = refusal(place, *vote)
    command(place, "decisions", "approve", ref, "--member", "industry-1", "--document", MINUTES)
    return early, command(place, *vote)


def proposal(today: date, code: str = "CO-CNA") -> dict[str, Any]:
    """A complete proposal: five alignments, demand with its year, and the day of the next look."""
    review = (today + timedelta(days=365)).isoformat()
    row: dict[str, Any] = {
        "framework": "O*NET-SOC 2019",
        "code": "31-1131.00",
        "name": "Nursing Assistants",
        "url": "https://www.onetonline.org/link/summary/31-1131.00",
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
        "code": "HS-210",
        "name": "Health science 2 and its clinical hours",
        "url": "https://sagebrush.example/courses/HS-210",
        "target_type": "CFItem",
    }
    program = english | {
        "framework": "CTE standards of Colorado",
        "code": "HSE.01.02",
        "name": "Chart and report in a place of care",
        "url": "https://standards.sagebrush.example/HSE.01.02",
        "target_type": "ceasn:Competency",
    }
    college = english | {
        "framework": "Course of a college",
        "code": "NUA 101",
        "name": "Nurse aide skills",
        "url": "https://college.example/NUA-101",
        "target_type": "CFItem",
        "strength": "partial",
        "note": "the college gives four credits for it",
    }
    demand = {"source": "State labor office", "year": today.year, "occupation": "31-1131.00", "openings": 640}
    return {
        "code": code,
        "origin": "program",
        "author": "cte-1",
        "date": today.isoformat(),
        "subjects": ["ENG", "MTH"],
        "next_review": review,
        "recognition": {"body": "Colorado State Board of Nursing"},
        "sections": {
            "course_content": {"alignments": [course]},
            "standards": {"alignments": [english, english | {"subject": "MTH", "strength": "partial"}]},
            "cte_program": {"alignments": [program]},
            "industry_need": {"alignments": [row], "demand": [demand]},
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
