"""A folder of badges with what their issuers had published, in the layout that the demo leaves.

`badges/*.json` and `badges/*.jwt`, and `archive/index.json`, which maps each published URL to a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contexts.document import compose
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from keys.did import PublishedKey, did_key_document, did_web_document, did_web_location
from keys.public import KeyType
from tests.determinations import Story
from tests.signers import SeededSigner, did_key_signer
from tests.world import World

DISTRICT = "did:web:badges.meadowbrook.example"
BOARD = "did:web:board.meadowbrook.example"
"""Signs with P-384, apart: openbadgeslib reads no DID document whose first key is of that kind."""

CREATED = datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Folder:
    """A folder of badges, read."""

    path: Path

    @property
    def documents(self) -> list[Path]:
        """Badges with a proof inside."""
        return sorted((self.path / "badges").glob("*.json"))

    @property
    def tokens(self) -> list[Path]:
        """Badges as tokens."""
        return sorted((self.path / "badges").glob("*.jwt"))

    @property
    def did_documents(self) -> dict[str, dict[str, Any]]:
        """DID to document: what is kept in the archive, and what a did:key stands for by itself."""
        archive = self.path / "archive"
        index = json.loads((archive / "index.json").read_text("utf-8"))
        found: dict[str, dict[str, Any]] = {}
        for answer in index["answers"]:
            if answer["url"].endswith("/did.json"):
                document = json.loads((archive / answer["file"]).read_text("utf-8"))
                found[document["id"]] = document
        for path in self.documents:
            issuer = json.loads(path.read_text("utf-8"))["issuer"]
            did = issuer if isinstance(issuer, str) else issuer["id"]
            if did.startswith("did:key:"):
                found[did] = did_key_document(did)
        return found


def badge(issuer: str, number: int, **changes: Any) -> dict[str, Any]:
    """An unsigned badge that uses much of the data model, valid at any time in which the test may run."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": f"urn:uuid:4f1de2b8-7a0f-4a53-9d2e-{number:012d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Certificación en soldadura – nivel 1 ✓",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Meadowbrook School District"},
        "validFrom": "2021-01-01T00:00:00Z",
        "awardedDate": "2020-12-31T17:00:00-07:00",
        "credentialSubject": {
            "id": f"urn:uuid:c3b5a0de-5d3f-4c8e-8a7d-{number:012d}",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": False,
                    "identityHash": 'Íñigo "Iggy" O’Neill\\Smith',
                }
            ],
            "achievement": {
                "id": "https://badges.meadowbrook.example/achievements/welding-1",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": "Welding, level one",
                "description": "Line one\nline two\twith a tab",
                "criteria": {"narrative": "A *practical* test."},
                "creditsAvailable": 1.5,
                "resultDescription": [
                    {
                        "id": "urn:uuid:5f7c0f6e-3a4e-4d9a-9d8d-000000000001",
                        "type": ["ResultDescription"],
                        "name": "Grade",
                        "resultType": "LetterGrade",
                        "allowedValue": ["C", "B", "A"],
                    }
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:5f7c0f6e-3a4e-4d9a-9d8d-000000000001",
                    "value": "A",
                }
            ],
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
                "ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
    } | changes


SIGNERS: Mapping[str, SeededSigner] = {
    "eddsa-rdfc-2022-web": SeededSigner("meadowbrook", DISTRICT),
    "eddsa-rdfc-2022-key": did_key_signer("a holder of a did:key"),
    "ecdsa-rdfc-2019-p256-web": SeededSigner("meadowbrook p256", DISTRICT, KeyType.P256),
    "ecdsa-rdfc-2019-p384-web": SeededSigner("meadowbrook p384", BOARD, KeyType.P384),
    "ecdsa-rdfc-2019-p256-key": did_key_signer("a holder of a p256 did:key", KeyType.P256),
}
TOKEN_SIGNERS: Mapping[str, SeededSigner] = {
    "rs256": SeededSigner("meadowbrook rsa", DISTRICT, KeyType.RSA),
    "es256": SIGNERS["ecdsa-rdfc-2019-p256-web"],
    "eddsa": SIGNERS["eddsa-rdfc-2022-web"],
}


def signed(name: str, value: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A badge signed by one of `SIGNERS`."""
    signer = SIGNERS[name]
    suite = name[: len("eddsa-rdfc-2022")]
    document = compose(value or badge(signer.controller, len(name)))
    return add_proof(document, signer, cryptosuite=suite, created=CREATED).value


def _early(value: dict[str, Any]) -> None:
    """The simulated district's badges begin later than this folder's."""
    value["validFrom"] = "2025-02-03T04:05:06Z"


def make_folder(path: Path) -> Folder:
    """A folder like the demo's, with one badge for each way of signing."""
    badges, archive = path / "badges", path / "archive"
    badges.mkdir(parents=True)
    archive.mkdir()
    for name in SIGNERS:
        (badges / f"{name}.json").write_text(json.dumps(signed(name), ensure_ascii=False), "utf-8")
    # A badge with a badge and a rule inside it: its evidence has identifiers of thousands of characters.
    world = World(host=DISTRICT.removeprefix("did:web:"), signing="meadowbrook", created=CREATED)
    (badges / "determination.json").write_bytes(Story(world, badge=_early, certification=_early).signed())
    for name, signer in TOKEN_SIGNERS.items():
        (badges / f"{name}.jwt").write_text(sign_jwt(compose(badge(DISTRICT, 77)), signer), "ascii")
    answers = []
    for did in (DISTRICT, BOARD):
        file = did.removeprefix("did:web:") + ".json"
        (archive / file).write_text(json.dumps(did_document(did)), "utf-8")
        answers.append({"url": did_web_location(did), "file": file, "retrieved": "2025-02-03T04:05:06Z"})
    (archive / "index.json").write_text(json.dumps({"version": 1, "answers": answers}), "utf-8")
    return Folder(path)


def did_document(did: str) -> dict[str, Any]:
    """What one of the issuers of the small folder publishes."""
    if did.startswith("did:key:"):
        return did_key_document(did)
    keys = {s.public_key for s in [*SIGNERS.values(), *TOKEN_SIGNERS.values()] if s.controller == did}
    return did_web_document(
        did, [PublishedKey(key) for key in sorted(keys, key=lambda key: key.thumbprint())]
    )
