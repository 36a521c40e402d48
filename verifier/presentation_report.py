"""From a presentation's verdict to plain words, and to JSON for programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from verifier.evidence import CheckOutcome, Outcome
from verifier.presented import PresentationCheck, PresentationCode, PresentationVerdict
from verifier.report import CheckLine, Report, as_json, explain, rfc3339
from verifier.words import LOCALES, spell_day

FAMILIES: Final = {
    PresentationCode.VALID: "accept",
    PresentationCode.ALTERED: "refuse",
    PresentationCode.NOT_ANSWERED: "refuse",
    PresentationCode.CREDENTIAL_FAILS: "refuse",
}
"""Code to the family of its looks; every other code is "cannot_tell"."""


@dataclass(frozen=True, slots=True)
class PresentationReport:
    """A presentation's verdict in words.

    Args:
        outcome: One of three.
        code: Why.
        family: How it looks, as for a badge.
        locale: "en" or "es".
        headline: One line.
        what_to_do: One or two sentences.
        checks: The five questions, in order.
        holder: Who presents, by identifier; "" unless their signature has passed.
        credentials: A report for each credential, in order.
        checked_at: When.
        as_of: In words, where a moment in the past was asked about or saved answers decided, else "".
        verdict: The verdict itself, for technical details.
    """

    outcome: Outcome
    code: PresentationCode
    family: str
    locale: str
    headline: str
    what_to_do: str
    checks: tuple[CheckLine, ...]
    holder: str
    credentials: tuple[Report, ...]
    checked_at: datetime
    as_of: str
    verdict: PresentationVerdict


def explain_presentation(verdict: PresentationVerdict, locale: str = "en") -> PresentationReport:
    """Put a presentation's verdict into words.

    Args:
        verdict: As `verifier.presentation` reached it.
        locale: "en" or "es"; English for any other.
    """
    locale = locale if locale in LOCALES else "en"
    words = LOCALES[locale]
    key, family = _look(verdict)
    day = spell_day(verdict.as_of.date(), words) if verdict.as_of else ""
    asked = any(one.asked_about for one in verdict.credentials)
    return PresentationReport(
        outcome=verdict.outcome,
        code=verdict.code,
        family=family,
        locale=locale,
        headline=words[f"presentation.headline.{key}"].format(date=day),
        what_to_do=words[f"presentation.do.{key}"],
        checks=tuple(_line(verdict, check, locale) for check in PresentationCheck),
        holder=verdict.holder or "",
        credentials=tuple(explain(one, locale) for one in verdict.credentials),
        checked_at=verdict.checked_at,
        as_of=words["as_of.moment" if asked else "as_of"].format(date=day) if day else "",
        verdict=verdict,
    )


def _look(verdict: PresentationVerdict) -> tuple[str, str]:
    """Which words fit, and how they look. Whoever asks about badges sees no *accept* where none was shown,
    and none for another day than today.
    """
    if verdict.code is PresentationCode.VALID and not verdict.credentials:
        return "valid.nothing", "cannot_tell"
    if verdict.code is PresentationCode.VALID and verdict.as_of is not None:
        return "valid.then", "not_current"
    return str(verdict.code), FAMILIES.get(verdict.code, "cannot_tell")


def presentation_json(verdict: PresentationVerdict, locale: str = "en") -> dict[str, Any]:
    """A presentation's verdict for programs. Members are only ever added, never renamed.

    Returns:
        {"outcome", "code", "headline", "what_to_do", "holder",
        "checks": [{"check", "question", "answer", "sentence"}],
        "findings": [{"check", "outcome", "code", "detail"}],
        "credentials": [as `verifier.report.as_json`], "key", "suite", "as_of", "checked_at",
        "kind": "presentation"}.
    """
    report = explain_presentation(verdict, locale)
    return {
        "outcome": str(verdict.outcome),
        "code": str(verdict.code),
        "headline": report.headline,
        "what_to_do": report.what_to_do,
        "holder": verdict.holder,
        "checks": [
            {"check": c.name, "question": c.question, "answer": str(c.outcome), "sentence": c.sentence}
            for c in report.checks
        ],
        "findings": [
            {"check": str(f.check), "outcome": str(f.outcome), "code": f.code, "detail": f.detail}
            for f in verdict.findings
        ],
        "credentials": [as_json(one, report.locale) for one in verdict.credentials],
        "key": verdict.key_id,
        "suite": verdict.suite,
        "as_of": rfc3339(verdict.as_of) if verdict.as_of else None,
        "checked_at": rfc3339(verdict.checked_at),
        "kind": "presentation",
    }


def _line(verdict: PresentationVerdict, check: PresentationCheck, locale: str) -> CheckLine:
    words = LOCALES[locale]
    finding = verdict.finding(check)
    usual = words[f"answer.{CheckOutcome(finding.outcome)}"]
    sentence = words.get(f"presentation.answer.{finding.code}", usual)
    return CheckLine(
        str(check),
        words[f"presentation.check.{check}"],
        finding.outcome,
        words[f"outcome.{finding.outcome}"],
        sentence,
    )
