"""Files that people upload, and files that nobody should: pictures with more in them, PDFs that act."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = b"47 40 12 N 117 25 44 W"
"""A place that a photograph should not tell."""

PAGE = b"<html><script>alert('planted')</script></html>"
"""A web page inside a picture."""


def photo(width: int = 60, height: int = 40, form: str = "JPEG", **how: Any) -> bytes:
    """A small picture whose pixels are all different, in any form that Pillow writes."""
    octets = hashlib.shake_256(f"{width} {height}".encode()).digest(width * height * 3)
    return saved(Image.frombytes("RGB", (width, height), octets), form, **how)


def png_of(width: int, height: int) -> bytes:
    """A PNG put together by hand, nothing in it packed: the same octets on every machine."""
    octets = hashlib.shake_256(f"{width} {height}".encode()).digest(width * height * 3)
    lines = b"".join(b"\0" + octets[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(lines, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def flat(width: int, height: int, form: str = "PNG") -> bytes:
    """A picture of one colour, small whatever its size."""
    return saved(Image.new("L", (width, height), 200), form)


def saved(image: Image.Image, form: str, **how: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def photo_with_place(orientation: int = 1) -> bytes:
    """A JPEG with a place, a colour profile and a comment in it."""
    exif = Image.Exif()
    exif[0x010E] = GPS.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[0x001D] = GPS.decode()
    return photo(exif=exif, icc_profile=b"ICC " + GPS * 4, comment=GPS)


def png_with_texts() -> bytes:
    """A PNG with a text, a colour profile and an unknown part."""
    made = png_of(60, 40)
    texts = chunk(b"tEXt", b"Comment\0" + GPS) + chunk(b"zTXt", b"Author\0\0" + zlib.compress(GPS, 0))
    return made[:33] + texts + chunk(b"prVt", PAGE) + made[33:] + PAGE


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it is a square of so many pixels, all there."""
    row = b"\0" + bytes((side + 7) // 8)
    packed = zlib.compressobj(9)
    pixels = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that says it has so many pixels."""
    made = bytearray(photo())
    at = made.index(b"\xff\xc0")
    made[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(made)


def pdf(*objects: bytes, catalog: bytes = b"", tail: bytes = b"") -> bytes:
    """A PDF of one empty page, with further objects.

    Args:
        objects: Bodies of objects from number 4 on.
        catalog: What else stands in its catalogue.
        tail: What follows its end.
    """
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return out + tail


def stream(content: bytes, members: bytes = b"/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    """A stream object, packed by deflate."""
    octets = zlib.compress(content) if packed else content
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(octets), members, octets)


def packed_objects(content: bytes, members: bytes = b"/Filter /FlateDecode") -> bytes:
    """An object stream (ISO 32000-2, 7.5.7)."""
    return stream(b"9 0 " + content, b"/Type /ObjStm /N 1 /First 4 " + members)


PLAIN_PDF = pdf(stream(b"BT /F1 24 Tf (Certificate) Tj ET"))
"""What a school's scanner or a word processor makes."""
