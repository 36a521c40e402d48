"""What a PDF carries: attached files, and QR codes on its pages. The door to pypdfium2.

Runs in a worker process alone. Nothing in the PDF is run: no script, no form, no link. Pages are drawn only
where no file is attached that could be a badge, in grey, and no larger than is needed to see a code.
"""

from __future__ import annotations

import ctypes
import math
from typing import Final

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from verifier.decoding.pictures import read_codes
from verifier.intake.attached import attached_badge
from verifier.intake.decoded import AttachedFile, Decoded, SeenCode

MOST_PAGES: Final = 20
"""Pages that are looked at, from the first."""

MOST_CLOSELY: Final = 4
"""Pages that are looked at again where they show nothing at first: a page may be a scan, and a poor one."""

MOST_ATTACHMENTS: Final = 32
MAX_ATTACHMENT: Final = 1024 * 1024
MAX_ATTACHED: Final = 4 * 1024 * 1024
"""Most bytes of all attached files together."""

MOST_CODES: Final = 40
MOST_PIXELS: Final = 6_000_000
"""Pixels of a page as it is drawn: a letter at 250 dots to the inch has 5.8 million."""

_SCALE: Final = 250 / 72
_LONGEST_NAME: Final = 200
_LONGEST_PAGE: Final = 20_000.0
"""Points of a page's side that are believed: a poster of seven metres."""


def look_at_pdf(data: bytes) -> Decoded:
    """The attached files of a PDF, and the QR codes on its pages where none of the files is a badge."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        return Decoded(fault="pdf_encrypted" if fault.err_code == raw.FPDF_ERR_PASSWORD else "pdf_broken")
    try:
        files, all_files = _attached(document)
        codes, all_pages = ((), True) if any(attached_badge(f.data) for f in files) else _codes(document)
    except pypdfium2.PdfiumError:
        return Decoded(fault="pdf_broken")
    except MemoryError:
        return Decoded(fault="pdf_too_large")
    finally:
        document.close()
    return Decoded(codes, files, whole=all_files and all_pages)


def _attached(document: pypdfium2.PdfDocument) -> tuple[tuple[AttachedFile, ...], bool]:
    """The attached files, and whether they are all."""
    count = document.count_attachments()
    found: list[AttachedFile] = []
    left = MAX_ATTACHED
    for index in range(min(count, MOST_ATTACHMENTS)):
        attachment = document.get_attachment(index)
        content = _content(attachment, min(left, MAX_ATTACHMENT))
        if content is None:
            return tuple(found), False
        left -= len(content)
        found.append(AttachedFile(attachment.get_name()[:_LONGEST_NAME], content))
    return tuple(found), count <= MOST_ATTACHMENTS


def _content(attachment: pypdfium2.PdfAttachment, most: int) -> bytes | None:
    """What an attached file holds, empty for one that is only named; None where it is too much."""
    size = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(attachment, None, 0, size):
        return b""
    if size.value > most:
        return None
    return bytes(attachment.get_data()) if size.value else b""


def _codes(document: pypdfium2.PdfDocument) -> tuple[tuple[SeenCode, ...], bool]:
    """The QR codes on the pages, each where it is seen first, and whether every page was looked at."""
    count = len(document)
    found: list[SeenCode] = []
    for number in range(1, min(count, MOST_PAGES) + 1):
        page = document[number - 1]
        try:
            before = {code.text for code in found}  # a square at the foot of each page is one
            found += (
                SeenCode(number, text)
                for text in read_codes(_drawn(page), closely=number <= MOST_CLOSELY)
                if text not in before
            )
        finally:
            page.close()
        if len(found) > MOST_CODES:
            return tuple(found[:MOST_CODES]), False
    return tuple(found), count <= MOST_PAGES


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    """A page in grey, with no form drawn, and no larger than `MOST_PIXELS`."""
    width, height = (min(max(side, 1.0), _LONGEST_PAGE) for side in page.get_size())
    scale = min(_SCALE, math.sqrt(MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    try:
        drawn: Image.Image = bitmap.to_pil().convert("L")
        return drawn
    finally:
        bitmap.close()
