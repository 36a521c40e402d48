"""Endorsements and learner records of the simulated district: made, signed and broken by tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from contexts.document import Document, compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from tests.seeded import SeededSigner, did_key_signer
from tests.world import AWARDED, World

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
BOARD = did_key_signer("example trades board")
"""An endorser whose key is its own name."""

Change = Callable[[dict[str, Any]], Any]


def endorsement_value(target: str, endorser: str = BOARD.controller, **members: Any) -> dict[str, Any]:
    """An unsigned endorsement."""
    return {
        "@context": [V2, OB],
        "id": "urn:uuid:5d7f4a40-0000-4000-8000-0000000000e1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsed by the trades board",
        "issuer": {"id": endorser, "type": ["Profile"], "name": "Example Trades Board"},
        "validFrom": "2026-04-01T09:00:00Z",
        "credentialSubject": {
            "id": target,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Meets our standard for new hires.",
        },
    } | members


def signed(value: dict[str, Any], signer: SeededSigner = BOARD) -> Document:
    """A document with a proof, under the contexts that are checked."""
    return add_proof(compose(value), signer, created=AWARDED, contexts=CHECKING)


def endorsement(target: str, signer: SeededSigner = BOARD, **members: Any) -> dict[str, Any]:
    """A signed endorsement, as a value."""
    return copy.deepcopy(signed(endorsement_value(target, signer.controller, **members), signer).value)


def endorsement_token(target: str, signer: SeededSigner = BOARD, **members: Any) -> str:
    return sign_jwt(compose(endorsement_value(target, signer.controller, **members)), signer)


def record_value(world: World, *members: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An unsigned learner record of the person of the world's badges."""
    return {
        "@context": [V2, CLR, OB],
        "id": "urn:uuid:5d7f4a40-0000-4000-8000-0000000000c1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Learner record of Jordan Rivera",
        "issuer": {"id": world.did, "type": ["Profile"], "name": world.name},
        "validFrom": "2026-05-02T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:5d7f4a40-0000-4000-8000-0000000000c2",
            "type": ["ClrSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": False,
                    "identityHash": "Jordan Rivera",
                }
            ],
            "verifiableCredential": list(members),
        },
    } | more


def member(world: World, index: int = 5, change: Change | None = None) -> dict[str, Any]:
    """A signed badge of the world, for a record; a change is made before it is signed."""
    value = world.badge_value(index)
    if change is not None:
        change(value)
    return copy.deepcopy(world.sign(compose(value)).value)


def record(world: World, *members: dict[str, Any], change: Change | None = None) -> bytes:
    """A signed learner record."""
    value = record_value(world, *members)
    if change is not None:
        change(value)
    return signed(value, world.signer).raw
