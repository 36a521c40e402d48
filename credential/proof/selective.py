"""Sign a credential so that parts of it can be left out, and show a part of one: suite `ecdsa-sd-2023`.

What anybody is shown is checked by `data_integrity.check_proof`, like every other proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from contexts.document import Document, appended, compose
from contexts.pinned import CHECKING, ISSUING, ContextSet
from credential.errors import CredentialError
from credential.proof.data_integrity import hashed_options, open_for, proof_options
from credential.proof.ecdsa_sd_2023 import ECDSA_SD_2023, OneTime, derive, sign_base
from credential.proof.options import suite_label
from credential.proof.sd_value import compose_base, compose_derived, octets_of, read_base
from keys.public import KeyType
from keys.signer import Signer

ALWAYS_SHOWN: Final = (
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/credentialStatus",
    "/credentialSubject/result",
)
"""What nobody may leave out of a badge: who says it, from when to when, where it would be withdrawn, and how
it went. Of these a badge has what it has."""

HMAC_KEY: Final = 32
"""Octets of the key that labels follow from."""


def add_base_proof(
    document: Document,
    signer: Signer,
    one_time: OneTime,
    *,
    hmac_key: bytes,
    mandatory: Sequence[str] = ("/issuer",),
    created: datetime,
    contexts: ContextSet = ISSUING,
) -> Document:
    """Sign a document with a base proof, which is for its holder alone.

    Args:
        document: A document without a proof.
        signer: Signs as its issuer, with a P-256 key.
        one_time: A fresh key, `keys.one_time.OneTimeKey`.
        hmac_key: 32 fresh octets.
        mandatory: JSON pointers to what every derived proof must show.
        created: When, with a time zone.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: `alg_key_mismatch`, `issuer_key_mismatch`, `too_many_proofs`, `proof_pointer`,
            `proof_malformed`, `bad_date`.
        contexts.errors.DocumentError: Something in the document would not be signed.

    Source: Data Integrity ECDSA Cryptosuites 1.0, 3.6.1 to 3.6.5.
    """
    if signer.public_key.key_type is not KeyType.P256:
        raise CredentialError("alg_key_mismatch", "ecdsa-sd-2023 takes P-256 keys")
    if len(hmac_key) != HMAC_KEY:
        raise CredentialError("proof_malformed", f"the HMAC key has {HMAC_KEY} octets")
    unsecured, earlier = open_for(document, signer, ECDSA_SD_2023)
    if earlier:
        raise CredentialError("too_many_proofs", "a base proof stands alone", "/proof")
    options = proof_options(ECDSA_SD_2023, signer, created, unsecured)
    hashed = hashed_options(options, unsecured.value.get("@context"), ECDSA_SD_2023, KeyType.P256, contexts)
    base = sign_base(
        unsecured.value,
        hashed,
        signer,
        one_time=one_time,
        hmac_key=hmac_key,
        mandatory=mandatory,
        contexts=contexts,
    )
    return appended(unsecured, "proof", options | {"proofValue": compose_base(base)})


def derive_proof(
    document: Document, selective: Sequence[str], *, contexts: ContextSet = CHECKING
) -> Document:
    """A part of a document that carries a base proof, with a proof for that part.

    Args:
        document: The whole document with one base proof.
        selective: JSON pointers to what is shown besides what is mandatory; "" shows everything.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: `proof_missing`, `unsupported_cryptosuite` for a proof of another suite,
            `proof_pointer`, `proof_malformed`.
        contexts.errors.DocumentError: Something in the document is not covered by such a signature.

    Source: Data Integrity ECDSA Cryptosuites 1.0, 3.6.6.
    """
    proof = document.value.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if proof is None:
        raise CredentialError("proof_missing", "there is no proof to derive another from")
    if isinstance(proof, list) or suite_label(proof, "/proof") != ECDSA_SD_2023.name:
        raise CredentialError(
            "unsupported_cryptosuite", f"only a proof of {ECDSA_SD_2023.name} can be derived from", "/proof"
        )
    base = read_base(octets_of(proof.get("proofValue"), "/proof/proofValue"))
    unsecured = {name: part for name, part in document.value.items() if name != "proof"}
    shown, value = derive(unsecured, base, selective, contexts)
    return compose(shown | {"proof": {**proof, "proofValue": compose_derived(value)}})


def always_shown(document: Document) -> list[str]:
    """Those of `ALWAYS_SHOWN` that a badge has."""
    return [pointer for pointer in ALWAYS_SHOWN if _stands(document.value, pointer[1:].split("/"))]


def _stands(value: Any, steps: list[str]) -> bool:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value is not None
