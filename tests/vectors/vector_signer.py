"""A signer with a secret key that a specification has published."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keys.multibase import base58btc_decode
from keys.public import KeyType, PublicKey
from tests.signers import CURVES, DIGESTS


@dataclass(frozen=True)
class VectorSigner:
    """Signs with the published secret key, for the issuer that the vector names."""

    public_key: PublicKey
    controller: str
    verification_method: str
    secret: str

    def sign(self, message: bytes) -> bytes:
        octets = base58btc_decode(self.secret.removeprefix("z"))[2:]
        if self.public_key.key_type is KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(octets).sign(message)
        kind = self.public_key.key_type
        private = ec.derive_private_key(int.from_bytes(octets, "big"), CURVES[kind])
        signature = private.sign(message, ec.ECDSA(DIGESTS[kind], deterministic_signing=True))
        r, s = decode_dss_signature(signature)
        size = private.key_size // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
