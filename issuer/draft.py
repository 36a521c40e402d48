"""An award, as an Open Badges 3.0 credential that nobody has signed yet.

Two rules on time, because an award has a day and a credential has moments:

- A day that something was earned becomes noon UTC (`2026-04-18T12:00:00Z`). Nobody knows the hour. At noon
  the day reads the same in every zone from UTC-12 to UTC+11, also on a page that turns it into local time.
- A last day becomes its last second in UTC (`2028-01-31T23:59:59Z`). The day reads the same in UTC and west
  of it, and the badge never claims an hour beyond the body's date; in Denver it ends some hours early.

`validFrom` is the moment of issuing: of two issues of the same award, the later one counts (Open Badges 3.0,
Credential equality and comparison).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from credential.status import StatusEntry
from issuer.catalog.achievement import SCORE, STANDING
from issuer.roster.report import AwardRow
from issuer.text import normal

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
"""What our words mean. The third defines the type of the credential schema."""

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    """Who issues.

    Args:
        id: The district's `did:web`.
        name: Its name.
        url: Its pages.
    """

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """What one student earned: everything that a badge says about it, and nothing else.

    There is no student number and no birth date here, so none can reach a credential.

    Args:
        achievement: The Open Badges Achievement as the issuer publishes it (`catalog.achievement`).
        date_earned: The day.
        last_day: The last day on which it holds, or None where it has none that we know.
        recipient_name: The name that the student goes by, or None for a badge without a name.
        subject_id: A fresh `urn:uuid`, or the DID of the student's wallet. A badge without a name needs one,
            and any that is also issued as a JWT (Open Badges 3.0, JSON Web Token Proof Format: `sub`).
        number: The certifying body's number.
        score: A result, as text.
        evaluator: Who assessed on behalf of the school.
        evidence_url: Where evidence is, https.
        provisional: Whether the body has still to confirm the award, for example until a diploma is shown.
    """

    achievement: Mapping[str, Any]
    date_earned: date
    last_day: date | None = None
    recipient_name: str | None = None
    subject_id: str | None = None
    number: str | None = None
    score: str | None = None
    evaluator: str | None = None
    evidence_url: str | None = None
    provisional: bool = False


def award_facts(
    row: AwardRow, achievement: Mapping[str, Any], *, subject_id: str | None = None, named: bool = True
) -> AwardFacts:
    """What a badge says about a row of a sheet: the student's number, birth date and school stay behind.

    Args:
        row: A ready row.
        achievement: The Achievement of its credential, as the issuer publishes it.
        subject_id: As in `AwardFacts`.
        named: Whether the badge shows the student's name.
    """
    return AwardFacts(
        achievement=achievement,
        date_earned=row.date_earned,
        last_day=row.last_day,
        recipient_name=row.display_name if named else None,
        subject_id=subject_id,
        number=row.number or None,
        score=row.score or None,
        evaluator=row.evaluator or None,
        evidence_url=row.evidence_url or None,
        provisional=row.provisional,
    )


def draft_credential(
    award: AwardFacts,
    district: DistrictFacts,
    *,
    credential_id: str,
    issued_at: datetime,
    status: StatusEntry,
    image: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The credential for an award (Open Badges 3.0, section B.1: AchievementCredential).

    Args:
        award: What was earned.
        district: Who issues.
        credential_id: Its `urn:uuid`.
        issued_at: The moment of issuing, aware; fractions of a second are dropped.
        status: Where its status stands.
        image: An Open Badges Image of this very badge, or None; its achievement may have one of its own.

    Returns:
        The JSON object without a proof, its texts in Normalization Form C. `prepare` checks it.

    Raises:
        ValueError: `issued_at` has no time zone.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at must be aware of its time zone")
    achievement = dict(award.achievement)
    draft: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": normal(str(achievement.get("name", ""))),
        "issuer": {
            "id": district.id,
            "type": ["Profile"],
            "name": normal(district.name),
            "url": district.url,
        },
        "validFrom": moment(issued_at),
        "awardedDate": noon(award.date_earned),
    }
    if award.last_day is not None:
        draft["validUntil"] = last_second(award.last_day)
    if image:
        draft["image"] = dict(image)
    draft["credentialSubject"] = _subject(award, achievement, credential_id)
    if award.evidence_url:
        draft["evidence"] = [{"id": award.evidence_url, "type": ["Evidence"], "name": "Evidence"}]
    draft["credentialStatus"] = status.to_json()
    draft["credentialSchema"] = [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]
    return draft


def moment(when: datetime) -> str:
    """A moment in whole seconds of UTC."""
    return when.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def noon(day: date) -> str:
    """A day on which something happened."""
    return f"{day.isoformat()}T12:00:00Z"


def last_second(day: date) -> str:
    """A day through which something holds."""
    return f"{day.isoformat()}T23:59:59Z"


def _subject(award: AwardFacts, achievement: dict[str, Any], credential_id: str) -> dict[str, Any]:
    subject: dict[str, Any] = {}
    if award.subject_id:
        subject["id"] = award.subject_id
    subject["type"] = ["AchievementSubject"]
    if award.recipient_name:
        subject["identifier"] = [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": normal(award.recipient_name),
                "identityType": "name",
            }
        ]
    subject["achievement"] = achievement
    if award.number:
        subject["licenseNumber"] = normal(award.number)
    if results := _results(award, achievement):
        subject["result"] = results
    if award.evaluator:
        # The evaluator is named for this award alone: the id says nothing that would join two awards.
        subject["source"] = {
            "id": f"urn:uuid:{uuid.uuid5(uuid.UUID(credential_id), 'source')}",
            "type": ["Profile"],
            "name": normal(award.evaluator),
        }
    return subject


def _results(award: AwardFacts, achievement: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A score and a standing, each under the achievement's description of it (Open Badges 3.0, Result)."""
    achievement_id = str(achievement.get("id", ""))
    results: list[dict[str, Any]] = []
    if award.score:
        results.append(
            {"type": ["Result"], "resultDescription": achievement_id + SCORE, "value": normal(award.score)}
        )
    if award.provisional:
        results.append(
            {"type": ["Result"], "resultDescription": achievement_id + STANDING, "status": "Provisional"}
        )
    return results
