"""What a verified badge says of itself, for showing. Pure.

Everything here was under the signature. What is a set in the signed form is told in an order of ours, since
its order in the file is nobody's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.evidence import Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """One result: "Score", "820"; or "Standing", "Provisional".

    Args:
        name: Of the result description that the result names, or "".
        value: The value, the level or the status; a status is one of the specification's words.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Badge:
    """What a verified badge says, for showing.

    Args:
        id: Its identifier, or "".
        name: The achievement's name.
        description: What was achieved; of an endorsement, what the endorser says.
        achievement_type: Its kind, or "".
        awarded_to: The name of the person that it was awarded to, where the badge says it in clear, else "".
        issuer_calls_itself: The issuer's name by the badge: never a reason to trust.
        awarding_body: Who made up the achievement, where the badge names them, else "".
        criteria: How it is earned, in the issuer's words, or "".
        valid_from: As written in the badge.
        valid_until: As written in the badge, or "".
        awarded_on: When it was earned, as written in the badge, or "".
        number: The number under which the awarding body knows it, or "".
        results: What was reached, each with the name of what it is a result of; in an order of ours, since
            their order in the badge is not signed.
    """

    id: str
    name: str
    description: str
    achievement_type: str
    awarded_to: str
    issuer_calls_itself: str
    awarding_body: str
    criteria: str
    valid_from: str
    valid_until: str
    awarded_on: str
    number: str
    results: tuple[Result, ...]


def badge_of(verdict: Verdict) -> Badge | None:
    """What the badge of a verdict says; None unless its proof has passed."""
    if verdict.credential is None:
        return None
    value = verdict.credential.value
    subject = _object(value.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    return Badge(
        id=_text(value.get("id")),
        name=_text(achievement.get("name")) or _text(value.get("name")),
        description=_text(achievement.get("description")) or _text(subject.get("endorsementComment")),
        achievement_type=_text(achievement.get("achievementType")),
        awarded_to=_named(subject),
        issuer_calls_itself=_text(_object(value.get("issuer")).get("name")),
        awarding_body=_text(_object(achievement.get("creator")).get("name")),
        criteria=_text(_object(achievement.get("criteria")).get("narrative")),
        valid_from=_text(value.get("validFrom") or value.get("issuanceDate")),
        valid_until=_text(value.get("validUntil") or value.get("expirationDate")),
        awarded_on=_text(value.get("awardedDate")),
        number=_text(subject.get("licenseNumber")),
        results=_results(subject, achievement),
    )


def _named(subject: Mapping[str, Any]) -> str:
    """The recipient's name where the badge gives it in clear (Open Badges 3.0, IdentityObject).

    Several names are all told, in an order of ours: their order in the badge is not signed.
    """
    names = {
        _text(one.get("identityHash"))
        for one in _objects(subject.get("identifier"))
        if one.get("identityType") == "name" and one.get("hashed") is False
    }
    return " / ".join(sorted(names - {""}))


def _results(subject: Mapping[str, Any], achievement: Mapping[str, Any]) -> tuple[Result, ...]:
    """What was reached (Open Badges 3.0, Result), under the names of the achievement's descriptions."""
    described = {_text(one.get("id")): one for one in _objects(achievement.get("resultDescription"))}
    told = []
    for one in _objects(subject.get("result")):
        description = _object(described.get(_text(one.get("resultDescription"))))
        levels = {
            _text(level.get("id")): _text(level.get("name"))
            for level in _objects(description.get("rubricCriterionLevel"))
        }
        reached = levels.get(_text(one.get("achievedLevel")), "")
        parts = (_text(one.get("value")), reached, _text(one.get("status")))
        if said := ", ".join(part for part in parts if part):
            told.append(Result(_text(description.get("name")), said))
    return tuple(sorted(told, key=lambda result: (result.name, result.value)))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a member that is one of them or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
