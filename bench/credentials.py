"""The credentials that everybody is given to issue and to check. Nobody in them exists.

Small is as little as a badge can say, some 0.9 kB; middle is what a school district issues, some 4.5 kB;
large is the middle with two signed endorsements inside, of the achievement and of the district, some 8 kB.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from credential.status import StatusEntry
from issuer.draft import CONTEXTS, SCHEMA

SMALL, MIDDLE, LARGE = SIZES = ("small", "middle", "large")

NAMES: Final = (
    "Wren Abernathy-Sol",
    'Teodora "Teo" Quill',
    "Iñaki Farrowmere",
    "Zuzana Brook",
    "Amadou Lakewright",
)

_LEVELS: Final = tuple(f"urn:uuid:8d0e36c4-0000-4000-8000-00000000002{number}" for number in range(4))
_RUBRIC: Final = "urn:uuid:8d0e36c4-0000-4000-8000-000000000010"
_GRADE: Final = "urn:uuid:8d0e36c4-0000-4000-8000-000000000011"


def credential(size: str, issuer: str, origin: str, list_url: str, number: int = 7) -> dict[str, Any]:
    """One unsigned credential; those of one size and issuer differ only by who earned what when.

    Args:
        size: One of `SIZES`. The endorsements of a large one are added by whoever can sign them.
        issuer: The issuer's DID.
        origin: Where the issuer publishes.
        list_url: Its status list.
        number: Which one; also its position in the status list.
    """
    made: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{uuid.UUID(int=(0xBE << 120) | (4 << 76) | (2 << 62) | number)}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Lantern Hill School District"},
        "validFrom": f"2024-05-{number % 28 + 1:02d}T15:30:00Z",
        "credentialSubject": {
            "id": f"urn:uuid:{uuid.UUID(int=(0xBF << 120) | (4 << 76) | (2 << 62) | number)}",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": f"{origin}/achievements/cad-1",
                "type": ["Achievement"],
                "name": "Drafting with CAD, level one",
                "description": "Draws parts to scale.",
                "criteria": {"narrative": "A drawing, passed."},
            },
        },
        "credentialStatus": StatusEntry("revocation", number, list_url).to_json(),
    }
    if size != SMALL:
        _enlarge(made, origin, number)
    return made


def _enlarge(made: dict[str, Any], origin: str, number: int) -> None:
    made |= {
        "name": "Drafting with CAD, level one",
        "description": "An industry certification in technical drawing, earned in a year-long course.",
        "validUntil": "2094-06-30T23:59:59Z",
        "awardedDate": f"2024-05-{number % 28 + 1:02d}T12:00:00Z",
        "evidence": [
            {
                "id": f"{origin}/evidence/{number:06d}",
                "type": ["Evidence"],
                "name": "Portfolio of drawings",
                "description": "A bracket, a hinge and an assembly with its list of parts.",
                "genre": "Portfolio",
                "audience": "Employers and colleges",
            }
        ],
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    made["issuer"] |= {
        "url": f"{origin}/",
        "email": "badges@lantern-hill.example",
        "address": {
            "type": ["Address"],
            "addressCountry": "US",
            "addressRegion": "Colorado",
            "addressLocality": "Lantern Hill",
        },
    }
    subject = made["credentialSubject"]
    subject |= {
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": NAMES[number % len(NAMES)],
                "identityType": "name",
            }
        ],
        "licenseNumber": f"CAD-{number:07d}",
        "source": {
            "id": "urn:uuid:8d0e36c4-0000-4000-8000-000000000030",
            "type": ["Profile"],
            "name": "Harper Vale",
        },
        "result": [
            {
                "type": ["Result"],
                "resultDescription": _RUBRIC,
                "achievedLevel": _LEVELS[1],
            },
            {"type": ["Result"], "resultDescription": _GRADE, "value": f"{70 + number % 30}"},
        ],
    }
    subject["achievement"] |= _ACHIEVEMENT


_ACHIEVEMENT: Final[dict[str, Any]] = {
    "achievementType": "Certification",
    "description": "Reads and draws technical drawings with a CAD program: parts, assemblies, sections and "
    "dimensions, to the drafting standard, so that a workshop can make what was drawn.",
    "criteria": {
        "narrative": "A practical test of three hours in which a part is drawn from a model, "
        "a supervised project over one term, and a written test on the drafting standard."
    },
    "inLanguage": "en-US",
    "humanCode": "CAD-1",
    "fieldOfStudy": "Engineering technology",
    "specialization": "Mechanical drafting",
    "creator": {
        "id": "https://drafting-board.example/",
        "type": ["Profile"],
        "name": "Example Board of Drafting",
        "url": "https://drafting-board.example/",
    },
    "alignment": [
        {
            "type": ["Alignment"],
            "targetName": "Mechanical drafters",
            "targetCode": "17-3013.00",
            "targetFramework": "Example framework of occupations",
            "targetUrl": "https://occupations.example/17-3013.00",
            "targetType": "CTDL",
        },
        {
            "type": ["Alignment"],
            "targetName": "Engineering design, secondary",
            "targetCode": "CTE.ED.3",
            "targetFramework": "Example standards of career education",
            "targetUrl": "https://standards.example/cte/ed/3",
            "targetType": "CFItem",
        },
    ],
    "resultDescription": [
        {
            "id": _RUBRIC,
            "type": ["ResultDescription"],
            "name": "Practical test",
            "resultType": "RubricCriterionLevel",
            "requiredLevel": _LEVELS[1],
            "rubricCriterionLevel": [
                {
                    "id": level,
                    "type": ["RubricCriterionLevel"],
                    "name": name,
                    "level": str(step),
                    "description": what,
                }
                for step, (level, name, what) in enumerate(
                    zip(
                        _LEVELS,
                        ("Beginning", "Ready", "Skilled", "Exemplary"),
                        (
                            "Draws with help.",
                            "Draws alone; a workshop can make the part.",
                            "Draws assemblies alone.",
                            "Finds and mends faults in the drawings of others.",
                        ),
                        strict=True,
                    ),
                    start=1,
                )
            ],
        },
        {
            "id": _GRADE,
            "type": ["ResultDescription"],
            "name": "Written test",
            "resultType": "Percent",
            "valueMin": "0",
            "valueMax": "100",
            "requiredValue": "70",
        },
    ],
    "tag": ["drafting", "CAD", "engineering technology"],
}


def foreign(made: dict[str, Any], number: int) -> dict[str, Any]:
    """The same credential for another achievement of another body, at another place of the district."""
    text = json.dumps(made, ensure_ascii=False)
    for before, after in (
        ("urn:uuid:8d0e36c4", f"urn:uuid:{number:08x}"),
        ("/achievements/cad-1", f"/achievements/cad-{number}"),
        ("drafting-board.example", f"board-{number}.example"),
        ('"Lantern Hill"', f'"Lantern Hill, ward {number}"'),
        ("level one", f"level {number}"),
    ):
        text = text.replace(before, after)
    changed: dict[str, Any] = json.loads(text)
    return changed


def endorsement(number: int, endorser: str, name: str, praised: str) -> dict[str, Any]:
    """An unsigned endorsement, to be signed by its endorser and put into what it praises."""
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{uuid.UUID(int=(0xC0 << 120) | (4 << 76) | (2 << 62) | number)}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Endorsement by {name}",
        "description": "What an employer of the region says about this certification.",
        "issuer": {
            "id": endorser,
            "type": ["Profile"],
            "name": name,
            "url": f"https://employer-{number}.example/",
            "address": {"type": ["Address"], "addressCountry": "US", "addressRegion": "Colorado"},
        },
        "validFrom": "2024-01-15T08:00:00Z",
        "credentialSubject": {
            "id": praised,
            "type": ["EndorsementSubject"],
            "endorsementComment": f"{name} interviews every graduate who holds this certification, and "
            "counts it as half a year of experience. The drawings of those whom we hired could be made "
            "without a question. Three of them teach drafting to our apprentices today, and every one of "
            "them passed the probation of our shop at the first attempt.",
        },
    }
