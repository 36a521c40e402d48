"""What kind of file some bytes are, by how they begin; never by a name or by what the sender claims."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from credential.baking.png import SIGNATURE as PNG

_SVG = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_]*:)?svg[\s>/]")
_BOM: Final = b"\xef\xbb\xbf"


class FileKind(StrEnum):
    """The kinds that are told apart."""

    PNG = "png"
    SVG = "svg"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    PDF = "pdf"
    ZIP = "zip"
    HEIC = "heic"
    AVIF = "avif"
    TIFF = "tiff"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    GZIP = "gzip"
    OLD_OFFICE = "office"
    TEXT = "text"
    """Anything else: it is read as a text, and refused where it is none."""


PICTURES: Final = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.WEBP, FileKind.GIF, FileKind.BMP})
"""Pictures whose pixels can be looked at for a QR code."""

NAMES: Final = {
    FileKind.PDF: "a PDF",
    FileKind.JPEG: "a JPEG photo",
    FileKind.GIF: "a GIF picture",
    FileKind.ZIP: "a ZIP file",
    FileKind.WEBP: "a WebP picture",
    FileKind.BMP: "a bitmap picture",
    FileKind.HEIC: "a HEIC photo, as iPhones make them",
    FileKind.AVIF: "an AVIF picture",
    FileKind.TIFF: "a TIFF picture",
    FileKind.RAR: "a RAR file",
    FileKind.SEVEN_ZIP: "a 7z file",
    FileKind.GZIP: "a gzip file",
    FileKind.OLD_OFFICE: "an office document",
}
"""What a person calls a file that is no badge itself."""

_BEGINNINGS: Final = (
    (PNG, FileKind.PNG),
    (b"%PDF-", FileKind.PDF),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"GIF8", FileKind.GIF),
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"RIFF", FileKind.WEBP),
    (b"BM", FileKind.BMP),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
    (b"\x1f\x8b\x08", FileKind.GZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLD_OFFICE),
)
_ANY_BEGINNING: Final = tuple(beginning for beginning, _ in _BEGINNINGS)
# ISO/IEC 14496-12, 4.3: a box of type `ftyp` names the file's brand.
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), FileKind.HEIC),
    **dict.fromkeys((b"avif", b"avis"), FileKind.AVIF),
}


def kind_of(data: bytes) -> FileKind:
    """What kind of file this is."""
    if data.startswith(_ANY_BEGINNING):  # most are texts, and asked once
        return next(kind for beginning, kind in _BEGINNINGS if data.startswith(beginning))
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        return _BRANDS[data[8:12]]
    if data.removeprefix(_BOM).lstrip().startswith(b"<") and _SVG.search(data):
        return FileKind.SVG
    return FileKind.TEXT
