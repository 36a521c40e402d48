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
_DIGITS = 8
_TWO, _FOUR, _EIGHT = 58**2, 58**4, 58**_DIGITS
_PAIRS = [one + two for one in BASE58_ALPHABET for two in BASE58_ALPHABET]
_VALUES = {character: value for value, character in enumerate(BASE58_ALPHABET)}
_VALUES_OF_PAIRS = {pair: value for value, pair in enumerate(_PAIRS)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def base58btc_encode(octets: bytes) -> str:
    r"""Write octets in base58btc, with no multibase prefix (CID 1.0, 2.4).

    >>> base58btc_encode(b"\x00\x01")
    '12'
    """
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    number = int.from_bytes(octets, "big")
    parts: list[str] = []
    pairs = _PAIRS
    while number:
        # Eight digits at a time fit a machine word, and four of them half of one, where division is cheap.
        number, eight = divmod(number, _EIGHT)
        high, low = divmod(eight, _FOUR)
        parts.append(f"{pairs[high // _TWO]}{pairs[high % _TWO]}{pairs[low // _TWO]}{pairs[low % _TWO]}")
    parts.reverse()
    return "1" * zeros + "".join(parts).lstrip("1")


def base58btc_decode(text: str) -> bytes:
    """Read base58btc that has no multibase prefix (CID 1.0, 2.4).

    Args:
        text: At most `LONGEST_BASE58` characters of the Bitcoin alphabet.

    Raises:
        KeyRefused: `malformed_key` for another character or a longer text.
    """
    if len(text) > LONGEST_BASE58:
        raise KeyRefused("malformed_key", f"base58btc text may have at most {LONGEST_BASE58} characters.")
    number, pairs = 0, _VALUES_OF_PAIRS
    try:
        for start in range(0, len(text), _DIGITS):
            # As when writing: so many digits at a time fit a machine word.
            part = text[start : start + _DIGITS]
            if len(part) == _DIGITS:
                high = pairs[part[:2]] * _TWO + pairs[part[2:4]]
                number = number * _EIGHT + high * _FOUR + pairs[part[4:6]] * _TWO + pairs[part[6:]]
                continue
            for character in part:
                number = number * 58 + _VALUES[character]
    except KeyError:
        raise KeyRefused(
            "malformed_key", "The text holds a character that base58btc does not have."
        ) from None
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
