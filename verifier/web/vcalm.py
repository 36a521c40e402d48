"""`POST /credentials/verify` in the shape of VCALM 1.0: what is asked, and how a verdict answers it.

    {"verifiableCredential": object, enveloped object or token, "options": {...}}
    -> {"verified", "problemDetails": [...], "credential"?, "results"?, "report"}

`report` is our own: the same as `cairn-verify check --json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.document import CREDENTIAL_LIMITS, Limits, compose, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.enveloped import enveloped_token
from verifier.evidence import Check, CheckOutcome, Code, Outcome, Presented, PresentedKind, Verdict
from verifier.intake import read
from verifier.report import as_json

PARSING_ERROR: Final = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
MALFORMED: Final = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
UNKNOWN_OPTION: Final = "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED"

REQUEST_LIMITS: Final = Limits(
    max_bytes=CREDENTIAL_LIMITS.max_bytes * 2,
    max_depth=CREDENTIAL_LIMITS.max_depth + 1,
    max_nodes=CREDENTIAL_LIMITS.max_nodes + 16,
    max_string=393_216,
)
OPTIONS: Final = frozenset({"returnCredential", "returnResults", "returnProblemDetails"})


class RequestRefused(ValueError):  # noqa: N818 - it says what happened; callers read `except RequestRefused`
    """A request that holds nothing to verify.

    Args:
        type: The problem's type, an address that a standard names.
        code: What is wrong, for programs.
        detail: What is wrong, for people.
    """

    def __init__(self, type: str, code: str, detail: str) -> None:  # noqa: A002 - RFC 9457's own name
        super().__init__(f"{code}: {detail}")
        self.type = type
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A request that can be carried out.

    Attributes:
        presented: What is to be verified.
        options: The options that are set.
    """

    presented: Presented
    options: frozenset[str]


def parse_request(body: bytes) -> VerifyRequest:
    """Read a request, as strictly as a credential.

    Raises:
        RequestRefused: It is not strict JSON, has no credential, or asks for what nobody knows.
    """
    try:
        value = parse(body, REQUEST_LIMITS).value
    except DocumentError as error:
        raise RequestRefused(PARSING_ERROR, error.code, str(error)) from error
    unknown = set(value) - {"verifiableCredential", "options"}
    if unknown:
        raise RequestRefused(MALFORMED, "unknown_member", f"not known: {', '.join(sorted(unknown))[:200]}")
    return VerifyRequest(_presented(value.get("verifiableCredential")), _options(value.get("options", {})))


def _options(options: Any) -> frozenset[str]:
    if not isinstance(options, Mapping):
        raise RequestRefused(MALFORMED, "bad_options", "options is an object")
    if unknown := set(options) - OPTIONS:
        raise RequestRefused(
            UNKNOWN_OPTION, "unknown_option", f"not known: {', '.join(sorted(unknown))[:200]}"
        )
    if not all(isinstance(setting, bool) for setting in options.values()):
        raise RequestRefused(MALFORMED, "bad_options", "an option is true or false")
    return frozenset(name for name, setting in options.items() if setting)


def _presented(credential: Any) -> Presented:
    if isinstance(credential, str):
        return _token(credential.encode())
    if not isinstance(credential, Mapping):
        raise RequestRefused(MALFORMED, "no_credential", "verifiableCredential is an object or a token")
    try:
        inside = enveloped_token(credential)
    except CredentialError as refusal:
        raise RequestRefused(MALFORMED, "bad_envelope", refusal.message) from refusal
    if inside is not None:
        return _token(inside)
    try:
        document = compose(credential)
    except DocumentError as error:
        raise RequestRefused(PARSING_ERROR, error.code, str(error)) from error
    return Presented(PresentedKind.DOCUMENT, data=document.raw, source="json")


def _token(text: bytes) -> Presented:
    presented = read(text)
    if presented.kind is not PresentedKind.JWT:
        raise RequestRefused(MALFORMED, "not_a_token", "the text is not a compact JWS over a credential")
    return presented


def answer(verdict: Verdict, options: frozenset[str]) -> tuple[int, dict[str, Any]]:
    """The status and the body that answer a request.

    A badge that fails its checks is an answer like any other: 200 with `verified` false. What is no badge at
    all is 400. The credential is returned only as far as it was verified.
    """
    report = as_json(verdict)
    body: dict[str, Any] = {
        "verified": verdict.outcome is Outcome.VALID,
        "problemDetails": report["problems"],
        "report": report,
    }
    if "returnCredential" in options and verdict.credential is not None:
        body["credential"] = verdict.credential.value
    if "returnResults" in options:
        body["results"] = _results(verdict)
    return (400 if verdict.code is Code.UNREADABLE else 200), body


def _results(verdict: Verdict) -> dict[str, Any]:
    """What was found for each member, as far as the verdict carries what was verified."""
    value = verdict.credential.value if verdict.credential else {}
    passed = {check: verdict.finding(check).outcome is CheckOutcome.YES for check in Check}
    results: dict[str, Any] = {"proof": [{"verified": passed[Check.PROOF]}]}
    for member in ("validFrom", "validUntil"):
        if member in value:
            results[member] = {"verified": passed[Check.PERIOD], "input": value[member]}
    if "credentialStatus" in value:
        entries = value["credentialStatus"]
        results["credentialStatus"] = [
            {"verified": passed[Check.STATUS], "input": entry}
            for entry in (entries if isinstance(entries, list) else [entries])
        ]
    return results
