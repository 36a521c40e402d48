"""What costs most to check of all that is let in: made by anybody, with keys of their own.

A badge as a token, so that its bytes are signed and nothing of it is put into canonical form; in its evidence
as many badges as are opened, each a nest that uses up the whole budget of its own canonical form.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from contexts.document import compose
from credential.embedded import data_uri
from credential.proof.vc_jwt import sign_jwt
from tests.documents import OB, V2
from tests.seeded import did_key_signer
from tests.world import World
from verifier.checks.evidence import MOST_CREDENTIALS

STRANGER = did_key_signer("a stranger with much time")


def nest(depth: int, width: int) -> dict[str, Any]:
    """Anonymous profiles, all alike, `depth` deep and `width` wide."""
    made: dict[str, Any] = {"type": "Profile"}
    for _ in range(depth):
        made = {"type": "Profile", "endorsement": [made] * width}
    return made


def poison(depth: int, width: int) -> bytes:
    """A badge whose canonical form is not finished within its budget."""
    grown = nest(depth, width)
    return compose(
        {
            "@context": [V2, OB],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": STRANGER.controller, "type": "Profile", "endorsement": [grown, grown]},
            "validFrom": "2026-05-01T09:00:00Z",
            "credentialSubject": {"type": "AchievementSubject"},
            "proof": {
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-rdfc-2022",
                "created": "2026-05-01T09:00:00Z",
                "proofPurpose": "assertionMethod",
                "verificationMethod": STRANGER.verification_method,
                "proofValue": "z" + "2" * 87,
            },
        }
    ).raw


@lru_cache(maxsize=4)
def dear_badge(inside: int = MOST_CREDENTIALS, depth: int = 5, width: int = 2) -> bytes:
    """A badge as a token, with so many of the dearest kind in its evidence."""
    value = World().badge_value()
    value.pop("credentialStatus")
    value["issuer"]["id"] = STRANGER.controller
    # Two that are equal would be opened once.
    held = [poison(depth, width).replace(b"z2", b"z" + str(number + 3).encode()) for number in range(inside)]
    value["evidence"] = [{"id": data_uri("application/vc", one), "type": ["Evidence"]} for one in held]
    return sign_jwt(compose(value), STRANGER).encode()
