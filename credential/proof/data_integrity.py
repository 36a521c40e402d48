"""Add a Data Integrity proof, check the proofs of a document: the same for every suite.

A document may carry several proofs (a set). At least one must be by the issuer; every proof that names the
issuer's key must pass; a proof by somebody else, or of a suite unknown here, is left aside with a note and
adds nothing. Chains (`previousProof`) are refused. No clock is read: when a proof was made or ends is
returned, and the verifier's policy decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from contexts.document import STATUS_LIST_LIMITS, Document, appended, parse, without, written
from contexts.pinned import CHECKING, ISSUING, ContextSet
from credential.dates import format_date_time
from credential.errors import CredentialError
from credential.proof.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.issuer import issuer_id
from credential.proof.options import PROOF_TYPE, PURPOSE, Proof, read_proof, suite_label
from credential.proof.suite import Suite
from credential.proof.verified import ProofClaim, Verified, sealed
from keys.multibase import base58btc_encode
from keys.public import KeyType, PublicKey
from keys.signer import Signer

MOST_PROOFS: Final = 4
"""Proofs of one document: each costs a signature check, and nobody needs more."""

_SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {suite.name: suite for suite in (EDDSA_RDFC_2022, ECDSA_RDFC_2019)}
)
_READABLE: Final[Mapping[str, Suite]] = MappingProxyType(
    dict(_SUITES) | {name: suite for suite in _SUITES.values() for name in suite.former_names}
)

# The contexts that define the members of a proof. Where a document lists none of them, the proof is read as
# if the last were appended (VC Data Integrity 1.0, 2.4.2): credentials of the 1.1 data model need that.
_INTEGRITY_CONTEXT: Final = "https://w3id.org/security/data-integrity/v2"
_DEFINE_PROOFS: Final = frozenset(
    {
        "https://www.w3.org/ns/credentials/v2",
        "https://w3id.org/security/data-integrity/v1",
        _INTEGRITY_CONTEXT,
    }
)

# The transformation may take no limit away from what `parse` has let through, and a status list is the
# longest.
_LIMITS: Final = STATUS_LIST_LIMITS


def add_proof(
    document: Document,
    signer: Signer,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: datetime,
    contexts: ContextSet = ISSUING,
) -> Document:
    """Sign a document: the same document with one more proof.

    Args:
        document: What to sign. Proofs that it carries stay, and are not signed over: a set, not a chain.
        signer: Signs as the document's issuer.
        cryptosuite: `eddsa-rdfc-2022` or `ecdsa-rdfc-2019`.
        created: When, with a time zone; written in UTC to the second.
        contexts: The contexts that may be used.

    Returns:
        The document with `proof` as an array, last in it. Whether the signer's result fits is not asked here:
        whoever gives the document out looks at it with `check_proof`, as anybody will.

    Raises:
        CredentialError: `unsupported_cryptosuite`, `alg_key_mismatch`, `issuer_key_mismatch`,
            `too_many_proofs`, `proof_malformed`, `bad_date`.
        contexts.errors.DocumentError: Something in the document would not be signed.

    Source: VC Data Integrity 1.0, 4.2; Open Badges 3.0, 8.3.
    """
    suite = _SUITES.get(cryptosuite)
    if suite is None:
        raise CredentialError(
            "unsupported_cryptosuite",
            f"{cryptosuite[:40]!r} is not written; choose one of {', '.join(_SUITES)}",
        )
    _check_key_type(suite, signer.public_key)
    if issuer_id(document.value) != signer.controller:
        raise CredentialError(
            "issuer_key_mismatch",
            "the document names another issuer than the one who would sign: use the issuer's own key",
            "/issuer",
        )
    earlier = _located(document) if "proof" in document.value else []
    for where, entry in earlier:
        suite_label(entry, where)
    if len(earlier) >= MOST_PROOFS:
        raise CredentialError("too_many_proofs", f"a document carries at most {MOST_PROOFS} proofs", "/proof")
    unsecured = _without_proof(document)
    options: dict[str, Any] = {
        "type": PROOF_TYPE,
        "cryptosuite": suite.name,
        "created": format_date_time(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": PURPOSE,
    }
    key_type = signer.public_key.key_type
    secured_options = written(options | {"@context": unsecured.value.get("@context")})
    message = _hashed_options(secured_options, suite.name, key_type, contexts)
    message += suite.hashed(unsecured, key_type, contexts)
    signature = signer.sign(message)
    proof = options | {"proofValue": "z" + base58btc_encode(signature)}
    return appended(unsecured, "proof", [*(entry for _, entry in earlier), proof], _LIMITS)


def proof_claims(document: Document) -> tuple[ProofClaim, ...]:
    """What the proofs say that must pass: the very claims that `check_proof` will ask keys for. Unverified.

    Raises:
        CredentialError: As `check_proof`, of what can be seen without a key.
    """
    required, _ = _required(document)
    return tuple(proof.claim for proof in required)


def check_proof(
    document: Document,
    key_for: Callable[[ProofClaim], PublicKey],
    *,
    contexts: ContextSet = CHECKING,
) -> Verified:
    """Check a document's proofs.

    Args:
        document: The credential with its proof.
        key_for: Gives the public key of a claim, taken from what the claim's issuer publishes and only if it
            is the issuer's to assert with; raises `CredentialError` or `KeyRefused` otherwise. It must
            compare `claim.controller` with `claim.issuer`: a signature under anybody's key is only a
            signature.
        contexts: The contexts that may be used.

    Returns:
        The document without its proof, the claims that passed, and notes on proofs that were left aside.

    Raises:
        CredentialError: `proof_missing`, `proof_malformed`, `proof_purpose`, `proof_chain`, `proof_domain`,
            `too_many_proofs`, `unsupported_cryptosuite`, `alg_key_mismatch`, `bad_signature`, `bad_member`.
        contexts.errors.DocumentError: Something in the document is not covered by any such signature.
        keys.errors.KeyRefused: As `key_for` raises it.

    Source: VC Data Integrity 1.0, 4.4 and 4.5. Where 4.5 forgets to fail a set of which one member failed,
    this fails it.
    """
    required, notes = _required(document)
    keys = [(proof, _READABLE[proof.claim.cryptosuite], key_for(proof.claim)) for proof in required]
    for _, suite, key in keys:
        _check_key_type(suite, key)
    unsecured = _without_proof(document)
    context = _proof_context(unsecured.value.get("@context"))
    hashed: dict[tuple[str, KeyType], bytes] = {}
    for proof, suite, key in keys:
        which = (suite.name, key.key_type)
        if which not in hashed:
            hashed[which] = suite.hashed(unsecured, key.key_type, contexts)
        options = written(proof.options | {"@context": context})
        if not key.verify(
            proof.signature, _hashed_options(options, suite.name, key.key_type, contexts) + hashed[which]
        ):
            raise CredentialError(
                "bad_signature",
                "the signature does not fit: the document, the proof or the key is not what was signed",
                proof.pointer,
            )
    return sealed(unsecured, tuple(proof.claim for proof, _, _ in keys), notes)


def _required(document: Document) -> tuple[list[Proof], tuple[str, ...]]:
    """The proofs that must pass, and notes on the others: read once, whoever asks first."""
    if _required not in document.forms:
        document.forms[_required] = _read_proofs(document)
    proofs, notes = document.forms[_required]
    return proofs, notes


def _read_proofs(document: Document) -> tuple[list[Proof], tuple[str, ...]]:
    issuer, context = issuer_id(document.value), document.value.get("@context")
    known: list[Proof] = []
    notes: list[str] = []
    for where, entry in _located(document):
        label = suite_label(entry, where)
        if label not in _READABLE:
            notes.append(f"proof_not_checked: the suite {label[:40]!r} is not supported (at {where})")
            continue
        proof = read_proof(entry, issuer=issuer, context=context, pointer=where)
        if label in _READABLE[label].former_names:
            notes.append(f"former_suite_name: {label!r} is now called {_READABLE[label].name!r} (at {where})")
        known.append(proof)
    if not known:
        raise CredentialError(
            "unsupported_cryptosuite",
            f"no proof is of a suite supported here: {', '.join(_SUITES)}",
            "/proof",
        )
    by_issuer = [proof for proof in known if proof.claim.controller == issuer]
    notes.extend(
        f"proof_not_checked: made by {proof.claim.controller[:200]!r}, not by the issuer (at {proof.pointer})"
        for proof in known
        if by_issuer and proof not in by_issuer
    )
    return by_issuer or known, tuple(notes)


@lru_cache(maxsize=256)
def _hashed_options(raw: bytes, suite: str, key_type: KeyType, contexts: ContextSet) -> bytes:
    """The hash of proof options, by their very bytes: those of one batch are the same from badge to badge."""
    return _SUITES[suite].hashed(parse(raw), key_type, contexts)


def _located(document: Document) -> list[tuple[str, Any]]:
    """The entries of `proof`, one object or an array of them, each with its pointer."""
    if "proof" not in document.value:
        raise CredentialError("proof_missing", "the document carries no proof: anybody could have written it")
    proof = document.value["proof"]
    if not isinstance(proof, list):
        return [("/proof", proof)]
    if not proof:
        raise CredentialError("proof_missing", "the document's list of proofs is empty", "/proof")
    if len(proof) > MOST_PROOFS:
        raise CredentialError("too_many_proofs", f"a document carries at most {MOST_PROOFS} proofs", "/proof")
    return [(f"/proof/{index}", entry) for index, entry in enumerate(proof)]


def _without_proof(document: Document) -> Document:
    return without(document, "proof")


def _proof_context(context: Any) -> Any:
    """The contexts under which proof options are read: the document's, and one that defines proofs."""
    listed = context if isinstance(context, list) else [context]
    if any(isinstance(url, str) and url in _DEFINE_PROOFS for url in listed):
        return context
    return [*listed, _INTEGRITY_CONTEXT]


def _check_key_type(suite: Suite, key: PublicKey) -> None:
    if key.key_type not in suite.digests:
        raise CredentialError(
            "alg_key_mismatch",
            f"{suite.name} takes {' or '.join(suite.digests)} keys, not {key.key_type.value}",
        )


def reads(label: str) -> bool:
    """Whether proofs of this suite are read here."""
    return label in _READABLE


def check_signature(
    unsecured: Document, proof: Proof, key: PublicKey, *, contexts: ContextSet = CHECKING
) -> None:
    """One signature, whatever it was made for: whoever asks has read what the proof says of itself.

    Args:
        unsecured: The document without its proofs.
        proof: One of a suite that `reads`.
        key: The key that it names.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: `alg_key_mismatch`, `bad_signature`.
        contexts.errors.DocumentError: Something in the document is not covered by any such signature.
    """
    suite = _READABLE[proof.claim.cryptosuite]
    _check_key_type(suite, key)
    options = written(proof.options | {"@context": _proof_context(unsecured.value.get("@context"))})
    message = _hashed_options(options, suite.name, key.key_type, contexts)
    message += suite.hashed(unsecured, key.key_type, contexts)
    if not key.verify(proof.signature, message):
        raise CredentialError(
            "bad_signature",
            "the signature does not fit: the document, the proof or the key is not what was signed",
            proof.pointer,
        )
