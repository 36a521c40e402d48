"""Badges in somebody else's name: the key, the controller, the name, the time of the key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from contexts.document import compose
from credential.proof.data_integrity import add_proof
from keys.did import did_key
from keys.multibase import base64url_encode
from tests.attacks.framework import Case
from tests.attacks.replay import POLICY, compact, judge_case, saved
from tests.world import AWARDED, NOW, SeededSigner, World
from verifier.evidence import Fetched, Need, NeedKind

AREA = "issuer"
SECOND = timedelta(seconds=1)

HOSTS = {"district": World().host, "mallory": "badges.mallory.example", "third": "badges.third.example"}


def judge(data: bytes, suffix: str) -> str:
    """The whole verifier over the saved case."""
    return judge_case(data)


def cases() -> Iterable[Case]:
    """Every way in which a badge can claim an issuer that did not issue it."""
    good = saved(World())
    yield from _matrix(good)
    yield from _names(good)
    yield from _documents(good)
    yield from _times()
    yield from _tokens()


def _matrix(good: bytes) -> Iterable[Case]:
    """KEY-01: issuer, verification method and controller, each of three; Mallory holds the key."""
    for issuer, method, controller in product(HOSTS, repeat=3):
        world = World(host=HOSTS[issuer])
        key_of = World(host=HOSTS[method], signing="mallory")
        signer = SeededSigner("mallory", world.did, method=f"{key_of.did}#key-1")
        _serve(world, key_of, World(host=HOSTS[controller]).did)
        if issuer != method:
            expect = "issuer_key_mismatch"
        elif method != controller:
            expect = "controller_mismatch"
        else:
            expect = "domain_only"
        if (issuer, method, controller) == ("district",) * 3:
            _serve(world, World(), world.did)
            expect = "bad_signature"
        held = world.evidence(world.badge(signer=signer), policy=POLICY)
        # For a mismatch nothing is fetched; the documents are in the case all the same, and must not help.
        need = Need(NeedKind.DID_DOCUMENT, key_of.did_url)
        held = held if held.answer(need) else held.adding(Fetched(need, world.serve[key_of.did_url], NOW))
        yield _case(f"KEY-01-{issuer}-{method}-{controller}", compact(held), expect, good)


def _serve(world: World, key_of: World, controller: str) -> None:
    """One DID document that lists one key under a name that anybody can choose."""
    document = json.loads(key_of.did_document())
    document["verificationMethod"][0].update(id=f"{key_of.did}#key-1", controller=controller)
    document["assertionMethod"] = [f"{key_of.did}#key-1"]
    world.serve[key_of.did_url] = json.dumps(document).encode()


def _names(good: bytes) -> Iterable[Case]:
    """KEY-04 and LD-13: others that look like the district."""
    district = World()
    others = {
        "KEY-04-path-below": World(path=("u", "mallory")),
        "KEY-04-host-continued": World(host=f"{district.host}.mallory.example"),
        "KEY-04-host-before": World(host=f"mallory-{district.host}"),
        "KEY-04-other-port": World(host=f"{district.host}:8443"),
        "LD-13-same-name": World(host=HOSTS["mallory"], name=district.name),
        "LD-13-homoglyph-name": World(host=HOSTS["mallory"], name=district.name.replace("e", "е")),
    }
    for name, world in others.items():
        yield _case(name, saved(world), "domain_only", good)
    lookalike = SeededSigner("mallory")
    own_key = replace(lookalike, controller=did_key(lookalike.public_key))
    badge = district.badge_value()
    badge["issuer"]["id"] = own_key.controller
    signed = add_proof(compose(badge), own_key, created=AWARDED)
    badge_of_key = signed.raw
    yield _case("KEY-04-did-key-by-name", saved(district, badge_of_key), "issuer_not_listed", good)


def _documents(good: bytes) -> Iterable[Case]:
    """KEY-02, KEY-03: what the issuer's document really says."""

    def moved(document: dict[str, Any]) -> None:
        document["authentication"] = document.pop("assertionMethod")

    changes: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
        "KEY-02-authentication-only": (moved, "wrong_relationship"),
        "KEY-02-dangling-reference": (lambda d: d.update(verificationMethod=[]), "key_not_in_document"),
        "KEY-02-other-controller": (
            lambda d: d["verificationMethod"][0].update(controller="did:web:badges.third.example"),
            "controller_mismatch",
        ),
        "KEY-03-other-id": (lambda d: d.update(id="did:web:badges.third.example"), "document_mismatch"),
        "KEY-03-upper-case-id": (lambda d: d.update(id=d["id"].upper()), "document_mismatch"),
        "KEY-03-trailing-dot": (lambda d: d.update(id=d["id"] + "."), "document_mismatch"),
        "KEY-03-no-id": (lambda d: d.pop("id"), "document_mismatch"),
    }
    for name, (change, expect) in changes.items():
        world = World()
        world.edit["did"] = change
        yield _case(name, saved(world), expect, good)


def _times() -> Iterable[Case]:
    """KEY-08 and KEY-09: retired keys, stolen keys."""
    last = saved(World(retired_at=AWARDED))
    yield _case(
        "KEY-08-second-after-retirement", saved(World(retired_at=AWARDED - SECOND)), "key_expired", last
    )
    long_ago = World(retired_at=AWARDED - timedelta(days=400))
    yield _case("KEY-08-year-after-retirement", saved(long_ago), "key_expired", last)
    undated = World(retired_at=AWARDED - SECOND, form="jwt", list_form="jwt")
    yield _case(
        "KEY-08-token-after-retirement",
        saved(undated),
        "key_expired",
        saved(World(retired_at=AWARDED, form="jwt")),
    )
    stolen_at = AWARDED + timedelta(days=10)
    for name, created in {"before": AWARDED, "years-before": AWARDED - timedelta(days=3_000)}.items():
        stolen = World(revoked_at=stolen_at, created=created)
        yield _case(f"KEY-09-dated-{name}", saved(stolen), "key_revoked", saved(World(created=created)))
    listed = World(revoked_at=stolen_at)
    listed.edit["did"] = lambda d: d.update(assertionMethod=[d["verificationMethod"][0]["id"]])
    yield _case("KEY-09-still-listed", saved(listed), "key_revoked", saved(World()))
    token = World(revoked_at=stolen_at, form="jwt")
    yield _case("KEY-09-token", saved(token), "key_revoked", saved(World(form="jwt")))


def _tokens() -> Iterable[Case]:
    """JWT-04 to JWT-06: whose key a token names."""
    world = World(form="jwt")
    good = saved(world)
    mallory = SeededSigner("mallory", world.did)
    jwk = dict(mallory.public_key.jwk())
    yield _case(
        "JWT-04-own-jwk",
        saved(world, _token(world, mallory, {"jwk": jwk})),
        "key_not_bound_to_issuer",
        saved(world, _token(world, world.signer, {"jwk": dict(world.signer.public_key.jwk())})),
    )
    kids: dict[str, tuple[dict[str, Any], str]] = {
        "JWT-04-jwk-beside-good-kid": (
            {"jwk": jwk, "kid": world.signer.verification_method},
            "key_not_bound_to_issuer",
        ),
        "JWT-05-kid-elsewhere": ({"kid": "did:web:badges.mallory.example#key-1"}, "key_not_bound_to_issuer"),
        "JWT-05-kid-https": ({"kid": "https://badges.mallory.example/k#1"}, "key_not_bound_to_issuer"),
        "JWT-05-kid-path-traversal": ({"kid": "../../../etc/passwd"}, "key_not_bound_to_issuer"),
        "JWT-05-kid-longer-host": ({"kid": f"{world.did}.mallory.example#key-1"}, "key_not_bound_to_issuer"),
        "JWT-05-kid-unknown": ({"kid": f"{world.did}#key-9"}, "key_not_in_document"),
        "JWT-05-kid-of-district": ({"kid": world.signer.verification_method}, "bad_signature"),
    }
    for name, (header, expect) in kids.items():
        yield _case(name, saved(world, _token(world, mallory, header)), expect, good)


def _token(world: World, signer: SeededSigner, header: dict[str, Any]) -> bytes:
    """A token with any header, signed by anybody."""
    _, payload, _ = world.badge().split(b".")
    head = base64url_encode(json.dumps({"alg": "EdDSA", "typ": "JWT"} | header).encode()).encode()
    signing_input = head + b"." + payload
    return signing_input + b"." + base64url_encode(signer.sign(signing_input)).encode()


def _case(name: str, data: bytes, expect: str, twin: bytes) -> Case:
    return Case(name, data, "json", expect, twin)
