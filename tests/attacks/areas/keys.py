"""Attacks on what a key is and whose it is: substituted, weak, malformed and private keys, and DIDs that are
traps.

The endings: `did` and `didurl` hold one line of text, `multikey` and `jwk` a key, and `json` a controller's
document with the method that is looked for and, where it matters, when the signature claims to be made and
was seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from keys.did import assertion_key, did_web_location, parse_did, parse_did_url
from keys.errors import KeyRefused
from keys.multibase import base58btc_encode, base64url_decode, base64url_encode
from keys.public import PublicKey
from tests.attacks.framework import Case
from tests.unit.keys.constants import (
    CLOSE_PRIMES,
    DID_KEY_ED25519,
    DID_KEY_P256,
    FAR_PRIME,
    NOT_CANONICAL,
    NOT_ON_CURVE_Y,
    P256_JWK,
    RFC7638_N,
    RFC8037_X,
    SMALL_ORDER,
    ed25519_key,
    rsa_jwk,
)

AREA = "keys"
DISTRICT = "did:web:badges.district.example"
MALLORY = "did:web:mallory.example"
METHOD = f"{DISTRICT}#key-1"
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
SOUND_RSA = CLOSE_PRIMES[0] * FAR_PRIME
# What stands after `did:web:`, and is no full host name or no plain path
HOSTS = {
    "NET-01": [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "%5B%3A%3A1%5D",
        "10.0.0.5",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - it is refused, not bound
        "100.64.0.1",
        "198.18.0.1",
        "metadata",
    ],
    "NET-02": [
        "0177.0.0.1",
        "0x7f.1",
        "2130706433",
        "127.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "10.0.0.0x5",
        "a_b.example",
        "example.com.",
        "example..com",
        ".example.com",
        "-a.example",
        "a-.example",
        "Example.com",
        "аррӏе.com",
    ],
    "NET-07": [
        "host.example%3A443:..:..",
        "host.example:..",
        "host.example:.",
        "host.example:",
        "host.example::a",
        "host.example:%2e%2e",
        "host.example:a%2Fb",
        "host.example%2Fb",
        "host.example:a/b",
        "good.example%40mallory.example",
        "good.example@mallory.example",
        "host.example%3A0",
        "host.example%3A65536",
        "host.example%3A022",
        "host.example%3a443",
        "host.example%3A443%3A443",
        "host.example?x",
        "host.example\\a",
        "host.example\n",
        "host.example:a b",
        "a" * 300 + ".example",
        "host.example:" + "a" * 300,
    ],
}


def judge(data: bytes, suffix: str) -> str:
    """Ask the door that the ending names."""
    try:
        if suffix == "json":
            _find(json.loads(data))
        elif suffix == "jwk":
            PublicKey.from_jwk(json.loads(data))
        elif suffix == "multikey":
            PublicKey.from_multikey(data.decode())
        elif suffix == "didurl":
            parse_did_url(data.decode())
        else:
            did_web_location(parse_did(data.decode()))
    except KeyRefused as refused:
        return refused.code
    return "ok"


def _find(question: dict[str, Any]) -> None:
    found = assertion_key(question["document"], question["method"])
    if "claimed" in question:
        witnessed = question.get("witnessed")
        found.check_use(
            datetime.fromisoformat(question["claimed"]),
            witnessed=datetime.fromisoformat(witnessed) if witnessed else None,
        )


def cases() -> Iterable[Case]:
    """Every attack of this area."""
    yield from _documents()
    yield from _ends()
    yield from _ed25519()
    yield from _other_keys()
    yield from _private()
    yield from _did_urls()
    yield from _dids()


def _listed(**members: Any) -> dict[str, Any]:
    method = {
        "id": METHOD,
        "type": "Multikey",
        "controller": DISTRICT,
        "publicKeyMultibase": ed25519_key(1).multikey(),
    }
    return method | members


def _question(document: dict[str, Any], **members: Any) -> bytes:
    return json.dumps({"document": document, "method": METHOD} | members, ensure_ascii=False).encode()


def _document(*methods: dict[str, Any], **members: Any) -> dict[str, Any]:
    base = {"id": DISTRICT, "verificationMethod": list(methods or [_listed()]), "assertionMethod": [METHOD]}
    return base | members


def _documents() -> Iterable[Case]:
    twin = _question(_document())
    mallorys = _listed(publicKeyMultibase=ed25519_key(66).multikey())
    for name, expect, document in (
        ("KEY-02-controller-is-another", "controller_mismatch", _document(_listed(controller=MALLORY))),
        ("KEY-02-controller-missing", "controller_mismatch", _document({**_listed(), "controller": None})),
        (
            "KEY-02-controller-is-a-list",
            "controller_mismatch",
            _document(_listed(controller=[DISTRICT, MALLORY])),
        ),
        (
            "KEY-02-authentication-only",
            "wrong_relationship",
            _document(assertionMethod=[], authentication=[METHOD]),
        ),
        (
            "KEY-02-authentication-by-value-only",
            "wrong_relationship",
            {"id": DISTRICT, "authentication": [_listed()]},
        ),
        (
            "KEY-02-reference-to-nothing",
            "key_not_in_document",
            _document(_listed(id=f"{DISTRICT}#key-2"), assertionMethod=[METHOD]),
        ),
        ("KEY-02-two-keys-one-id", "ambiguous_key", _document(_listed(), mallorys)),
        ("KEY-02-two-keys-one-id-reversed", "ambiguous_key", _document(mallorys, _listed())),
        (
            "KEY-02-two-keys-one-id-by-value",
            "ambiguous_key",
            _document(_listed(), assertionMethod=[METHOD, mallorys]),
        ),
        (
            "KEY-02-two-keys-one-id-relative",
            "ambiguous_key",
            _document(_listed(), mallorys | {"id": "#key-1"}),
        ),
        (
            "KEY-02-two-representations",
            "malformed_document",
            _document(_listed(publicKeyJwk=P256_JWK)),
        ),
        ("KEY-02-assertion-method-is-no-list", "malformed_document", _document(assertionMethod=METHOD)),
        ("KEY-03-id-of-another", "document_mismatch", _document(id=MALLORY)),
        ("KEY-03-id-missing", "document_mismatch", {"assertionMethod": [_listed()]}),
        ("KEY-03-id-is-a-list", "document_mismatch", _document(id=[DISTRICT])),
        ("KEY-03-id-in-capitals", "document_mismatch", _document(id="did:web:Badges.District.example")),
        ("KEY-03-id-with-trailing-dot", "document_mismatch", _document(id=f"{DISTRICT}.")),
        ("KEY-03-id-percent-encoded", "document_mismatch", _document(id=DISTRICT.replace("e", "%65", 1))),
        ("KEY-03-id-with-a-path", "document_mismatch", _document(id=f"{DISTRICT}:u:mallory")),
        ("KEY-03-id-with-space", "document_mismatch", _document(id=f"{DISTRICT} ")),
    ):
        yield Case(name, _question(document), "json", expect, twin)


def _ends() -> Iterable[Case]:
    noon, before, after = (
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T11:59:59+00:00",
        "2026-03-01T12:00:01+00:00",
    )
    retired = _document(_listed(expires=noon))
    revoked = _document(_listed(revoked=noon))
    at_the_end, seen = _question(retired, claimed=noon), _question(revoked, claimed=before, witnessed=before)
    yield Case(
        "KEY-08-after-retirement", _question(retired, claimed=after), "json", "key_expired", at_the_end
    )
    for name, times in (
        ("claimed-before-but-never-seen", {"claimed": before}),
        ("back-dated-by-years", {"claimed": "2020-01-01T00:00:00+00:00"}),
        ("seen-after", {"claimed": before, "witnessed": after}),
        ("seen-at-that-moment", {"claimed": before, "witnessed": noon}),
    ):
        yield Case(f"KEY-09-{name}", _question(revoked, **times), "json", "key_revoked", seen)
    unlisted = _document(_listed(revoked=noon), assertionMethod=[])
    yield Case(
        "KEY-09-unlisted", _question(unlisted, claimed=before, witnessed=before), "json", "key_revoked", seen
    )


def _multikey(prefix: bytes, octets: bytes) -> bytes:
    return b"z" + base58btc_encode(prefix + octets).encode()


def _jwk(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode()


def _ed25519() -> Iterable[Case]:
    key = ed25519_key(1)
    multikey, jwk = key.multikey().encode(), _jwk(key.jwk())
    for expect, points in (
        ("weak_key", SMALL_ORDER),
        ("malformed_key", NOT_CANONICAL | {"not-on-curve": NOT_ON_CURVE_Y.to_bytes(32, "little")}),
    ):
        for name, octets in points.items():
            yield Case(f"KEY-05-{name}", _multikey(b"\xed\x01", octets), "multikey", expect, multikey)
            as_jwk = _jwk(key.jwk() | {"x": base64url_encode(octets)})
            yield Case(f"KEY-05-{name}-jwk", as_jwk, "jwk", expect, jwk)


def _other_keys() -> Iterable[Case]:
    x, y = (base64url_decode(P256_JWK[name]) for name in "xy")
    good, good_jwk = DID_KEY_P256.removeprefix("did:key:").encode(), _jwk(P256_JWK)
    for name, octets in (
        ("off-curve", b"\x02" + (1).to_bytes(32, "big")),
        ("infinity", b"\0"),
        ("uncompressed", b"\x04" + x + y),
        ("hybrid", b"\x06" + x + y),
        ("x-is-p", b"\x02" + P256_PRIME.to_bytes(32, "big")),
        ("x-beyond-p", b"\x03" + b"\xff" * 32),
        ("short", b"\x02" + x[:-1]),
        ("long", b"\x02" + x + b"\0"),
        ("empty", b""),
    ):
        yield Case(f"KEY-06-p256-{name}", _multikey(b"\x80\x24", octets), "multikey", "malformed_key", good)
    for name, members in (
        ("off-curve", {"y": base64url_encode(y[:-1] + bytes([y[-1] ^ 2]))}),
        ("y-negated-halfway", {"y": base64url_encode(y[:-1] + bytes([y[-1] ^ 1]))}),
        ("zero", {"x": base64url_encode(bytes(32)), "y": base64url_encode(bytes(32))}),
        ("x-is-p", {"x": base64url_encode(P256_PRIME.to_bytes(32, "big"))}),
        ("y-plus-p", {"y": base64url_encode((P256_PRIME + 5).to_bytes(33, "big"))}),
        ("short-x", {"x": base64url_encode(x[:-1])}),
        ("padded", {"x": P256_JWK["x"] + "="}),
    ):
        yield Case(f"KEY-06-p256-jwk-{name}", _jwk(P256_JWK | members), "jwk", "malformed_key", good_jwk)
    rsa = _jwk(rsa_jwk(SOUND_RSA))
    for name, modulus, exponent in (
        ("e-1", SOUND_RSA, 1),
        ("e-3", SOUND_RSA, 3),
        ("e-even", SOUND_RSA, 65_538),
        ("512-bits", (1 << 511) + 187, 65_537),
        ("1024-bits", (1 << 1023) + 1_155, 65_537),
        ("2047-bits", SOUND_RSA >> 1 | 1, 65_537),
        ("16384-bits", (1 << 16_383) + 1, 65_537),
        ("fermat-close", CLOSE_PRIMES[0] * CLOSE_PRIMES[1], 65_537),
        ("square", CLOSE_PRIMES[0] ** 2, 65_537),
        ("small-factor", SOUND_RSA * 751, 65_537),
        ("even", SOUND_RSA * 2, 65_537),
    ):
        expect = "malformed_key" if name == "16384-bits" else "weak_key"
        yield Case(f"KEY-06-rsa-{name}", _jwk(rsa_jwk(modulus, exponent)), "jwk", expect, rsa)
    leading_zero = _jwk(rsa_jwk(SOUND_RSA) | {"e": "AAEAAQ"})
    yield Case("KEY-06-rsa-leading-zero", leading_zero, "jwk", "malformed_key", rsa)
    for name, jwk in (
        ("ES256K", P256_JWK | {"crv": "secp256k1"}),
        ("P-521", P256_JWK | {"crv": "P-521"}),
        ("X25519", {"kty": "OKP", "crv": "X25519", "x": RFC8037_X}),
        ("alg-of-another-type", P256_JWK | {"alg": "ES384"}),
        ("for-encryption", P256_JWK | {"use": "enc"}),
    ):
        yield Case(f"JWT-03-key-{name}", _jwk(jwk), "jwk", "unsupported_key", good_jwk)


def _private() -> Iterable[Case]:
    rsa = {"kty": "RSA", "n": RFC7638_N, "e": "AQAB"}
    for name, jwk, member in (
        ("ec-d", P256_JWK, "d"),
        ("okp-d", {"kty": "OKP", "crv": "Ed25519", "x": RFC8037_X}, "d"),
        *((f"rsa-{member}", rsa, member) for member in ("d", "p", "q", "dp", "dq", "qi", "oth")),
        ("k", P256_JWK, "k"),
    ):
        yield Case(f"JWT-19-{name}", _jwk(jwk | {member: "AQAB"}), "jwk", "private_material", _jwk(jwk))
    in_document = _document(
        _listed(publicKeyMultibase=None, type="JsonWebKey", publicKeyJwk=P256_JWK | {"d": "AQ"})
    )
    del in_document["verificationMethod"][0]["publicKeyMultibase"]
    yield Case(
        "JWT-19-jwk-in-a-document", _question(in_document), "json", "private_material", _question(_document())
    )
    secret = _document(_listed(secretKeyMultibase="z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq"))
    yield Case(
        "JWT-19-multikey-in-a-document", _question(secret), "json", "private_material", _question(_document())
    )
    good = ed25519_key(1).multikey().encode()
    for name, prefix, length in (
        ("ed25519", b"\x80\x26", 32),
        ("p256", b"\x86\x26", 32),
        ("p384", b"\x87\x26", 48),
    ):
        secret_key = _multikey(prefix, b"\x09" * length)
        yield Case(f"JWT-19-secret-multikey-{name}", secret_key, "multikey", "private_material", good)


def _did_urls() -> Iterable[Case]:
    victim, attacker = DID_KEY_ED25519, DID_KEY_P256
    good = f"{victim}#{victim.removeprefix('did:key:')}".encode()
    web = METHOD.encode()
    for name, text, twin in (
        ("JWT-06-body-is-not-fragment", f"{attacker}#{victim.removeprefix('did:key:')}", good),
        ("JWT-06-victim-in-front", f"{victim}#{attacker.removeprefix('did:key:')}", good),
        ("JWT-06-fragment-cut", f"{victim}#{victim.removeprefix('did:key:')[:-1]}", good),
        ("JWT-06-fragment-0", f"{victim}#0", good),
        ("JWT-06-no-fragment", victim, good),
        ("JWT-06-empty-fragment", f"{victim}#", good),
        ("JWT-06-two-fragments", f"{good.decode()}#x", good),
        ("JWT-06-did-jwk-other-fragment", "did:jwk:e30#1", b"did:jwk:e30#0"),
        ("JWT-05-two-fragments", f"{METHOD}#key-2", web),
        ("JWT-05-space-in-fragment", f"{DISTRICT}#key 1", web),
        ("JWT-05-percent-in-fragment", f"{DISTRICT}#key%2D1", web),
    ):
        yield Case(name, text.encode(), "didurl", "malformed_did_url", twin)
    for name, text in (
        ("JWT-05-query", f"{DISTRICT}?service=files#key-1"),
        ("JWT-05-path", f"{DISTRICT}/files#key-1"),
        ("JWT-05-https", "https://mallory.example/keys#key-1"),
        ("JWT-05-file", "../../../etc/passwd#key-1"),
        ("JWT-05-sql", "' OR 1=1--#key-1"),
        ("JWT-05-two-megabytes", "did:web:" + "a" * 5_000 + ".example#key-1"),
    ):
        yield Case(name, text.encode(), "didurl", "malformed_did", web)


def _dids() -> Iterable[Case]:
    twin = DISTRICT.encode()
    for row, hosts in HOSTS.items():
        for number, host in enumerate(hosts, 1):
            yield Case(f"{row}-did-{number:02}", f"did:web:{host}".encode(), "did", "malformed_did", twin)
    ported = b"did:web:host.example%3A8443:a"
    yield Case("NET-07-did-port-letters", b"did:web:host.example%3A8a43:a", "did", "malformed_did", ported)
    other = b"did:ion:EiClkZMDxPKqC9c-umQfTkR8vvZ9JPhl_xLDI9Nfk38w5w"
    yield Case("KEY-04-another-method", other, "did", "unsupported_did_method", twin)
