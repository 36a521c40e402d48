"""The keys that an issuer publishes, and where they are found (CID 1.0, 3.3; Open Badges 3.0 Implementation
Guide, key provenance).

An issuer is a DID, or an https address. A DID stands for its document. An https issuer publishes a controller
document at its own address, for proofs inside a badge, or a key set at `/.well-known/jwks.json` of its
origin, for tokens. A key that a token shows or points to counts only if it is found there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from contexts.document import DID_DOCUMENT_LIMITS, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.verified import JwtClaim, ProofClaim
from keys.did import (
    AssertionKey,
    assertion_key,
    assertion_keys,
    did_jwk_document,
    did_key_document,
    did_web_location,
    parse_did,
)
from keys.errors import KeyRefused
from keys.https_issuer import HttpsIssuer, parse_https_issuer
from keys.jwk_set import key_in_set
from keys.public import PublicKey
from verifier.evidence import Asking, Failure, Need, NeedKind


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """The keys that an issuer publishes for making assertions.

    Args:
        issuer_id: The issuer.
        document: The document of exactly that issuer; its `id` alone where none was asked for.
        claimed: When a signature counts as made that does not say it itself: the credential's own beginning.
        found: The keys that were found in this document before, by name.
        key_set: The key set of an https issuer's origin, where it was asked for.
        others: The documents of those who made earlier proofs of the same credential, by their identifiers.
    """

    issuer_id: str
    document: Mapping[str, Any]
    claimed: datetime
    found: dict[str, AssertionKey] = field(default_factory=dict, repr=False, compare=False)
    key_set: Mapping[str, Any] | None = None
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def claiming(self, moment: datetime) -> IssuerKeys:
        """The same keys for a signature that counts as made then."""
        return IssuerKeys(self.issuer_id, self.document, moment, self.found, self.key_set, self.others)

    def key_for(self, claim: ProofClaim | JwtClaim) -> PublicKey:
        """The key of a proof or a token.

        Raises:
            CredentialError, KeyRefused: As `for_proof` and `for_token`.
        """
        return self.for_proof(claim) if isinstance(claim, ProofClaim) else self.for_token(claim)

    def for_proof(self, claim: ProofClaim) -> PublicKey:
        """The key of a Data Integrity proof.

        Raises:
            KeyRefused: Not the issuer's to assert with, or not at the claimed time, or not theirs alone.
        """
        if claim.earlier and claim.controller in self.others:
            key = assertion_key(self.others[claim.controller], claim.verification_method)
        else:
            key = self.named(claim.verification_method)
        key.check_use(claim.created or self.claimed)
        return key.public_key

    def for_token(self, claim: JwtClaim) -> PublicKey:
        """The key of a token: by `kid`, else by the thumbprint of the header's `jwk`.

        Raises:
            CredentialError: `key_not_bound_to_issuer` where the issuer publishes no such key.
            KeyRefused: As for `for_proof`.
        """
        if self.key_set is not None and not _in_document(self.issuer_id, claim):
            key = self._in_set(self.key_set, claim)
        elif claim.kid is not None:
            key = self.named(claim.kid)
        else:
            found = (
                k for k in assertion_keys(self.document) if k.public_key.thumbprint() == claim.thumbprint
            )
            one = next(found, None)
            if one is None:
                raise _unbound()
            key = one
        key.check_use(claim.issued_at or self.claimed)
        return key.public_key

    def _in_set(self, key_set: Mapping[str, Any], claim: JwtClaim) -> AssertionKey:
        try:
            return key_in_set(
                key_set,
                issuer=self.issuer_id,
                kid=claim.kid,
                thumbprint=claim.thumbprint,
            )
        except KeyRefused as refused:
            if refused.code in ("key_not_in_document", "controller_mismatch"):
                raise _unbound() from refused
            raise

    def for_notes(self, method: str) -> PublicKey:
        """The key of a list's withdrawal notes, by its DID URL.

        Raises:
            KeyRefused: As for `for_proof`.
        """
        key = self.named(method)
        key.check_use(self.claimed)
        return key.public_key

    def named(self, method: str) -> AssertionKey:
        """The assertion key of this name, which must be the issuer's.

        Raises:
            KeyRefused: `controller_mismatch` where the name is under somebody else's identifier; the codes of
                `keys.did.assertion_key`.
        """
        if method.partition("#")[0] != self.issuer_id:
            raise KeyRefused("controller_mismatch", "The key that signed is not one of the issuer's.")
        key = self.found.get(method)
        if key is None:
            key = self.found[method] = assertion_key(self.document, method)
        return key


def find_keys(
    issuer_id: str, claimed: datetime, claims: Sequence[ProofClaim | JwtClaim] = ()
) -> Asking[IssuerKeys | Failure]:
    """Get what lists the issuer's keys, and those of whoever has signed before the issuer.

    Args:
        issuer_id: A did:web or an https address, which must be fetched, or a did:key or did:jwk, which is its
            own document.
        claimed: For `IssuerKeys`.
        claims: What the keys are for. Of an https issuer it decides what is asked: its document unless all
            of them are tokens that name no key in it, its origin's key set for such a token.

    Returns:
        The keys, or why nobody answered.

    Raises:
        KeyRefused: `unsupported_did_method`, `malformed_did`, `document_mismatch`, `malformed_document`.
    """
    others: dict[str, Mapping[str, Any]] = {}
    for claim in claims:
        if isinstance(claim, ProofClaim) and claim.earlier and claim.controller != issuer_id:
            if claim.controller in others:
                continue
            answer = yield from _document_of(claim.controller)
            if isinstance(answer, Failure):
                return answer
            others[claim.controller] = answer[0]
    by_set = [c for c in claims if isinstance(c, JwtClaim) and not _in_document(issuer_id, c)]
    if issuer_id.startswith("https://") and by_set:
        keys = IssuerKeys(issuer_id, {"id": issuer_id}, claimed, {}, None, others)
        found = yield from _key_set(parse_https_issuer(issuer_id))
        if isinstance(found, Failure):
            return found
        keys = IssuerKeys(issuer_id, keys.document, claimed, {}, found, others)
        if len(by_set) == len(claims):
            return keys
        answer = yield from _document_of(issuer_id)
        if isinstance(answer, Failure):
            return answer
        return IssuerKeys(issuer_id, *_with(answer, claimed), found, others)
    answer = yield from _document_of(issuer_id)
    if isinstance(answer, Failure):
        return answer
    return IssuerKeys(issuer_id, *_with(answer, claimed), None, others)


def _with(
    answer: tuple[Mapping[str, Any], dict[str, AssertionKey]], claimed: datetime
) -> tuple[Mapping[str, Any], datetime, dict[str, AssertionKey]]:
    return answer[0], claimed, answer[1]


def _in_document(issuer_id: str, claim: JwtClaim) -> bool:
    """Whether a token names a key of the issuer's own document; else it is one of a key set."""
    return claim.kid is not None and claim.kid.partition("#")[0] == issuer_id and "#" in claim.kid


def _unbound() -> CredentialError:
    return CredentialError(
        "key_not_bound_to_issuer", "the token's key is none of those that the issuer publishes", "/jwk"
    )


def _document_of(identifier: str) -> Asking[tuple[Mapping[str, Any], dict[str, AssertionKey]] | Failure]:
    """A controller's document, with the keys that were found in it before."""
    if identifier.startswith("https://"):
        kind, where = NeedKind.CONTROLLER_DOCUMENT, parse_https_issuer(identifier).text
    else:
        did = parse_did(identifier)
        if did.method == "key":
            return did_key_document(identifier), {}
        if did.method == "jwk":
            return did_jwk_document(identifier), {}
        kind, where = NeedKind.DID_DOCUMENT, did_web_location(did)
    answer = yield Need(kind, where, subject=identifier)
    if isinstance(answer, Failure):
        return answer
    document, found = _read(answer.data)
    if document.get("id") != identifier:
        raise KeyRefused("document_mismatch", "The document that was found is somebody else's.")
    return document, found


def _key_set(issuer: HttpsIssuer) -> Asking[Mapping[str, Any] | Failure]:
    answer = yield Need(NeedKind.KEY_SET, issuer.key_set, subject=issuer.text)
    return answer if isinstance(answer, Failure) else _read(answer.data)[0]


def _read(data: bytes) -> tuple[Mapping[str, Any], dict[str, AssertionKey]]:
    try:
        return _read_document(data)
    except DocumentError as fault:
        raise KeyRefused("malformed_document", f"The issuer's document is not usable: {fault}") from fault


@lru_cache(maxsize=64)
def _read_document(data: bytes) -> tuple[Mapping[str, Any], dict[str, AssertionKey]]:
    """A controller's document, and the keys that will be found in it.

    Both follow from the bytes alone, and one issuer's come again with every badge. Whether a key may be used
    is asked each time: that depends on the signature.
    """
    return parse(data, DID_DOCUMENT_LIMITS).value, {}
