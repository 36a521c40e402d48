"""Decentralized identifiers: read did:key, did:web and did:jwk, and write their documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from keys.controller_document import AssertionKey, assertion_key, assertion_keys
from keys.did_syntax import Did, DidUrl, check_host, did_for_web, did_web_location, parse_did, parse_did_url
from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode
from keys.public import KeyType, PublicKey

__all__ = [
    "AssertionKey",
    "Did",
    "DidUrl",
    "PublishedKey",
    "assertion_key",
    "assertion_keys",
    "check_host",
    "did_for_web",
    "did_jwk",
    "did_jwk_document",
    "did_key",
    "did_key_document",
    "did_web_document",
    "did_web_location",
    "parse_did",
    "parse_did_url",
    "verification_method_id",
]

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
JWK_CONTEXT = "https://w3id.org/security/jwk/v1"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key as its controller's document shows it.

    Args:
        public_key: The key.
        expires: From when on it signs nothing more: it was retired. What it signed before stays good.
        revoked: From when on somebody else may have held it: it speaks for nobody any more.
    """

    public_key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None


def did_key(public_key: PublicKey) -> str:
    """The did:key of a key (did:key, 3.1).

    Raises:
        KeyRefused: `unsupported_key` for RSA.
    """
    return f"did:key:{public_key.multikey()}"


def did_key_document(did: str) -> dict[str, Any]:
    """The document that a did:key stands for: its one key, of type Multikey (did:key, 3.2).

    Raises:
        KeyRefused: `malformed_did` for another method, or a code of `PublicKey.from_multikey`.
    """
    parsed = parse_did(did)
    if parsed.method != "key":
        raise KeyRefused("malformed_did", "This DID is not a did:key.")
    method = f"{did}#{parsed.identifier}"
    public_key = PublicKey.from_multikey(parsed.identifier)
    return _document(did, [_verification_method(did, method, public_key)], [method])


def did_jwk(public_key: PublicKey) -> str:
    """The did:jwk of a key: base64url of its JWK in the shortest JSON."""
    return "did:jwk:" + base64url_encode(json.dumps(public_key.jwk(), separators=(",", ":")).encode("ascii"))


def did_jwk_document(did: str) -> dict[str, Any]:
    """The document that a did:jwk stands for: its one key, as method `#0` (did:jwk, Read).

    Raises:
        KeyRefused: `malformed_did` for another method or when the identifier is not one JSON object in
            base64url; a code of `PublicKey.from_jwk` for what the object says.
    """
    parsed = parse_did(did)
    if parsed.method != "jwk":
        raise KeyRefused("malformed_did", "This DID is not a did:jwk.")
    public_key = PublicKey.from_jwk(_embedded_jwk(parsed.identifier))
    method = {
        "id": f"{did}#0",
        "type": "JsonWebKey",
        "controller": did,
        "publicKeyJwk": dict(public_key.jwk()),
    }
    return _document(did, [method], [f"{did}#0"])


def verification_method_id(did: str, public_key: PublicKey) -> str:
    """The DID URL under which a did:web document lists a key, told apart by its thumbprint."""
    return f"{did}#key-{public_key.thumbprint()}"


def did_web_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """The `did.json` of a did:web (did:web, Read; CID 1.0, 2.1 to 2.3).

    Keys in use and retired keys may make assertions, so that what a retired key signed stays checkable; the
    latter carry `expires`. A compromised key is listed with `revoked` and may assert nothing: software that
    does not read `revoked` must not believe it either.

    Args:
        did: The did:web.
        keys: Every key that the controller ever had, in the order in which they are to stand.

    Raises:
        KeyRefused: `malformed_did` for another method; `ambiguous_key` when a key stands there twice.
    """
    if parse_did(did).method != "web":
        raise KeyRefused("malformed_did", "This DID is not a did:web.")
    methods = []
    for key in keys:
        method = _verification_method(did, verification_method_id(did, key.public_key), key.public_key)
        times = {"expires": key.expires, "revoked": key.revoked}
        methods.append(method | {name: _date_time_stamp(time) for name, time in times.items() if time})
    if len({method["id"] for method in methods}) != len(methods):
        raise KeyRefused("ambiguous_key", "One key is to be published twice: publish it once.")
    asserting = [method["id"] for method in methods if "revoked" not in method]
    return _document(did, methods, asserting)


def _document(did: str, methods: list[dict[str, Any]], asserting: list[str]) -> dict[str, Any]:
    contexts = [DID_CONTEXT]
    types = {method["type"] for method in methods}
    contexts += [MULTIKEY_CONTEXT] if "Multikey" in types else []
    contexts += [JWK_CONTEXT] if "JsonWebKey" in types else []
    return {"@context": contexts, "id": did, "verificationMethod": methods, "assertionMethod": asserting}


def _verification_method(did: str, method: str, public_key: PublicKey) -> dict[str, Any]:
    if public_key.key_type is KeyType.RSA:
        form: dict[str, Any] = {"type": "JsonWebKey", "publicKeyJwk": dict(public_key.jwk())}
    else:
        form = {"type": "Multikey", "publicKeyMultibase": public_key.multikey()}
    return {"id": method, "type": form.pop("type"), "controller": did, **form}


def _date_time_stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _embedded_jwk(identifier: str) -> dict[str, Any]:
    """The JSON object inside a did:jwk, read as strictly as a document: no member twice, no NaN."""
    try:
        found = json.loads(
            base64url_decode(identifier).decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_no_constant,
        )
    except KeyRefused:
        raise KeyRefused("malformed_did", "The did:jwk does not hold one JSON object in base64url.") from None
    except (ValueError, RecursionError):
        raise KeyRefused("malformed_did", "The did:jwk does not hold one JSON object in base64url.") from None
    if not isinstance(found, dict):
        raise KeyRefused("malformed_did", "The did:jwk does not hold one JSON object in base64url.")
    return found


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> None:
    raise ValueError
