"""What counts as a signer."""

from __future__ import annotations

from keys.public import PublicKey
from keys.signer import Signer
from tests.unit.keys.constants import ed25519_key, ed25519_private


class OnATable:
    """The least that a signer has."""

    public_key: PublicKey = ed25519_key()
    verification_method = "did:web:a.example#key-1"
    controller = "did:web:a.example"

    def sign(self, message: bytes) -> bytes:
        return ed25519_private().sign(message)


def test_anything_with_the_four_members_signs() -> None:
    signer: Signer = OnATable()
    assert isinstance(signer, Signer)
    assert signer.public_key.verify(signer.sign(b"m"), b"m")


def test_a_public_key_is_no_signer() -> None:
    assert not isinstance(ed25519_key(), Signer)
