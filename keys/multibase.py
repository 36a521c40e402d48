"""The text forms of octets in keys and proofs: base58btc and base64url, each with one spelling only."""

from __future__ import annotations

import base64
import binascii
import re

from keys.errors import KeyRefused

BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Decoding base58 costs the square of its length, and the longest value here is a P-384 signature: 132
# characters.
LONGEST_BASE58 = 256
_FOUR, _EIGHT = 58**4, 58**8
_LEVELS = tuple(
    (
        bits,
        58 ** (bits >> 3),
        sum(((1 << bits) - 1) << place for place in range(0, 8 * LONGEST_BASE58, 2 * bits)),
    )
    for bits in (8, 16, 32, 64, 128, 256, 512, 1024)
)
"""How wide a place is, what its upper neighbour counts for, and where every other place stands."""

_NO_DIGIT = 0xFF
_WRITTEN = BASE58_ALPHABET.encode() + bytes(256 - 58)
_READ = bytes(BASE58_ALPHABET.find(chr(code)) & _NO_DIGIT for code in range(256))
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def base58btc_encode(octets: bytes) -> str:
    r"""Write octets in base58btc, with no multibase prefix (CID 1.0, 2.4).

    >>> base58btc_encode(b"\x00\x01")
    '12'
    """
    number = int.from_bytes(octets, "big")
    digits: list[int] = []
    while number:
        # Eight digits at a time fit a machine word, and four of them half of one, where division is cheap. A
        # table of pairs would be quicker by itself, but not from the far end of the memory.
        number, eight = divmod(number, _EIGHT)
        high, low = divmod(eight, _FOUR)
        digits += (
            low % 58, low // 58 % 58, low // 3364 % 58, low // 195112,
            high % 58, high // 58 % 58, high // 3364 % 58, high // 195112,
        )  # fmt: skip
    digits.reverse()
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    return "1" * zeros + bytes(digits).lstrip(b"\0").translate(_WRITTEN).decode("ascii")


def base58btc_decode(text: str) -> bytes:
    """Read base58btc that has no multibase prefix (CID 1.0, 2.4).

    Args:
        text: At most `LONGEST_BASE58` characters of the Bitcoin alphabet.

    Raises:
        KeyRefused: `malformed_key` for another character or a longer text.
    """
    if len(text) > LONGEST_BASE58:
        raise KeyRefused("malformed_key", f"base58btc text may have at most {LONGEST_BASE58} characters.")
    digits = text.encode("ascii", "replace").translate(_READ)
    if _NO_DIGIT in digits:
        raise KeyRefused("malformed_key", "The text holds a character that base58btc does not have.")
    # All pairs of neighbours at once: each digit stands in an octet of its own, two make one of two octets,
    # and so on, for what they come to always fits where they stood.
    number = int.from_bytes(digits, "big")
    for bits, power, low in _LEVELS:
        if bits >> 3 >= len(digits):
            break
        number = (number & low) + ((number >> bits) & low) * power
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_encode(octets: bytes) -> str:
    r"""Write octets in base64url without padding (RFC 7515, 2).

    >>> base64url_encode(b"\xff\xfe")
    '__4'
    """
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """Read base64url without padding (RFC 7515, 2), in its one spelling.

    Raises:
        KeyRefused: `malformed_key` for padding, another alphabet, an impossible length or bits set beyond the
            end.
    """
    if not _BASE64URL.fullmatch(text):
        raise KeyRefused("malformed_key", "The text is not base64url without padding.")
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise KeyRefused("malformed_key", "The text is not base64url: its length is impossible.") from None
    if base64url_encode(octets) != text:
        raise KeyRefused("malformed_key", "The text is not base64url: bits are set beyond its end.")
    return octets
