"""Status indices in an order that tells nothing: a keyed permutation of the positions of a list.

A class is issued in one go. If its indices were neighbours, whoever sees two badges could tell that they
belong together (Bitstring Status List 1.0, 6.1). A permutation needs no search for a free position when the
list fills.
"""

from __future__ import annotations

import hashlib

LIST_SIZE = 131_072
"""Positions in a list: the smallest that gives group privacy (Bitstring Status List 1.0, 6.1), 2**17."""

KEY_BYTES = 32
_ROUNDS = 8
_LEFT_BITS, _RIGHT_BITS = 8, 9


def position(counter: int, key: bytes) -> int:
    """The position that the `counter`-th credential of a list gets.

    A Feistel network over halves of 8 and 9 bits: every round can be undone, so no two counters meet.

    Args:
        counter: 0 to 131,071: how many positions were handed out before.
        key: 32 secret bytes of the list.

    Raises:
        ValueError: The counter lies outside the list, or the key has another length.
    """
    if not 0 <= counter < LIST_SIZE or len(key) != KEY_BYTES:
        raise ValueError("a counter is 0 to 131,071 and a key has 32 bytes")
    left, right = counter >> _RIGHT_BITS, counter & ((1 << _RIGHT_BITS) - 1)
    for turn in range(0, _ROUNDS, 2):
        left ^= _mixed(right, turn, key) & ((1 << _LEFT_BITS) - 1)
        right ^= _mixed(left, turn + 1, key) & ((1 << _RIGHT_BITS) - 1)
    return left << _RIGHT_BITS | right


def _mixed(half: int, turn: int, key: bytes) -> int:
    """16 bits that depend on the key, the round and one half."""
    message = bytes([turn]) + half.to_bytes(2, "big")
    return int.from_bytes(hashlib.blake2b(message, key=key, digest_size=2).digest(), "big")
