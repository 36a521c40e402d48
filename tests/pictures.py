"""Small pictures for tests, put together without the product's own code."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OPENBADGES = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = b"openbadgecredential"


def chunk(
    kind: bytes, content: bytes = b"", *, checksum: int | None = None, length: int | None = None
) -> bytes:
    """One PNG chunk; a wrong checksum or length where a test asks for it."""
    crc = zlib.crc32(kind + content) if checksum is None else checksum
    size = len(content) if length is None else length
    return struct.pack(">I", size) + kind + content + struct.pack(">I", crc)


def header(width: int = 2, height: int = 2, depth: int = 8, colour: int = 0, *rest: int) -> bytes:
    """The IHDR chunk."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, *(rest or (0, 0, 0))))


PIXELS = chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2))
END = chunk(b"IEND")


def itxt(text: bytes, *, keyword: bytes = KEYWORD, flags: bytes = b"\0\0", between: bytes = b"\0\0") -> bytes:
    """An iTXt chunk: keyword, 0, two flags, language, 0, translated keyword, 0, text."""
    return chunk(b"iTXt", keyword + b"\0" + flags + between + text)


def png(*chunks: bytes, head: bytes | None = None, tail: bytes = b"") -> bytes:
    """A grey picture of two by two, with these chunks after its header."""
    return SIGNATURE + (header() if head is None else head) + b"".join(chunks) + PIXELS + END + tail


def svg(inside: str = "", *, attributes: str = "", before: str = "") -> bytes:
    """An SVG picture with a circle, and what a test puts directly after `<svg>`."""
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{OPENBADGES}" viewBox="0 0 9 9"'
        f'{attributes}>{inside}<circle r="4"/></svg>'
    ).encode()


def svg_badge(text: str) -> str:
    """A `credential` element with text in CDATA."""
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
