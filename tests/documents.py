"""One good credential, and the same with something changed: what the tests of meaning start from."""

from __future__ import annotations

import copy
import json
from typing import Any

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
GOOD: dict[str, Any] = {
    "@context": [V2, OB],
    "id": "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000001",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:district.example", "type": ["Profile"], "name": "Cedar Valley District"},
    "validFrom": "2026-05-20T12:00:00Z",
    "name": "Welding Safety",
    "credentialSubject": {
        "id": "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000002",
        "type": ["AchievementSubject"],
        "creditsEarned": 2.5,
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Example", "identityType": "name"}
        ],
        "achievement": {
            "id": "https://district.example/achievements/1",
            "type": ["Achievement"],
            "name": "Welding Safety",
            "description": "Works safely with arc and gas.",
            "criteria": {"narrative": "Passed the shop test."},
            "creator": {
                "id": "did:web:district.example",
                "type": ["Profile"],
                "name": "Cedar Valley District",
            },
            "tag": ["welding", "safety"],
        },
    },
    "evidence": [{"id": "https://district.example/evidence/1", "type": ["Evidence"], "name": "Photo"}],
}

ENDORSEMENT: dict[str, Any] = {
    "@context": [V2, OB],
    "id": "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000003",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "name": "Endorsed",
    "issuer": {"id": "did:web:state.example", "type": ["Profile"], "name": "State Board"},
    "validFrom": "2026-05-20T12:00:00Z",
    "credentialSubject": {
        "id": "https://district.example/achievements/1",
        "type": ["EndorsementSubject"],
        "endorsementComment": "Meets the standard.",
    },
}


def changed(path: tuple[str | int, ...], **members: Any) -> bytes:
    """The good credential with members set on the object at `path`."""
    document = copy.deepcopy(GOOD)
    found: Any = document
    for step in path:
        found = found[step]
    found.update(members)
    return json.dumps(document, ensure_ascii=False).encode()
