"""`POST /credentials/verify` in the shape of VCALM 1.0: what is asked, and how a verdict answers it.

    {"verifiableCredential": object, enveloped object or token, "options": {...}}
    -> {"verified", "problemDetails"?: [...], "credential"?, "results"?, "report"}

`report` is our own: the same as `cairn-verify check --json`. Everything else is as the specification's
oas.yaml has it, and no more: an option that is not in it is refused by its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from contexts.document import CREDENTIAL_LIMITS, Limits, compose, parse
from contexts.errors import DocumentError, pointer
from credential.errors import CredentialError
from credential.proof.enveloped import enveloped_token
from verifier.evidence import Check, CheckOutcome, Code, Outcome, Presented, PresentedKind, Verdict
from verifier.intake import read
from verifier.report import as_json
from verifier.web.problem import Fault, RequestRefused

PARSING_ERROR: Final = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
MALFORMED: Final = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
UNKNOWN_OPTION: Final = "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED"

REQUEST_LIMITS: Final = Limits(
    max_bytes=CREDENTIAL_LIMITS.max_bytes * 2,
    max_depth=CREDENTIAL_LIMITS.max_depth + 1,
    max_nodes=CREDENTIAL_LIMITS.max_nodes + 16,
    max_string=393_216,
)
RETURNED: Final[Mapping[str, bool]] = MappingProxyType(
    {"returnCredential": False, "returnResults": False, "returnProblemDetails": True}
)
"""The options of a credential, and what holds where one is not given."""

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"bad_json": PARSING_ERROR, "unknown_option": UNKNOWN_OPTION, "bad_request": MALFORMED}
)
"""A refusal's code, and what the standards call it."""

AT: Final = "/verifiableCredential"


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
    value = members(body, {"verifiableCredential", "options"})
    options = object_of(value, "options")
    return VerifyRequest(_presented(value.get("verifiableCredential")), flags(options, RETURNED))


def members(body: bytes, known: Collection[str]) -> Mapping[str, Any]:
    """The members of a request, none of which is unknown.

    Raises:
        RequestRefused: As `parse_request`.
    """
    try:
        value = parse(body, REQUEST_LIMITS).value
    except DocumentError as error:
        raise unreadable(error) from error
    for name in sorted(set(value) - set(known)):
        raise refusal("bad_request", pointer(name[:80]), "unknown_member", f"{name[:80]}: no such member")
    return value


def object_of(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object, and may be left out."""
    found = value.get(name, {})
    if not isinstance(found, Mapping):
        raise refusal("bad_request", pointer(name), "bad_options", f"{name} is an object")
    return found


def flags(options: Mapping[str, Any], known: Mapping[str, bool]) -> frozenset[str]:
    """The options that are true, given or by default.

    Args:
        options: As they were sent.
        known: Those that there are, and what holds where one is not given.

    Raises:
        RequestRefused: One is not known, or neither true nor false.
    """
    for name in sorted(set(options) - set(known)):
        told = f"{name[:80]}: no such option"
        raise refusal("unknown_option", pointer("options", name[:80]), "unknown_option", told)
    for name, setting in options.items():
        if not isinstance(setting, bool):
            raise refusal("bad_request", pointer("options", name), "bad_options", f"{name} is true or false")
    return frozenset(name for name, usual in known.items() if options.get(name, usual))


def refusal(code: str, at: str, fault: str, message: str) -> RequestRefused:
    """A refusal with one fault."""
    return RequestRefused(code, Fault(at, fault, message))


def unreadable(error: DocumentError, *at: str) -> RequestRefused:
    """What a text that cannot be read is refused with."""
    return refusal("bad_json", pointer(*at) + error.pointer, error.code, error.message)


def problem_details(refused: RequestRefused) -> list[dict[str, str]]:
    """A refusal as the standards' problems."""
    kind = TYPES[refused.code]
    return [{"type": kind, "title": one.code, "detail": one.message} for one in refused.faults]


def _presented(credential: Any) -> Presented:
    if isinstance(credential, str):
        return _token(credential.encode())
    if not isinstance(credential, Mapping):
        raise refusal("bad_request", AT, "no_credential", "verifiableCredential is an object or a token")
    try:
        inside = enveloped_token(credential)
    except CredentialError as fault:
        raise refusal("bad_request", AT + fault.pointer, "bad_envelope", fault.message) from fault
    if inside is not None:
        return _token(inside)
    try:
        document = compose(credential)
    except DocumentError as error:
        raise unreadable(error, "verifiableCredential") from error
    return Presented(PresentedKind.DOCUMENT, data=document.raw, source="json")


def _token(text: bytes) -> Presented:
    presented = read(text)
    if presented.kind is not PresentedKind.JWT:
        told = "the text is not a compact JWS over a credential"
        raise refusal("bad_request", AT, "not_a_token", told)
    return presented


def answer(verdict: Verdict, options: frozenset[str]) -> tuple[int, dict[str, Any]]:
    """The status and the body that answer a request.

    A badge that fails its checks is an answer like any other: 200 with `verified` false. What is no badge at
    all is 400. The credential is returned only as far as it was verified.
    """
    report = as_json(verdict)
    body: dict[str, Any] = {"verified": verdict.outcome is Outcome.VALID, "report": report}
    if "returnProblemDetails" in options:
        body["problemDetails"] = report["problems"]
    if "returnCredential" in options and verdict.credential is not None:
        body["credential"] = verdict.credential.value
    if "returnResults" in options:
        body["results"] = results(verdict)
    return (400 if verdict.code is Code.UNREADABLE else 200), body


def results(verdict: Verdict) -> dict[str, Any]:
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
