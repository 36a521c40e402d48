"""Lists of other purposes, of several bits, of names, and of somebody else's (STA-05, -06, -08 and -09).

The whole verifier over a saved case. `gain` is the answer where a message, a purpose or a list that proves
nothing would have let a badge pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from contexts.document import STATUS_LIST_LIMITS, compose
from credential.proof.vc_jwt import sign_jwt
from credential.status import Bitstring, StatusEntry, list_credential
from tests.attacks.framework import Case
from tests.attacks.replay import POLICY, code_of, compact
from tests.world import NOW, SeededSigner, World
from verifier.evidence import Evidence
from verifier.policy import Policy
from verifier.verify import verify

AREA = "lists"
KEEPER = World(host="lists.keeper.example")
NAMES = f"{World().origin}/revoked"
MEANT = ("in order", "asked for", "late", "lost")
PRESENTED = World().badge_value()["id"]

KEPT = replace(POLICY, status_by={World().did: frozenset({KEEPER.did})})
"""Riverbend is trusted, and a keeper may sign its lists."""


def judge(data: bytes, _suffix: str) -> str:
    """Replay a saved case."""
    held = Evidence.from_json(data.decode())
    return code_of(verify(held, KEPT, held.asked_at or NOW))


def cases() -> Iterator[Case]:
    yield from _messages()
    yield from _purposes()
    yield from _names()
    yield from _keepers()
    yield from _ends()


def saved(world: World, policy: Policy = KEPT) -> bytes:
    return compact(world.evidence(world.badge(), policy=policy))


def naming(*entries: Any) -> World:
    """A world whose badges, as tokens, name these status entries."""
    world = World(form="jwt")
    value = list(entries) if len(entries) != 1 else entries[0]
    world.edit["badge"] = lambda made: made.update(credentialStatus=value)
    return world


def case(name: str, world: World, expect: str, twin: World) -> Case:
    return Case(name, saved(world), "json", expect, saved(twin))


def wide_list(value: int, purpose: str = "message", *, short: int = 0) -> bytes:
    """A list of two-bit entries in which entry 5 has this value."""
    world = World()
    made = list_credential(
        Bitstring(bytes([0, value << 4]) + bytes(32_766 - short)),
        url=world.list_url,
        issuer=world.did,
        valid_from=world.listed_at,
        valid_until=world.listed_at + timedelta(days=1),
        time_to_live=timedelta(minutes=5),
        purposes=(purpose,),
    )
    return world.sign(compose(made, STATUS_LIST_LIMITS)).raw


def wide(value: int, purpose: str = "message", *, short: int = 0, **members: Any) -> World:
    entry = StatusEntry(purpose, 5, World().list_url, 2, messages=MEANT).to_json() | members
    world = naming({name: member for name, member in entry.items() if member is not None})
    world.serve[world.list_url] = wide_list(value, purpose, short=short)
    return world


def _told(*values: Any) -> list[dict[str, Any]]:
    return [{"status": value, "message": "m"} for value in values]


def _messages() -> Iterator[Case]:
    """A message that is set is for a person; what does not say what its bits mean is not read."""
    good = wide(0)
    for value in (1, 2, 3):
        yield case(f"STA-09-message-{value}", wide(value), "status_message", good)
        yield case(
            f"STA-09-withdrawn-by-two-bits-{value}",
            wide(value, "revocation"),
            "revoked",
            wide(0, "revocation"),
        )
    yield case("STA-03-two-bits-one-byte-short", wide(0, short=1), "STATUS_LIST_LENGTH_ERROR", good)
    for name, messages in (
        ("none", None),
        ("empty", []),
        ("one-short", _told("0x0", "0x1", "0x2")),
        ("one-more", _told("0x0", "0x1", "0x2", "0x3", "0x4")),
        ("one-twice", _told("0x0", "0x1", "0x1", "0x3")),
        ("one-outside", _told("0x0", "0x1", "0x2", "0x4")),
        ("decimal", _told("0", "1", "2", "3")),
        ("numbers", _told(0, 1, 2, 3)),
        ("upper-case-x", _told("0X0", "0X1", "0X2", "0X3")),
        ("texts", ["0x0", "0x1", "0x2", "0x3"]),
        ("an-object", {"0x0": "m"}),
        ("endless", [*_told("0x0", "0x1", "0x2"), {"status": "0x3", "message": "m" * 1_001}]),
    ):
        yield case(f"STA-09-messages-{name}", wide(0, statusMessage=messages), "status_malformed", good)
    for name, references in (("nine", [NAMES] * 9), ("number", 5), ("object", {"id": NAMES})):
        yield case(f"STA-09-references-{name}", wide(0, statusReference=references), "status_malformed", good)


def _purposes() -> Iterator[Case]:
    """A purpose that nobody knows, beside one that is known and in order or alone."""
    own = StatusEntry("revocation", 5, World().list_url).to_json()
    other = StatusEntry("probation", 5, World().suspension_url).to_json()
    refresh = StatusEntry("refresh", 5, World().suspension_url).to_json()
    twin = naming(own, refresh)
    for name, entries in (("alone", [other]), ("first", [other, own]), ("last", [own, other])):
        yield case(f"STA-05-unknown-purpose-{name}", naming(*entries), "status_purpose_unknown", twin)
    withdrawn = naming(refresh, own)
    withdrawn.revoke()
    yield case("STA-05-withdrawn-behind-an-offer", withdrawn, "revoked", twin)
    for second in ("BitstringStatusListEntry", "StatusList2021Entry"):
        both = naming(own, own | {"id": NAMES, "type": ["1EdTechRevocationList", second]})
        yield case(f"STA-09-names-and-{second[:9]}", both, "status_type_unknown", naming(own, own))


def by_names(*rows: Any, url: str = NAMES, **members: Any) -> World:
    world = naming({"id": url, "type": "1EdTechRevocationList"})
    listed = {"id": url, "issuer": world.did, "revokedCredential": list(rows)} | members
    world.serve[url] = json.dumps(listed).encode()
    return world


def _names() -> Iterator[Case]:
    """A list of names has no signature: only the issuer's own address can vouch for it."""
    good = by_names({"id": "urn:uuid:6b2f1c52-5a7e-4f0e-9d53-000000000006"})
    for name, spelled in (
        ("as-it-is", PRESENTED),
        ("in-capitals", PRESENTED.upper()),
        ("percent-encoded", PRESENTED.replace("-", "%2D")),
        ("with-spaces", f" {PRESENTED}\n"),
    ):
        yield case(f"STA-09-named-{name}", by_names({"id": spelled}), "revoked", good)
    yield case(
        "STA-09-named-and-then-not",
        by_names({"id": PRESENTED}, {"id": PRESENTED, "revoked": False}),
        "revoked",
        good,
    )
    for name, url in (
        ("another-host", "https://lists.example/revoked"),
        ("plain-http", f"http://{World().host}/revoked"),
        ("user-name", f"https://{World().host}@lists.example/revoked"),
        ("longer-host", f"https://{World().host}.lists.example/revoked"),
        ("other-port", f"https://{World().host}:444/revoked"),
    ):
        yield case(f"STA-06-names-at-{name}", by_names(url=url), "status_origin_differs", good)
    proof = json.loads(World().badge())["proof"]
    token = by_names()
    token.serve[NAMES] = sign_jwt(
        compose(World().badge_value() | {"revokedCredential": []}), SeededSigner("mallory", World().did)
    ).encode()
    for name, world, expect in (
        ("of-another-issuer", by_names(issuer="did:web:lists.example"), "status_issuer_mismatch"),
        ("of-another-id", by_names(id=f"{NAMES}/other"), "STATUS_VERIFICATION_ERROR"),
        ("with-a-borrowed-proof", by_names(proof=proof), "status_malformed"),
        ("with-an-empty-proof", by_names(proof=[]), "status_proof_failed"),
        ("by-a-stranger-s-key", token, "status_proof_failed"),
        ("that-are-no-names", by_names("urn:a"), "status_malformed"),
    ):
        yield case(f"STA-06-names-{name}", world, expect, good)


def _keepers() -> Iterator[Case]:
    """A list by a keeper counts only where this verifier's policy names exactly that one for that issuer."""

    def kept_by(signer: World, *, published: bool = True) -> World:
        world = World()
        made = signer.status_list(world.list_url, [], "revocation")
        documents = {signer.did_url: signer.did_document()} if published else {}
        world.serve = {world.list_url: made} | documents
        return world

    good = kept_by(KEEPER)
    other = World(host="lists.other.example")
    below = World(host="lists.keeper.example", path=("u", "mallory"))
    forged = World(host="lists.keeper.example", signing="mallory")
    yield case("STA-06-keeper-of-nobody", kept_by(other), "status_issuer_mismatch", good)
    yield case("STA-06-keeper-below-the-keeper", kept_by(below), "status_issuer_mismatch", good)
    lying = kept_by(forged)
    lying.serve[KEEPER.did_url] = KEEPER.did_document()
    yield case("STA-06-keeper-with-another-key", lying, "status_proof_failed", good)
    yield case("STA-06-keeper-without-keys", kept_by(KEEPER, published=False), "status_unreachable", good)


def _ends() -> Iterator[Case]:
    """A list without an end is not good for ever."""
    change: Callable[[dict[str, Any]], Any] = lambda made: made.pop("validUntil")  # noqa: E731 - one step of a world
    endless = World(edit={"list": change})
    held = endless.evidence(endless.badge(), policy=KEPT)
    at = timedelta(minutes=6)
    late = replace(held, asked_at=NOW + at + timedelta(seconds=1))
    yield Case(
        "STA-08-no-end-and-past-its-ttl",
        compact(late),
        "json",
        "status_stale",
        compact(replace(held, asked_at=NOW + at)),
    )
