"""Where two good parts meet, and an answer could rest on what nobody signed or said (STA, EVI, KEY, LD, CLR).

A list that is signed and reaches back, a badge that is signed and shown in part, a key that is listed and was
given up under another name: each passes by itself. An input is a saved case, perhaps about a moment in the
past, judged by the whole verifier and told in words, which must not break either.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from contexts.document import compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.proof.selective import add_base_proof, derive_proof
from credential.proof.vc_jwt import sign_jwt
from credential.status import StatusEntry
from keys.did import PublishedKey
from keys.multibase import base64url_encode
from keys.one_time import OneTimeKey
from keys.public import KeyType
from tests.attacks.framework import Case, Recipe
from tests.attacks.replay import POLICY, code_of, compact
from tests.determinations import CERTIFICATION, CODE, Story
from tests.endorsements import member, record, record_value
from tests.seeded import SeededSigner, did_key_signer
from tests.world import AWARDED, NOW, World
from verifier.evidence import Evidence
from verifier.report import as_json
from verifier.verify import verify

AREA = "seams"
THEN = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)
DATED = "?timestamp=2026-05-10T15:00:00Z"
SAFETY = f"{World().origin}/achievements/safety-10"

Edit = Callable[[dict[str, Any]], Any]


def judge(data: bytes, _suffix: str) -> str:
    """Replay a saved case about its own moment, and tell it."""
    held = Evidence.from_json(data.decode())
    verdict = verify(held, replace(POLICY, at=held.at), held.asked_at or NOW)
    as_json(verdict, "es")
    return code_of(verdict)


def play(name: str) -> bytes:
    """The saved case of one attack, or of a twin."""
    return ({name: make for name, (_, _, make) in ATTACKS.items()} | TWINS)[name]()


RECIPES: dict[str, Callable[..., bytes]] = {"play": lru_cache(maxsize=64)(play)}


def cases() -> Iterator[Case]:
    """Every attack with the good case that is nearest to it."""
    for name, (expect, twin, _) in ATTACKS.items():
        yield Case(name, Recipe("play", {"name": name}), "json", expect, Recipe("play", {"name": twin}))


def _saved(world: World, badge: bytes, moment: datetime | None = None) -> bytes:
    held = world.evidence(badge, policy=replace(POLICY, at=moment))
    return compact(replace(held, at=moment))


def _listed_then(
    purpose: str, *, signed: datetime, until: str = "2026-06-02T00:00:00Z", today: bool
) -> bytes:
    """A badge on a list that begins long before, and what its address gives for a moment in May."""
    world = World(listed_at=signed)
    url = world.suspension_url if purpose == "suspension" else world.list_url
    entry = StatusEntry(purpose, 5, url).to_json()
    world.edit["badge"] = lambda made: made.update(credentialStatus=entry)
    world.edit["list"] = lambda made: made.update(validFrom="2026-04-01T00:00:00Z", validUntil=until)
    world.serve[url + DATED] = world.status_list(url, (), purpose)
    if today:
        world.serve[url] = world.serve[url + DATED]
    else:
        world.fail[url] = "timeout"
    return _saved(world, world.badge(), THEN)


def _determination(status: str, *, shown: bool) -> bytes:
    """A determination on a certification that somebody shows only in part."""
    story = Story()
    value = story.world.badge_value(CERTIFICATION)
    described = "urn:uuid:2c1f0f6e-0000-4000-8000-000000000002"
    standing = {"id": described, "type": ["ResultDescription"], "name": "Standing", "resultType": "Status"}
    value["awardedDate"] = "2026-04-18T12:00:00Z"
    value["credentialSubject"]["achievement"] |= {"humanCode": CODE, "resultDescription": [standing]}
    value["credentialSubject"]["result"] = [
        {"type": ["Result"], "resultDescription": described, "status": status}
    ]
    embedded = _in_part(story.world, value) if not shown else story.world.sign(compose(value)).raw
    rule = json.dumps(story.rule_value(embedded), separators=(",", ":")).encode()
    made = story.signed_with(("application/vc", embedded), ("application/json", rule))
    return _saved(story.world, made)


def _in_part(world: World, value: dict[str, Any]) -> bytes:
    """All of a badge but how it went."""
    signer = SeededSigner("shows parts", world.did, KeyType.P256)
    world.published.append(PublishedKey(signer.public_key))
    base = add_base_proof(
        compose(value),
        signer,
        OneTimeKey(lambda count: b"k" * count),
        hmac_key=b"h" * 32,
        mandatory=("/issuer", "/validFrom", "/validUntil", "/credentialStatus"),
        created=AWARDED,
        contexts=CHECKING,
    )
    asked = ("/id", "/awardedDate", "/credentialSubject/achievement", "/credentialSubject/identifier")
    return derive_proof(base, asked).raw


def _listed_twice(key: str, *, token: bool = False) -> bytes:
    """A key document in which a key stands a second time, as one that was given up."""
    world = World(form="jwt" if token else "json")

    def twice(made: dict[str, Any]) -> None:
        old = copy.deepcopy(made["verificationMethod"][0])
        old |= {"id": f"{made['id']}#old", "revoked": "2026-05-02T00:00:00Z"}
        old["publicKeyMultibase"] = SeededSigner(key).public_key.multikey()
        made["verificationMethod"].append(old)

    world.edit["did"] = twice
    badge = world.badge()
    if token:
        shown = {"alg": "EdDSA", "jwk": world.signer.public_key.jwk(), "typ": "JWT"}
        _, payload, _ = badge.decode().split(".")
        head = base64url_encode(json.dumps(shown).encode())
        signature = world.signer.sign(f"{head}.{payload}".encode())
        badge = f"{head}.{payload}.{base64url_encode(signature)}".encode()
    return _saved(world, badge)


def _in_key_set(key: str) -> bytes:
    """A token of an https issuer, in whose key set a key stands a second time, as one that was given up."""
    issuer = "https://school.example/issuer"
    signer = SeededSigner("school", issuer, method=f"{issuer}/keys#now")
    world = World()
    value = world.badge_value() | {"issuer": {"id": issuer, "type": ["Profile"], "name": "School"}}
    value.pop("credentialStatus")
    keys = [
        signer.public_key.jwk() | {"kid": "now"},
        SeededSigner(key).public_key.jwk() | {"kid": "old", "revoked": {"revoked_at": 1_777_700_000}},
    ]
    world.serve["https://school.example/.well-known/jwks.json"] = json.dumps({"keys": keys}).encode()
    return _saved(world, sign_jwt(compose(value), signer).encode())


def _record_token(**more: Any) -> bytes:
    world = World()
    return _saved(world, sign_jwt(compose(record_value(world, member(world), **more)), world.signer).encode())


def _joined(kind: Any, *, stranger: bool = True) -> bytes:
    """A record that joins achievements in a way that nobody knows, signed by anybody at all."""
    world = World()
    value = record_value(world, member(world))
    joined = {"type": "Association", "sourceId": SAFETY, "targetId": SAFETY}
    value["credentialSubject"]["association"] = [joined | ({} if kind is None else {"associationType": kind})]
    signer = did_key_signer("a stranger") if stranger else world.signer
    value["issuer"]["id"] = signer.controller
    return _saved(world, sign_jwt(compose(value), signer).encode())


def _under(*, signed: int) -> bytes:
    """A badge of which so many contexts were signed, with all of them put back by whoever shows it."""
    world = World()
    value = world.badge_value()
    whole = value["@context"]
    value["@context"] = whole[:signed]
    made = add_proof(
        compose(value), world.signer, cryptosuite="eddsa-jcs-2022", created=AWARDED, contexts=CHECKING
    )
    return _saved(world, compose({**made.value, "@context": whole}).raw)


def _numbered(number: str) -> Edit:
    given = {"type": "IdentityObject", "identityType": "sourcedId", "hashed": False, "identityHash": number}
    return lambda value: value["credentialSubject"]["identifier"].append(given)


def _of_two(first: str, second: str) -> bytes:
    """A determination for one student on a certification of another of the same name."""
    story = Story(certification=_numbered(first), badge=_numbered(second))
    return _saved(story.world, story.signed())


def _record_of_two(first: str, second: str) -> bytes:
    world = World()
    return _saved(world, record(world, member(world, 5, _numbered(first)), change=_numbered(second)))


EARLY, LATE = THEN.replace(hour=9), NOW.replace(hour=11)
TWINS: dict[str, Callable[[], bytes]] = {
    "twin-paused-then": lambda: _listed_then("suspension", signed=EARLY, today=False),
    "twin-message-then": lambda: _listed_then("message", signed=EARLY, today=False),
    "twin-history": lambda: _listed_then(
        "suspension", signed=LATE, until="2026-05-11T00:00:00Z", today=False
    ),
    "twin-withdrawn-then": lambda: _listed_then("revocation", signed=LATE, today=True),
    "twin-whole": lambda: _determination("Completed", shown=True),
    "twin-another-key": lambda: _listed_twice("an older key"),
    "twin-another-key-by-token": lambda: _listed_twice("an older key", token=True),
    "twin-record-token": _record_token,
    "twin-joined": lambda: _joined("isPartOf", stranger=False),
    "twin-contexts": lambda: _under(signed=2),
    "twin-one-student": lambda: _of_two("17", "17"),
    "twin-record-of-one": lambda: _record_of_two("17", "17"),
}
ATTACKS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "STA-08-then-a-host-that-knows-today-alone": (
        "then_unknown_good_now",
        "twin-paused-then",
        lambda: _listed_then("suspension", signed=LATE, today=True),
    ),
    "STA-08-then-signed-since": (
        "then_unknown",
        "twin-history",
        lambda: _listed_then("suspension", signed=LATE, today=False),
    ),
    "STA-08-then-a-message-since": (
        "then_unknown",
        "twin-message-then",
        lambda: _listed_then("message", signed=LATE, today=True),
    ),
    "STA-08-then-a-message-since-and-no-list-of-today": (
        "then_unknown",
        "twin-withdrawn-then",
        lambda: _listed_then("message", signed=LATE, today=False),
    ),
    "EVI-04-failed-and-hidden": (
        "rule_not_checkable",
        "twin-whole",
        lambda: _determination("Failed", shown=False),
    ),
    "EVI-04-failed-and-shown": (
        "rule_does_not_hold",
        "twin-whole",
        lambda: _determination("Failed", shown=True),
    ),
    "KEY-03-given-up-under-another-name": (
        "key_revoked",
        "twin-another-key",
        lambda: _listed_twice("district"),
    ),
    "KEY-03-given-up-under-another-name-by-token": (
        "key_revoked",
        "twin-another-key-by-token",
        lambda: _listed_twice("district", token=True),
    ),
    "KEY-03-given-up-in-the-key-set": (
        "key_revoked",
        "twin-another-key-by-token",
        lambda: _in_key_set("school"),
    ),
    "CLR-12-end-of-the-other-model": (
        "mixed_data_model",
        "twin-record-token",
        lambda: _record_token(expirationDate="2026-05-03T00:00:00Z"),
    ),
    "CLR-13-joined-as-nobody-knows": ("schema", "twin-joined", lambda: _joined("owns")),
    "CLR-13-joined-by-nothing": ("schema", "twin-joined", lambda: _joined(None)),
    "CLR-13-joined-by-a-list": ("schema", "twin-joined", lambda: _joined(["isPartOf"])),
    "CLR-14-two-of-one-name": (
        "member_of_another",
        "twin-record-of-one",
        lambda: _record_of_two("17", "18"),
    ),
    "LD-17-contexts-put-behind": ("context_order", "twin-contexts", lambda: _under(signed=1)),
    "EVI-03-two-of-one-name": (
        "rule_does_not_hold",
        "twin-one-student",
        lambda: _of_two("17", "18"),
    ),
}
