"""The profile of this server: the product's checks, asked of any credential and in any issuer's name.

The product asks whether something is an Open Badge by an issuer that it knows. A test of conformance asks
whether a credential keeps the rules of the data model and whether its proof fits. So here the shape is the
data model's alone, contexts beyond badges are read, `validFrom` may be missing, a subject may have no more
than an id, and the key is the did:key that the proof names, whoever the issuer is. What is signed, what a
word means, dates and status are asked by the product's own functions; whatever could not be checked is not
verified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contexts.canonical import canonical_quads, undefined_terms
from contexts.document import STATUS_LIST_LIMITS, Document, compose, without
from contexts.errors import CODES as DOCUMENT_CODES
from contexts.errors import DocumentError
from contexts.schema import Fault
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof, proof_claims, signs_every_byte
from credential.proof.enveloped import enveloped_token
from credential.proof.vc_jwt import UnverifiedJwt, check_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from credential.vcdm import check_vcdm
from keys.did import assertion_key, did_jwk_document, did_key_document
from keys.errors import KeyRefused
from keys.public import PublicKey
from tests.conformance.contexts import w3c
from verifier.checks.issuer import IssuerKeys, issuer_of
from verifier.checks.period import check_claims, check_period
from verifier.checks.recipient import check_recipient
from verifier.checks.status import check_status
from verifier.evidence import Check, CheckOutcome, Failure, Fetched, Finding, Need, Verdict
from verifier.outcome import conclude
from verifier.policy import Policy
from verifier.verify import INCONCLUSIVE

REFUSALS: Final = (CredentialError, DocumentError, KeyRefused)
Lists = Callable[[Need], Fetched | Failure]
"""Who answers for status lists: this server for its own, and nobody else for any."""

_POLICY: Final = Policy()


def examine(credential: Mapping[str, Any] | str, lists: Lists, now: datetime) -> Verdict:
    """Check a credential in any form: with a proof in it, as a token, as a token in an envelope.

    Args:
        credential: As it was sent, unchecked.
        lists: Who answers for status lists.
        now: The time, aware.
    """
    case = _Case(now)
    try:
        document, token = _read(credential)
    except REFUSALS as fault:
        return case.no(Check.SHAPE, fault).close()
    for wrong in model_faults(document):
        return case.no(Check.SHAPE, CredentialError(wrong.code, wrong.message, wrong.pointer)).close()
    case.yes(Check.SHAPE, "well_formed")
    check = Check.MEANING
    try:
        claims: tuple[ProofClaim | JwtClaim, ...] = (token.claim,) if token else proof_claims(document)
        _check_meaning(document, written=token is not None or signs_every_byte(claims))
        case.yes(check, "all_defined")
        check = Check.PROOF
        verified = check_jwt(token, key_of) if token else check_proof(document, key_of, contexts=w3c())
        case.verified = verified
        case.yes(Check.PROOF, "signature_good")
        case.yes(Check.ISSUER, "key_is_named")
        case.found.append(_period(verified, now))
        case.found.append(_status(verified, lists, now))
        case.found.append(Finding(Check.EVIDENCE, CheckOutcome.NOT_APPLICABLE, "not_opened"))
    except REFUSALS as fault:
        case.no(_CHECKS.get(fault.code, check), fault)
    return case.close()


_CHECKS: Final = {"bad_date": Check.PERIOD, "valid_period": Check.PERIOD}


def model_faults(document: Document) -> tuple[Fault, ...]:
    """What `check_vcdm` says, except of a subject of which only the id is told.

    The W3C's tests issue hardly anything else: to them the statement that this is the subject is a claim.
    """
    value = document.value
    held = value.get("credentialSubject")
    subjects = [_claiming(one) for one in held] if isinstance(held, list) else _claiming(held)
    return check_vcdm(value if held is None else {**value, "credentialSubject": subjects})


def _claiming(subject: object) -> object:
    if isinstance(subject, Mapping) and subject.keys() == {"id"}:
        return {**subject, "name": "nothing else is told"}
    return subject


def key_of(claim: ProofClaim | JwtClaim) -> PublicKey:
    """The key that a proof or a token names by its own did:key or did:jwk.

    Raises:
        KeyRefused: It names another kind of key, or none.
    """
    method = claim.verification_method if isinstance(claim, ProofClaim) else claim.kid
    if method is None:
        raise KeyRefused("malformed_did_url", "The token names no key.")
    return assertion_key(document_of(method.partition("#")[0]), method).public_key


def document_of(did: str) -> dict[str, Any]:
    """The document of a DID that is its own key, which may sign for whatever there is to sign for.

    Raises:
        KeyRefused: It is not of such a kind.
    """
    if did.startswith("did:jwk:"):
        document = did_jwk_document(did)
    elif did.startswith("did:key:"):
        document = did_key_document(did)
    else:
        raise KeyRefused("unsupported_did_method", "Only did:key and did:jwk are looked up here.")
    return document | {"authentication": document["assertionMethod"]}


def _read(credential: Mapping[str, Any] | str) -> tuple[Document, UnverifiedJwt | None]:
    if isinstance(credential, str):
        token = split(credential)
        return token.credential, token
    if (inside := enveloped_token(credential)) is not None:
        token = split(inside)
        return token.credential, token
    return compose(credential, STATUS_LIST_LIMITS), None


def _check_meaning(document: Document, *, written: bool) -> None:
    """Whatever a word of the document means, it is signed: by its meaning, or as it is written.

    Raises:
        DocumentError: It is neither; or a context that is not read here.
    """
    unsecured = without(document, "proof")
    if written:
        undefined_terms(unsecured, contexts=w3c())
    else:
        canonical_quads(unsecured, contexts=w3c())


def _period(verified: Verified, now: datetime) -> Finding:
    """The product's answer; of a credential that names no beginning, what is left of the question."""
    value = verified.document.value
    if "validFrom" in value or "issuanceDate" in value:
        return check_period(verified, now, _POLICY.skew)
    if wrong := check_claims(verified.claims, now, _POLICY.skew):
        return wrong
    end = parse_date_time(value["validUntil"], "/validUntil").instant if "validUntil" in value else None
    if end is not None and now - end > _POLICY.skew:
        return Finding(Check.PERIOD, CheckOutcome.NO, "expired", end.isoformat())
    return Finding(Check.PERIOD, CheckOutcome.YES, "in_date")


def _status(verified: Verified, lists: Lists, now: datetime) -> Finding:
    """What the lists say that stand under the key which signed the credential.

    A list here is kept by the key. So the issuer's own are those that the key signs, whatever the issuer is
    called.
    """
    issuer = issuer_of(verified.document)
    claim = verified.claims[0]
    method = (claim.verification_method if isinstance(claim, ProofClaim) else claim.kid) or ""
    did = method.partition("#")[0]
    policy = Policy(status_by={issuer: frozenset({did})})
    keys = IssuerKeys(issuer, document_of(did) if issuer == did else {"id": issuer}, now)
    walk = check_status(verified, keys, (), policy, now)
    try:
        need = next(walk)
        while True:
            need = walk.send(lists(need))
    except StopIteration as end:
        finding: Finding = end.value.finding
        return finding


class _Case:
    """What one check has found so far."""

    def __init__(self, now: datetime) -> None:
        self.found: list[Finding] = []
        self.verified: Verified | None = None
        self._now = now

    def yes(self, check: Check, code: str) -> None:
        self.found.append(Finding(check, CheckOutcome.YES, code))

    def no(self, check: Check, fault: CredentialError | DocumentError | KeyRefused) -> _Case:
        if isinstance(fault, KeyRefused):
            check = Check.ISSUER
        elif isinstance(fault, DocumentError) and check is not Check.SHAPE and fault.code in DOCUMENT_CODES:
            check = Check.MEANING
        unsure = fault.code in INCONCLUSIVE
        outcome = CheckOutcome.COULD_NOT_CHECK if unsure else CheckOutcome.NO
        self.found.insert(0, Finding(check, outcome, fault.code, str(fault)))
        return self

    def close(self) -> Verdict:
        """The verdict, by the product's own rule: what was not reached was not passed."""
        answered = {finding.check for finding in self.found}
        rest = [
            Finding(check, CheckOutcome.COULD_NOT_CHECK, "not_reached")
            for check in Check
            if check not in answered and check is not Check.RECIPIENT
        ]
        outcome, code, findings = conclude([*self.found, check_recipient(), *rest])
        signed = self.verified.document if self.verified else None
        return Verdict(outcome, code, findings, self._now, credential=signed)
