"""What it takes to sign: the only view of a private key that the rest of the product has."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from keys.public import PublicKey


@runtime_checkable
class Signer(Protocol):
    """Somebody who can sign under one key.

    Whoever implements it (a sealed file, a smart card, a key service) keeps the private half to himself: no
    member gives it out, and `repr` names the verification method only.
    """

    @property
    def public_key(self) -> PublicKey:
        """The public half: what `sign` makes verifies under it."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which the controller's document lists the public half (CID 1.0, 2.2)."""

    @property
    def controller(self) -> str:
        """The DID that signs: a credential's issuer."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message in the one algorithm of the key's type.

        Args:
            message: The octets to sign, not a digest of them.

        Returns:
            64 octets for Ed25519; r and s of 32 octets each for P-256 (IEEE P1363); as many as the modulus
            has for RSA (RFC 8017, 8.2, SHA-256).
        """
