"""Keys that follow from a word: for tests only, worth nothing anywhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.did import did_key, verification_method_id
from keys.public import KeyType, PublicKey


@dataclass(frozen=True)
class SeededSigner:
    """A `keys.signer.Signer` whose key follows from a word: for tests only, worth nothing anywhere else.

    Args:
        word: What the key follows from.
        controller: The DID that it signs for.
        key_type: Ed25519, P-256 or P-384.
        method: The verification method, if it is not the usual one.
    """

    word: str
    controller: str = ""
    key_type: KeyType = KeyType.ED25519
    method: str = ""

    def _private(self) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
        seed = hashlib.sha256(f"cairn test key {self.word}".encode()).digest()
        if self.key_type is KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        curve = ec.SECP256R1() if self.key_type is KeyType.P256 else ec.SECP384R1()
        return ec.derive_private_key(int.from_bytes(seed, "big") >> 1, curve)

    @property
    def public_key(self) -> PublicKey:
        public = self._private().public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            return PublicKey(self.key_type, public.public_bytes(Encoding.Raw, PublicFormat.Raw))
        return PublicKey(self.key_type, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))

    @property
    def verification_method(self) -> str:
        if self.method:
            return self.method
        if self.controller.startswith("did:key:"):
            return f"{self.controller}#{self.controller.removeprefix('did:key:')}"
        return verification_method_id(self.controller, self.public_key)

    def sign(self, message: bytes) -> bytes:
        private = self._private()
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return private.sign(message)
        size = private.key_size // 8
        digest = SHA256() if self.key_type is KeyType.P256 else SHA384()
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(digest, deterministic_signing=True)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def did_key_signer(word: str) -> SeededSigner:
    """A signer whose own did:key is its issuer."""
    return SeededSigner(word, did_key(SeededSigner(word).public_key))
