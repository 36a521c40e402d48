"""Several credentials that somebody presents at once: who presents them, to whom, and what each comes to.

A presentation may be unsigned: then it is a folder of credentials, each checked by itself. Where a verifier
has asked a challenge, only a signature that answers it will do (VC Data Model 2.0, 4.13; VC Data Integrity
1.0, 2.1). Each credential inside is checked with all its own questions; nothing of a presentation whose own
signature fails is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from contexts.document import PRESENTATION_LIMITS, compose, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.enveloped import ENVELOPED_PRESENTATION, enveloped_token
from credential.proof.presentation import (
    Authentication,
    ReadPresentation,
    check_authentication,
    read_presentation,
    read_presentation_token,
)
from credential.terms import listed
from credential.vcdm import PRESENTATION, check_presentation_model
from keys.did import assertion_key
from keys.errors import KeyRefused
from verifier.checks.issuer import IssuerKeys, find_keys
from verifier.evidence import (
    Asking,
    CheckOutcome,
    Evidence,
    Failure,
    Outcome,
    Presented,
    PresentedKind,
    Seen,
    Verdict,
)
from verifier.outcome import conclude_presentation
from verifier.policy import Policy
from verifier.presented import Judged, PresentationCheck, PresentationFinding, PresentationVerdict
from verifier.verify import INCONCLUSIVE, examine, verify

MOST_PRESENTED: Final = 32
"""How many credentials of one presentation are checked; where there are more, none is."""

Fault = (CredentialError, DocumentError, KeyRefused)
_ONE_KEY: Final = ("did:key:", "did:jwk:")
"""DIDs of one key, which may do whatever a key can do (did:key, 3.2)."""


def is_presentation(presented: Presented) -> bool:
    """Whether what was presented says that it is a presentation; for whoever must choose how to check it."""
    if presented.kind is PresentedKind.PRESENTATION:
        return True
    try:
        if presented.kind is PresentedKind.JWT:
            read_presentation_token(presented.data)
            return True
        if presented.kind is not PresentedKind.DOCUMENT:
            return False
        types = listed(parse(presented.data, PRESENTATION_LIMITS).value.get("type"))
    except CredentialError as fault:
        return presented.kind is PresentedKind.JWT and fault.code not in ("not_a_credential", "malformed_jwt")
    except DocumentError:
        return False
    return PRESENTATION in types or ENVELOPED_PRESENTATION in types


def examine_presentation(  # noqa: PLR0917 - what is presented, what is known, and what was asked
    presented: Presented,
    known: Sequence[Seen],
    policy: Policy,
    now: datetime,
    challenge: str | None = None,
    domain: str | None = None,
) -> Asking[PresentationVerdict]:
    """The whole check of a presentation.

    Args:
        presented: A PRESENTATION; or a DOCUMENT or a JWT of which nobody has looked what it is.
        known: The newest copies of status lists that were accepted before.
        policy: What this verifier accepts.
        now: The time, aware.
        challenge: What the presentation must answer; None where nobody asked.
        domain: For whom it must be made; None where nobody asked.
    """
    case = _Case(now)
    try:
        read = _read(presented)
    except Fault as fault:
        return case.adding(_refused(PresentationCheck.SHAPE, fault)).close()
    for wrong in check_presentation_model(read.document):
        detail = f"{wrong.message} (at {wrong.pointer})"
        return case.add(PresentationCheck.SHAPE, CheckOutcome.NO, wrong.code, detail).close()
    case.add(PresentationCheck.SHAPE, CheckOutcome.YES, "well_formed")
    asked = challenge is not None or domain is not None
    holder = yield from _check_holder(read, policy, now, case, asked=asked)
    _check_challenge(read.authentication, challenge, domain, case)
    if not case.clear():
        return case.close()
    verdicts: list[Verdict] = []
    held = listed(read.document.value.get("verifiableCredential"))
    if len(held) > MOST_PRESENTED:
        detail = f"{len(held)} credentials; at most {MOST_PRESENTED} are checked"
        return case.add(
            PresentationCheck.CREDENTIALS, CheckOutcome.COULD_NOT_CHECK, "too_many_credentials", detail
        ).close()
    for one in held:
        verdicts.append((yield from examine(_presented(one), known, policy, now)))  # noqa: PERF401 - it asks
    case.adding(_credentials(verdicts, signed=holder is not None))
    case.adding(_binding(verdicts, holder))
    return case.close(holder, tuple(verdicts), read.authentication)


def verify_presentation(
    evidence: Evidence,
    policy: Policy,
    now: datetime,
    challenge: str | None = None,
    domain: str | None = None,
) -> PresentationVerdict:
    """Decide by what was gathered; whatever is missing counts as not answered, and nothing raises."""
    walk = examine_presentation(evidence.presented, evidence.seen, policy, now, challenge, domain)
    try:
        need = next(walk)
        while True:
            missing = Failure(need, "not_gathered", "nobody asked for it", now)
            need = walk.send(evidence.answer(need) or missing)
    except StopIteration as end:
        verdict: PresentationVerdict = end.value
        return verdict


def verify_presented(evidence: Evidence, policy: Policy, now: datetime) -> Judged:
    """Decide about whatever was presented, a badge or a presentation, by what was gathered."""
    if evidence.presented.kind is PresentedKind.PRESENTATION:
        return verify_presentation(evidence, policy, now)
    return verify(evidence, policy, now)


def stopped_presentation(now: datetime, why: str) -> PresentationVerdict:
    """The verdict on a presentation that takes more work than is allowed for one check.

    Args:
        now: The time, aware.
        why: For technical details.
    """
    check, outcome = PresentationCheck.SHAPE, CheckOutcome.COULD_NOT_CHECK
    return _Case(now).add(check, outcome, "check_stopped", why).close()


def _read(presented: Presented) -> ReadPresentation:
    """The presentation in any of its forms: plain, in an envelope, as a token.

    Raises:
        CredentialError, DocumentError: It is none.
    """
    if presented.kind is PresentedKind.JWT or not presented.data.lstrip().startswith(b"{"):
        return read_presentation_token(presented.data)
    document = parse(presented.data, PRESENTATION_LIMITS)
    token = enveloped_token(document.value, ENVELOPED_PRESENTATION)
    return read_presentation(document) if token is None else read_presentation_token(token)


def _check_holder(
    read: ReadPresentation, policy: Policy, now: datetime, case: _Case, *, asked: bool
) -> Asking[str | None]:
    """Who presents: the controller of the key that signed, once the signature has passed; else None."""
    said = read.authentication
    proof = PresentationCheck.PROOF
    if said is None:
        # Anybody can hold a file. Whoever was asked has to answer in person.
        outcome = CheckOutcome.NO if asked else CheckOutcome.NOT_APPLICABLE
        case.add(proof, outcome, "presentation_unsigned")
        return None
    if said.holder is not None and said.holder != said.controller:
        detail = f"{said.controller[:200]} signed, and the holder is {said.holder[:200]}"
        case.add(proof, CheckOutcome.NO, "holder_did_not_sign", detail)
        return None
    try:
        keys = yield from find_keys(said.controller, said.made or now)
        if isinstance(keys, Failure):
            case.add(proof, CheckOutcome.COULD_NOT_CHECK, "holder_unreachable", keys.code)
            return None
        key = assertion_key(_document(keys), said.method, purpose="authentication")
        key.check_use(said.made or now)
        check_authentication(read, key.public_key)
    except Fault as fault:
        case.adding(_refused(proof, fault))
        return None
    if said.made is not None and said.made - now > policy.skew:
        case.add(proof, CheckOutcome.NO, "signed_in_future", said.made.isoformat())
    elif said.expires is not None and now - said.expires > policy.skew:
        case.add(proof, CheckOutcome.NO, "presentation_expired", said.expires.isoformat())
    else:
        case.add(proof, CheckOutcome.YES, "holder_signed")
        return said.controller
    return None


def _document(keys: IssuerKeys) -> Mapping[str, Any]:
    """The holder's document; a DID that is one key lists it for everything that it can do."""
    if keys.issuer_id.startswith(_ONE_KEY) and "authentication" not in keys.document:
        return {**keys.document, "authentication": keys.document["assertionMethod"]}
    return keys.document


def _check_challenge(
    said: Authentication | None, challenge: str | None, domain: str | None, case: _Case
) -> None:
    """Whether it was made for this verifier, now: an old answer, or one to somebody else, is none."""
    check = PresentationCheck.CHALLENGE
    if challenge is None and domain is None:
        made_for = said is not None and (said.challenge is not None or said.domains)
        code = "made_for_somebody" if made_for else "not_asked"
        case.add(check, CheckOutcome.NOT_APPLICABLE, code)
    elif not case.passed(PresentationCheck.PROOF) or said is None:
        case.add(check, CheckOutcome.COULD_NOT_CHECK, "not_reached")
    elif challenge is not None and said.challenge != challenge:
        case.add(check, CheckOutcome.NO, "challenge_differs")
    elif domain is not None and domain not in said.domains:
        case.add(check, CheckOutcome.NO, "domain_differs")
    else:
        case.add(check, CheckOutcome.YES, "answered")


def _presented(one: Any) -> Presented:
    """A credential of a presentation that `check_presentation_model` has passed, as if somebody uploaded
    it.
    """
    if isinstance(one, str):
        return Presented(PresentedKind.JWT, one.encode("utf-8", "replace"), source="jwt")
    try:
        token = enveloped_token(one)
    except CredentialError:
        token = None  # the check says by name what is wrong with the envelope
    if token is not None:
        return Presented(PresentedKind.JWT, token, source="jwt")
    try:
        return Presented(PresentedKind.DOCUMENT, compose(one).raw, source="json")
    except DocumentError as fault:
        return Presented(PresentedKind.UNREADABLE, code=fault.code, detail=fault.message)


def _credentials(verdicts: Sequence[Verdict], *, signed: bool) -> PresentationFinding:
    check = PresentationCheck.CREDENTIALS
    if not verdicts:
        # Signed, it says who is there, which is all that was asked; unsigned, it says nothing at all.
        outcome = CheckOutcome.NOT_APPLICABLE if signed else CheckOutcome.COULD_NOT_CHECK
        return PresentationFinding(check, outcome, "nothing_presented")
    found = [verdict.outcome for verdict in verdicts]
    if Outcome.INVALID in found:
        return PresentationFinding(check, CheckOutcome.NO, "credential_fails")
    if Outcome.UNKNOWN in found:
        return PresentationFinding(check, CheckOutcome.COULD_NOT_CHECK, "credential_not_checked")
    return PresentationFinding(check, CheckOutcome.YES, "credentials_valid")


def _binding(verdicts: Sequence[Verdict], holder: str | None) -> PresentationFinding:
    """Whether the credentials are about whoever presents them, by identifier. It decides nothing by
    itself.
    """
    check = PresentationCheck.BINDING
    if holder is None:
        return PresentationFinding(check, CheckOutcome.COULD_NOT_CHECK, "nobody_signed")
    subjects = [name for verdict in verdicts for name in _subjects(verdict)]
    if verdicts and all(name == holder for name in subjects) and len(subjects) == len(verdicts):
        return PresentationFinding(check, CheckOutcome.YES, "holder_is_subject")
    return PresentationFinding(check, CheckOutcome.COULD_NOT_CHECK, "holder_not_named")


def _subjects(verdict: Verdict) -> Iterator[str]:
    """Whom a credential whose proof has passed is about."""
    subject = verdict.credential.value.get("credentialSubject") if verdict.credential else None
    if isinstance(subject, Mapping) and isinstance(subject.get("id"), str):
        yield subject["id"]


def _refused(
    check: PresentationCheck, fault: CredentialError | DocumentError | KeyRefused
) -> PresentationFinding:
    outcome = CheckOutcome.COULD_NOT_CHECK if fault.code in INCONCLUSIVE else CheckOutcome.NO
    return PresentationFinding(check, outcome, fault.code, str(fault))


class _Case:
    """What one check has found so far."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._found: dict[PresentationCheck, PresentationFinding] = {}

    def add(self, check: PresentationCheck, outcome: CheckOutcome, code: str, detail: str = "") -> _Case:
        return self.adding(PresentationFinding(check, outcome, code, detail))

    def adding(self, finding: PresentationFinding) -> _Case:
        self._found.setdefault(finding.check, finding)
        return self

    def passed(self, check: PresentationCheck) -> bool:
        found = self._found.get(check)
        return found is not None and found.outcome is CheckOutcome.YES

    def clear(self) -> bool:
        """Whether nothing found so far stands in the way."""
        fine = (CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE)
        return all(finding.outcome in fine for finding in self._found.values())

    def close(
        self,
        holder: str | None = None,
        verdicts: tuple[Verdict, ...] = (),
        said: Authentication | None = None,
    ) -> PresentationVerdict:
        for check in PresentationCheck:
            self.add(check, CheckOutcome.COULD_NOT_CHECK, "not_reached")
        outcome, code, findings = conclude_presentation(self._found.values())
        made = PresentationVerdict(outcome, code, findings, self._now, holder, verdicts)
        if holder is None or said is None:
            return made
        return replace(made, key_id=said.method, suite=said.suite)
