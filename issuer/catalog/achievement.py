"""A catalogue's entry as an Open Badges 3.0 Achievement."""

from __future__ import annotations

import re
from typing import Any

from issuer.catalog.entry import Body, Entry
from issuer.catalog.validity import Shape

SCORE = "#score"
"""Fragment of the ResultDescription for a score."""

LEVEL = "#level"
"""Fragment of the ResultDescription for a rating; a level is this and its number, as `#level-2`."""

STANDING = "#standing"
"""Fragment of the ResultDescription that says whether the body has confirmed the award for good."""

_SLUG = re.compile(r"[^a-z0-9]+")


def slug(code: str) -> str:
    """A code as the last step of an address: `COMPTIA-A+` is `comptia-a-plus`."""
    return _SLUG.sub("-", code.casefold().replace("+", "-plus")).strip("-")


def achievement(entry: Entry, achievement_id: str, *, image: dict[str, str] | None = None) -> dict[str, Any]:
    """The Achievement that every badge of this entry carries (Open Badges 3.0, section B.1.1).

    Its `creator` is the certifying body, because the district only records what somebody else certified; a
    skill rating and a district's own badge are no exception, their body is whoever rates.

    Args:
        entry: The credential.
        achievement_id: Its absolute address, at which the issuer serves it.
        image: An Open Badges Image, or None.

    Returns:
        The JSON object. Every value is text, so that no reader's number format can change it.
    """
    made: dict[str, Any] = {
        "id": achievement_id,
        "type": ["Achievement"],
        "achievementType": entry.kind.achievement_type,
        "name": entry.name,
        "description": entry.description,
        "criteria": {"narrative": narrative(entry)},
        "creator": creator(entry.body),
        "humanCode": entry.code,
        "inLanguage": "en-US",
        "otherIdentifier": [
            {
                "type": "IdentifierEntry",
                "identifier": entry.code,
                "identifierType": "ext:CatalogueCode",
            }
        ],
    }
    if image:
        made["image"] = image
    if entry.occupations:
        made["alignment"] = [
            {
                "type": ["Alignment"],
                "targetName": occupation.name,
                "targetUrl": occupation.url,
                "targetCode": occupation.code,
                "targetFramework": occupation.framework,
                "targetType": "ext:ONET",
            }
            for occupation in entry.occupations
        ]
    made["resultDescription"] = _result_descriptions(entry, achievement_id)
    made["tag"] = tags(entry)
    return made


def creator(body: Body) -> dict[str, Any]:
    """The certifying body as an Open Badges Profile; a licensing body also says where its licence holds."""
    profile: dict[str, Any] = {"id": body.id, "type": ["Profile"], "name": body.name}
    if body.url:
        profile["url"] = body.url
    if body.jurisdiction:
        profile["address"] = {"type": ["Address"], "addressCountryCode": body.jurisdiction.country}
        if body.jurisdiction.region:
            profile["address"]["addressRegion"] = body.jurisdiction.region
    return profile


def narrative(entry: Entry) -> str:
    """What the holder did, and who can say whether it still holds."""
    sentences = [entry.criteria]
    if entry.validity.ask_the_body:
        sentences.append(f"Whether it may be used today, only {entry.body.name} can say.")
    elif entry.validity.shape is Shape.FIXED and not entry.validity.confirmed:
        sentences.append(
            f"Where the badge names no last day, ask {entry.body.name} whether it is still in force."
        )
    return " ".join(sentences)


def tags(entry: Entry) -> list[str]:
    """Words to search by: the career cluster and the kind."""
    return [entry.cluster, entry.kind.title]


def _result_descriptions(entry: Entry, achievement_id: str) -> list[dict[str, Any]]:
    score: dict[str, Any] = {
        "id": achievement_id + SCORE,
        "type": ["ResultDescription"],
        "name": "Score"
        if entry.score is None or entry.score.unit is None
        else f"Score in {entry.score.unit}",
        "resultType": "RawScore",
    }
    if entry.score and entry.score.minimum is not None:
        score["valueMin"] = entry.score.minimum
    if entry.score and entry.score.maximum is not None:
        score["valueMax"] = entry.score.maximum
    described = [score, _levels(entry, achievement_id)] if entry.levels else [score]
    if entry.provisional_until is None:
        return described
    standing = {
        "id": achievement_id + STANDING,
        "type": ["ResultDescription"],
        "name": f"Standing (provisional until {entry.provisional_until})",
        "resultType": "Status",
    }
    return [*described, standing]


def _levels(entry: Entry, achievement_id: str) -> dict[str, Any]:
    """The levels of a rating (Open Badges 3.0, RubricCriterionLevel)."""
    return {
        "id": achievement_id + LEVEL,
        "type": ["ResultDescription"],
        "name": "Level",
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": [
            {
                "id": f"{achievement_id}{LEVEL}-{number}",
                "type": ["RubricCriterionLevel"],
                "name": name,
                "level": str(number),
            }
            for number, name in enumerate(entry.levels, start=1)
        ],
    }
