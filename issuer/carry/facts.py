"""What a signed badge says, as far as paper and links repeat it: read from the signed octets alone.

A badge's days are moments in UTC (`issuer.draft`: noon for a day, the last second for a last day), so the day
is the one that stands there in UTC, whatever zone the machine or the reader is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from contexts.document import parse
from credential.readiness import READINESS_TYPE, Subject, subject_of
from issuer.catalog.achievement import STANDING


@dataclass(frozen=True, slots=True)
class Facts:
    """What a badge of ours says.

    Attributes:
        credential_id: Its `urn:uuid`.
        district: Who issued it.
        recipient: Whom it names; "" where it names nobody.
        title: What was earned.
        title_language: The language of the title, such as `en`.
        achievement_type: Open Badges 3.0 AchievementType.
        body: Who certified; "" where the district itself did.
        earned: The day.
        last_day: The last day on which it holds, or None.
        number: The certifying body's number, or "".
        issued: When it was signed.
        subjects: What a readiness determination determined.
        standing: How far the award is confirmed, or "".
        results: Name and text of every other result.
        image: The address of the achievement's picture, or "".
        image_words: What it shows, or "".
    """

    credential_id: str
    district: str
    recipient: str
    title: str
    title_language: str
    achievement_type: str
    body: str
    earned: date
    last_day: date | None
    number: str
    issued: datetime
    subjects: tuple[Subject, ...]
    standing: str
    results: tuple[tuple[str, str], ...]
    image: str = ""
    image_words: str = ""

    @property
    def is_readiness(self) -> bool:
        """Whether it is the district's own determination."""
        return self.achievement_type == READINESS_TYPE


def facts_of(document: bytes) -> Facts:
    """Read a credential that this issuer prepared and signed.

    Raises:
        contexts.errors.DocumentError: It is no document; then it is not one of ours.
    """
    value = parse(document).value
    subject = value["credentialSubject"]
    achievement = subject["achievement"]
    results = [*_results(subject.get("result", ()), achievement.get("resultDescription", ()))]
    issued = datetime.fromisoformat(value["validFrom"])
    until = value.get("validUntil")
    creator = achievement.get("creator", {})
    image = achievement.get("image", {})
    return Facts(
        credential_id=value["id"],
        district=value["issuer"]["name"],
        recipient=_name(subject.get("identifier", ())),
        title=achievement["name"],
        title_language=achievement.get("inLanguage", "en").partition("-")[0],
        achievement_type=achievement.get("achievementType", ""),
        body="" if creator.get("id") == value["issuer"]["id"] else creator.get("name", ""),
        earned=_day(value.get("awardedDate") or value["validFrom"]),
        last_day=_day(until) if until else None,
        number=subject.get("licenseNumber", ""),
        issued=issued.astimezone(UTC),
        subjects=tuple(one for one in Subject if one in {subject_of(at) for at, _, _ in results}),
        standing=next((text for at, _, text in results if at.endswith(STANDING)), ""),
        results=tuple(
            (name, text) for at, name, text in results if not at.endswith(STANDING) and subject_of(at) is None
        ),
        image=image.get("id", ""),
        image_words=image.get("caption", ""),
    )


def _name(identities: Any) -> str:
    """The name in plain text, where the badge has one."""
    return next(
        (
            one["identityHash"]
            for one in identities
            if one.get("identityType") == "name" and one.get("hashed") is False
        ),
        "",
    )


def _results(results: Any, described: Any) -> Iterator[tuple[str, str, str]]:
    """Description's id, name and text of each result."""
    by_id: Mapping[str, Any] = {one["id"]: one for one in described}
    for one in results:
        about = by_id.get(one.get("resultDescription", ""), {})
        levels = {level["id"]: level["name"] for level in about.get("rubricCriterionLevel", ())}
        level = one.get("achievedLevel", "")
        text = one.get("value") or levels.get(level, level) or one.get("status", "")
        yield one.get("resultDescription", ""), about.get("name", ""), text


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(UTC).date()
