"""Presentations under the profile of this server: who shows what, to whom, and whether each of it verifies.

The rules are those of `verifier.presentation`; the credentials inside are checked by `profile.examine`. One
thing is added: a credential without a proof of its own is covered by the presentation's, where whoever
presents it is also its issuer (VC Data Model 2.0, 4.13, presentations including holder claims).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contexts.canonical import undefined_terms
from contexts.document import Document, compose, without
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.data_integrity import check_each
from credential.proof.enveloped import ENVELOPED_PRESENTATION, enveloped_token, is_envelope
from credential.proof.options import Proof
from credential.proof.presentation import (
    Authentication,
    ReadPresentation,
    check_authentication,
    read_presentation,
    read_presentation_token,
)
from credential.terms import listed
from credential.vcdm import check_presentation_model
from keys.did import assertion_key
from keys.errors import KeyRefused
from tests.conformance.contexts import w3c
from tests.conformance.profile import REFUSALS, Lists, document_of, examine, model_faults
from verifier.checks.issuer import issuer_of
from verifier.evidence import Outcome
from verifier.policy import Policy
from verifier.presentation import MOST_PRESENTED
from verifier.problems import problems

DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
SECURITY = "https://w3id.org/security#"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something does not verify (VC Data Model 2.0, 7.2).

    Args:
        type: An address that a standard names.
        title: What is wrong, for programs.
        detail: The same for people.
    """

    type: str
    title: str
    detail: str

    def to_json(self) -> dict[str, str]:
        return {"type": self.type, "title": self.title, "detail": self.detail}


def examine_presentation(
    presented: Mapping[str, Any] | str,
    lists: Lists,
    now: datetime,
    *,
    challenge: str | None = None,
    domain: str | None = None,
) -> list[dict[str, str]]:
    """Check a presentation.

    Args:
        presented: As it was sent: an object, an envelope or a token.
        lists: Who answers for status lists.
        now: The time, aware.
        challenge: What it must answer; None where nobody asked.
        domain: For whom it must be made; None where nobody asked.

    Returns:
        What speaks against it; empty where it verifies.
    """
    try:
        read = _read(presented)
        for wrong in check_presentation_model(_without_an_empty_list(read.document)):
            raise CredentialError(wrong.code, wrong.message, wrong.pointer)
    except REFUSALS as fault:
        return _one(DATA_MODEL + "MALFORMED_VALUE_ERROR", fault)
    said = read.authentication
    if said is None and (challenge is not None or domain is not None):
        return [_said("PROOF_VERIFICATION_ERROR", "presentation_unsigned", "nobody has answered")]
    try:
        if said is not None:
            _check_holder(read, said, now)
        else:
            undefined_terms(without(read.document, "verifiableCredential"), contexts=w3c())
    except REFUSALS as fault:
        return _one(SECURITY + "PROOF_VERIFICATION_ERROR", fault)
    if challenge is not None and said is not None and said.challenge != challenge:
        return [_said("INVALID_CHALLENGE_ERROR", "challenge_differs", "it answers another challenge")]
    if domain is not None and said is not None and domain not in said.domains:
        return [_said("INVALID_DOMAIN_ERROR", "domain_differs", "it was made for somebody else")]
    held = listed(read.document.value.get("verifiableCredential"))
    if len(held) > MOST_PRESENTED or not (held or said):
        message = f"a presentation shows 1 to {MOST_PRESENTED} credentials"
        return _one(DATA_MODEL + "MALFORMED_VALUE_ERROR", CredentialError("bad_member", message))
    return [problem for one in held for problem in _inside(one, said, lists, now)]


def _read(presented: Mapping[str, Any] | str) -> ReadPresentation:
    if isinstance(presented, str):
        return read_presentation_token(presented)
    token = enveloped_token(presented, ENVELOPED_PRESENTATION)
    return read_presentation(compose(presented)) if token is None else read_presentation_token(token)


def _without_an_empty_list(document: Document) -> Mapping[str, Any]:
    """The W3C's tests show an empty list of credentials, which in JSON-LD says as much as none."""
    empty = document.value.get("verifiableCredential") == []
    return without(document, "verifiableCredential").value if empty else document.value


def _check_holder(read: ReadPresentation, said: Authentication, now: datetime) -> None:
    """Whoever is named as holder has signed, and the signature is of now.

    Raises:
        CredentialError, DocumentError, KeyRefused: It is not so.
    """
    if said.holder is not None and said.holder != said.controller:
        raise CredentialError("issuer_key_mismatch", "another than the holder has signed", "/holder")
    key = assertion_key(document_of(said.controller), said.method, purpose="authentication").public_key
    if isinstance(read.secured, Proof):
        check_each(read.document, [read.secured], lambda _: key, w3c())
    else:
        check_authentication(read, key)
    skew = Policy().skew
    if (said.made is not None and said.made - now > skew) or (
        said.expires is not None and now - said.expires > skew
    ):
        raise CredentialError("proof_malformed", "the presentation's proof is not in date", "/proof")


def _inside(one: Any, said: Authentication | None, lists: Lists, now: datetime) -> list[dict[str, str]]:
    """What speaks against one credential of a presentation."""
    if isinstance(one, Mapping) and "proof" not in one and not is_envelope(one):
        return _self_asserted(one, said)
    verdict = examine(one, lists, now)
    return [] if verdict.outcome is Outcome.VALID else problems(verdict)


def _self_asserted(one: Mapping[str, Any], said: Authentication | None) -> list[dict[str, str]]:
    try:
        document = compose(one)
        for wrong in model_faults(document):
            raise CredentialError(wrong.code, wrong.message, wrong.pointer)
        if said is None or said.holder is None or issuer_of(document) != said.holder:
            message = (
                "a credential without a proof is its holder's own, and the holder is named and has signed"
            )
            raise CredentialError("proof_missing", message, "/verifiableCredential")
    except REFUSALS as fault:
        return _one(SECURITY + "PROOF_VERIFICATION_ERROR", fault)
    return []


def _said(kind: str, title: str, detail: str) -> dict[str, str]:
    return Problem(SECURITY + kind, title, detail).to_json()


def _one(kind: str, fault: CredentialError | DocumentError | KeyRefused) -> list[dict[str, str]]:
    return [Problem(kind, fault.code, str(fault)).to_json()]
