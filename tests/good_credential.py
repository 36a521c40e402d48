"""A good credential of every class, for tests that then break one thing in it. Nobody in it exists."""

from __future__ import annotations

from typing import Any

PROFILE: dict[str, Any] = {
    "id": "did:web:badges.riverbend.example",
    "type": ["Profile"],
    "name": "Riverbend School District",
    "url": "https://badges.riverbend.example",
    "image": {"id": "https://badges.riverbend.example/logo.png", "type": "Image", "caption": "A river bend"},
    "address": {
        "type": ["Address"],
        "addressCountry": "US",
        "geo": {"type": "GeoCoordinates", "latitude": 39.1, "longitude": -108.5},
    },
    "otherIdentifier": [
        {"type": "IdentifierEntry", "identifier": "0042", "identifierType": "ext:DistrictCode"}
    ],
    "parentOrg": {"id": "https://state.example/education", "type": ["Profile"]},
}

LEVELS: list[dict[str, Any]] = [
    {
        "id": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000011",
        "type": ["RubricCriterionLevel"],
        "name": "Basic",
    },
    {
        "id": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000012",
        "type": ["RubricCriterionLevel"],
        "name": "Ready",
    },
]

ACHIEVEMENT: dict[str, Any] = {
    "id": "https://badges.riverbend.example/achievements/welding-1",
    "type": ["Achievement"],
    "name": "Entry welder",
    "description": "Welds plate in two positions.",
    "criteria": {"narrative": "Passes the shop test twice."},
    "achievementType": "Certification",
    "alignment": [
        {"type": ["Alignment"], "targetName": "Welders", "targetUrl": "https://jobs.example/51-4121.00"}
    ],
    "creator": {"id": "https://welding.example/body", "type": ["Profile"], "name": "Example Welding Body"},
    "inLanguage": "en-US",
    "related": [{"id": "https://badges.riverbend.example/achievements/welding-0", "type": ["Related"]}],
    "resultDescription": [
        {
            "id": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000001",
            "type": ["ResultDescription"],
            "name": "Shop rubric",
            "resultType": "RubricCriterionLevel",
            "rubricCriterionLevel": LEVELS,
        },
        {
            "id": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000002",
            "type": ["ResultDescription"],
            "name": "Standing",
            "resultType": "Status",
        },
    ],
    "tag": ["welding"],
}

ENDORSEMENT: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:2c1f0f6e-0000-4000-8000-0000000000e1",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "name": "Endorsement of Entry welder",
    "issuer": {"id": "did:web:guild.example", "type": ["Profile"], "name": "Example Guild"},
    "validFrom": "2026-01-15T00:00:00Z",
    "credentialSubject": {
        "id": ACHIEVEMENT["id"],
        "type": ["EndorsementSubject"],
        "endorsementComment": "We hire on this.",
    },
}

CREDENTIAL: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ],
    "id": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000000",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Entry welder",
    "issuer": PROFILE,
    "validFrom": "2026-05-01T09:00:00Z",
    "validUntil": "2028-05-01T09:00:00Z",
    "awardedDate": "2026-04-18T12:00:00Z",
    "credentialSubject": {
        "id": "urn:uuid:2c1f0f6e-0000-4000-8000-0000000000aa",
        "type": ["AchievementSubject"],
        "activityStartDate": "2025-08-18T08:00:00Z",
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": "Ana Lark", "identityType": "name"}
        ],
        "achievement": {**ACHIEVEMENT, "endorsement": [ENDORSEMENT]},
        "result": [
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000001",
                "achievedLevel": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000012",
            },
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:2c1f0f6e-0000-4000-8000-000000000002",
                "status": "Completed",
            },
        ],
    },
    "evidence": [{"id": "https://badges.riverbend.example/e/7", "type": ["Evidence"], "name": "Shop log"}],
    "credentialSchema": [
        {
            "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
            "type": "1EdTechJsonSchemaValidator2019",
        }
    ],
    "credentialStatus": {
        "id": "https://badges.riverbend.example/status/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://badges.riverbend.example/status/1",
    },
    "relatedResource": [
        {
            "id": "https://badges.riverbend.example/e/7",
            "digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1h9H963sknNNA",
        }
    ],
}
"""Everything in it is right: our schema, the rules of the model and the rules of issuing."""

CREDENTIAL_2019: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:2c1f0f6e-0000-4000-8000-0000000000b0",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Entry welder",
    "issuer": {"id": "did:web:badges.riverbend.example", "type": ["Profile"]},
    "issuanceDate": "2023-05-01T09:00:00Z",
    "expirationDate": "2028-05-01T09:00:00Z",
    "credentialSubject": {
        "id": "urn:uuid:2c1f0f6e-0000-4000-8000-0000000000aa",
        "type": ["AchievementSubject"],
        "achievement": ACHIEVEMENT,
    },
}
"""A credential on the data model of 2019: checked, never made."""
