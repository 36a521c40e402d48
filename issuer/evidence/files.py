"""An uploaded file as evidence. What it is, its content says: nobody looks at its name or declared type."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from credential.embedded import ONE
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import MOST_BYTES, Attached, EvidenceItem, EvidenceKind, Place, Words, sri
from issuer.evidence.pdf import check_pdf
from issuer.private_words import faults_in
from issuer.text import fault_in

MOST_TEXT: Final = 1_048_576
"""Octets of a plain text, each letter of which is looked at."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_PDF: Final = b"%PDF-"
_USUAL: Final = {
    "image/png": "Picture",
    "image/jpeg": "Picture",
    "application/pdf": "Document",
    "text/plain": "Text",
}
"""Media type to the name of a piece that nobody named."""

_OTHERS: Final = (
    (b"GIF8", "a GIF picture", "save it as PNG"),
    (b"PK\x03\x04", "a ZIP, Word or Excel file", "print it to a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", "print it to a PDF"),
    (b"BM", "a bitmap picture", "save it as PNG"),
    (b"RIFF", "a WebP picture or a sound", "save a picture as PNG; a sound is not taken"),
    (b"II*\0", "a TIFF picture", "save it as PNG"),
    (b"MM\0*", "a TIFF picture", "save it as PNG"),
    (b"MZ", "a program", "send what was made with it"),
    (b"\x7fELF", "a program", "send what was made with it"),
    (b"ID3", "a sound", "link it with its digest"),
    (b"{\\rtf", "an RTF document", "print it to a PDF"),
)
_MARKUP: Final = re.compile(
    r"\A\s*<|<(?:!doctype|html|script|svg|iframe|object|embed)[\s>/]|\A\s*(?:javascript|data):", re.IGNORECASE
)
_BADGE: Final = re.compile(r'\A\s*\{.*"@context"|\A\s*eyJ[\w-]+\.[\w-]+\.[\w-]*\s*\Z', re.DOTALL)


def file_item(data: bytes, words: Words | None = None, *, keep: bool = False, address: str = "") -> Attached:
    """Take a PNG, a JPEG, a PDF or a plain text.

    Args:
        data: The upload.
        words: What is said of it.
        keep: Whether the district keeps it whole, and the badge carries the digest alone.
        address: Where it is then said to be; also needed by a text or a PDF that is too large to embed.

    Raises:
        EvidenceRefused: Every code of a file, a picture or a PDF.
    """
    checked = (words or Words()).checked()
    if not data:
        raise EvidenceRefused("evidence_empty", "the file is empty: was it still being copied?")
    if len(data) > MOST_BYTES:
        raise EvidenceRefused(
            "evidence_too_large",
            f"the file is larger than {MOST_BYTES >> 20} MB: make it smaller, or link it",
        )
    media_type, body = _taken(data, keep=keep)
    kept = keep or len(body) > ONE.max_bytes
    if kept and not address:
        raise EvidenceRefused(
            "evidence_too_large", f"the file is larger than the {ONE.max_bytes >> 10} KB that fit"
        )
    return Attached(
        EvidenceItem(
            kind=EvidenceKind.FILE,
            place=Place.KEPT if kept else Place.EMBEDDED,
            name=checked.name or _USUAL[media_type],
            media_type=media_type,
            sha256=hashlib.sha256(body).hexdigest(),
            sri=sri(body),
            size=len(body),
            url=address if kept else "",
            words=checked.unnamed(),
        ),
        body,
    )


def _taken(data: bytes, *, keep: bool) -> tuple[str, bytes]:
    """What the file is, and the octets that are kept of it."""
    if data.startswith((_PNG, _JPEG)):
        from issuer.evidence.pictures import redraw  # noqa: PLC0415 - Pillow is loaded where a picture is read

        picture = redraw(data, None if keep else ONE.max_bytes)
        return picture.media_type, picture.data
    if data.startswith(_PDF):
        check_pdf(data)
        return "application/pdf", data
    for signature, name, advice in _OTHERS:
        if data.startswith(signature):
            raise EvidenceRefused("evidence_kind", f"the file is {name}, which is not taken: {advice}")
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise EvidenceRefused(
            "evidence_kind",
            "the file is a telephone's HEIC or AVIF photograph, which is not taken: save it as JPEG",
        )
    return "text/plain", _text(data).encode("utf-8")


def _text(data: bytes) -> str:
    """A plain text: lines of letters that anybody can see, in UTF-8."""
    if len(data) > MOST_TEXT:
        raise EvidenceRefused(
            "evidence_too_large", f"the text is larger than {MOST_TEXT >> 20} MB: print it to a PDF"
        )
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise EvidenceRefused(
            "evidence_kind",
            "the file is no PNG, JPEG, PDF or plain text in UTF-8: print it to a PDF, send that",
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _MARKUP.search(text):
        raise EvidenceRefused(
            "evidence_kind",
            "the file is an SVG picture, a web page or a link, not a plain text: save a picture of it",
        )
    if _BADGE.search(text):
        raise EvidenceRefused(
            "evidence_kind", "the file looks like a badge: add it with --badge, so that it is checked"
        )
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise EvidenceRefused("evidence_empty", "the text is empty: write what there is to say")
    if fault := fault_in(text.replace("\t", " "), lines=True):
        raise EvidenceRefused("evidence_text", f"the text has {fault}: type that place again")
    for fault in faults_in(text):
        raise EvidenceRefused("evidence_private", f"the text {fault}: take it out")
    return text
