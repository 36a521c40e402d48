"""A public key: read, checked once, written, asked whether a signature is its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from keys import rsa_strength
from keys.ed25519 import check_public_key
from keys.errors import KeyRefused
from keys.multibase import base58btc_decode, base58btc_encode, base64url_decode, base64url_encode

PRIVATE_JWK_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
LONGEST_JWK_VALUE = 2_048


class KeyType(StrEnum):
    """The kinds of keys that can speak for an issuer."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    RSA = "RSA"


@dataclass(frozen=True, slots=True)
class _Curve:
    """What tells one of the two NIST curves from the other."""

    curve: ec.EllipticCurve
    digest: hashes.HashAlgorithm
    size: int  # octets of a coordinate


_CURVES: Mapping[KeyType, _Curve] = {
    KeyType.P256: _Curve(ec.SECP256R1(), hashes.SHA256(), 32),
    KeyType.P384: _Curve(ec.SECP384R1(), hashes.SHA384(), 48),
}
_ALGORITHMS: Mapping[KeyType, str] = {
    KeyType.ED25519: "EdDSA",
    KeyType.P256: "ES256",
    KeyType.P384: "ES384",
    KeyType.RSA: "RS256",
}
# Multikey prefixes, as varint octets of the multicodec; CID 1.0, 2.2.2 allows no other.
_PUBLIC_PREFIXES: Mapping[bytes, KeyType] = {
    b"\xed\x01": KeyType.ED25519,
    b"\x80\x24": KeyType.P256,
    b"\x81\x24": KeyType.P384,
}
_PREFIXES: Mapping[KeyType, bytes] = {key_type: prefix for prefix, key_type in _PUBLIC_PREFIXES.items()}
_SECRET_PREFIXES = frozenset({b"\x80\x26", b"\x86\x26", b"\x87\x26", b"\x81\x26"})

_Native = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@lru_cache(maxsize=256)
def _thumbprint(key: PublicKey) -> str:
    """It follows from the key alone, and one issuer's is asked for with every badge."""
    text = json.dumps(key.jwk(), separators=(",", ":"), sort_keys=True)
    return base64url_encode(hashlib.sha256(text.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that has been checked: whatever holds one need not ask again.

    Args:
        key_type: Its kind, which alone decides the signature algorithm.
        material: Its one encoding: 32 octets for Ed25519 (RFC 8032, 5.1.2), the compressed point for P-256
            and P-384 (SEC 1, 2.3.3; 33 and 49 octets), the DER `RSAPublicKey` for RSA (RFC 8017, A.1.1).

    Raises:
        KeyRefused: `malformed_key` for octets that are no such key (wrong length, not on the curve, infinity,
            another encoding); `weak_key` for one that anybody could sign for (Ed25519 of small order; RSA
            below 2,048 bits, with a bad exponent, a small factor or primes too close together).
    """

    key_type: KeyType
    material: bytes
    _native: _Native = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_native", _load(self.key_type, self.material))

    def __repr__(self) -> str:
        return f"PublicKey({self.key_type.value}, thumbprint={self.thumbprint()})"

    def __reduce__(self) -> tuple[type[PublicKey], tuple[KeyType, bytes]]:
        """Type and octets, so that a copy is checked like the first."""
        return type(self), (self.key_type, self.material)

    @classmethod
    def from_multikey(cls, text: str) -> PublicKey:
        """Read a `publicKeyMultibase` (CID 1.0, 2.2.2).

        Args:
            text: `z`, then base58btc of the two octets that say the type and of the key.

        Raises:
            KeyRefused: as the class does; also `private_material` for a secret key's prefix and
                `unsupported_key` for any prefix but those of Ed25519, P-256 and P-384.
        """
        if not text.startswith("z"):
            raise KeyRefused("malformed_key", "A Multikey begins with z, for base58btc.")
        octets = base58btc_decode(text[1:])
        prefix, material = octets[:2], octets[2:]
        if prefix in _SECRET_PREFIXES:
            raise KeyRefused(
                "private_material", "This is a private key. Treat it as known to everybody and retire it."
            )
        key_type = _PUBLIC_PREFIXES.get(prefix)
        if key_type is None:
            raise KeyRefused("unsupported_key", "The Multikey is not an Ed25519, P-256 or P-384 public key.")
        return cls(key_type, material)

    @classmethod
    def from_jwk(cls, members: Mapping[str, Any]) -> PublicKey:
        """Read a public JSON Web Key (RFC 7517; RFC 7518, 6; RFC 8037, 2).

        Args:
            members: `kty` with `crv` and `x` (OKP), `crv`, `x` and `y` (EC) or `n` and `e` (RSA). `use`,
                `key_ops` and `alg` may narrow it to signatures, not to anything else; other members are not
                read.

        Raises:
            KeyRefused: as the class does; also `private_material` for any private member and
                `unsupported_key` for a type, curve, use or algorithm that is not for our signatures.
        """
        if PRIVATE_JWK_MEMBERS & members.keys():
            raise KeyRefused(
                "private_material",
                "The JWK holds a private key. Treat it as known to everybody and retire it.",
            )
        kty, curve = members.get("kty"), members.get("crv")
        if kty == "OKP" and curve == "Ed25519":
            key = cls(KeyType.ED25519, _octets(members, "x"))
        elif kty == "EC" and curve in (KeyType.P256.value, KeyType.P384.value):
            key = _from_coordinates(KeyType(curve), _octets(members, "x"), _octets(members, "y"))
        elif kty == "RSA":
            key = _from_rsa_numbers(_octets(members, "n"), _octets(members, "e"))
        else:
            raise KeyRefused("unsupported_key", "The JWK is not an Ed25519, P-256, P-384 or RSA key.")
        _check_purpose(members, key.jws_algorithm)
        return key

    def multikey(self) -> str:
        """The key as `publicKeyMultibase` (CID 1.0, 2.2.2).

        Raises:
            KeyRefused: `unsupported_key` for RSA, which Multikey does not have.
        """
        prefix = _PREFIXES.get(self.key_type)
        if prefix is None:
            raise KeyRefused("unsupported_key", "An RSA key has no Multikey form: write it as a JWK.")
        return "z" + base58btc_encode(prefix + self.material)

    def jwk(self) -> dict[str, str]:
        """The members that RFC 7638 counts, in its order: no private one, and nothing to disagree about."""
        if isinstance(self._native, rsa.RSAPublicKey):
            numbers = self._native.public_numbers()
            return {"e": _unsigned(numbers.e), "kty": "RSA", "n": _unsigned(numbers.n)}
        if isinstance(self._native, ec.EllipticCurvePublicKey):
            point, size = self._native.public_numbers(), _CURVES[self.key_type].size
            x, y = (base64url_encode(value.to_bytes(size, "big")) for value in (point.x, point.y))
            return {"crv": self.key_type.value, "kty": "EC", "x": x, "y": y}
        return {"crv": "Ed25519", "kty": "OKP", "x": base64url_encode(self.material)}

    def is_jwk(self, members: Any) -> bool:
        """Whether a JWK is this key, by its texts alone: each number has one spelling."""
        return isinstance(members, Mapping) and self.jwk().items() <= members.items()

    def thumbprint(self) -> str:
        """The JWK's SHA-256 thumbprint in base64url: 43 characters (RFC 7638)."""
        return _thumbprint(self)

    @property
    def jws_algorithm(self) -> str:
        """The one `alg` that this key signs with: `EdDSA`, `ES256`, `ES384` or `RS256`."""
        return _ALGORITHMS[self.key_type]

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's over the message. Never raises for a bad signature.

        Args:
            signature: 64 octets for Ed25519; r then s, of 32 or 48 octets each, for P-256 and P-384 (IEEE
                P1363, never DER); as many octets as the modulus for RSA.
            message: What was signed: Ed25519 takes it as it is; P-256 and RSA (PKCS #1 v1.5) take its
                SHA-256, P-384 its SHA-384.
        """
        native = self._native
        try:
            if isinstance(native, rsa.RSAPublicKey):
                native.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(native, ec.EllipticCurvePublicKey):
                form = _CURVES[self.key_type]
                if len(signature) != 2 * form.size:
                    return False
                r, s = (
                    int.from_bytes(half, "big") for half in (signature[: form.size], signature[form.size :])
                )
                native.verify(encode_dss_signature(r, s), message, ec.ECDSA(form.digest))
            else:
                native.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _load(key_type: KeyType, material: bytes) -> _Native:
    """The library's key, after the checks that the library leaves to its caller."""
    if key_type is KeyType.ED25519:
        check_public_key(material)
        return ed25519.Ed25519PublicKey.from_public_bytes(material)
    if key_type is KeyType.RSA:
        return _load_rsa(material)
    form = _CURVES[key_type]
    if len(material) != form.size + 1 or material[0] not in (2, 3):
        raise KeyRefused(
            "malformed_key", f"A {key_type.value} public key is a compressed point of {form.size + 1} octets."
        )
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(form.curve, material)
    except ValueError:
        raise KeyRefused("malformed_key", f"The {key_type.value} key is not a point of the curve.") from None


def _load_rsa(material: bytes) -> rsa.RSAPublicKey:
    if len(material) > LONGEST_JWK_VALUE:
        raise KeyRefused("malformed_key", "The RSA key is too long.")
    try:
        native = load_der_public_key(material)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefused("malformed_key", "The octets are not a DER RSAPublicKey of usable size.") from None
    if not isinstance(native, rsa.RSAPublicKey) or _der(native) != material:
        raise KeyRefused("malformed_key", "The octets are not an RSAPublicKey in its DER encoding.")
    numbers = native.public_numbers()
    rsa_strength.check_public_numbers(numbers.n, numbers.e)
    return native


def _der(native: rsa.RSAPublicKey) -> bytes:
    return native.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def _from_rsa_numbers(n: bytes, e: bytes) -> PublicKey:
    # RFC 7518, 2: Base64urlUInt is the shortest form, so a leading zero octet would be a second spelling.
    if n[:1] in (b"", b"\0") or e[:1] in (b"", b"\0"):
        raise KeyRefused("malformed_key", "n and e of an RSA JWK are written without leading zero octets.")
    modulus, exponent = int.from_bytes(n, "big"), int.from_bytes(e, "big")
    rsa_strength.check_public_numbers(modulus, exponent)
    return PublicKey(KeyType.RSA, _der(rsa.RSAPublicNumbers(exponent, modulus).public_key()))


def _from_coordinates(key_type: KeyType, x: bytes, y: bytes) -> PublicKey:
    form = _CURVES[key_type]
    if len(x) != form.size or len(y) != form.size:
        raise KeyRefused(
            "malformed_key",
            f"x and y of a {key_type.value} JWK have {form.size} octets each (RFC 7518, 6.2.1).",
        )
    key = PublicKey(key_type, bytes([2 + (y[-1] & 1)]) + x)
    # The compressed form has told the sign of y only: y itself must be the curve's.
    if key.jwk()["y"] != base64url_encode(y):
        raise KeyRefused("malformed_key", f"The {key_type.value} key is not a point of the curve.")
    return key


def _octets(members: Mapping[str, Any], name: str) -> bytes:
    value = members.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_JWK_VALUE:
        raise KeyRefused("malformed_key", f"The JWK's {name} is missing, or is no text of usable length.")
    return base64url_decode(value)


def _unsigned(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _check_purpose(members: Mapping[str, Any], algorithm: str) -> None:
    """Refuse a key that says of itself that it is not for checking our signatures (RFC 7517, 4.2 to 4.4)."""
    names = {algorithm, "Ed25519"} if algorithm == "EdDSA" else {algorithm}  # RFC 9864 names EdDSA anew
    if "alg" in members and members["alg"] not in list(names):
        raise KeyRefused("unsupported_key", f"The JWK's alg is not {algorithm}, the algorithm of its type.")
    if members.get("use", "sig") != "sig":
        raise KeyRefused("unsupported_key", "The JWK's use is not sig: it is not for signatures.")
    operations = members.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefused("unsupported_key", "The JWK's key_ops do not hold verify: it is not for signatures.")
