"""Which octets are an Ed25519 key."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from keys.ed25519 import D, P, Point, check_public_key, decompress, double
from keys.errors import KeyRefused
from tests.unit.keys.constants import NOT_CANONICAL, NOT_ON_CURVE_Y, SMALL_ORDER, ed25519_private


def test_the_library_below_lets_anybody_sign_for_the_identity() -> None:
    """Why the check exists: one fixed signature verifies for every message under this key."""
    identity = SMALL_ORDER["identity"]
    ed25519.Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"any message at all")


@pytest.mark.parametrize("name", SMALL_ORDER)
def test_a_point_of_small_order_is_refused(name: str) -> None:
    with pytest.raises(KeyRefused, match="weak_key"):
        check_public_key(SMALL_ORDER[name])


@pytest.mark.parametrize("name", NOT_CANONICAL)
def test_a_second_encoding_is_refused(name: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        check_public_key(NOT_CANONICAL[name])


def test_octets_that_are_no_point_are_refused() -> None:
    with pytest.raises(KeyRefused, match="not a point"):
        check_public_key(NOT_ON_CURVE_Y.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        check_public_key(b"\x09" * length)


@pytest.mark.parametrize("seed", range(8))
def test_real_keys_pass_and_decode_to_points_of_the_curve(seed: int) -> None:
    octets = ed25519_private(seed).public_key().public_bytes_raw()
    check_public_key(octets)
    for point in (decompress(octets), double(decompress(octets))):
        x, y = point
        assert (y * y - x * x - 1 - D * x * x * y * y) % P == 0
    assert decompress(octets).y.to_bytes(32, "little")[:31] == octets[:31]
    assert decompress(octets).x & 1 == octets[31] >> 7


def test_doubling_agrees_with_the_group() -> None:
    """Twice the base point, from RFC 8032's own implementation of the group law."""
    base = decompress(bytes.fromhex("58" + "66" * 31))
    assert double(base) == Point(
        24727413235106541002554574571675588834622768167397638456726423682521233608206,
        15549675580280190176352668710449542251549572066445060580507079593062643049417,
    )
