"""Hostile headers: algorithms, keys, names of keys, kinds of tokens (JWT-01 to JWT-10, JWT-19)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.did import did_key
from keys.multibase import base64url_decode, base64url_encode
from keys.public import KeyType
from tests.attacks import badges
from tests.attacks.badges import (
    DISTRICT,
    ED25519,
    MALLORY,
    P256,
    P384,
    RSA,
    badge,
    case,
    claims,
    header,
    segment,
    token,
)
from tests.attacks.framework import Case, Recipe
from tests.signers import SeededSigner, private_key

EVIL = SeededSigner("mallory", DISTRICT)
"""Says that it signs for the district, and does not."""


def cases() -> Iterator[Case]:
    yield from _algorithms()
    yield from _keys()
    yield from _names()
    yield from _headers()
    yield from _duplicates()
    yield from _kinds()


def _bare(head: dict[str, Any]) -> bytes:
    """Header and payload, and nothing after the second dot."""
    return f"{segment(head)}.{segment(claims())}.".encode()


def _algorithms() -> Iterator[Case]:
    for name in ("none", "None", "NONE", "NoNe", "", "eddsa", "EdDSA "):
        yield case(
            f"JWT-01-alg-{name.strip() or 'empty'}{len(name)}", _bare(header(alg=name)), "alg_not_allowed"
        )
    yield case("JWT-01-none-with-signature", token(header(alg="none")), "alg_not_allowed")
    yield case("JWT-01-alg-missing", token(header(alg=None)), "alg_not_allowed")
    yield case("JWT-01-alg-null", token(header() | {"alg": None}), "alg_not_allowed")
    yield case("JWT-01-alg-array", token(header(alg=["EdDSA"])), "alg_not_allowed")
    yield case("JWT-01-alg-number", token(header(alg=1)), "alg_not_allowed")
    yield case("JWT-01-empty-signature", _bare(header()), "malformed_jwt")
    secrets = {
        "pem": _public(Encoding.PEM),
        "der": _public(Encoding.DER),
        "jwk": badges.text(ED25519.public_key.jwk()),
        "raw": ED25519.public_key.material,
    }
    for alg, digest in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
        for form, secret in secrets.items():
            signing_input = f"{segment(header(alg=alg))}.{segment(claims())}"
            code = hmac.new(secret, signing_input.encode(), digest).digest()
            data = f"{signing_input}.{base64url_encode(code)}".encode()
            yield case(f"JWT-02-{alg}-{form}", data, "alg_not_allowed")
    for alg in ("ES256K", "ES512", "PS256", "RS384", "RS512", "Ed448", "EdDSA,ES256", "ML-DSA-44"):
        yield case(f"JWT-03-{alg}", token(header(alg=alg)), "alg_not_allowed")
    for alg, signer in (
        ("ES256", ED25519),
        ("ES256", RSA),
        ("ES384", ED25519),
        ("RS256", ED25519),
        ("RS256", P256),
        ("RS256", P384),
        ("ES256", P384),
        ("ES384", P256),
        ("EdDSA", P256),
        ("EdDSA", RSA),
    ):
        name = f"JWT-03-{alg}-over-{signer.key_type.value}"
        data = _cut(
            token(header(signer, alg=alg), signer=signer), {"ES256": 64, "ES384": 96, "EdDSA": 64}.get(alg)
        )
        yield case(name, data, "alg_key_mismatch", token(signer=signer))


def _cut(data: bytes, length: int | None) -> bytes:
    """A token whose signature has the length that its algorithm asks for."""
    if length is None:
        return data
    signing_input, _, signature = data.rpartition(b".")
    octets = base64url_decode(signature.decode())
    return signing_input + b"." + base64url_encode((octets + b"\x01" * length)[:length]).encode()


def _public(encoding: Encoding) -> bytes:
    private = private_key("district")
    assert isinstance(private, ed25519.Ed25519PrivateKey)
    return private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def _keys() -> Iterator[Case]:
    evil, good = EVIL.public_key.jwk(), ED25519.public_key.jwk()
    by_jwk = token(header(kid=None, jwk=good))
    bound = "key_not_bound_to_issuer"
    yield case("JWT-04-own-jwk", token(header(kid=None, jwk=evil), signer=EVIL), bound, by_jwk)
    both = token(header(jwk=good))
    yield case("JWT-04-own-jwk-under-our-kid", token(header(jwk=evil), signer=EVIL), bound, both)
    yield case(
        "JWT-04-our-jwk-under-another-kid",
        token(header(P256, alg="EdDSA", jwk=good)),
        "alg_key_mismatch",
        both,
    )
    rsa = SeededSigner("mallory rsa", DISTRICT, KeyType.RSA)
    yield case(
        "JWT-04-own-rsa-jwk",
        token(header(rsa, kid=None, jwk=rsa.public_key.jwk()), signer=rsa),
        bound,
        token(header(RSA, kid=None, jwk=RSA.public_key.jwk()), signer=RSA),
    )
    yield case(
        "JWT-04-jwk-of-another-type", token(header(jwk=P256.public_key.jwk())), "alg_key_mismatch", both
    )
    yield case("JWT-04-no-key-named", token(header(kid=None)), bound, by_jwk)
    yield case(
        "JWT-04-other-key-under-our-kid",
        token(signer=SeededSigner("mallory", DISTRICT, method=ED25519.verification_method)),
        "bad_signature",
    )
    for name in ("d", "p", "q", "dp", "dq", "qi", "k", "oth"):
        yield case(
            f"JWT-19-private-{name}",
            token(header(kid=None, jwk=good | {name: "AAAA"})),
            "private_material",
            by_jwk,
        )
    small = private_key("mallory rsa", KeyType.RSA, rsa_bits=1024).public_key()
    numbers = small.public_numbers()  # type: ignore[union-attr]  # an RSA key
    weak = {"kty": "RSA", "n": base64url_encode(numbers.n.to_bytes(128, "big")), "e": "AQAB"}  # type: ignore[union-attr]  # an RSA key
    yield case(
        "JWT-03-RS256-1024-bits",
        token(header(RSA, kid=None, jwk=weak), signer=RSA),
        "weak_key",
        token(header(RSA, kid=None, jwk=RSA.public_key.jwk()), signer=RSA),
    )
    yield case("JWT-04-jwk-text", token(header(jwk=json.dumps(good))), "malformed_jwt", both)
    yield case("JWT-04-jwk-null", token(header() | {"jwk": None}), "malformed_jwt", both)
    yield case("JWT-04-jwk-symmetric", token(header(jwk={"kty": "oct"})), "unsupported_key", both)
    identity = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(b"\x01" + bytes(31))}
    yield case("JWT-04-jwk-small-order", token(header(kid=None, jwk=identity)), "weak_key", by_jwk)
    off = P256.public_key.jwk() | {"y": base64url_encode(bytes(31) + b"\x07")}
    yield case(
        "JWT-04-jwk-off-curve",
        token(header(P256, kid=None, jwk=off), signer=P256),
        "malformed_key",
        token(header(P256, kid=None, jwk=P256.public_key.jwk()), signer=P256),
    )


def _names() -> Iterator[Case]:
    bound = "key_not_bound_to_issuer"
    fragment = ED25519.verification_method.partition("#")[2]
    for name, kid, expect in (
        ("https", "https://evil.example/k#1", bound),
        ("https-user", "https://badges.district.example@evil.example/k#1", bound),
        ("http", "http://badges.district.example/k#1", bound),
        ("file", "file:///etc/passwd", bound),
        ("data", "data:application/json,{}", bound),
        ("did", f"{MALLORY}#{fragment}", bound),
        ("did-prefix", f"{DISTRICT}.evil.example#{fragment}", bound),
        ("did-path", f"{DISTRICT}:u:mallory#{fragment}", bound),
        ("did-case", f"did:web:BADGES.district.example#{fragment}", "malformed_did"),
        ("did-bare", DISTRICT, "malformed_did_url"),
        ("did-two-fragments", f"{ED25519.verification_method}#x", "malformed_did_url"),
        ("did-query", f"{DISTRICT}?x=1#{fragment}", "malformed_did"),
        ("did-unknown", "did:ion:abc#1", "unsupported_did_method"),
        ("unknown-fragment", f"{DISTRICT}#key-0", bound),
        ("path", "../../../etc/passwd", bound),
        ("sql", "'/**/OR/**/1=1--", bound),
        ("spaces", "' OR 1=1--", "malformed_jwt"),
        ("control", "a\x00b", "malformed_jwt"),
        ("newline", ED25519.verification_method + "\n", "malformed_jwt"),
        ("letters", ED25519.verification_method.replace("e", "е", 1), "malformed_jwt"),
        ("empty", "", "malformed_jwt"),
        ("number", 7, "malformed_jwt"),
        ("array", [ED25519.verification_method], "malformed_jwt"),
        ("object", {"id": ED25519.verification_method}, "malformed_jwt"),
        ("boolean", True, "malformed_jwt"),
    ):
        yield case(f"JWT-05-kid-{name}", token(header(kid=kid)), expect)
    yield case("JWT-05-kid-2049", token(header(kid=DISTRICT + "#" + "k" * 2_020)), "malformed_jwt")
    yield case("JWT-05-kid-2MB", Recipe("huge_kid", {"length": 2_000_000}), "too_large")
    mine, other = (did_key(SeededSigner(word).public_key) for word in ("mallory", "district"))
    crossed = header(kid=f"{mine}#{other.removeprefix('did:key:')}")
    yield case("JWT-06-did-key-crossed", token(crossed), "malformed_did_url")
    yield case("JWT-06-did-jwk-fragment", token(header(kid="did:jwk:e30#1")), "malformed_did_url")


def _headers() -> Iterator[Case]:
    for name, value in (
        ("jku", "https://evil.example/keys"),
        ("x5u", "https://evil.example/chain"),
        ("x5c", ["MIIB"]),
        ("x5t", "AAAA"),
        ("x5t#S256", "AAAA"),
        ("zip", "DEF"),
        ("enc", "A256GCM"),
        ("ALG", "none"),
        ("trust_chain", []),
    ):
        yield case(f"JWT-07-{name.replace('#', '-')}", token(header() | {name: value}), "header_not_allowed")
    for name, extra in (
        ("crit-unknown", {"crit": ["bork"], "bork": 1}),
        ("crit-missing-member", {"crit": ["bork"]}),
        ("crit-empty", {"crit": []}),
        ("crit-b64", {"crit": ["b64"], "b64": False}),
        ("b64-false", {"b64": False}),
        ("b64-true", {"b64": True}),
        ("crit-known", {"crit": ["alg"]}),
    ):
        yield case(f"JWT-08-{name}", token(header() | extra), "header_not_allowed")
    yield case(
        "JWT-07-header-iss", token(header(iss=MALLORY)), "envelope_mismatch", token(header(iss=DISTRICT))
    )
    yield case("JWT-07-header-array", token(b'[{"alg":"EdDSA"}]'), "malformed_jwt")
    yield case("JWT-07-header-empty", token(b""), "malformed_jwt")


def _duplicates() -> Iterator[Case]:
    kid = ED25519.verification_method
    for name, head in (
        ("alg", f'{{"alg":"none","alg":"EdDSA","kid":"{kid}","typ":"JWT"}}'),
        ("alg-escaped", f'{{"\\u0061lg":"none","alg":"EdDSA","kid":"{kid}","typ":"JWT"}}'),
        ("kid", f'{{"alg":"EdDSA","kid":"{kid}","kid":"{kid}","typ":"JWT"}}'),
    ):
        yield case(f"JWT-09-header-{name}", token(head.encode()), "duplicate_key")
    body = badges.text(claims())
    for name, extra in (
        ("iss", f'"iss":"{MALLORY}",'),
        ("iss-escaped", f'"\\u0069ss":"{MALLORY}",'),
        ("issuer", f'"issuer":"{MALLORY}",'),
        ("exp", '"exp":4102444800,'),
        ("sub", '"sub":"urn:x:1",'),
    ):
        yield case(f"JWT-09-payload-{name}", token(payload=b"{" + extra.encode() + body[1:]), "duplicate_key")
    deep = body.replace(b'"criteria":{', b'"criteria":{"narrative":"None at all.",')
    yield case("JWT-09-payload-deep", token(payload=deep), "duplicate_key")


def _kinds() -> Iterator[Case]:
    """Every kind of token that somebody signs, under every name of a kind, given as a badge."""
    bare = {"iss": DISTRICT, "sub": "urn:x:1", "iat": 1_777_626_000, "exp": 1_903_856_400}
    payloads: dict[str, dict[str, Any]] = {
        "badge": claims(),
        "presentation": bare | {"vp": {"type": ["VerifiablePresentation"], "verifiableCredential": []}},
        "sign-in": bare | {"aud": "client", "nonce": "n"},
        "holder-key": bare | {"nonce": "n", "sd_hash": "AAAA"},
        "list": bare | {"status_list": {"bits": 1, "lst": "eNrb"}},
        "access": bare | {"client_id": "c", "scope": "s"},
    }
    kinds = (
        "JWT",
        "vc+jwt",
        "vp+jwt",
        "kb+jwt",
        "statuslist+jwt",
        "at+jwt",
        "secevent+jwt",
        "withdrawal-notes+jwt",
    )
    for kind in kinds:
        for name, payload in payloads.items():
            if name == "badge" and kind in ("JWT", "vc+jwt"):
                continue
            twin = token(header(typ="vc+jwt" if kind == "vc+jwt" else "JWT"))
            yield case(f"JWT-10-{kind}-{name}", token(header(typ=kind), payload), "not_a_credential", twin)
    for name, extra in (("vp", {"vp": {}}), ("aud", {"aud": "did:web:employer.example"})):
        yield case(f"JWT-10-badge-with-{name}", token(payload=claims() | extra), "not_a_credential")
    yield case("JWT-10-cty-jwt", token(header(cty="JWT")), "not_a_credential", token(header(cty="vc")))
    others: tuple[tuple[str, Any], ...] = (("array", ["JWT"]), ("null", None), ("number", 1))
    for name, odd in others:
        yield case(f"JWT-10-typ-{name}", token(header() | {"typ": odd}), "malformed_jwt")
    for name, types in (("text", "OpenBadgeCredential"), ("lower", ["verifiablecredential"]), ("none", [])):
        yield case(f"JWT-10-type-{name}", token(payload=claims(badge(type=types))), "not_a_credential")
