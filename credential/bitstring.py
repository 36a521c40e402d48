"""The bits of a status list, and their one text form (W3C Bitstring Status List 1.0, 2.2 and 3.2)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

from credential.errors import CredentialError
from keys.multibase import base64url_decode, base64url_encode

MINIMUM_ENTRIES: Final = 131_072
"""Fewest entries of a list, so that an index says little about its holder (2.2: 16 KB uncompressed)."""

MAX_ENCODED: Final = 1_048_576
"""Most characters of `encodedList` that are read."""

MAX_EXPANDED: Final = 16_777_216
"""Most bytes that a list may expand to: a two hundred megabyte list fits in two hundred kilobytes of gzip."""

_GZIP: Final = bytes.fromhex("1f8b08000000000000ff")
"""The header of a gzip member: deflate, no name, no time, no system."""


@dataclass(frozen=True, slots=True)
class Bitstring:
    """The bits of a list. Index 0 is the most significant bit of the first byte (2.2, 7.1)."""

    bits: bytes

    @classmethod
    def of(cls, indices: Iterable[int], *, entries: int = MINIMUM_ENTRIES) -> Self:
        """A list of one-bit entries with exactly these indices set.

        Args:
            indices: Each from 0 to `entries - 1`.
            entries: A multiple of eight, at least 131,072.

        Raises:
            CredentialError: `STATUS_LIST_LENGTH_ERROR` or `RANGE_ERROR`.
        """
        if entries < MINIMUM_ENTRIES or entries % 8:
            raise CredentialError(
                "STATUS_LIST_LENGTH_ERROR",
                f"a list has at least {MINIMUM_ENTRIES} entries, and a multiple of eight",
            )
        bits = bytearray(entries // 8)
        for index in indices:
            if not 0 <= index < entries:
                raise CredentialError(
                    "RANGE_ERROR", f"index {index} is outside the list of {entries} entries"
                )
            bits[index >> 3] |= 0x80 >> (index & 7)
        return cls(bytes(bits))

    def entries(self, size: int = 1) -> int:
        """How many entries of `size` bits the list holds."""
        return len(self.bits) * 8 // size

    def get(self, index: int, *, size: int = 1) -> int:
        """The entry at an index: `size` bits from position `index * size`, most significant bit first (3.2).

        Raises:
            CredentialError: `RANGE_ERROR`.
        """
        if not 0 <= index < self.entries(size):
            raise CredentialError(
                "RANGE_ERROR", f"index {index} is outside the list of {self.entries(size)} entries"
            )
        value = 0
        for position in range(index * size, (index + 1) * size):
            value = value << 1 | self.bits[position >> 3] >> (7 - (position & 7)) & 1
        return value

    def set_indices(self) -> tuple[int, ...]:
        """The indices of all one-bit entries that are set, rising."""
        return tuple(
            (at << 3) + bit
            for at, byte in enumerate(self.bits)
            if byte
            for bit in range(8)
            if byte & 0x80 >> bit
        )

    def encode(self) -> str:
        """`encodedList`: multibase `u`, base64url without padding, of the bits in gzip (2.2).

        The gzip header (RFC 1952, 2.3) carries no time and no system, so that the same bits always give the
        same text.
        """
        # A list is long runs of zeros with single bits between them. Looked at as runs and nothing else, one
        # with 2 % of its bits set takes a twentieth of the time and comes out smaller by 7 %.
        runs = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS, memLevel=9, strategy=zlib.Z_RLE)
        packed = runs.compress(self.bits) + runs.flush()
        end = zlib.crc32(self.bits).to_bytes(4, "little") + len(self.bits).to_bytes(4, "little")
        return "u" + base64url_encode(_GZIP + packed + end)

    @classmethod
    def decode(cls, text: Any, *, prefix: str = "u", max_bytes: int = MAX_EXPANDED) -> Self:
        """Read `encodedList`.

        Exactly one gzip member is read, with its checksum and length, and never more than `max_bytes` are
        expanded.

        Args:
            text: The member's value.
            prefix: `u` (2.2); empty for StatusList2021.
            max_bytes: Most bytes to expand to.

        Raises:
            CredentialError: `status_malformed` or `status_too_large`.
        """
        if not isinstance(text, str) or not text.startswith(prefix):
            raise CredentialError("status_malformed", "encodedList must be text that begins with `u`")
        if len(text) > MAX_ENCODED:
            raise CredentialError("status_too_large", f"encodedList is longer than {MAX_ENCODED} characters")
        expander = zlib.decompressobj(wbits=31)  # gzip alone: neither zlib nor raw deflate
        try:
            bits = expander.decompress(base64url_decode(text[len(prefix) :]), max_bytes + 1)
        except (ValueError, zlib.error) as error:
            raise CredentialError(
                "status_malformed", f"encodedList is not base64url of gzip: {error}"
            ) from error
        if len(bits) > max_bytes:
            raise CredentialError("status_too_large", f"the list expands to more than {max_bytes} bytes")
        if not expander.eof:
            raise CredentialError("status_malformed", "encodedList is cut short")
        if expander.unused_data:
            raise CredentialError("status_malformed", "encodedList goes on after its one gzip member")
        return cls(bits)
