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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from credential.dates import format_date_time
from credential.embedded import data_uri
from credential.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    CredentialSchema,
    CredentialStatus,
    Evidence,
    Image,
    Profile,
    Result,
)
from credential.recipient import name_identity
from credential.status import StatusEntry
from credential.types import ResultStatusType
from issuer.catalog.achievement import LEVEL, SCORE, STANDING
from issuer.catalog.catalogue import folded
from issuer.evidence.item import KEPT, Attached, EvidenceItem, Place, multibase
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
        achievement: The Open Badges Achievement as the issuer publishes it (`catalog.achievement`), or the
            same, read already: for a class it is read once.
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
        evidence: What shows it, with the octets that the badge carries itself.
        results: Results besides the score and the standing, each under a description of the achievement.
        grounds: What a determination rests on, embedded or by its id.
        linked: Digests of grounds that are not embedded, as `relatedResource` has them.
    """

    achievement: Mapping[str, Any] | Achievement
    date_earned: date
    last_day: date | None = None
    recipient_name: str | None = None
    subject_id: str | None = None
    number: str | None = None
    score: str | None = None
    evaluator: str | None = None
    evidence_url: str | None = None
    provisional: bool = False
    evidence: tuple[Attached, ...] = ()
    results: tuple[Result, ...] = ()
    grounds: tuple[Evidence, ...] = ()
    linked: tuple[Mapping[str, str], ...] = ()


def award_facts(
    row: AwardRow,
    achievement: Mapping[str, Any] | Achievement,
    *,
    subject_id: str | None = None,
    named: bool = True,
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
    image: Image | None = None,
) -> AchievementCredential:
    """The credential for an award (Open Badges 3.0, section B.1: AchievementCredential).

    Args:
        award: What was earned.
        district: Who issues.
        credential_id: Its `urn:uuid`.
        issued_at: The moment of issuing, aware; fractions of a second are dropped.
        status: Where its status stands.
        image: A picture of this very badge, or None; its achievement may have one of its own.

    Returns:
        The credential without a proof, its texts in Normalization Form C. `prepare` checks it.

    Raises:
        ValueError: `issued_at` has no time zone.
        CredentialError: `award.achievement` is no Achievement of Open Badges 3.0.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at must be aware of its time zone")
    achievement = award.achievement
    if not isinstance(achievement, Achievement):
        achievement = Achievement.from_json(achievement, ("credentialSubject", "achievement"))
    entry = status.to_json()
    return AchievementCredential(
        context=CONTEXTS,
        id=credential_id,
        name=achievement.name,
        image=image,
        issuer=Profile(id=district.id, name=normal(district.name), url=district.url),
        valid_from=issued_at.replace(microsecond=0),
        valid_until=None if award.last_day is None else last_moment(award.last_day),
        awarded_date=noon(award.date_earned),
        credential_subject=_subject(award, achievement, credential_id),
        evidence=(*_evidence(award), *award.grounds),
        credential_status=CredentialStatus(
            id=entry.pop("id"), type=entry.pop("type"), extensions=MappingProxyType(entry)
        ),
        credential_schema=(CredentialSchema(id=SCHEMA),),
        extensions=_related(award),
    )


def _evidence(award: AwardFacts) -> Iterator[Evidence]:
    """What shows the award: itself as a `data:` URI, or where it is (Open Badges 3.0, Evidence)."""
    # A link that somebody attached too has its name and its digest from there.
    if award.evidence_url and award.evidence_url not in {one.item.url for one in award.evidence}:
        yield Evidence(id=award.evidence_url, name="Evidence")
    for one in award.evidence:
        item, words = one.item, one.item.words
        embedded = item.place is Place.EMBEDDED
        yield Evidence(
            id=data_uri(item.media_type, one.body) if embedded else item.url,
            name=item.name,
            description=words.description or (KEPT if item.place is Place.KEPT else None),
            narrative=words.narrative or None,
            genre=words.genre or None,
            audience=words.audience or None,
        )


def _related(award: AwardFacts) -> dict[str, Any]:
    """The digests of what the badge does not carry itself (Data Model 2.0, 5.3: relatedResource)."""
    linked = [one.item for one in award.evidence if one.item.place is not Place.EMBEDDED]
    named = [*(_digests(item) for item in linked), *map(dict, award.linked)]
    return {"relatedResource": named} if named else {}


def _digests(item: EvidenceItem) -> dict[str, str]:
    said = {"id": item.url, "digestSRI": item.sri}
    return said | {"digestMultibase": multibase(item.sha256)} if item.sha256 else said


def noon(day: date) -> datetime:
    """A day on which something happened: noon UTC."""
    return datetime.combine(day, time(12), UTC)


def last_moment(day: date) -> datetime:
    """A day through which something holds: its last second in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def last_second(day: date) -> str:
    """`last_moment` as a credential writes it."""
    return format_date_time(last_moment(day))


def _subject(award: AwardFacts, achievement: Achievement, credential_id: str) -> AchievementSubject:
    source = None
    if award.evaluator:
        # The evaluator is named for this award alone: the id says nothing that would join two awards.
        own = f"urn:uuid:{uuid.uuid5(uuid.UUID(credential_id), 'source')}"
        source = Profile(id=own, name=normal(award.evaluator))
    return AchievementSubject(
        id=award.subject_id,
        identifier=(name_identity(normal(award.recipient_name)),) if award.recipient_name else (),
        achievement=achievement,
        license_number=normal(award.number) if award.number else None,
        result=tuple(_results(award, achievement)),
        source=source,
    )


def _results(award: AwardFacts, achievement: Achievement) -> Iterator[Result]:
    """A score or a level, and a standing, under the achievement's descriptions (Open Badges 3.0, Result)."""
    if award.score and (level := _level(award.score, achievement)):
        yield Result(result_description=achievement.id + LEVEL, achieved_level=level)
    elif award.score:
        yield Result(result_description=achievement.id + SCORE, value=normal(award.score))
    if award.provisional:
        yield Result(result_description=achievement.id + STANDING, status=ResultStatusType.PROVISIONAL)
    yield from award.results


def _level(score: str, achievement: Achievement) -> str | None:
    """The id of the level that a score names; None where it names none, and is a score of its own."""
    for description in achievement.result_description:
        for level in description.rubric_criterion_level:
            if description.id == achievement.id + LEVEL and folded(score) == folded(level.name):
                return level.id
    return None
