"""Published keys and signatures, and how the tests of this folder make their own."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.multibase import base64url_encode
from keys.public import KeyType, PublicKey

# RFC 8037, A.1 to A.3: the Ed25519 key of RFC 8032's first test, as JWK and with its thumbprint.
RFC8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
RFC8032_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)  # RFC 8032, 7.1, test 1: over the empty message

# RFC 7638, 3.1
RFC7638_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n"
    "3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgd"
    "AZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur"
    "-kEgU8awapJzKnqDKgw"
)
RFC7638_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

# RFC 6979, A.2.5: P-256, SHA-256, message "sample"
RFC6979_SCALAR = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC6979_SIGNATURE = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)

# Published examples of did:key
DID_KEY_ED25519 = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
DID_KEY_P256 = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
P256_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns",
    "y": "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM",
}

# Two primes of 1,024 bits that stand 660 apart, and one that stands far from them.
CLOSE_PRIMES = ((3 << 1022) + 1037, (3 << 1022) + 1697)
FAR_PRIME = (7 << 1021) + 309

_SIGN = 1 << 255
_P = 2**255 - 19
_ORDER_8_Y = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER = {
    name: (y | sign).to_bytes(32, "little")
    for name, y, sign in (
        ("identity", 1, 0),
        ("order-2", _P - 1, 0),
        ("order-4", 0, 0),
        ("order-4-negative", 0, _SIGN),
        ("order-8", _ORDER_8_Y, 0),
        ("order-8-negative", _ORDER_8_Y, _SIGN),
        ("order-8-other", _P - _ORDER_8_Y, 0),
        ("order-8-other-negative", _P - _ORDER_8_Y, _SIGN),
    )
}
NOT_CANONICAL = {
    name: (y | sign).to_bytes(32, "little")
    for name, y, sign in (
        ("identity-with-sign", 1, _SIGN),
        ("order-2-with-sign", _P - 1, _SIGN),
        ("y-is-p", _P, 0),
        ("y-is-p-with-sign", _P, _SIGN),
        ("y-is-p-plus-1", _P + 1, 0),
        ("y-is-p-plus-1-with-sign", _P + 1, _SIGN),
        ("y-is-p-plus-3", _P + 3, 0),
        ("y-all-ones", 2**255 - 1, 0),
    )
}
NOT_ON_CURVE_Y = 2  # no point of edwards25519 has it


def ed25519_private(seed: int = 1) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))


def ed25519_key(seed: int = 1) -> PublicKey:
    return PublicKey(KeyType.ED25519, ed25519_private(seed).public_key().public_bytes_raw())


def ec_key(private: ec.EllipticCurvePrivateKey, key_type: KeyType) -> PublicKey:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return PublicKey(key_type, point)


def rsa_jwk(n: int, e: int = 65_537) -> dict[str, str]:
    def unsigned(number: int) -> str:
        return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8 or 1, "big"))

    return {"kty": "RSA", "n": unsigned(n), "e": unsigned(e)}


def rsa_key(private: rsa.RSAPrivateKey) -> PublicKey:
    numbers = private.public_key().public_numbers()
    return PublicKey.from_jwk(rsa_jwk(numbers.n, numbers.e))


def p1363(der: bytes, size: int) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
