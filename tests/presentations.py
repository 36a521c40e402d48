"""Presentations of the simulated district's badges: made, signed and broken by tests."""

from __future__ import annotations

from typing import Any

from contexts.document import compose
from contexts.pinned import CHECKING
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.enveloped import enveloped
from keys.multibase import base58btc_encode, base64url_encode
from keys.public import KeyType
from tests.seeded import SeededSigner, did_key_signer

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
STUDENT = did_key_signer("jordan rivera's wallet")
"""A holder whose key is their own name."""


def presentation(*credentials: Any, **members: Any) -> dict[str, Any]:
    """An unsigned presentation."""
    made: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": STUDENT.controller,
    }
    held = {"verifiableCredential": list(credentials)} if credentials else {}
    return {name: one for name, one in (made | held | members).items() if one is not None}


def signed(value: dict[str, Any], signer: SeededSigner = STUDENT, **options: Any) -> bytes:
    """A presentation with an authentication proof."""
    said = {
        "type": "DataIntegrityProof",
        "cryptosuite": EDDSA_RDFC_2022.name,
        "created": "2026-06-01T11:59:30Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "authentication",
    } | options
    said = {name: one for name, one in said.items() if one is not None}
    contexts = value["@context"] if V2 in value["@context"] else [*value["@context"], DATA_INTEGRITY]
    parts = (compose(said | {"@context": contexts}), compose(value))
    message = b"".join(EDDSA_RDFC_2022.hashed(part, KeyType.ED25519, CHECKING) for part in parts)
    proof = said | {"proofValue": "z" + base58btc_encode(signer.sign(message))}
    return compose(value | {"proof": proof}).raw


def token(
    value: dict[str, Any], signer: SeededSigner = STUDENT, *, old: bool = False, **claims: Any
) -> bytes:
    """A presentation as a compact JWS: at the top, or under `vp` as Data Model 1.1 has it."""
    header = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method}
    header["typ"] = "JWT" if old else "vp+jwt"
    payload = ({"vp": value} if old else value) | {"iat": 1_780_315_170} | claims
    signing_input = ".".join(base64url_encode(compose(part).raw) for part in (header, payload))
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode()))}".encode()


def envelope(held: bytes, kind: str = "Credential") -> dict[str, Any]:
    """A token as an object: `EnvelopedVerifiableCredential` or `EnvelopedVerifiablePresentation`."""
    return enveloped(held.decode(), f"EnvelopedVerifiable{kind}")
