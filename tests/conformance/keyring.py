"""The keys of this server: one of each type, made when it starts and forgotten when it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.did import did_key
from keys.public import KeyType, PublicKey

NAMES: Final = {"ed": KeyType.ED25519, "p256": KeyType.P256, "p384": KeyType.P384}
"""What `dids.json` calls the key of each type."""

_CURVES: Final = {KeyType.P256: (ec.SECP256R1(), SHA256()), KeyType.P384: (ec.SECP384R1(), SHA384())}


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A `keys.signer.Signer` whose controller is its own did:key.

    Args:
        public_key: The public half.
        make: Signs octets under the private half.
    """

    public_key: PublicKey
    make: Callable[[bytes], bytes]

    @property
    def controller(self) -> str:
        return did_key(self.public_key)

    @property
    def verification_method(self) -> str:
        return f"{self.controller}#{self.public_key.multikey()}"

    def sign(self, message: bytes) -> bytes:
        return self.make(message)

    def __repr__(self) -> str:
        return f"KeySigner({self.verification_method!r})"


def new_signer(key_type: KeyType) -> KeySigner:
    """A signer with a fresh key."""
    if key_type is KeyType.ED25519:
        edwards = ed25519.Ed25519PrivateKey.generate()
        raw = edwards.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return KeySigner(PublicKey(key_type, raw), edwards.sign)
    curve, digest = _CURVES[key_type]
    private = ec.generate_private_key(curve)
    size = private.key_size // 8

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(digest, deterministic_signing=True)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return KeySigner(PublicKey(key_type, point), sign)
