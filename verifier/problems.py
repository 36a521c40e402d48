"""What speaks against a badge, as problem types that the standards name (RFC 9457; VCDM 2.0, 7.2)."""

from __future__ import annotations

from contexts.errors import CODES as DOCUMENT_CODES
from verifier.evidence import Check, CheckOutcome, Finding, Verdict
from verifier.outcome import PASSES, PRESENTATION_PASSES
from verifier.presented import PresentationCheck, PresentationFinding, PresentationVerdict

DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
SECURITY = "https://w3id.org/security#"
STATUS_LIST = "https://www.w3.org/ns/credentials/status-list#"
OWN = "urn:cairn:problem:"
"""For what no standard has a type: withdrawn, unknown issuer."""

_READING = frozenset(DOCUMENT_CODES) - {"schema"}
_ISSUER_TYPES = {
    "malformed_did": SECURITY + "INVALID_VERIFICATION_METHOD_URL",
    "malformed_did_url": SECURITY + "INVALID_VERIFICATION_METHOD_URL",
    "malformed_document": SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT",
    "document_mismatch": SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID",
    "wrong_relationship": SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
}
_STATUS_TYPES = {
    "status_unreachable": STATUS_LIST + "STATUS_RETRIEVAL_ERROR",
    "STATUS_LIST_LENGTH_ERROR": STATUS_LIST + "STATUS_LIST_LENGTH_ERROR",
    "RANGE_ERROR": DATA_MODEL + "RANGE_ERROR",
}


def problems(verdict: Verdict) -> list[dict[str, str]]:
    """One problem for each finding that stands in the way of *valid*; empty for a valid badge.

    Returns:
        {"type": URL, "title": the finding's code, "detail": one sentence for a programmer}.
    """
    return [
        {"type": _type(f), "title": f.code, "detail": f.detail or f"{f.check}: {f.code}"}
        for f in verdict.findings
        if f.outcome not in PASSES[f.check] and f.code != "not_reached"
    ]


def presentation_problems(verdict: PresentationVerdict) -> list[dict[str, str]]:
    """The same for a presentation's own questions; what speaks against a credential in it, that says."""
    return [
        {"type": _presentation_type(f), "title": f.code, "detail": f.detail or f"{f.check}: {f.code}"}
        for f in verdict.findings
        if f.outcome not in PRESENTATION_PASSES[f.check] and f.code != "not_reached"
    ]


def _presentation_type(finding: PresentationFinding) -> str:
    """As VC Data Integrity 1.0, 4.4 and 4.6, has them."""
    if finding.check is PresentationCheck.SHAPE and finding.outcome is CheckOutcome.NO:
        return DATA_MODEL + ("PARSING_ERROR" if finding.code in _READING else "MALFORMED_VALUE_ERROR")
    if finding.check is PresentationCheck.PROOF:
        bad = finding.code == "bad_signature"
        return DATA_MODEL + "CRYPTOGRAPHIC_SECURITY_ERROR" if bad else SECURITY + "PROOF_VERIFICATION_ERROR"
    if finding.check is PresentationCheck.CHALLENGE:
        domain = finding.code == "domain_differs"
        return SECURITY + ("INVALID_DOMAIN_ERROR" if domain else "INVALID_CHALLENGE_ERROR")
    return OWN + finding.code


def _type(finding: Finding) -> str:
    if finding.check is Check.SHAPE:
        if finding.outcome is not CheckOutcome.NO:
            return OWN + finding.code
        return DATA_MODEL + ("PARSING_ERROR" if finding.code in _READING else "MALFORMED_VALUE_ERROR")
    if finding.check is Check.MEANING:
        return SECURITY + "PROOF_TRANSFORMATION_ERROR"
    if finding.check is Check.PROOF:
        bad = finding.code == "bad_signature"
        return DATA_MODEL + "CRYPTOGRAPHIC_SECURITY_ERROR" if bad else SECURITY + "PROOF_VERIFICATION_ERROR"
    if finding.check is Check.PERIOD:
        return DATA_MODEL + "RANGE_ERROR"
    if finding.check is Check.STATUS and finding.outcome is CheckOutcome.COULD_NOT_CHECK:
        return _STATUS_TYPES.get(finding.code, STATUS_LIST + "STATUS_VERIFICATION_ERROR")
    if finding.check is Check.ISSUER and finding.outcome is CheckOutcome.NO:
        return _ISSUER_TYPES.get(finding.code, SECURITY + "INVALID_VERIFICATION_METHOD")
    return OWN + finding.code
