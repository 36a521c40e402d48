"""Credentials that tests of conformance ask about. Nobody in them exists."""

from __future__ import annotations

from typing import Any, Final

from contexts.pinned import CREDENTIALS_V1, CREDENTIALS_V2
from tests.conformance.contexts import EXAMPLES

BASE: Final = {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"]}

PLAIN: Final[dict[str, Any]] = {
    **BASE,
    "id": "urn:uuid:8a1f5c1e-0000-4000-8000-000000000001",
    "credentialSubject": {"id": "did:example:noor", "name": "Noor Ash", "description": "Keeps bees."},
}
"""The least that the data model of 2023 asks for, and two claims."""

RICH: Final[dict[str, Any]] = {
    "@context": [CREDENTIALS_V2, EXAMPLES],
    "id": "urn:uuid:8a1f5c1e-0000-4000-8000-000000000002",
    "type": ["VerifiableCredential", "BeekeepingCredential"],
    "name": "Beekeeping",
    "description": {"@value": "Imkerei", "@language": "de"},
    "validFrom": "2026-02-01T09:00:00Z",
    "validUntil": "2046-02-01T09:00:00+01:00",
    "credentialSubject": [
        {"id": "did:example:noor", "hives": 4, "keepsSince": "2019-04-01"},
        {"id": "did:example:ivo", "hives": 2},
    ],
    "evidence": [{"type": "Visit", "weather": "fair"}],
    "termsOfUse": [{"type": "Terms", "id": "https://bees.example/terms"}],
    "relatedResource": [
        {
            "id": CREDENTIALS_V2,
            "digestSRI": "sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=",
        }
    ],
}
"""Much of what the data model allows, with words that only the examples' context defines."""

WRITTEN: Final[dict[str, Any]] = {
    "@context": [
        CREDENTIALS_V2,
        {
            "@protected": True,
            "BeeCredential": "urn:example:BeeCredential",
            "Hive": {
                "@id": "urn:example:Hive",
                "@context": {
                    "@protected": True,
                    "id": "@id",
                    "type": "@type",
                    "frames": {
                        "@id": "urn:example:frames",
                        "@context": {
                            "@protected": True,
                            "weight": "urn:example:weight",
                            "year": "urn:example:year",
                        },
                    },
                },
            },
            "hives": {"@id": "urn:example:hives", "@type": "@id"},
        },
    ],
    "id": "urn:uuid:8a1f5c1e-0000-4000-8000-000000000003",
    "type": ["VerifiableCredential", "BeeCredential"],
    "credentialSubject": {
        "name": "Noor Ash",
        "hives": [
            {
                "type": "Hive",
                "frames": [
                    {"weight": 2.5, "year": 2024},
                    {"weight": 3.0, "year": 2024},
                    {"weight": 2.75, "year": 2025},
                ],
            },
            {"type": "Hive", "frames": [{"weight": 1.5, "year": 2023}, {"weight": 2.25, "year": 2025}]},
        ],
    },
}
"""A context that is written into the document, with contexts of types and of members in it."""

OF_2019: Final[dict[str, Any]] = {
    "@context": [
        CREDENTIALS_V1,
        {"name": "https://schema.org/name", "BeeCredential": "urn:example:BeeCredential"},
    ],
    "id": "urn:uuid:8a1f5c1e-0000-4000-8000-000000000004",
    "type": ["VerifiableCredential", "BeeCredential"],
    "issuanceDate": "2024-02-01T09:00:00Z",
    "credentialSubject": {"id": "did:example:noor", "name": "Noor Ash"},
}
"""A credential of the data model of 2019."""

SAMPLES: Final = {"plain": PLAIN, "rich": RICH, "written": WRITTEN, "2019": OF_2019}
