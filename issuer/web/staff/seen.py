"""What somebody reads who is shown a badge: the facts that it states, in the order of a verifier's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from contexts.document import parse
from issuer.web.staff.page import WORDS, day


def facts_in(document: bytes) -> tuple[tuple[str, str], ...]:
    """Name and text of each fact of a credential of ours, with its proof or without."""
    return tuple((WORDS[f"seen.{name}"], text) for name, text in _facts(parse(document).value) if text)


def changes(before: bytes, after: bytes) -> tuple[tuple[str, str, str], ...]:
    """Every fact of two credentials side by side: its name, before, after."""
    old, new = dict(facts_in(before)), dict(facts_in(after))
    return tuple((name, old.get(name, ""), new.get(name, "")) for name in {**old, **new})


def _facts(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    subject = value["credentialSubject"]
    achievement = subject["achievement"]
    yield "name", next((one["identityHash"] for one in subject.get("identifier", ())), "")
    yield "achievement", achievement["name"]
    yield "body", achievement.get("creator", {}).get("name", "")
    yield "earned", _day(value.get("awardedDate"))
    yield "until", _day(value.get("validUntil")) or WORDS["seen.no-end"]
    yield "number", subject.get("licenseNumber", "")
    results = (
        one.get("value") or one.get("achievedLevel") or one.get("status") for one in subject.get("result", ())
    )
    yield "results", ", ".join(str(one) for one in results if one)
    yield "evaluator", subject.get("source", {}).get("name", "")
    yield "from", _day(value.get("validFrom"))


def _day(text: str | None) -> str:
    return day(datetime.fromisoformat(text)) if text else ""
