"""Keys that follow from a word: for tests only, worth nothing anywhere else, and none is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.did import did_key, verification_method_id
from keys.public import KeyType, PublicKey

Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
CURVES = {KeyType.P256: ec.SECP256R1(), KeyType.P384: ec.SECP384R1()}
DIGESTS = {KeyType.P256: SHA256(), KeyType.P384: SHA384()}


@dataclass(frozen=True)
class SeededSigner:
    """A `keys.signer.Signer` whose key follows from a word.

    Args:
        word: What the key follows from.
        controller: The DID that it signs for.
        key_type: Any of the four.
        method: The verification method, if it is not the usual one.
    """

    word: str
    controller: str = ""
    key_type: KeyType = KeyType.ED25519
    method: str = ""

    @property
    def private(self) -> Private:
        return private_key(self.word, self.key_type)

    @property
    def public_key(self) -> PublicKey:
        return public_key(self.word, self.key_type)

    @property
    def verification_method(self) -> str:
        if self.method:
            return self.method
        if self.controller.startswith("did:key:"):
            return f"{self.controller}#{self.controller.removeprefix('did:key:')}"
        return verification_method_id(self.controller, self.public_key)

    def sign(self, message: bytes) -> bytes:
        private = self.private
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return private.sign(message)
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(message, padding.PKCS1v15(), SHA256())
        size = private.key_size // 8
        algorithm = ec.ECDSA(DIGESTS[self.key_type], deterministic_signing=True)
        r, s = decode_dss_signature(private.sign(message, algorithm))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def did_key_signer(word: str, key_type: KeyType = KeyType.ED25519) -> SeededSigner:
    """A signer whose own did:key is its issuer."""
    return SeededSigner(word, did_key(public_key(word, key_type)), key_type)


@lru_cache(maxsize=64)
def private_key(word: str, key_type: KeyType = KeyType.ED25519, *, rsa_bits: int = 2048) -> Private:
    """The private key that follows from a word."""
    seed = hashlib.sha256(f"cairn test key {word}".encode()).digest()
    if key_type is KeyType.ED25519:
        return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    if key_type is KeyType.RSA:
        return _rsa_key(seed, rsa_bits)
    return ec.derive_private_key(int.from_bytes(seed, "big") >> 1, CURVES[key_type])


@lru_cache(maxsize=64)
def public_key(word: str, key_type: KeyType = KeyType.ED25519) -> PublicKey:
    """The public half."""
    public = private_key(word, key_type).public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return PublicKey(key_type, public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    if isinstance(public, rsa.RSAPublicKey):
        return PublicKey(key_type, public.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    return PublicKey(key_type, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def _rsa_key(seed: bytes, bits: int) -> rsa.RSAPrivateKey:
    exponent = 65_537
    primes = _primes(seed, bits // 2, exponent)
    p, q = next(primes), next(primes)
    d = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(exponent, p * q),
    )
    return numbers.private_key()


def _primes(seed: bytes, bits: int, exponent: int) -> Iterator[int]:
    """Primes of so many bits that follow from a seed, the two highest bits set."""
    number = 0
    while True:
        number += 1
        stream = hashlib.shake_256(seed + number.to_bytes(4, "big")).digest(bits // 8)
        candidate = int.from_bytes(stream, "big") | (3 << (bits - 2)) | 1
        if not all(candidate % small for small in SMALL_PRIMES) or (candidate - 1) % exponent == 0:
            continue
        # Fermat's test is enough for numbers that nobody chose to fool it.
        if pow(2, candidate - 1, candidate) == 1:
            yield candidate


SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % m for m in range(3, int(n**0.5) + 1, 2))]
