"""What a verified badge says that a college asks about: what, by whom, when, with what score, and for whom.

Everything here was under the signature; nothing of a badge whose proof did not pass comes this far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from credential.dates import day_written
from credential.errors import CredentialError
from verifier.evidence import Verdict

MOST_IDENTITIES: Final = 8
"""Identity objects of one badge that are compared."""

_SCORED: Final = frozenset({"RawScore", "ScaledScore", "Percent", "Result"})
_NUMBER: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?) ?%?")


@dataclass(frozen=True, slots=True)
class Award:
    """One award, as its badge says it.

    Args:
        badge: The badge's identifier, or "".
        issuer: Its issuer's identifier.
        kind: Its achievementType, or "".
        name: What it is called.
        codes: Codes by which its issuer or anybody knows it, `humanCode` and `otherIdentifier`; of an issuer
            that is recognised for some codes, those.
        bodies: The awarding body: its identifier and its name, those that the badge gives.
        number: The number under which the awarding body knows it, or "".
        names: Who it names, in clear.
        emails: The hashed and plain e-mail identity objects.
        earned: The day on which it was earned, None where the badge does not say.
        ends: The last day, None where it names none.
        scores: The scores that it names, each once.
        standings: The statuses of its results, such as "Provisional".
    """

    badge: str
    issuer: str
    kind: str
    name: str
    codes: tuple[str, ...]
    bodies: tuple[str, ...]
    number: str
    names: tuple[str, ...]
    emails: tuple[Mapping[str, Any], ...]
    earned: date | None
    ends: date | None
    scores: tuple[Decimal, ...]
    standings: tuple[str, ...]


def award_of(verdict: Verdict) -> Award | None:
    """The award of a verdict; None unless its proof has passed."""
    if verdict.credential is None:
        return None
    value = verdict.credential.value
    subject = _object(value.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    creator = _object(achievement.get("creator"))
    identities = _objects(subject.get("identifier"))[:MOST_IDENTITIES]
    codes = [_text(achievement.get("humanCode"))]
    codes += [_text(one.get("identifier")) for one in _objects(achievement.get("otherIdentifier"))]
    names = {
        _text(one.get("identityHash"))
        for one in identities
        if one.get("identityType") == "name" and one.get("hashed") is False
    }
    scores, standings = _results(subject, achievement)
    return Award(
        badge=_text(value.get("id")),
        issuer=verdict.issuer_id or "",
        kind=_text(achievement.get("achievementType")),
        name=_text(achievement.get("name")) or _text(value.get("name")),
        codes=_recognised(verdict, tuple(dict.fromkeys(filter(None, codes)))),
        bodies=tuple(filter(None, (_text(creator.get("id")), _text(creator.get("name"))))),
        number=_text(subject.get("licenseNumber")),
        names=tuple(sorted(names - {""})),
        emails=tuple(one for one in identities if one.get("identityType") == "emailAddress"),
        earned=_day(value.get("awardedDate")),
        ends=_day(value.get("validUntil") or value.get("expirationDate")),
        scores=scores,
        standings=standings,
    )


def _recognised(verdict: Verdict, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those codes for which the issuer is recognised, where the list names them: one more beside them is its
    own word, and would lead to another row of a crosswalk.
    """
    limited = verdict.listed.certifications if verdict.listed else None
    if limited is None:
        return codes
    return tuple(code for code in codes if code in limited) or codes


def _results(
    subject: Mapping[str, Any], achievement: Mapping[str, Any]
) -> tuple[tuple[Decimal, ...], tuple[str, ...]]:
    """The scores and the statuses (Open Badges 3.0, Result)."""
    types = {
        _text(one.get("id")): _text(one.get("resultType"))
        for one in _objects(achievement.get("resultDescription"))
    }
    scores: set[Decimal] = set()
    standings: set[str] = set()
    for one in _objects(subject.get("result")):
        standings.add(_text(one.get("status")))
        found = _NUMBER.fullmatch(_text(one.get("value")).strip())
        if found and types.get(_text(one.get("resultDescription"))) in _SCORED:
            scores.add(Decimal(found[1]))
    return tuple(sorted(scores)), tuple(sorted(standings - {""}))


def _day(value: Any) -> date | None:
    try:
        return day_written(value) if isinstance(value, str) else None
    except CredentialError:
        return None


def _objects(value: Any) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
