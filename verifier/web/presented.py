"""`POST /presentations/verify` in the shape of VCALM 1.0: what is asked, and how a verdict answers it.

    {"verifiablePresentation" or "presentation": object or token,
     "options": {"challenge", "domain", "returnPresentation", "returnResults", "returnProblemDetails"}}
    -> {"verified", "problemDetails"?, "verifiablePresentation"?, "results"?, "report"}

A challenge that this verifier made (`verifier.web.challenges`) is good once: whoever answers it a second time
is not verified, however good the presentation is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from contexts.document import PRESENTATION_LIMITS, compose, parse
from contexts.errors import DocumentError
from credential.dates import format_date_time
from credential.proof.enveloped import ENVELOPED_PRESENTATION, enveloped
from verifier.evidence import CheckOutcome, Outcome, Presented, PresentedKind
from verifier.intake import read
from verifier.presentation_report import presentation_json
from verifier.presented import PresentationCheck, PresentationCode, PresentationVerdict
from verifier.problems import SECURITY, presentation_problems
from verifier.web.challenges import Challenge, Standing
from verifier.web.vcalm import answer, flags, members, object_of, refusal, unreadable

RETURNED: Final[Mapping[str, bool]] = MappingProxyType(
    {"returnPresentation": False, "returnResults": True, "returnProblemDetails": True}
)
"""The options that are true or false, and what holds where one is not given."""

LONGEST_ASKED: Final = 1_024
"""Characters of a challenge or a domain."""

GOOD: Final = frozenset({Standing.OPEN, Standing.FOREIGN})

_SAID: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        Standing.USED: "this challenge has been answered before: ask for a new one for each presentation",
        Standing.EXPIRED: "this challenge is too old: ask for a new one",
        Standing.UNKNOWN: "this verifier does not know this challenge any more: ask for a new one",
    }
)


@dataclass(frozen=True, slots=True)
class PresentationRequest:
    """A request that can be carried out.

    Attributes:
        presented: The presentation, a DOCUMENT or a JWT.
        challenge: What it must answer; None where nothing is asked.
        domain: For whom it must be made; None where nothing is asked.
        options: The options that are set.
    """

    presented: Presented
    challenge: str | None
    domain: str | None
    options: frozenset[str]


def parse_presentation_request(body: bytes) -> PresentationRequest:
    """Read a request, as strictly as a credential.

    Raises:
        RequestRefused: It is not strict JSON, has no presentation, or asks for what nobody knows.
    """
    value = members(body, {"verifiablePresentation", "presentation", "options"})
    given = [name for name in ("verifiablePresentation", "presentation") if name in value]
    if len(given) != 1:
        told = "send verifiablePresentation, or presentation for one without a proof"
        raise refusal("bad_request", "", "no_presentation", told)
    options = dict(object_of(value, "options"))
    asked: dict[str, str | None] = {name: _asked(options, name) for name in ("challenge", "domain")}
    presented = _presented(value[given[0]], given[0])
    return PresentationRequest(presented, asked["challenge"], asked["domain"], flags(options, RETURNED))


def _asked(options: dict[str, Any], name: str) -> str | None:
    if name not in options:
        return None
    said = options.pop(name)
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_ASKED:
        told = f"{name} is a text of at most {LONGEST_ASKED} characters"
        raise refusal("bad_request", f"/options/{name}", "bad_options", told)
    return said


def _presented(presentation: Any, name: str) -> Presented:
    if isinstance(presentation, str):
        found = read(presentation.encode("utf-8", "replace"))
        if found.kind not in (PresentedKind.JWT, PresentedKind.PRESENTATION) or found.data.startswith(b"{"):
            raise refusal("bad_request", f"/{name}", "not_a_token", "the text is not a compact JWS")
        return Presented(PresentedKind.JWT, found.data, source="jwt")
    if not isinstance(presentation, Mapping):
        raise refusal("bad_request", f"/{name}", "no_presentation", f"{name} is an object or a token")
    try:
        return Presented(PresentedKind.DOCUMENT, compose(presentation).raw, source="json")
    except DocumentError as error:
        raise unreadable(error, name) from error


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a presentation, its challenge with it.

    Attributes:
        verdict: As strangers may know it.
        standing: How the challenge stood; None where none was asked.
        challenge: The challenge with this use counted, where this verifier made it.
    """

    verdict: PresentationVerdict
    standing: Standing | None = None
    challenge: Challenge | None = None

    @property
    def verified(self) -> bool:
        """Whether the presentation is good and its challenge was not used before."""
        fresh = self.standing is None or self.standing in GOOD
        return fresh and self.verdict.outcome is Outcome.VALID


def presentation_answer(asked: PresentationRequest, found: Answered) -> tuple[int, dict[str, Any]]:
    """The status and the body that answer a request; as `verifier.web.vcalm.answer`."""
    verdict = found.verdict
    body: dict[str, Any] = {"verified": found.verified, "report": presentation_json(verdict)}
    if "returnProblemDetails" in asked.options:
        body["problemDetails"] = presentation_problems(verdict) + _of_challenge(found)
    if "returnPresentation" in asked.options and verdict.holder is not None:
        body["verifiablePresentation"] = _returned(asked.presented)
    if "returnResults" in asked.options:
        body["results"] = {
            "presentation": _results(asked, found),
            "credentials": [_credential(one, asked.options) for one in verdict.credentials],
        }
    return (400 if verdict.code is PresentationCode.UNREADABLE else 200), body


def _of_challenge(found: Answered) -> list[dict[str, str]]:
    if found.standing is None or found.standing in GOOD:
        return []
    kind, detail = SECURITY + "INVALID_CHALLENGE_ERROR", _SAID[found.standing]
    return [{"type": kind, "title": found.standing.value, "detail": detail}]


def _results(asked: PresentationRequest, found: Answered) -> dict[str, Any]:
    """What was found for each part of the presentation itself, as far as it was asked or signed."""
    verdict = found.verdict
    proof = verdict.finding(PresentationCheck.PROOF)
    challenge = verdict.finding(PresentationCheck.CHALLENGE)
    told: dict[str, Any] = {}
    if asked.challenge is not None:
        fresh = found.standing in GOOD
        right = challenge.outcome is CheckOutcome.YES or challenge.code == "domain_differs"
        told["challenge"] = {"verified": right and fresh, "input": asked.challenge}
        if found.challenge is not None and found.challenge.first_used_at is not None:
            first = format_date_time(found.challenge.first_used_at.replace(microsecond=0))
            told["challenge"] |= {"uses": found.challenge.uses, "firstVerifiedAt": first}
    if asked.domain is not None:
        told["domain"] = {"verified": challenge.outcome is CheckOutcome.YES, "input": asked.domain}
    if verdict.holder is not None:
        told["holder"] = {"verified": True, "input": verdict.holder}
    if proof.outcome is not CheckOutcome.NOT_APPLICABLE:
        problems = [one for one in presentation_problems(verdict) if one["title"] == proof.code]
        told["proof"] = [{"verified": proof.outcome is CheckOutcome.YES, "problemDetails": problems}]
    return told


def _credential(verdict: Any, options: frozenset[str]) -> dict[str, Any]:
    _, body = answer(verdict, (options & {"returnProblemDetails"}) | {"returnResults", "returnCredential"})
    del body["report"]  # it stands in the presentation's own report
    return body


def _returned(presented: Presented) -> Mapping[str, Any]:
    """The presentation in the form in which it was verified."""
    if presented.data.startswith(b"{"):
        return parse(presented.data, PRESENTATION_LIMITS).value
    return enveloped(presented.data.decode("ascii"), ENVELOPED_PRESENTATION)
