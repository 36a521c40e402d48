"""ZIP files for tests, put together byte by byte, so that any part of them can lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Packed:
    """One entry; None where the true value stands.

    Args:
        name: As it stands in the list.
        content: Unpacked.
        method: 0 or 8, or what a test asks for.
        says_size: What the list says that it unpacks to.
        says_checksum: The same for its CRC-32.
        local_name: The name before the content.
        flags: The general purpose bits.
        made_by: The upper byte of the version: 3 is UNIX.
        outer: The external attributes.
        raw: What stands in the file in place of the packed content.
    """

    name: bytes
    content: bytes = b""
    method: int = 8
    says_size: int | None = None
    says_checksum: int | None = None
    local_name: bytes | None = None
    flags: int = 0
    made_by: int = 0
    outer: int = 0
    raw: bytes | None = None


def zip_of(
    *entries: Packed,
    before: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    same_place: bool = False,
    after: bytes = b"",
) -> bytes:
    """A ZIP file of these entries.

    Args:
        entries: In their order.
        before: What stands in front of the first.
        comment: At the end.
        count: How many entries the end says there are.
        same_place: Whether all lines of the list point at the first content.
        after: What follows the end.
    """
    out, listed = before, b""
    first = len(out)
    for number, one in enumerate(entries):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = one.content if one.method == 0 else packer.compress(one.content) + packer.flush()
        packed = packed if one.raw is None else one.raw
        size = len(one.content) if one.says_size is None else one.says_size
        crc = zlib.crc32(one.content) if one.says_checksum is None else one.says_checksum
        place = first if same_place else len(out)
        if number == 0 or not same_place:
            name = one.name if one.local_name is None else one.local_name
            out += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, one.flags, one.method, 0, 33, crc, len(packed), size, len(name), 0
            )
            out += name + packed
        listed += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20 | one.made_by << 8, 20, one.flags, one.method, 0, 33, crc,
            len(packed), size, len(one.name), 0, 0, 0, 0, one.outer, place,
        ) + one.name  # fmt: skip
    said = len(entries) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, said, said, len(listed), len(out), len(comment))
    return out + listed + end + comment + after


def plain_zip(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP file in which nothing lies."""
    return zip_of(*(Packed(name.encode(), content) for name, content in files))
