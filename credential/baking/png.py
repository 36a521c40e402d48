"""Bake a credential into a PNG picture, and extract it (Open Badges 3.0, 5.3.1; PNG, third edition).

The credential stands in one uncompressed `iTXt` chunk with the keyword `openbadgecredential`. The chunks are
walked here, byte by byte: no pixel is decoded, nothing is ever inflated, and every other chunk stays as it
was.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credential.errors import CredentialError

KEYWORD: Final = b"openbadgecredential"
CLR_KEYWORD: Final = b"clrcredential"
"""The keyword of a Comprehensive Learner Record (CLR 2.0, 5.3): read like a badge, never baked here."""

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_CHUNKS: Final = 512
MAX_PIXELS: Final = 16_777_216
MAX_TEXT: Final = 393_216
"""Most bytes of the credential: a JSON document of 256 KiB, written as a JWS."""

# Table 12: the bit depths that each colour type allows.
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CRITICAL: Final = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
TEXT_CHUNKS: Final = (b"tEXt", b"zTXt", b"iTXt")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its four-letter type and its content."""

    type: bytes
    content: bytes

    def to_bytes(self) -> bytes:
        """Length, type, content, and the CRC of type and content (5.3)."""
        body = self.type + self.content
        return struct.pack(">I", len(self.content)) + body + struct.pack(">I", zlib.crc32(body))


def chunks(png: bytes) -> tuple[Chunk, ...]:
    """The chunks of a picture, each checked against its CRC, in an order that a PNG may have.

    Raises:
        CredentialError: `png_too_large`, `not_png`, `png_malformed`, `png_checksum`, `png_too_many_chunks`,
            `too_many_pixels`.
    """
    if len(png) > MAX_BYTES:
        raise CredentialError(
            "png_too_large", f"a picture may have {MAX_BYTES >> 20} MiB; this one is larger"
        )
    if not png.startswith(SIGNATURE):
        raise CredentialError("not_png", "the file does not begin as a PNG picture does")
    found = tuple(_walk(png))
    types = [chunk.type for chunk in found]
    if types.count(b"IHDR") != 1 or types.count(b"IEND") != 1 or b"IDAT" not in types:
        raise CredentialError("png_malformed", "a picture has one header, image data and one end")
    first, last = types.index(b"IDAT"), len(types) - types[::-1].index(b"IDAT")
    if any(t != b"IDAT" for t in types[first:last]):
        raise CredentialError("png_malformed", "the image data must stand together (5.6)")
    # 11.3.6.1: an animation says how many frames it has; as many frame headers must stand in the file.
    announced = [c.content[:4] for c in found if c.type == b"acTL"]
    if announced and announced != [struct.pack(">I", types.count(b"fcTL"))]:
        raise CredentialError("png_malformed", "the animation has another number of frames than it says")
    return found


def _walk(png: bytes) -> Iterator[Chunk]:
    at, count = len(SIGNATURE), 0
    while True:
        if len(png) - at < 12:  # noqa: PLR2004 - length, type and CRC, four bytes each
            raise CredentialError("png_malformed", "the picture is cut short")
        length, kind = struct.unpack_from(">I4s", png, at)
        count += 1
        if count > MAX_CHUNKS:
            raise CredentialError(
                "png_too_many_chunks", f"a picture may have {MAX_CHUNKS} chunks; this one has more"
            )
        if length > len(png) - at - 12:
            raise CredentialError("png_malformed", "a chunk is longer than the file")
        if not kind.isalpha() or (kind[:1].isupper() and kind not in _CRITICAL):
            raise CredentialError("png_malformed", f"no PNG picture has a chunk of type {kind!r}")
        chunk = Chunk(kind, png[at + 8 : at + 8 + length])
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        if checksum != zlib.crc32(kind + chunk.content):
            raise CredentialError("png_checksum", f"chunk {kind.decode('ascii')} does not fit its checksum")
        if count == 1:
            _check_header(chunk)
        yield chunk
        at += 12 + length
        if kind == b"IEND":
            if length or at != len(png):
                raise CredentialError("png_malformed", "something follows the picture's end")
            return


def _check_header(chunk: Chunk) -> None:
    if chunk.type != b"IHDR" or len(chunk.content) != 13:  # noqa: PLR2004 - 11.2.1: thirteen bytes
        raise CredentialError("png_malformed", "a picture begins with its header, IHDR")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", chunk.content)
    if (
        not width
        or not height
        or depth not in _DEPTHS.get(colour, ())
        or compression
        or filtering
        or interlace > 1
    ):
        raise CredentialError("png_malformed", "the header describes no picture")
    if width * height > MAX_PIXELS:
        raise CredentialError(
            "too_many_pixels", f"{width} x {height} pixels; a picture may have {MAX_PIXELS} in all"
        )


def _is_badge(chunk: Chunk) -> bool:
    return chunk.type in TEXT_CHUNKS and chunk.content.partition(b"\0")[0] in (KEYWORD, CLR_KEYWORD)


def extract_png(png: bytes) -> str | None:
    """The credential that a picture carries, as it stands there without white space around it; None for no
    credential.

    Raises:
        CredentialError: As `chunks`; `multiple_badges`, `compressed_badge`, `badge_too_large`;
            `png_malformed` where the chunk is not as Open Badges demands.
    """
    badges = [chunk for chunk in chunks(png) if _is_badge(chunk)]
    if not badges:
        return None
    if len(badges) > 1:
        raise CredentialError(
            "multiple_badges", "the picture carries more than one badge: which one is meant?"
        )
    chunk = badges[0]
    if len(chunk.content) > MAX_TEXT:
        raise CredentialError("badge_too_large", f"the badge in the picture is longer than {MAX_TEXT} bytes")
    if chunk.type == b"tEXt":
        raise CredentialError("png_malformed", "the badge must stand in a chunk of type iTXt")
    # 11.3.3.4: keyword, 0, compression flag, compression method, language, 0, translated keyword, 0, text
    fields = chunk.content.partition(b"\0")[2]
    flag, rest = fields[:1], fields[1:]
    if chunk.type == b"zTXt" or flag not in (b"", b"\0"):
        raise CredentialError("compressed_badge", "the badge is compressed; Open Badges allows none that is")
    parts = rest[1:].split(b"\0", 2)
    if rest[:1] != b"\0" or len(parts) != 3 or b"\0" in parts[2]:  # noqa: PLR2004 - language, keyword, text
        raise CredentialError("png_malformed", "the badge's chunk is not put together as iTXt is")
    try:
        return parts[2].decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise CredentialError("png_malformed", "the badge's text is not UTF-8") from error


def bake_png(png: bytes, text: str) -> bytes:
    """The picture with the credential in it, in place of any that it carried before.

    Args:
        png: A picture, of which everything but text chunks with the badge's keyword stays byte for byte.
        text: A signed credential: a compact JWS, or JSON.

    Raises:
        CredentialError: As `chunks`; `badge_not_bakeable`; `badge_too_large`.
    """
    if not text.strip() or "\0" in text:
        raise CredentialError("badge_not_bakeable", "the text to bake is empty or holds a NUL character")
    try:
        content = KEYWORD + b"\0\0\0\0\0" + text.strip().encode("utf-8")
    except UnicodeEncodeError as error:
        raise CredentialError("badge_not_bakeable", "the text to bake is no Unicode text") from error
    if len(content) > MAX_TEXT:
        raise CredentialError("badge_too_large", f"the badge is longer than {MAX_TEXT} bytes")
    kept = [chunk for chunk in chunks(png) if not _is_badge(chunk)]
    baked = SIGNATURE + b"".join(c.to_bytes() for c in (kept[0], Chunk(b"iTXt", content), *kept[1:]))
    chunks(baked)  # the badge may have been what made it too large
    return baked
