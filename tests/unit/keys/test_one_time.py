"""A key for one proof."""

from __future__ import annotations

from keys.one_time import OneTimeKey
from keys.public import KeyType


def test_what_it_signs_verifies_under_its_public_half() -> None:
    key = OneTimeKey(lambda count: b"\x07" * count)
    assert key.public_key.key_type is KeyType.P256
    assert key.public_key.verify(key.sign(b"this"), b"this")
    assert not key.public_key.verify(key.sign(b"this"), b"that")


def test_it_follows_from_its_random_octets_alone_and_shows_none_of_them() -> None:
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        return b"\x07" * count

    one, same = OneTimeKey(random), OneTimeKey(random)
    other = OneTimeKey(lambda count: b"\x08" * count)
    assert one.public_key == same.public_key != other.public_key
    assert asked == [48, 48]
    assert repr(one) == f"OneTimeKey({one.public_key!r})"


def test_the_smallest_and_the_largest_octets_make_a_key() -> None:
    for octet in (b"\x00", b"\xff"):
        key = OneTimeKey(lambda count, octet=octet: octet * count)  # type: ignore[misc]  # bound per turn
        assert key.public_key.verify(key.sign(b"this"), b"this")
