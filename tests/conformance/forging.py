"""Sign what no issuer here would sign: so that a verifier is seen to refuse it for what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from contexts.document import compose
from credential.proof.data_integrity import opened, proof_options, suite_for, with_proof
from keys.multibase import base64url_encode
from keys.public import KeyType
from tests.conformance.contexts import w3c
from tests.conformance.keyring import KeySigner, new_signer

STRANGER: KeySigner = new_signer(KeyType.ED25519)


def forged(
    value: dict[str, Any],
    signer: KeySigner = STRANGER,
    *,
    suite: str = "eddsa-rdfc-2022",
    options: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """A document with a proof that fits, whatever it says; without an issuer it gets the signer's did:key.

    Args:
        value: The document.
        signer: Who signs.
        suite: A suite that signs whole documents.
        options: Members of the proof that are others than usual, and signed; None for one that is left out.
    """
    rules = suite_for(suite, signer.public_key)
    unsecured, earlier = opened(compose({"issuer": signer.controller, **value}), rules)
    usual = proof_options(rules, signer, datetime.now(UTC), unsecured)
    said = {name: part for name, part in (usual | dict(options)).items() if part is not None}
    signed = with_proof(unsecured, earlier, said, signer, contexts=w3c()).value
    return signed | {"proof": signed["proof"][0]}


def forged_token(
    payload: dict[str, Any], signer: KeySigner = STRANGER, header: dict[str, Any] | None = None
) -> str:
    """A compact JWS whose signature fits, whatever it says."""
    usual = {"alg": "EdDSA", "kid": signer.verification_method, "typ": "vc+jwt", "cty": "vc"}
    said = {name: part for name, part in (usual | (header or {})).items() if part is not None}
    signing_input = ".".join(base64url_encode(compose(part).raw) for part in (said, payload))
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode()))}"


def envelope(token: str, kind: str = "Credential") -> dict[str, Any]:
    """A token as an object."""
    media = "vc+jwt" if kind == "Credential" else "vp+jwt"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"data:application/{media},{token}",
        "type": f"EnvelopedVerifiable{kind}",
    }
