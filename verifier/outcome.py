"""From findings to one verdict: the only place that can say *valid*.

Every check must have a finding, and every finding must pass; a check without one has failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from verifier.evidence import Check, CheckOutcome, Code, Finding, Outcome
from verifier.presented import PresentationCheck, PresentationCode, PresentationFinding

PASSES: Mapping[Check, frozenset[CheckOutcome]] = MappingProxyType(
    {
        Check.SHAPE: frozenset({CheckOutcome.YES}),
        Check.MEANING: frozenset({CheckOutcome.YES}),
        Check.ISSUER: frozenset({CheckOutcome.YES}),
        Check.PROOF: frozenset({CheckOutcome.YES}),
        Check.PERIOD: frozenset({CheckOutcome.YES}),
        # An issuer need not give a list; the report says so in words.
        Check.STATUS: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),
        # A badge need not embed anything.
        Check.EVIDENCE: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),
        # Nobody's face is in a file: the report says to ask for a photo ID.
        Check.RECIPIENT: frozenset({CheckOutcome.YES, CheckOutcome.COULD_NOT_CHECK}),
    }
)
"""Which answers to each question let a badge be valid."""

_QUESTIONS = tuple(Check)

PRECEDENCE = (
    Code.NOT_FOUND,
    Code.NOT_SHARED,
    Code.SHARE_ENDED,
    Code.UNREADABLE,
    Code.TAMPERED,
    Code.REVOKED,
    Code.REPLACED,
    Code.EVIDENCE_FAILS,
    Code.SUSPENDED,
    Code.NOT_YET_VALID,
    Code.EXPIRED,
    Code.INCOMPLETE,
    Code.ISSUER_UNKNOWN,
)
"""Where several things speak against a badge, the first of these is the headline."""

_CODES = MappingProxyType(
    {
        (Check.SHAPE, "not_found"): Code.NOT_FOUND,
        (Check.SHAPE, "nothing_shared"): Code.NOT_FOUND,
        (Check.SHAPE, "tag_unknown"): Code.NOT_FOUND,
        (Check.SHAPE, "not_shared"): Code.NOT_SHARED,
        (Check.SHAPE, "share_ended"): Code.SHARE_ENDED,
        (Check.SHAPE, "retrieval_unreachable"): Code.INCOMPLETE,
        (Check.SHAPE, "moment_not_come"): Code.INCOMPLETE,
        (Check.SHAPE, "check_stopped"): Code.INCOMPLETE,
        (Check.SHAPE, "unsupported_context"): Code.INCOMPLETE,
        (Check.PERIOD, "expired"): Code.EXPIRED,
        (Check.PERIOD, "proof_expired"): Code.EXPIRED,
        (Check.PERIOD, "not_yet_valid"): Code.NOT_YET_VALID,
        (Check.PERIOD, "signed_in_future"): Code.NOT_YET_VALID,
        (Check.STATUS, "revoked"): Code.REVOKED,
        (Check.STATUS, "replaced"): Code.REPLACED,
        (Check.STATUS, "suspended"): Code.SUSPENDED,
        (Check.EVIDENCE, "evidence_altered"): Code.EVIDENCE_FAILS,
        (Check.EVIDENCE, "rule_does_not_hold"): Code.EVIDENCE_FAILS,
        (Check.EVIDENCE, "member_altered"): Code.EVIDENCE_FAILS,
        (Check.EVIDENCE, "member_withdrawn"): Code.EVIDENCE_FAILS,
        (Check.EVIDENCE, "endorsement_altered"): Code.EVIDENCE_FAILS,
        (Check.ISSUER, "domain_only"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "issuer_not_listed"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "not_recognised_for"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "not_recognised_then"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "recognition_ended"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "recognition_withdrawn"): Code.ISSUER_UNKNOWN,
        (Check.ISSUER, "key_not_pinned"): Code.ISSUER_UNKNOWN,
    }
)


def conclude(findings: Iterable[Finding]) -> tuple[Outcome, Code, tuple[Finding, ...]]:
    """Reach a verdict.

    Args:
        findings: In any order; the first for each check counts.

    Returns:
        The outcome, the headline, and one finding for each check in their order.
    """
    given: dict[Check, Finding] = {}
    for finding in findings:
        given.setdefault(finding.check, finding)
    complete = tuple(
        [given.get(check) or Finding(check, CheckOutcome.NO, "not_reached") for check in _QUESTIONS]
    )
    if all(finding.outcome in PASSES[finding.check] for finding in complete):
        return Outcome.VALID, Code.VALID, complete
    against = [f for f in complete if f.outcome not in PASSES[f.check]]
    changed = any(f.check in (Check.PROOF, Check.MEANING) and f.outcome is CheckOutcome.NO for f in against)
    code = min((_code(f, changed=changed) for f in against), key=PRECEDENCE.index)
    invalid = any(f.outcome is CheckOutcome.NO for f in against)
    return Outcome.INVALID if invalid else Outcome.UNKNOWN, code, complete


def _code(finding: Finding, *, changed: bool) -> Code:
    named = _CODES.get((finding.check, finding.code))
    if named is not None:
        return named
    if finding.check is Check.SHAPE and not changed:
        return Code.UNREADABLE
    return Code.TAMPERED if finding.outcome is CheckOutcome.NO else Code.INCOMPLETE


PRESENTATION_PASSES: Mapping[PresentationCheck, frozenset[CheckOutcome]] = MappingProxyType(
    {
        PresentationCheck.SHAPE: frozenset({CheckOutcome.YES}),
        # Nobody need sign a folder of credentials; where a challenge was asked, that answer is *no*.
        PresentationCheck.PROOF: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),
        PresentationCheck.CHALLENGE: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),
        # A signed one may say who is there, and show nothing.
        PresentationCheck.CREDENTIALS: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),
        # As with any badge: whose face it is, is in no file.
        PresentationCheck.BINDING: frozenset({CheckOutcome.YES, CheckOutcome.COULD_NOT_CHECK}),
    }
)
"""Which answers to each question let a presentation be valid."""

_PRESENTATION_CODES = MappingProxyType(
    {
        PresentationCheck.SHAPE: PresentationCode.UNREADABLE,
        PresentationCheck.PROOF: PresentationCode.ALTERED,
        PresentationCheck.CHALLENGE: PresentationCode.NOT_ANSWERED,
        PresentationCheck.CREDENTIALS: PresentationCode.CREDENTIAL_FAILS,
        PresentationCheck.BINDING: PresentationCode.INCOMPLETE,
    }
)


def conclude_presentation(
    findings: Iterable[PresentationFinding],
) -> tuple[Outcome, PresentationCode, tuple[PresentationFinding, ...]]:
    """Reach a verdict about a presentation: as `conclude`, for its own questions.

    Returns:
        The outcome, the headline, and one finding for each check in their order.
    """
    given: dict[PresentationCheck, PresentationFinding] = {}
    for finding in findings:
        given.setdefault(finding.check, finding)
    complete = tuple(
        given.get(check, PresentationFinding(check, CheckOutcome.NO, "not_reached"))
        for check in PresentationCheck
    )
    against = [f for f in complete if f.outcome not in PRESENTATION_PASSES[f.check]]
    if not against:
        return Outcome.VALID, PresentationCode.VALID, complete
    refused = [f for f in against if f.outcome is CheckOutcome.NO]
    if not refused:
        return Outcome.UNKNOWN, PresentationCode.INCOMPLETE, complete
    unsigned = refused[0].code == "presentation_unsigned"
    code = PresentationCode.NOT_ANSWERED if unsigned else _PRESENTATION_CODES[refused[0].check]
    return Outcome.INVALID, code, complete
