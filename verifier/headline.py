"""A verdict's headline and what to do about it: which words fit, and what stands in their blanks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from credential.types import CredentialKind
from verifier.badge import Badge
from verifier.evidence import Check, CheckOutcome, Code, Finding, Outcome, Verdict
from verifier.words import spell_day

_WRONG_KEY = frozenset(
    {
        "issuer_key_mismatch",
        "key_not_bound_to_issuer",
        "controller_mismatch",
        "key_not_in_document",
        "wrong_relationship",
        "malformed_did_url",
        "malformed_did",
        "ambiguous_key",
        "weak_key",
        "malformed_key",
        "private_material",
    }
)
_UNSUPPORTED = frozenset(
    {"unsupported_cryptosuite", "unsupported_did_method", "unsupported_envelope", "unsupported_key"}
)
_UNREACHABLE = frozenset({"issuer_unreachable", "status_unreachable", "retrieval_unreachable"})
_LESSER = frozenset({"no_status", "not_paused", "not_paused_then", "not_withdrawn_unsigned"})
"""What of a status is less than a signed list of withdrawn badges; a valid badge's words say so."""
_NONCONFORMING = frozenset({"schema", "bad_type"})


def headline_of(verdict: Verdict, badge: Badge | None, words: Mapping[str, str]) -> tuple[str, str]:
    """The headline, and one or two sentences about what to do.

    Args:
        verdict: As `verifier.verify` reached it.
        badge: What its badge says, None unless the proof has passed.
        words: Of one language (`verifier.words`).
    """
    finding = _decisive(verdict)
    blanks = _blanks(verdict, finding, badge, words)
    variants = _variants(verdict, finding, badge)
    return (
        _say(words, f"headline.{verdict.code}", variants, blanks),
        _say(words, f"do.{verdict.code}", variants, blanks),
    )


def _decisive(verdict: Verdict) -> Finding | None:
    """The finding that the headline is about."""
    from_code = {
        Code.REVOKED: Check.STATUS,
        Code.REPLACED: Check.STATUS,
        Code.EVIDENCE_FAILS: Check.EVIDENCE,
        Code.SUSPENDED: Check.STATUS,
        Code.EXPIRED: Check.PERIOD,
        Code.NOT_YET_VALID: Check.PERIOD,
        Code.ISSUER_UNKNOWN: Check.ISSUER,
    }.get(verdict.code)
    if from_code is not None:
        return verdict.finding(from_code)
    if verdict.outcome is Outcome.VALID:
        return None
    against = [f for f in verdict.findings if f.check is not Check.RECIPIENT and f.code != "not_reached"]
    for outcome in (CheckOutcome.NO, CheckOutcome.COULD_NOT_CHECK):
        for finding in against:
            if finding.outcome is outcome and (verdict.code is not Code.INCOMPLETE or _stops(finding)):
                return finding
    return None


def _stops(finding: Finding) -> bool:
    unknown = {
        "domain_only",
        "issuer_not_listed",
        "recognition_ended",
        "recognition_withdrawn",
        "key_not_pinned",
    }
    return finding.code not in unknown and not finding.code.startswith("not_recog")


def _variants(verdict: Verdict, finding: Finding | None, badge: Badge | None) -> tuple[str, ...]:
    """Which special words fit, the closest first: about a moment in the past they are others."""
    variant = _variant(verdict, finding, badge)
    if verdict.asked_about:
        return (f"then_{variant}", "then", variant)
    if verdict.code is Code.VALID and verdict.as_of:
        return (variant, "as_of") if variant in _LESSER else ("as_of",)
    return (variant,)


def _variant(verdict: Verdict, finding: Finding | None, badge: Badge | None) -> str:
    """Which special words fit, or ""."""
    if verdict.code is Code.VALID:
        if verdict.kind is not CredentialKind.BADGE:
            return str(verdict.kind)
        status = verdict.finding(Check.STATUS).code
        if status in _LESSER:
            return status
        return "" if badge and badge.awarded_to else "nameless"
    if finding is None:
        return ""
    if finding.code in _WRONG_KEY:
        return "wrong_key"
    if finding.code in _UNSUPPORTED:
        return "unsupported"
    if finding.code in _UNREACHABLE:
        return "unreachable"
    if verdict.code in (Code.REVOKED, Code.SHARE_ENDED) and "date" in finding.facts:
        return "dated"
    if verdict.code is Code.UNREADABLE and finding.outcome is CheckOutcome.NO:
        return "nonconforming" if finding.code in _NONCONFORMING else "malformed"
    return finding.code


def _blanks(
    verdict: Verdict, finding: Finding | None, badge: Badge | None, words: Mapping[str, str]
) -> dict[str, str]:
    facts = dict(finding.facts) if finding else {}
    return {
        "issuer": verdict.issuer_name or words["the_issuer"],
        "name": badge.awarded_to if badge and badge.awarded_to else words["somebody"],
        "domain": facts.get("domain", ""),
        "as_of": spell_day(verdict.as_of.date(), words) if verdict.as_of else "",
        "source": facts.get("source") or words["the_issuer"].capitalize(),
        "reason": words.get(f"reason.{facts.get('reason')}", ""),
        "date": spell_day(date.fromisoformat(facts["date"]), words) if "date" in facts else "",
        "at": spell_day(verdict.as_of.date(), words) if verdict.as_of else "",
    }


def _say(words: Mapping[str, str], key: str, variants: Sequence[str], blanks: Mapping[str, str]) -> str:
    found = (words[f"{key}.{one}"] for one in variants if f"{key}.{one}" in words)
    return next(found, words[key]).format(**blanks)
