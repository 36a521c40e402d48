"""Badges of a simulated district as a college gets them: with codes, numbers, scores and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.world import World
from verifier.batch.applicants import Match
from verifier.batch.award import Award
from verifier.batch.crosswalk import Advice, Crosswalk, Line
from verifier.batch.rows import Row
from verifier.evidence import Code, Outcome, Presented, PresentedKind
from verifier.intake import Item
from verifier.report import FAMILIES

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

AWARD = Award(
    badge="urn:uuid:1",
    issuer="did:web:badges.riverbend.example",
    kind="Certification",
    name="Example Computing, Basic",
    codes=("EXA-A+",),
    bodies=("https://computing.example.org/", "Example Computing Board"),
    number="EX-000123",
    names=("Jordan Rivera",),
    emails=(),
    earned=date(2026, 4, 18),
    ends=None,
    scores=(Decimal(82),),
    standings=(),
)
LINE = Line(row=2, code="EXA-A+", name="", course="CNG 1021", credits=Decimal(4), minimum=Decimal(75))

CROSSWALK = (
    b"credential_code,course_prefix,course_number,course_title,credits,min_score,valid_if_earned_within\r\n"
    b"EXA-A+,CNG,1021,Computing,4,75,3 years\r\n"
    b"EXA-CNA,NUA,1001,Nurse aide,4,,\r\n"
)
APPLICANTS = (
    b"applicant_id,first_name,last_name,email\r\n"
    b"A-1,Jordan,Rivera,jordan@example.org\r\n"
    b"A-2,Sam,Lark,sam@example.org\r\n"
)


def crosswalk(*lines: Line) -> Crosswalk:
    return Crosswalk(lines or (LINE,))


def row(number: int, award: Award | None = AWARD, **changes: Any) -> Row:
    """A settled row of a valid badge, unless told otherwise."""
    made = Row(
        number=number,
        part=0,
        item=Item(Presented(PresentedKind.DOCUMENT), name=f"{number}.json"),
        outcome=Outcome.VALID,
        code=Code.VALID,
        family=FAMILIES[Code.VALID],
        headline={"en": "This badge is valid", "es": "Esta insignia es válida"},
        what_to_do={"en": "Issued.", "es": "Emitida."},
        issuer_name="Riverbend School District",
        checked_at=NOW,
        as_of=None,
        award=award,
        match=Match(by="not_asked"),  # type: ignore[arg-type]  # its word is all that is told
        advice=Advice(),
    )
    return replace(made, **changes)


def certified(world: World, index: int = 5, **changes: Any) -> bytes:
    """A signed certification badge with a code, a number, a day and a score.

    Args:
        world: The district.
        index: Its place in the status list.
        changes: `name`, `kind`, `code`, `number`, `score`, `earned`, `email` other than the usual.
    """
    told = {"name": "Jordan Rivera", "kind": "Certification", "code": "EXA-A+", "number": f"EX-{index:06}",
            "score": "82", "earned": "2026-04-18T12:00:00Z"} | changes  # fmt: skip
    score = f"{world.origin}/achievements/exa#score"

    def edit(made: dict[str, Any]) -> None:
        made["awardedDate"] = told["earned"]
        subject = made["credentialSubject"]
        subject["identifier"][0]["identityHash"] = told["name"]
        subject["licenseNumber"] = told["number"]
        subject["result"] = [{"type": ["Result"], "resultDescription": score, "value": told["score"]}]
        subject["achievement"] |= {
            "achievementType": told["kind"],
            "humanCode": told["code"],
            "name": "Example Computing, Basic",
            "resultDescription": [
                {"id": score, "type": ["ResultDescription"], "name": "Score", "resultType": "RawScore"}
            ],
        }
        if told["kind"] == "Certificate":
            del made["validUntil"]

    before = world.edit.get("badge")
    world.edit["badge"] = edit
    try:
        return world.badge(index)
    finally:
        if before is None:
            del world.edit["badge"]
        else:
            world.edit["badge"] = before
