"""The proof of a presentation: whoever shows credentials says that they do, to this verifier and now.

It is made by the holder, for the purpose `authentication`, as an answer to a challenge (VC Data Integrity
1.0, 4.4; VC Data Model 2.0, 4.13). It says nothing about the credentials inside: each of them has a proof of
its own. So no `Verified` comes out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contexts.document import Document
from contexts.pinned import CHECKING, ContextSet
from credential.errors import CredentialError
from credential.proof.data_integrity import (
    check_each,
    opened,
    proof_options,
    suite_for,
    with_proof,
)
from credential.proof.options import Use
from credential.proof.proof_set import read_proofs
from credential.proof.verified import ProofClaim
from keys.public import PublicKey
from keys.signer import Signer

PURPOSE: Final = "authentication"


def holder_id(value: Mapping[str, Any]) -> str | None:
    """Who a presentation says that it is by; None where it does not say it.

    Raises:
        CredentialError: `bad_member` where `holder` is neither a URL nor an object with an id.
    """
    if "holder" not in value:
        return None
    holder = value["holder"]
    named = holder.get("id") if isinstance(holder, dict) else holder
    if not isinstance(named, str) or not named:
        raise CredentialError("bad_member", "holder is a URL, or an object with an id", "/holder")
    return named


def add_presentation_proof(
    document: Document,
    signer: Signer,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: datetime,
    challenge: str | None,
    domain: str | None,
    contexts: ContextSet = CHECKING,
) -> Document:
    """Sign a presentation as its holder.

    Args:
        document: The presentation; its `holder`, if it names one, is the signer.
        signer: The holder.
        cryptosuite: As for `data_integrity.add_proof`.
        created: When, with a time zone.
        challenge: What the verifier asked, or None.
        domain: Who the verifier is, or None.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: `unsupported_cryptosuite`, `alg_key_mismatch`, `issuer_key_mismatch`,
            `too_many_proofs`, `proof_malformed`, `bad_date`, `bad_member`.
        contexts.errors.DocumentError: Something in the document would not be signed.
    """
    suite = suite_for(cryptosuite, signer.public_key)
    if holder_id(document.value) not in (None, signer.controller):
        raise CredentialError("issuer_key_mismatch", "the presentation is somebody else's", "/holder")
    unsecured, earlier = opened(document, suite)
    use = Use(PURPOSE, challenge, domain)
    options = proof_options(suite, signer, created, unsecured, use)
    return with_proof(unsecured, earlier, options, signer, contexts=contexts)


def presentation_claims(
    document: Document, *, challenge: str | None, domain: str | None
) -> tuple[ProofClaim, ...]:
    """What the proofs say that must pass: of the holder's, where one is named, else all. Unverified.

    Raises:
        CredentialError: As `check_presentation`, of what can be seen without a key.
    """
    required, _ = read_proofs(document, holder_id(document.value), Use(PURPOSE, challenge, domain))
    return tuple(proof.claim for proof in required)


def check_presentation(
    document: Document,
    key_for: Callable[[ProofClaim], PublicKey],
    *,
    challenge: str | None,
    domain: str | None,
    contexts: ContextSet = CHECKING,
) -> tuple[ProofClaim, ...]:
    """Check that a presentation was made by its holder, for this verifier.

    Args:
        document: The presentation with its proof.
        key_for: Gives the public key of a claim, if its controller lists it for `authentication`. `issuer` of
            the claim is the holder, "" where none is named.
        challenge: What this verifier asked: the proof must answer exactly it. None: it must answer nothing.
        domain: Who this verifier is, in the same way.
        contexts: The contexts that may be used.

    Returns:
        The claims that passed.

    Raises:
        CredentialError: `proof_missing`, `proof_malformed`, `proof_purpose`, `proof_domain`, `proof_chain`,
            `too_many_proofs`, `unsupported_cryptosuite`, `alg_key_mismatch`, `issuer_key_mismatch`,
            `bad_signature`, `bad_member`.
        contexts.errors.DocumentError: Something in the document is not covered by any such signature.
    """
    holder = holder_id(document.value)
    required, _ = read_proofs(document, holder, Use(PURPOSE, challenge, domain))
    if holder is not None and required[0].claim.controller != holder:
        raise CredentialError("issuer_key_mismatch", "no proof is by the holder that is named", "/proof")
    check_each(document, required, key_for, contexts)
    return tuple(proof.claim for proof in required)
