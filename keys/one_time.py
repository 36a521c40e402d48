"""A key that signs for one proof and is forgotten after it."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.public import KeyType, PublicKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEED = 48  # 128 bits more than the order has, so that no number is likelier than another (FIPS 186-5, A.2.1)
_HALF = 32


class OneTimeKey:
    """A P-256 key of its own for one selective proof (Data Integrity ECDSA Cryptosuites 1.0, 3.5.4).

    It is nobody's: the issuer's signature over its public half says for which document it speaks.

    Args:
        random: Gives that many octets that nobody can guess.
    """

    __slots__ = ("_private", "public_key")

    public_key: PublicKey

    def __init__(self, random: Callable[[int], bytes]) -> None:
        number = int.from_bytes(random(_SEED), "big") % (_ORDER - 1) + 1
        self._private = ec.derive_private_key(number, ec.SECP256R1())
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.public_key = PublicKey(KeyType.P256, point)

    def __repr__(self) -> str:
        return f"OneTimeKey({self.public_key!r})"

    def sign(self, message: bytes) -> bytes:
        """R and s of 32 octets each (IEEE P1363)."""
        r, s = decode_dss_signature(
            self._private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        )
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
