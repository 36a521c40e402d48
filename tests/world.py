"""A simulated district that is also the transport: no network, no clock, no random source.

`World()` is a school district with a DID document, a status list, withdrawal notes, an entry in a trust list
and as many badges as a test asks for. Everything it publishes is made anew when it is asked for, so a test
breaks one thing in one line and the rest is still right, signatures included:

    world = World()
    world.edit["list"] = lambda made: made.update(issuer=OTHER)   # changed, then signed: the one fault
    world.tamper["badge"] = lambda made: made.update(name="X")    # signed, then changed
    world.fail[world.did_url] = "timeout"                         # never answered
    assert world.check(world.badge()).code is Code.INCOMPLETE

The parts that `edit` and `tamper` know: "badge", "did", "list", "notes" (`edit` only).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from contexts.document import STATUS_LIST_LIMITS, Document, compose, parse
from contexts.pinned import CHECKING
from credential.archive import INDEX, Kept, compose_index, file_name
from credential.proof.data_integrity import add_proof
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.vc_jwt import sign_jwt
from credential.status import Bitstring, StatusEntry, list_credential
from credential.withdrawal import Note, Reason, WithdrawalNotes, sign_notes
from keys.did import (
    PublishedKey,
    did_for_web,
    did_web_document,
    did_web_location,
)
from keys.multibase import base58btc_encode
from keys.public import KeyType
from tests.seeded import SeededSigner, did_key_signer
from verifier.evidence import (
    Evidence,
    Failure,
    Fetched,
    Need,
    NeedKind,
    Presented,
    PresentedKind,
    Seen,
    Verdict,
)
from verifier.policy import Policy
from verifier.trust import TrustList, parse_trust_list
from verifier.verify import examine, verify

__all__ = [
    "AWARDED",
    "HOST",
    "NAME",
    "NOW",
    "SeededSigner",
    "World",
    "archived",
    "as_presented",
    "did_key_signer",
    "keep",
]

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""The time at which everything in this world is checked, unless a test says otherwise."""

AWARDED = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
HOST = "badges.riverbend.example"
NAME = "Riverbend School District"
MOST_NEEDS = 400

Edit = Callable[[dict[str, Any]], Any]


@dataclass
class World:
    """One school district as the verifier sees it: badges, what is published, who answers.

    Args:
        host: Its web host, which is its did:web.
        path: Path segments of the DID, for an issuer that shares a host.
        name: Its name on the trust list.
        signing: The word of the key that signs now.
        key_type: That key's kind.
        suite: The suite that proofs are made by.
        form: "json", or "jwt" for badges as tokens.
        list_form: The same for the status list.
    """

    host: str = HOST
    path: tuple[str, ...] = ()
    name: str = NAME
    signing: str = "district"
    key_type: KeyType = KeyType.ED25519
    suite: str = "eddsa-rdfc-2022"
    form: str = "json"
    list_form: str = "json"

    created: datetime = AWARDED
    """When proofs say that they were made."""
    listed_at: datetime = NOW - timedelta(hours=1)
    """`validFrom` of the status list; it ends a day later."""
    published: list[PublishedKey] = field(default_factory=list)
    """Keys of the DID document besides the signing one."""
    retired_at: datetime | None = None
    """When the signing key was retired."""
    revoked_at: datetime | None = None
    """Since when the signing key may be in other hands."""
    withdrawn: dict[int, Note | None] = field(default_factory=dict)
    """Index to the note of each withdrawn badge; None for a bit without a note."""
    paused: set[int] = field(default_factory=set)
    """Indices of the suspension list that are set."""
    edit: dict[str, Edit] = field(default_factory=dict)
    """Changes before signing."""
    tamper: dict[str, Edit] = field(default_factory=dict)
    """Changes after signing."""
    serve: dict[str, bytes] = field(default_factory=dict)
    """URL to bytes: what is answered instead of the usual."""
    fail: dict[str, str] = field(default_factory=dict)
    """URL to the code of the failure."""
    shares: dict[str, bytes] = field(default_factory=dict)
    """Token or code to what the retrieval origin answers; with " now", where the current one is wanted."""
    trusted: bool = True
    """Whether the district is on the trust list."""
    trust_entry: dict[str, Any] = field(default_factory=dict)
    """Members that are added to its entry: `recognisedFor`, `from`, `until`."""
    policy_changes: dict[str, Any] = field(default_factory=dict)
    """Members of `Policy` that are not as usual."""
    seen: tuple[Seen, ...] = ()
    """Status lists that the verifier knew of before."""
    asked: list[Need] = field(default_factory=list)
    """Every need that this world was asked for, in order."""

    # who it is

    @property
    def did(self) -> str:
        return did_for_web(self.host, *self.path)

    @property
    def did_url(self) -> str:
        return did_web_location(self.did)

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    @property
    def signer(self) -> SeededSigner:
        return SeededSigner(self.signing, self.did, self.key_type)

    @property
    def list_signer(self) -> SeededSigner:
        """Who signs lists and notes: the signing key, or its successor once that may sign no more."""
        over = self.retired_at or self.revoked_at
        return SeededSigner(f"{self.signing} successor" if over else self.signing, self.did, self.key_type)

    @property
    def list_url(self) -> str:
        return f"{self.origin}/status/1"

    @property
    def suspension_url(self) -> str:
        return f"{self.origin}/status/2"

    @property
    def trust(self) -> TrustList:
        entry = {
            "id": self.did,
            "name": self.name,
            "tag": "RIVER",
            "retrieval": self.origin,
        } | self.trust_entry
        entries = [entry] if self.trusted else []
        text = {"version": 1, "name": "State list", "issued": "2026-01-01", "entries": entries}
        return parse_trust_list(json.dumps(text).encode())

    @property
    def policy(self) -> Policy:
        return Policy(**({"trust": self.trust} | self.policy_changes))

    # what it issues and publishes

    def badge_value(self, index: int = 5) -> dict[str, Any]:
        """An unsigned badge, the same every time."""
        return {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": f"urn:uuid:6b2f1c52-5a7e-4f0e-9d53-{index:012d}",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": "Workplace Safety, 10 hours",
            "issuer": {"id": self.did, "type": ["Profile"], "name": self.name},
            "validFrom": "2026-05-01T09:00:00Z",
            "validUntil": "2029-05-01T09:00:00Z",
            "credentialSubject": {
                "id": f"urn:uuid:0e3a7a86-93d1-4c1e-8f5b-{index:012d}",
                "type": ["AchievementSubject"],
                "identifier": [
                    {
                        "type": "IdentityObject",
                        "identityType": "name",
                        "hashed": False,
                        "identityHash": "Jordan Rivera",
                    }
                ],
                "achievement": {
                    "id": f"{self.origin}/achievements/safety-10",
                    "type": ["Achievement"],
                    "achievementType": "Certification",
                    "name": "Workplace Safety, 10 hours",
                    "description": "Knows the hazards of a workshop and how to avoid them.",
                    "criteria": {"narrative": "Ten hours of training and a passed test."},
                    "creator": {
                        "id": "https://safety.example.org/",
                        "type": ["Profile"],
                        "name": "Example Safety Board",
                    },
                },
            },
            "credentialStatus": StatusEntry("revocation", index, self.list_url).to_json(),
        }

    def badge(self, index: int = 5, *, signer: SeededSigner | None = None) -> bytes:
        """A signed badge, as JSON or as a token."""
        value = self.badge_value(index)
        _apply(self.edit, "badge", value)
        if self.form == "jwt":
            return sign_jwt(compose(value), signer or self.signer).encode("ascii")
        signed = copy.deepcopy(self.sign(compose(value), signer).value)
        _apply(self.tamper, "badge", signed)
        return compose(signed).raw

    def sign(self, document: Document, signer: SeededSigner | None = None) -> Document:
        """A document with the district's proof."""
        return _signed(document.raw, signer or self.signer, self.suite, self.created)

    def badge_with_proof(self, members: dict[str, Any], index: int = 5) -> bytes:
        """A badge whose proof has further members, all signed: for what `add_proof` never writes."""
        document = compose(self.badge_value(index))
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": EDDSA_RDFC_2022.name,
            "created": "2026-05-01T09:00:00Z",
            "verificationMethod": self.signer.verification_method,
            "proofPurpose": "assertionMethod",
        } | members
        parts = (compose(options | {"@context": document.value["@context"]}), document)
        message = b"".join(EDDSA_RDFC_2022.hashed(part, KeyType.ED25519, CHECKING) for part in parts)
        proof = options | {"proofValue": "z" + base58btc_encode(self.signer.sign(message))}
        return compose(document.value | {"proof": [proof]}).raw

    def did_document(self) -> bytes:
        """What stands at `did_url`."""
        own = PublishedKey(self.signer.public_key, self.retired_at, self.revoked_at)
        successor = PublishedKey(self.list_signer.public_key)
        made = did_web_document(
            self.did, [own, *self.published, *([successor] if own.expires or own.revoked else [])]
        )
        _apply(self.edit, "did", made)
        _apply(self.tamper, "did", made)
        return json.dumps(made).encode()

    def status_list(self, url: str, indices: Iterable[int], purpose: str) -> bytes:
        """A signed status list."""
        made = list_credential(
            Bitstring.of(indices),
            url=url,
            issuer=self.did,
            valid_from=self.listed_at,
            valid_until=self.listed_at + timedelta(days=1),
            time_to_live=timedelta(minutes=5),
            purposes=(purpose,),
        )
        _apply(self.edit, "list", made)
        signer = replace(self.list_signer, controller=str(made["issuer"]))
        document = compose(made, STATUS_LIST_LIMITS)
        if self.list_form == "jwt":
            return sign_jwt(document, signer).encode("ascii")
        signed = copy.deepcopy(_signed(document.raw, signer, self.suite, self.listed_at).value)
        _apply(self.tamper, "list", signed)
        return compose(signed, STATUS_LIST_LIMITS).raw

    def notes(self) -> bytes:
        """The signed withdrawal notes beside the first list."""
        noted = {index: note for index, note in self.withdrawn.items() if note}
        made: dict[str, Any] = {"issuer": self.did, "list_url": self.list_url, "version": 7, "notes": noted}
        _apply(self.edit, "notes", made)
        signer = replace(self.list_signer, controller=made["issuer"])
        return sign_notes(WithdrawalNotes(**made), signer).encode("ascii")

    def revoke(self, index: int = 5, reason: Reason | None = None, on: date = date(2026, 5, 20)) -> None:
        """Withdraw a badge; with a reason, with a note too."""
        self.withdrawn[index] = Note(on, reason) if reason else None

    # how it answers

    def fetch(self, need: Need) -> Fetched | Failure:
        """Answer a need as the network would."""
        self.asked.append(need)
        if need.url in self.fail:
            return Failure(need, self.fail[need.url], "the test says so", NOW)
        body = self.serve.get(need.url) or self._usual(need)
        if body is None:
            return Failure(need, "not_found", "no such page", NOW)
        return Fetched(need, body, NOW)

    def _usual(self, need: Need) -> bytes | None:
        if need.url == self.did_url:
            return self.did_document()
        if need.url == self.list_url:
            return self.status_list(need.url, self.withdrawn, "revocation")
        if need.url == self.suspension_url:
            return self.status_list(need.url, self.paused, "suspension")
        if need.kind is NeedKind.WITHDRAWAL_NOTES and need.url.startswith(self.list_url):
            return self.notes()
        if need.kind is NeedKind.RETRIEVAL:
            asked = json.loads(need.body)
            named = asked.get("token") or asked.get("code")
            return self.shares.get(f"{named} now" if asked.get("current") else named)
        return None

    # what a verifier makes of it

    def evidence(
        self, presented: bytes | Presented, *, now: datetime = NOW, policy: Policy | None = None
    ) -> Evidence:
        """Gather everything that a verifier would ask this world for."""
        held = Evidence(as_presented(presented), seen=self.seen, asked_at=now)
        walk = examine(held.presented, held.seen, policy or self.policy, now)
        try:
            need = next(walk)
            for _ in range(MOST_NEEDS):
                answer = held.answer(need)
                if answer is None:
                    answer = self.fetch(need)
                    held = held.adding(answer)
                need = walk.send(answer)
        except StopIteration:
            return held
        raise AssertionError(f"more than {MOST_NEEDS} needs")

    def check(
        self, presented: bytes | Presented, *, now: datetime = NOW, policy: Policy | None = None
    ) -> Verdict:
        """The whole check: gather from this world, then verify."""
        return verify(self.evidence(presented, now=now, policy=policy), policy or self.policy, now)


def as_presented(data: bytes | Presented) -> Presented:
    """Bytes as somebody would present them: a token if they look like one, else a document."""
    if isinstance(data, Presented):
        return data
    kind = PresentedKind.JWT if data.startswith(b"ey") else PresentedKind.DOCUMENT
    return Presented(kind, data=data, source=kind.value)


def keep(folder: Path, answers: Iterable[tuple[str, bytes, datetime]]) -> None:
    """Write an archive: URL, body, and when it was retrieved."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for url, body, retrieved in answers:
        kept.append(Kept(url, file_name(url), retrieved))
        (folder / kept[-1].file).write_bytes(body)
    (folder / INDEX).write_bytes(compose_index(kept))


def archived(held: Evidence) -> Evidence:
    """The same case as if every answer came from an archive."""
    kept = tuple(replace(a, archived=True) if isinstance(a, Fetched) else a for a in held.gathered)
    return replace(held, gathered=kept)


@lru_cache(maxsize=256)
def _signed(raw: bytes, signer: SeededSigner, suite: str, created: datetime) -> Document:
    """Signatures here are deterministic, and canonical form is slow: the same badge is signed once."""
    return add_proof(parse(raw, STATUS_LIST_LIMITS), signer, cryptosuite=suite, created=created)


def _apply(changes: dict[str, Edit], part: str, made: dict[str, Any]) -> None:
    """Make the change that a test asked for in this part, if it did."""
    if part in changes:
        changes[part](made)
