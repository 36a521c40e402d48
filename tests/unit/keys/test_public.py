"""A public key is checked where it is read, has one form of each kind, and knows its own signatures."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.errors import KeyRefused
from keys.multibase import base58btc_encode, base64url_decode, base64url_encode
from keys.public import KeyType, PublicKey
from tests.unit.keys.constants import (
    CLOSE_PRIMES,
    DID_KEY_ED25519,
    FAR_PRIME,
    NOT_CANONICAL,
    P256_JWK,
    RFC6979_SCALAR,
    RFC6979_SIGNATURE,
    RFC7638_N,
    RFC7638_THUMBPRINT,
    RFC8032_SIGNATURE,
    RFC8037_THUMBPRINT,
    RFC8037_X,
    SMALL_ORDER,
    ec_key,
    ed25519_key,
    ed25519_private,
    p1363,
    rsa_key,
)

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RFC7638 = {"kty": "RSA", "n": RFC7638_N, "e": "AQAB"}
RFC8037 = {"kty": "OKP", "crv": "Ed25519", "x": RFC8037_X}


@pytest.fixture(scope="module")
def rsa_private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.mark.parametrize(
    ("jwk", "thumbprint"),
    [(RFC8037, RFC8037_THUMBPRINT), (RFC7638, RFC7638_THUMBPRINT)],
    ids=["RFC-8037", "RFC-7638"],
)
def test_thumbprints_are_the_published_ones(jwk: dict[str, str], thumbprint: str) -> None:
    key = PublicKey.from_jwk(jwk | {"alg": PublicKey.from_jwk(jwk).jws_algorithm, "kid": "2011-04-29"})
    assert key.thumbprint() == thumbprint
    assert key.jwk() == jwk


def test_multikey_of_a_published_did_key() -> None:
    key = PublicKey.from_multikey(DID_KEY_ED25519.removeprefix("did:key:"))
    assert key.key_type is KeyType.ED25519
    assert f"did:key:{key.multikey()}" == DID_KEY_ED25519


def test_rfc_8032_signature_is_known_and_a_changed_one_is_not() -> None:
    key = PublicKey.from_jwk(RFC8037)
    assert key.verify(RFC8032_SIGNATURE, b"")
    assert not key.verify(RFC8032_SIGNATURE, b"\0")
    for wrong in (b"", bytes(64), RFC8032_SIGNATURE[:-1], RFC8032_SIGNATURE + b"\0"):
        assert not key.verify(wrong, b"")


def test_ed25519_signature_with_s_beyond_the_order_is_not_known() -> None:
    """RFC 8032, 5.1.7: otherwise every signature would have a second form."""
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(RFC8032_SIGNATURE[32:], "little") + order
    forged = RFC8032_SIGNATURE[:32] + s.to_bytes(32, "little")
    assert not PublicKey.from_jwk(RFC8037).verify(forged, b"")


def test_rfc_6979_signature_is_known_in_p1363_only() -> None:
    private = ec.derive_private_key(RFC6979_SCALAR, ec.SECP256R1())
    key = ec_key(private, KeyType.P256)
    assert key.verify(RFC6979_SIGNATURE, b"sample")
    assert not key.verify(RFC6979_SIGNATURE, b"Sample")
    der = private.sign(b"sample", ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    assert p1363(der, 32) == RFC6979_SIGNATURE
    assert not key.verify(der, b"sample")


def test_the_other_s_of_an_ecdsa_signature_is_known_too() -> None:
    """ES256 does not ask for the low s; so nothing may use a signature's octets as an identity."""
    key = ec_key(ec.derive_private_key(RFC6979_SCALAR, ec.SECP256R1()), KeyType.P256)
    s = P256_ORDER - int.from_bytes(RFC6979_SIGNATURE[32:], "big")
    assert key.verify(RFC6979_SIGNATURE[:32] + s.to_bytes(32, "big"), b"sample")


@pytest.mark.parametrize(
    "signature",
    [
        bytes(64),
        RFC6979_SIGNATURE[:32] + bytes(32),
        bytes(32) + RFC6979_SIGNATURE[32:],
        RFC6979_SIGNATURE[:32] + P256_ORDER.to_bytes(32, "big"),
        b"\xff" * 64,
        RFC6979_SIGNATURE[:-1],
        RFC6979_SIGNATURE + b"\0",
        RFC6979_SIGNATURE[:32] + b"\0" + RFC6979_SIGNATURE[32:],
        b"",
    ],
    ids=["zero", "s-zero", "r-zero", "s-order", "ones", "63-octets", "65-octets", "s-of-33-octets", "empty"],
)
def test_impossible_ecdsa_signatures_are_not_known(signature: bytes) -> None:
    key = ec_key(ec.derive_private_key(RFC6979_SCALAR, ec.SECP256R1()), KeyType.P256)
    assert not key.verify(signature, b"sample")


def test_p384_takes_sha_384() -> None:
    private = ec.derive_private_key(7, ec.SECP384R1())
    key = ec_key(private, KeyType.P384)
    assert key.jws_algorithm == "ES384"
    assert key.verify(p1363(private.sign(b"m", ec.ECDSA(hashes.SHA384())), 48), b"m")
    assert not key.verify(p1363(private.sign(b"m", ec.ECDSA(hashes.SHA256())), 48), b"m")


def test_rsa_takes_pkcs_1_with_sha_256_only(rsa_private: rsa.RSAPrivateKey) -> None:
    key = rsa_key(rsa_private)
    good = rsa_private.sign(b"m", padding.PKCS1v15(), hashes.SHA256())
    assert key.verify(good, b"m")
    assert not key.verify(good, b"n")
    assert not key.verify(good[:-1], b"m")
    assert not key.verify(good + b"\0", b"m")
    assert not key.verify(rsa_private.sign(b"m", padding.PKCS1v15(), hashes.SHA512()), b"m")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    assert not key.verify(rsa_private.sign(b"m", pss, hashes.SHA256()), b"m")


def test_every_type_has_one_algorithm() -> None:
    keys = [
        ed25519_key(),
        PublicKey.from_jwk(P256_JWK),
        ec_key(ec.derive_private_key(7, ec.SECP384R1()), KeyType.P384),
        PublicKey.from_jwk(RFC7638),
    ]
    assert [key.jws_algorithm for key in keys] == ["EdDSA", "ES256", "ES384", "RS256"]


@pytest.mark.parametrize("octets", [*SMALL_ORDER.values(), *NOT_CANONICAL.values()], ids=bytes.hex)
def test_bad_ed25519_points_are_refused_in_both_forms(octets: bytes) -> None:
    with pytest.raises(KeyRefused):
        PublicKey.from_multikey("z" + base58btc_encode(b"\xed\x01" + octets))
    with pytest.raises(KeyRefused):
        PublicKey.from_jwk(RFC8037 | {"x": base64url_encode(octets)})


def _with(**members: Any) -> dict[str, Any]:
    return P256_JWK | members


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (_with(y=base64url_encode(bytes(31) + b"\x02")), "malformed_key"),
        (_with(x=base64url_encode(bytes(32)), y=base64url_encode(bytes(32))), "malformed_key"),
        (_with(x=base64url_encode(P256_PRIME.to_bytes(32, "big"))), "malformed_key"),
        (_with(x=base64url_encode(b"\0" + base64url_decode(P256_JWK["x"]))), "malformed_key"),
        (_with(x=P256_JWK["x"][:-2]), "malformed_key"),
        (_with(y=None), "malformed_key"),
        (_with(y=""), "malformed_key"),
        (_with(x="", y=""), "malformed_key"),
        (_with(y=7), "malformed_key"),
        (_with(y=P256_JWK["y"] + "="), "malformed_key"),
        (_with(x="A" * 4_000), "malformed_key"),
        (_with(crv="secp256k1"), "unsupported_key"),
        (_with(crv="P-521"), "unsupported_key"),
        (_with(crv=["P-256"]), "unsupported_key"),
        (_with(kty="oct"), "unsupported_key"),
        (_with(kty=None), "unsupported_key"),
        ({}, "unsupported_key"),
        (_with(alg="ES384"), "unsupported_key"),
        (_with(alg=None), "unsupported_key"),
        (_with(use="enc"), "unsupported_key"),
        (_with(key_ops=["sign"]), "unsupported_key"),
        (_with(key_ops="verify"), "unsupported_key"),
        (RFC8037 | {"crv": "X25519"}, "unsupported_key"),
        (RFC7638 | {"n": "AA" + RFC7638_N}, "malformed_key"),
        (RFC7638 | {"e": "AAEAAQ"}, "malformed_key"),
        (RFC7638 | {"e": ""}, "malformed_key"),
        (RFC7638 | {"e": "Aw"}, "weak_key"),
        (RFC7638 | {"n": "AQAB"}, "weak_key"),
    ],
)
def test_a_bad_jwk_is_refused(jwk: dict[str, Any], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        PublicKey.from_jwk(jwk)
    assert refused.value.code == code


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_member_is_refused_and_not_repeated(member: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        PublicKey.from_jwk(P256_JWK | {member: "c2VjcmV0LWtleS1vY3RldHM"})
    assert refused.value.code == "private_material"
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize(
    "narrowed", [{"use": "sig"}, {"alg": "ES256"}, {"key_ops": ["verify"]}, {"kid": "any", "x5t": "ignored"}]
)
def test_a_jwk_narrowed_to_signatures_is_read(narrowed: dict[str, Any]) -> None:
    assert PublicKey.from_jwk(P256_JWK | narrowed).jwk() == P256_JWK


def test_ed25519_may_name_its_algorithm_in_both_ways() -> None:
    for name in ("EdDSA", "Ed25519"):
        assert PublicKey.from_jwk(RFC8037 | {"alg": name}).key_type is KeyType.ED25519


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\x80\x26" + bytes(32), "private_material"),
        (b"\x86\x26" + bytes(32), "private_material"),
        (b"\x87\x26" + bytes(48), "private_material"),
        (b"\xec\x01" + b"\x09" + bytes(31), "unsupported_key"),
        (b"\xe7\x01" + b"\x02" + bytes(32), "unsupported_key"),
        (b"\x85\x24" + bytes(32), "unsupported_key"),
        (b"\x82\x24" + bytes(67), "unsupported_key"),
        (b"\xed", "unsupported_key"),
        (b"", "unsupported_key"),
        (b"\xed\x01" + b"\x09" * 31, "malformed_key"),
        (
            b"\x80\x24" + b"\x04" + base64url_decode(P256_JWK["x"]) + base64url_decode(P256_JWK["y"]),
            "malformed_key",
        ),
        (b"\x80\x24" + b"\x04" + base64url_decode(P256_JWK["x"]), "malformed_key"),
        (b"\x80\x24" + b"\0", "malformed_key"),
        (b"\x80\x24" + b"\x02" + b"\xff" * 32, "malformed_key"),
        (b"\x80\x24" + b"\x02" + P256_PRIME.to_bytes(32, "big"), "malformed_key"),
        (b"\x80\x24" + b"\x02" + (1).to_bytes(32, "big"), "malformed_key"),
        (b"\x81\x24" + b"\x02" + base64url_decode(P256_JWK["x"]), "malformed_key"),
    ],
)
def test_a_bad_multikey_is_refused(octets: bytes, code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        PublicKey.from_multikey("z" + base58btc_encode(octets))
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", "z", "u7QE", "6MkiTBz1", "Z6MkiTBz1", "z0", "z" + "6" * 5_000])
def test_a_text_that_is_no_multikey_is_refused(text: str) -> None:
    with pytest.raises(KeyRefused):
        PublicKey.from_multikey(text)


def test_rsa_has_no_multikey() -> None:
    with pytest.raises(KeyRefused, match="unsupported_key"):
        PublicKey.from_jwk(RFC7638).multikey()


@pytest.mark.parametrize("octets", [b"", b"\x30\x00", b"\0" * 3_000], ids=["empty", "empty-sequence", "long"])
def test_octets_that_are_no_rsa_key_are_refused(octets: bytes) -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        PublicKey(KeyType.RSA, octets)


def test_rsa_octets_with_something_behind_them_are_refused() -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        PublicKey(KeyType.RSA, PublicKey.from_jwk(RFC7638).material + b"\0")


def test_rsa_octets_are_as_strong_as_a_jwk() -> None:
    weak = rsa.RSAPublicNumbers(3, CLOSE_PRIMES[0] * FAR_PRIME).public_key()
    with pytest.raises(KeyRefused, match="weak_key"):
        PublicKey(KeyType.RSA, weak.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def test_another_encoding_of_an_rsa_key_is_refused(rsa_private: rsa.RSAPrivateKey) -> None:
    wrapped = rsa_private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(KeyRefused, match="malformed_key"):
        PublicKey(KeyType.RSA, wrapped)


def test_keys_are_equal_by_what_they_are_and_survive_copying() -> None:
    key = PublicKey.from_jwk(P256_JWK)
    assert key == PublicKey.from_multikey(key.multikey())
    assert hash(key) == hash(PublicKey.from_multikey(key.multikey()))
    assert key != ed25519_key()
    assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301 - our own octets
    assert copy.copy(key) == key
    assert P256_JWK["x"] not in repr(key)


def test_an_exported_key_has_no_private_member() -> None:
    for key in (ed25519_key(), PublicKey.from_jwk(P256_JWK), PublicKey.from_jwk(RFC7638)):
        assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & key.jwk().keys()


def test_a_signature_of_another_key_is_not_known() -> None:
    signature = ed25519_private(2).sign(b"m")
    assert ed25519_key(2).verify(signature, b"m")
    assert not ed25519_key(3).verify(signature, b"m")
