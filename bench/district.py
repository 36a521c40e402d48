"""A made-up district with a key of its own: what is signed, and what a verifier holds before it begins."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.credentials import LARGE, MIDDLE, SIZES, credential, endorsement
from contexts.document import compose
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from issuer.prepare import prepare
from keys.custody import Keyring, Secret
from keys.did import PublishedKey
from keys.public import KeyType
from keys.seal import Hidden
from keys.signer import Signer
from tests.world import World, did_key_signer, keep
from verifier.evidence import Evidence, Fetched

HOST: Final = "badges.lantern-hill.example"
SIGNED_AT: Final = datetime(2024, 5, 31, 9, 0, tzinfo=UTC)
WITHDRAWN: Final = tuple(sorted(random.Random(0).sample(range(20_000, 131_072), 2_600)))
"""One badge in fifty, anywhere in the list: a list that is in use, not an empty one that packs to nothing."""

_ENDORSERS: Final = ("Ridgeline Fabrication", "Example Union of Drafters")


@dataclass(frozen=True, slots=True)
class District:
    """Who issues.

    Attributes:
        signer: Its key, opened from the product's own key file.
        world: What it publishes.
        drafts: By size, credentials of one achievement that nobody has signed, each for another student.
        signed: By size, the same as they are given out.
        tokens: The middle ones as compact JWSs.
        now: The time of checking.
    """

    signer: Signer
    world: World
    drafts: dict[str, list[dict[str, Any]]]
    signed: dict[str, list[bytes]]
    tokens: list[str]
    now: datetime

    @property
    def did_documents(self) -> dict[str, dict[str, Any]]:
        """DID to document: the district's, and those of the endorsers."""
        return {self.world.did: json.loads(self.world.did_document())}

    def draft(self, number: int) -> dict[str, Any]:
        """One of many awards of the same achievement."""
        world = self.world
        return credential(MIDDLE, world.did, world.origin, world.list_url, number)

    def evidence(self, size: str, *, list_form: str = "json") -> Evidence:
        """Everything at hand that a check of this credential asks for.

        Args:
            size: Which credential.
            list_form: The status list's: "json" with a proof inside, as our issuer publishes it, or "jwt".
        """
        world = replace(self.world, list_form=list_form)
        return world.evidence(self.signed[size][0], now=self.now)

    def keep(self, folder: Path) -> None:
        """Write what was published as an archive, and the trust list beside it."""
        held = [answer for answer in self.evidence(MIDDLE).gathered if isinstance(answer, Fetched)]
        keep(folder / "archive", [(answer.need.url, answer.data, self.now) for answer in held])
        entry = {"id": self.world.did, "name": self.world.name, "tag": "LANTERN"}
        trust = {"version": 1, "name": "Example list", "issued": "2024-01-01", "entries": [entry]}
        (folder / "trust.json").write_text(json.dumps(trust), "utf-8")


def founded(folder: Path, now: datetime, students: int = 32) -> District:
    """A district with a fresh key below `folder`, and so many credentials of each size."""
    world = World(host=HOST, name="Lantern Hill School District", created=SIGNED_AT)
    ring, secret = Keyring(folder / "keys"), Secret.from_key_file(Hidden(bytes(32)))
    record = ring.create(world.did, KeyType.ED25519, secret=secret, now=SIGNED_AT)
    signer = ring.open(record.key_id, secret)
    world = replace(
        world,
        published=[PublishedKey(signer.public_key)],
        listed_at=now - timedelta(hours=1),
        withdrawn=dict.fromkeys(WITHDRAWN),
    )
    drafts = {
        size: [
            credential(size, world.did, world.origin, world.list_url, number) for number in range(students)
        ]
        for size in SIZES
    }
    said = _endorsed(0, f"{world.origin}/achievements/cad-1"), _endorsed(1, world.did)
    for large in drafts[LARGE]:
        large["credentialSubject"]["achievement"]["endorsement"] = [said[0]]
        large["issuer"]["endorsement"] = [said[1]]
    signed = {size: [sign(draft, signer) for draft in some] for size, some in drafts.items()}
    tokens = [sign_jwt(compose(draft), signer) for draft in drafts[MIDDLE]]
    return District(signer, world, drafts, signed, tokens, now)


def sign(draft: dict[str, Any], signer: Signer) -> bytes:
    """Issue as the product does: a drafted credential in, signed bytes out."""
    return add_proof(prepare(draft).release(), signer, created=SIGNED_AT).raw


def _endorsed(number: int, praised: str) -> dict[str, Any]:
    name = _ENDORSERS[number]
    signer = did_key_signer(name)
    made = endorsement(number, signer.controller, name, praised)
    return add_proof(compose(made), signer, created=SIGNED_AT).value
