"""From a verdict to plain words, and to JSON for programs.

What a badge says of itself is told only if the verdict carries a verified credential; the issuer's name is
the trust list's, and the badge's own is "calls itself".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from verifier.badge import Badge, badge_of
from verifier.evidence import Check, CheckOutcome, Code, Outcome, Verdict
from verifier.evidence_words import (
    EvidenceLine,
    RuleTold,
    evidence_json,
    evidence_lines,
    rule_json,
    rule_told,
    standing,
)
from verifier.headline import headline_of
from verifier.inside_words import (
    EndorsementLine,
    association_lines,
    associations_json,
    endorsed,
    endorsement_lines,
    endorsements_json,
)
from verifier.problems import problems
from verifier.trust.telling import in_language, warning
from verifier.words import LOCALES, spell_day

FAMILIES: Mapping[Code, str] = {
    Code.VALID: "accept",
    Code.EXPIRED: "not_current",
    Code.NOT_YET_VALID: "not_current",
    Code.SUSPENDED: "not_current",
    Code.REPLACED: "not_current",
    Code.REVOKED: "refuse",
    Code.TAMPERED: "refuse",
    Code.EVIDENCE_FAILS: "refuse",
}
"""Code to the family of its looks; every other code is "cannot_tell"."""

_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One of the five questions, answered.

    Args:
        name: "unchanged", "issuer", "status", "period" or "recipient"; "evidence" where there is some.
        question: In words.
        outcome: Yes, no, could not check, not applicable.
        answer: The outcome in words.
        sentence: What was found, in one sentence.
    """

    name: str
    question: str
    outcome: CheckOutcome
    answer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict in words.

    Args:
        outcome: One of three.
        code: Why.
        family: How it looks: "accept", "not_current", "refuse", "cannot_tell".
        locale: "en" or "es".
        headline: One line.
        what_to_do: One or two sentences.
        checks: The five questions, in order; a sixth where the badge rests on evidence.
        badge: What the badge says, None unless it was verified.
        issuer_name: By the trust list, or "".
        issuer_id: Whole, or "".
        issuer_level: "trusted", "domain" or "unknown".
        checked_at: When.
        as_of: In words, where a moment in the past was asked about or saved answers decided, else "".
        verdict: The verdict itself, for technical details.
        evidence: What it rests on, piece by piece.
        rule: The rule that it was judged by, None where it carries none.
        refresh: In words, what came of the badge's own offer of a newer edition, else "".
        kind: "badge", "endorsement" or "record".
        endorses: What an endorsement that stands alone endorses, by its identifier; else "".
        endorsements: Who endorses what in it.
        members: A report for each credential in a learner record, in its order.
        associations: How the achievements of a record belong together, a sentence each.
        issuer_place: City and state by the trust list that recognises it for this badge, or "".
        issuer_website: An https address by that list, or "".
        issuer_contact: Where to ask, an e-mail or https address by that list, or "".
    """

    outcome: Outcome
    code: Code
    family: str
    locale: str
    headline: str
    what_to_do: str
    checks: tuple[CheckLine, ...]
    badge: Badge | None
    issuer_name: str
    issuer_id: str
    issuer_level: str
    checked_at: datetime
    as_of: str
    verdict: Verdict
    evidence: tuple[EvidenceLine, ...] = ()
    rule: RuleTold | None = None
    refresh: str = ""
    kind: str = "badge"
    endorses: str = ""
    endorsements: tuple[EndorsementLine, ...] = ()
    members: tuple[Report, ...] = ()
    associations: tuple[str, ...] = ()
    issuer_place: str = ""
    issuer_website: str = ""
    issuer_contact: str = ""


def explain(verdict: Verdict, locale: str = "en") -> Report:
    """Put a verdict into words.

    Args:
        verdict: As `verifier.verify` reached it.
        locale: "en" or "es"; English for any other.
    """
    locale = locale if locale in LOCALES else "en"
    words = LOCALES[locale]
    verdict = in_language(verdict, locale)
    badge = badge_of(verdict)
    listed = verdict.listed.listed if verdict.listed else None
    headline, told = headline_of(verdict, badge, words)
    return Report(
        outcome=verdict.outcome,
        code=verdict.code,
        family=family_of(verdict.code, past=verdict.as_of is not None),
        locale=locale,
        headline=headline,
        what_to_do=" ".join(
            filter(None, (told, standing(verdict, words), warning(verdict, words), *_notes(verdict, words)))
        ),
        checks=_checks(verdict, words),
        badge=badge,
        issuer_name=verdict.issuer_name or "",
        issuer_id=verdict.issuer_id or "",
        issuer_level=str(verdict.issuer_level),
        checked_at=verdict.checked_at,
        as_of=_as_of(verdict, words),
        verdict=verdict,
        evidence=evidence_lines(verdict, words),
        rule=rule_told(verdict, words),
        refresh=_refresh(verdict, words),
        kind=str(verdict.kind),
        endorses=endorsed(verdict),
        endorsements=endorsement_lines(verdict, words),
        members=tuple(explain(one, locale) for one in verdict.members),
        associations=association_lines(verdict, words),
        issuer_place=", ".join(filter(None, (listed.city, listed.state))) if listed else "",
        issuer_website=listed.website if listed else "",
        issuer_contact=listed.contact if listed else "",
    )


def as_json(verdict: Verdict, locale: str = "en") -> dict[str, Any]:
    """A verdict for programs. Members are only ever added, never renamed.

    Returns:
        {"outcome", "code", "headline", "what_to_do",
        "checks": [{"check", "question", "answer", "sentence"}],
        "findings": [{"check", "outcome", "code", "detail", "facts", "notes"}],
        "issuer": None or {"id", "name", "level", "calls_itself", "place", "website", "contact"},
        "credential": None or {"id", "name", "description", "achievement_type",
        "awarded_to", "awarding_body", "criteria", "valid_from", "valid_until", "awarded_on", "number",
        "results": [{"name", "value"}]},
        "key", "suite",
        "as_of", "checked_at", "problems": [{"type", "title", "detail"}],
        "evidence": [...], "rule": None or {...}, both as `verifier.evidence_words` says,
        "asked_about": None or the moment in the past that was asked about,
        "refresh": None or {"code", "sentence", "detail", "presented_from"},
        "kind": "badge", "endorsement" or "record", "endorses",
        "endorsements": [...], "associations": [...], both as `verifier.inside_words` says,
        "members": [the same again for each credential in a record]}.
        "as_of" is the moment for which the answer holds, None where that is "checked_at".
        Times are RFC 3339 in UTC; "issuer" and "credential" are None unless the proof passed.
    """
    report = explain(verdict, locale)
    badge = report.badge
    said: dict[str, Any] | None = None
    if badge is not None:
        said = {name: getattr(badge, name) or None for name in Badge.__slots__}
        said["results"] = [{"name": one.name, "value": one.value} for one in badge.results]
    calls_itself = said.pop("issuer_calls_itself") if said else None
    issuer = {
        "id": verdict.issuer_id,
        "name": verdict.issuer_name,
        "level": report.issuer_level,
        "calls_itself": calls_itself,
        "place": report.issuer_place or None,
        "website": report.issuer_website or None,
        "contact": report.issuer_contact or None,
    }
    return {
        "outcome": str(verdict.outcome),
        "code": str(verdict.code),
        "headline": report.headline,
        "what_to_do": report.what_to_do,
        "checks": [
            {"check": c.name, "question": c.question, "answer": str(c.outcome), "sentence": c.sentence}
            for c in report.checks
        ],
        "findings": [
            {
                "check": str(f.check),
                "outcome": str(f.outcome),
                "code": f.code,
                "detail": f.detail,
                "facts": dict(f.facts),
                "notes": list(f.notes),
            }
            for f in verdict.findings
        ],
        "issuer": issuer if badge else None,
        "credential": said,
        "key": verdict.key_id,
        "suite": verdict.suite,
        "as_of": rfc3339(verdict.as_of) if verdict.as_of else None,
        "checked_at": rfc3339(verdict.checked_at),
        "problems": problems(verdict),
        "evidence": evidence_json(verdict, LOCALES[report.locale]),
        "rule": rule_json(verdict, LOCALES[report.locale]),
        "asked_about": rfc3339(verdict.asked_about) if verdict.asked_about else None,
        "refresh": _refresh_json(verdict, report),
        "kind": report.kind,
        "endorses": report.endorses or None,
        "endorsements": endorsements_json(verdict, LOCALES[report.locale]),
        "members": [as_json(one, locale) for one in verdict.members],
        "associations": associations_json(verdict),
    }


def _refresh_json(verdict: Verdict, report: Report) -> dict[str, str | None] | None:
    found = verdict.refresh
    if found is None:
        return None
    since = rfc3339(found.presented_from) if found.presented_from else None
    return {
        "code": str(found.code),
        "sentence": report.refresh,
        "detail": found.detail,
        "presented_from": since,
    }


def _refresh(verdict: Verdict, words: Mapping[str, str]) -> str:
    found = verdict.refresh
    if found is None:
        return ""
    since = spell_day(found.presented_from.date(), words) if found.presented_from else ""
    return words[f"refresh.{found.code}"].format(date=since)


def _as_of(verdict: Verdict, words: Mapping[str, str]) -> str:
    if verdict.as_of is None:
        return ""
    key = "as_of.moment" if verdict.asked_about else "as_of"
    return words[key].format(date=spell_day(verdict.as_of.date(), words))


def _notes(verdict: Verdict, words: Mapping[str, str]) -> list[str]:
    """Things worth knowing that change nothing, where there are words for them and the proof has passed."""
    noted = [note for finding in verdict.findings for note in finding.notes] if verdict.credential else []
    return [words[f"note.{note}"] for note in dict.fromkeys(noted) if f"note.{note}" in words]


def family_of(code: Code, *, past: bool) -> str:
    """How a verdict looks. What was valid on an earlier day is no *accept* for today.

    Args:
        code: The verdict.
        past: Whether it holds as of another moment than the check's own.
    """
    family = FAMILIES.get(code, "cannot_tell")
    return "not_current" if family == "accept" and past else family


def _checks(verdict: Verdict, words: Mapping[str, str]) -> tuple[CheckLine, ...]:
    parts = [verdict.finding(c).outcome for c in (Check.SHAPE, Check.MEANING, Check.PROOF)]
    if CheckOutcome.NO in parts:
        unchanged = CheckOutcome.NO
    elif set(parts) == {CheckOutcome.YES}:
        unchanged = CheckOutcome.YES
    else:
        unchanged = CheckOutcome.COULD_NOT_CHECK
    lines = [_line("unchanged", unchanged, f"unchanged.{unchanged}", {}, words)]
    for check in (Check.ISSUER, Check.STATUS, Check.PERIOD, Check.EVIDENCE, Check.RECIPIENT):
        finding = verdict.finding(check)
        if check is Check.EVIDENCE and (
            finding.outcome is CheckOutcome.NOT_APPLICABLE or finding.code == "not_reached"
        ):
            continue  # an ordinary badge rests on nothing that could be asked about
        facts = dict(finding.facts)
        for name in ("date", "at"):
            if name in facts:
                facts[name] = spell_day(date.fromisoformat(facts[name][:10]), words)
        code = "issuer.no" if check is Check.ISSUER and finding.outcome is CheckOutcome.NO else finding.code
        lines.append(_line(check, finding.outcome, code, facts, words))
    return tuple(lines)


def _line(
    name: str, outcome: CheckOutcome, code: str, facts: Mapping[str, str], words: Mapping[str, str]
) -> CheckLine:
    sentence = words.get(f"answer.{code}", "")
    if not sentence or not set(_BLANK.findall(sentence)) <= set(facts):
        sentence = words.get(f"answer.{outcome}", "")
    answer = spoken_answer(str(name), outcome, words)
    return CheckLine(str(name), words[f"check.{name}"], outcome, answer, sentence.format(**facts))


def spoken_answer(name: str, outcome: CheckOutcome, words: Mapping[str, str]) -> str:
    """The answer to one of the questions in a word or two; some questions have words of their own."""
    return words.get(f"outcome.{outcome}.{name}", words[f"outcome.{outcome}"])


def rfc3339(at: datetime) -> str:
    """A time in UTC, to the second, as programs write it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
