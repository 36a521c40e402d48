"""Which 32 octets are a usable Ed25519 public key (RFC 8032, 5.1.3; the libraries below us do not ask)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from keys.errors import KeyRefused

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
LENGTH = 32


class Point(NamedTuple):
    """A point of edwards25519 in affine coordinates."""

    x: int
    y: int


IDENTITY = Point(0, 1)


def decompress(octets: bytes) -> Point:
    """Decode a point as RFC 8032, 5.1.3 demands, in its one canonical encoding.

    Raises:
        KeyRefused: `malformed_key` when the length is wrong, y is not below the field's prime, no point has
            that y, or the sign bit is set where x is zero.
    """
    if len(octets) != LENGTH:
        raise KeyRefused("malformed_key", f"An Ed25519 public key has {LENGTH} octets, not {len(octets)}.")
    number = int.from_bytes(octets, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        raise KeyRefused("malformed_key", "The Ed25519 key is not in its canonical encoding.")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u:
        raise KeyRefused("malformed_key", "The Ed25519 key is not a point of the curve.")
    if x == 0 and sign:
        raise KeyRefused("malformed_key", "The Ed25519 key is not in its canonical encoding.")
    return Point(P - x if x & 1 != sign else x, y)


def double(point: Point) -> Point:
    """The point added to itself (RFC 8032, 5.1.4, in affine form)."""
    x, y = point
    turn = D * x * x * y * y
    return Point(2 * x * y * pow(1 + turn, -1, P) % P, (y * y + x * x) * pow(1 - turn, -1, P) % P)


@lru_cache(maxsize=256)
def check_public_key(octets: bytes) -> None:
    """Refuse octets that are no Ed25519 key, or one for which a signature of any message can be made up.

    A point of small order is such a key: its product with the cofactor 8 is the identity, and one fixed
    signature verifies under it for every message.

    Raises:
        KeyRefused: `malformed_key` as `decompress` does; `weak_key` for a point of small order.

    The answer follows from the octets alone and takes longer than a signature, so it is kept for the keys
    that come again; a refusal is an exception, and never kept.
    """
    if double(double(double(decompress(octets)))) == IDENTITY:
        raise KeyRefused("weak_key", "The Ed25519 key has a small order: anybody can sign for it.")
