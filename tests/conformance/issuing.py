"""Sign what somebody asks to have signed, by any suite and in any issuer's name.

The product signs badges that it has prepared and recorded, as their issuer. Here the same suites sign any
credential that keeps the rules of its data model and loses nothing, whoever it names as its issuer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from contexts.canonical import undefined_terms
from contexts.document import Document, appended, compose
from contexts.errors import DocumentError
from contexts.pinned import CREDENTIALS_V1, DATA_INTEGRITY_V1, DATA_INTEGRITY_V2
from credential.errors import CredentialError
from credential.proof.data_integrity import hashed_options, opened, proof_options, suite_for, with_proof
from credential.proof.ecdsa_sd_2023 import ECDSA_SD_2023, sign_base
from credential.proof.enveloped import enveloped
from credential.proof.sd_value import compose_base
from credential.proof.selective import HMAC_KEY
from credential.proof.vc_jwt import sign_jwt
from credential.status import read_entry
from credential.terms import listed
from keys.one_time import OneTimeKey
from keys.public import KeyType
from tests.conformance.contexts import w3c
from tests.conformance.keyring import KeySigner
from tests.conformance.profile import model_faults

STATUS_V1: Final = "https://www.w3.org/ns/credentials/status/v1"
_DEFINE_PROOFS: Final = frozenset({DATA_INTEGRITY_V1, DATA_INTEGRITY_V2})

READ_HERE: Final = frozenset({"BitstringStatusListEntry", "StatusList2021Entry"})
"""Status entries whose form is known: nobody is given one that cannot be read."""

JOSE: Final = "jose"
BITSTRING: Final = "bitstring"


@dataclass(frozen=True, slots=True)
class Route:
    """One of the issuers of this server.

    Args:
        key: The name of its key in `keyring.NAMES`.
        suite: The cryptosuite, or `jose`.
        with_status: Whether it adds a status entry.
    """

    key: str
    suite: str
    with_status: bool = False


ROUTES: Final[Mapping[str, Route]] = MappingProxyType(
    {
        "eddsa-rdfc-2022": Route("ed", "eddsa-rdfc-2022"),
        "eddsa-jcs-2022": Route("ed", "eddsa-jcs-2022"),
        "ecdsa-rdfc-2019-p256": Route("p256", "ecdsa-rdfc-2019"),
        "ecdsa-rdfc-2019-p384": Route("p384", "ecdsa-rdfc-2019"),
        "ecdsa-jcs-2019-p256": Route("p256", "ecdsa-jcs-2019"),
        "ecdsa-jcs-2019-p384": Route("p384", "ecdsa-jcs-2019"),
        "ecdsa-sd-2023": Route("p256", "ecdsa-sd-2023"),
        "Ed25519Signature2020": Route("ed", "Ed25519Signature2020"),
        JOSE: Route("ed", JOSE),
        BITSTRING: Route("ed", "eddsa-rdfc-2022", with_status=True),
    }
)
"""What stands in the place of `{suite}`, with the issuer behind it."""


class NotIssued(ValueError):  # noqa: N818 - it says what happened
    """A request that is not carried out.

    Args:
        code: Why, for programs.
        detail: Why, for people.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Issuing:
    """Everything that issuing needs besides the credential.

    Args:
        signers: The keys by the names of `keyring.NAMES`.
        random: Gives that many octets that nobody can guess.
        new_status: Gives a status entry of its own to the credential of this id, or of none.
    """

    signers: Mapping[str, KeySigner]
    random: Callable[[int], bytes]
    new_status: Callable[[str | None], dict[str, Any]]

    def issue(
        self, route: Route, credential: Mapping[str, Any], now: datetime, mandatory: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Sign a credential.

        Args:
            route: By which issuer.
            credential: Without an issuer, it gets the key's did:key.
            now: The time, aware.
            mandatory: JSON pointers to what nobody may leave out, for a selective suite.

        Raises:
            NotIssued: It breaks a rule of the data model, or something in it would not be signed.
        """
        signer = self.signers[route.key]
        if "proof" in credential:
            raise NotIssued("proof_present", "the credential carries a proof already")
        value = _with_issuer(credential, signer.controller)
        try:
            if route.suite not in (JOSE, "Ed25519Signature2020"):
                value = _with_context(value, DATA_INTEGRITY_V2, _DEFINE_PROOFS)
            _check_rules(compose(value))
            if route.with_status:
                value = _with_context(value, STATUS_V1, frozenset({STATUS_V1}))
                value = _with_status(value, self.new_status(value.get("id")))
            return self._signed(route, compose(value), signer, now, mandatory)
        except (CredentialError, DocumentError) as fault:
            raise NotIssued(fault.code, str(fault)) from fault

    def _signed(
        self, route: Route, document: Document, signer: KeySigner, now: datetime, mandatory: Sequence[str]
    ) -> dict[str, Any]:
        if route.suite == JOSE:
            old = CREDENTIALS_V1 in listed(document.value.get("@context"))
            return enveloped(sign_jwt(document, signer, profile="jwt" if old else "vc+jwt"))
        if route.suite == ECDSA_SD_2023.name:
            return self._base(document, signer, now, mandatory).value
        suite = suite_for(route.suite, signer.public_key)
        unsecured, earlier = opened(document, suite)
        options = proof_options(suite, signer, now, unsecured)
        signed = with_proof(unsecured, earlier, options, signer, contexts=w3c()).value
        return signed | {"proof": signed["proof"][0]}

    def _base(
        self, document: Document, signer: KeySigner, now: datetime, mandatory: Sequence[str]
    ) -> Document:
        unsecured, _ = opened(document, ECDSA_SD_2023)
        options = proof_options(ECDSA_SD_2023, signer, now, unsecured)
        context = unsecured.value.get("@context")
        base = sign_base(
            unsecured.value,
            hashed_options(options, context, ECDSA_SD_2023, KeyType.P256, w3c()),
            signer,
            one_time=OneTimeKey(self.random),
            hmac_key=self.random(HMAC_KEY),
            mandatory=mandatory,
            contexts=w3c(),
        )
        return appended(unsecured, "proof", options | {"proofValue": compose_base(base)})


def _with_issuer(credential: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The credential with an issuer: its own, or this one where it names none."""
    named = credential.get("issuer")
    if "issuer" not in credential:
        return {**credential, "issuer": issuer}
    if isinstance(named, Mapping) and "id" not in named:
        return {**credential, "issuer": {"id": issuer, **named}}
    return dict(credential)


def _with_context(value: dict[str, Any], url: str, enough: frozenset[str]) -> dict[str, Any]:
    """A credential of 2019 with one more context, unless it names one that is enough; one of 2023 needs none.

    Source: VC Data Integrity 1.0, 2.4.2.
    """
    contexts = listed(value.get("@context"))
    if contexts[:1] != [CREDENTIALS_V1] or any(isinstance(one, str) and one in enough for one in contexts):
        return value
    return value | {"@context": [*contexts, url]}


def _with_status(value: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The credential with one more status entry."""
    own = listed(value.get("credentialStatus"))
    return value | {"credentialStatus": [*own, entry] if own else entry}


def _check_rules(document: Document) -> None:
    """Refuse what a verifier would refuse, by whichever suite it is signed.

    Raises:
        CredentialError: A rule of the data model.
        DocumentError: `undefined_term`, `undefined_type` for a word without a meaning, and what
            `undefined_terms` raises.
    """
    for fault in model_faults(document):
        raise CredentialError(fault.code, fault.message, fault.pointer)
    for entry in listed(document.value.get("credentialStatus")):
        if isinstance(entry, Mapping) and entry.get("type") in READ_HERE:
            read_entry(entry)
    for where in undefined_terms(document, contexts=w3c()):
        code = "undefined_type" if "/type" in where else "undefined_term"
        raise DocumentError(code, "no context says what this means", where)
