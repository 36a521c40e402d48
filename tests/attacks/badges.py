"""A fictional district and its enemies: the good badges that attacks start from, and the keys behind them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from contexts.document import Document, compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.proof.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from keys.multibase import base58btc_encode, base64url_encode
from keys.public import KeyType
from tests.attacks.framework import Case, Recipe
from tests.signers import SeededSigner

DISTRICT = "did:web:badges.district.example"
MALLORY = "did:web:mallory.example"
CREATED = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)

ED25519 = SeededSigner("district", DISTRICT)
P256 = SeededSigner("district p256", DISTRICT, KeyType.P256)
P384 = SeededSigner("district p384", DISTRICT, KeyType.P384)
RSA = SeededSigner("district rsa", DISTRICT, KeyType.RSA)
DISTRICT_KEYS = (ED25519, P256, P384, RSA)

V2 = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def badge(issuer: str = DISTRICT, number: int = 1, **changes: Any) -> dict[str, Any]:
    """An unsigned badge; `changes` replace members at the top."""
    return {
        "@context": [V2, BADGES],
        "id": f"urn:uuid:58172aac-d8ba-11ed-83dd-{number:012d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example District"},
        "validFrom": "2026-05-01T09:00:00Z",
        "validUntil": "2030-05-01T09:00:00Z",
        "name": "Welding, level one",
        "credentialSubject": {
            "id": f"urn:uuid:7e0c6bb4-0f47-4a3f-9a5b-{number:012d}",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://badges.district.example/achievements/welding-1",
                "type": ["Achievement"],
                "name": "Welding, level one",
                "description": "Can make a sound fillet weld.",
                "criteria": {"narrative": "A practical test."},
            },
        },
    } | changes


def signed(signer: SeededSigner = ED25519, value: dict[str, Any] | None = None) -> dict[str, Any]:
    """A badge with one good proof, as an array of one."""
    suite = "eddsa-rdfc-2022" if signer.key_type is KeyType.ED25519 else "ecdsa-rdfc-2019"
    made = add_proof(compose(value or badge(signer.controller)), signer, cryptosuite=suite, created=CREATED)
    return copy.deepcopy(made.value)


def signed_as(
    options: dict[str, Any], value: dict[str, Any], signer: SeededSigner = ED25519
) -> dict[str, Any]:
    """A badge whose proof has just these options, honestly signed over: only a check can refuse it."""
    suite = EDDSA_RDFC_2022 if signer.key_type is KeyType.ED25519 else ECDSA_RDFC_2019
    plain = {name: part for name, part in value.items() if name != "proof"}
    secured = {name: part for name, part in options.items() if name != "@context"} | {
        "@context": value["@context"]
    }
    message = suite.hashed(compose(secured), signer.key_type, CHECKING)
    message += suite.hashed(compose(plain), signer.key_type, CHECKING)
    return plain | {"proof": options | {"proofValue": "z" + base58btc_encode(signer.sign(message))}}


def options(signer: SeededSigner = ED25519, **changes: Any) -> dict[str, Any]:
    """The options of a good proof; a change to None takes the member away."""
    made: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022" if signer.key_type is KeyType.ED25519 else "ecdsa-rdfc-2019",
        "created": "2026-05-01T09:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    } | changes
    return {name: part for name, part in made.items() if part is not None}


def text(value: dict[str, Any]) -> bytes:
    """JSON as a careful writer writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def segment(value: Any) -> str:
    """One segment of a token; bytes are taken as they are."""
    return base64url_encode(value if isinstance(value, bytes) else text(value))


def claims(value: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The payload of a good token; a change to None takes the member away."""
    value = value or badge()
    made = value | {
        "iss": DISTRICT,
        "jti": value["id"],
        "nbf": 1_777_626_000,
        "sub": value["credentialSubject"]["id"],
        "exp": 1_903_856_400,
    }
    return {name: part for name, part in (made | changes).items() if part is not None}


def header(signer: SeededSigner = ED25519, **changes: Any) -> dict[str, Any]:
    """The header of a good token; a change to None takes the member away."""
    made = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method, "typ": "JWT"}
    return {name: part for name, part in (made | changes).items() if part is not None}


def token(
    head: dict[str, Any] | bytes | None = None,
    payload: dict[str, Any] | bytes | None = None,
    signer: SeededSigner = ED25519,
) -> bytes:
    """A token over any header and payload, honestly signed: only a check can refuse it."""
    parts = [
        segment(header(signer) if head is None else head),
        segment(claims() if payload is None else payload),
    ]
    signing_input = ".".join(parts).encode("ascii")
    return signing_input + b"." + base64url_encode(signer.sign(signing_input)).encode("ascii")


def unsigned(document: dict[str, Any]) -> Document:
    """A document without its proof."""
    return compose({name: part for name, part in document.items() if name != "proof"})


def case(name: str, data: bytes | Recipe, expect: str, twin: bytes | Recipe | None = None) -> Case:
    """An attack on the reader of tokens; its twin is the plain good token unless another is nearer."""
    return Case(name, data, "jwt", expect, token() if twin is None else twin)


def proof_case(
    name: str, data: dict[str, Any] | Recipe, expect: str, twin: dict[str, Any] | None = None
) -> Case:
    """An attack on the checker of proofs; its twin is the plain good badge unless another is nearer."""
    return Case(
        name,
        data if isinstance(data, Recipe) else text(data),
        "json",
        expect,
        text(signed() if twin is None else twin),
    )


def one_proof(made: dict[str, Any]) -> dict[str, Any]:
    """The one proof of a signed badge."""
    proof = made["proof"]
    found: dict[str, Any] = proof[0] if isinstance(proof, list) else proof
    return found


def with_proof(change: dict[str, Any], made: dict[str, Any] | None = None) -> dict[str, Any]:
    """A signed badge whose proof was changed afterwards."""
    made = made or signed()
    return made | {"proof": [one_proof(made) | change]}
