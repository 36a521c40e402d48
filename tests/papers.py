"""Certificates and cards for tests, and a reader of PDFs that knows nothing of how they were made."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from credential.qr import code_url, format_code, new_code
from issuer.carry.facts import Facts, facts_of
from issuer.carry.wording import check, printed
from issuer.catalog import default_catalogue
from issuer.render.badge import alt_text, badge_scene, design_for
from issuer.render.certificate import Check, Look, card_pdf, certificate_pdf
from issuer.render.svg import to_svg
from tests.world import World

HOST = "check.example.org"
CODE = new_code(bytes(range(7)))
LINK = code_url(HOST, "RIVER", CODE)
TYPED = f"RIVER-{format_code(CODE)}"
DESIGN = design_for(default_catalogue().entries[0])
PICTURE = to_svg(badge_scene(DESIGN))
MADE = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def facts(**changes: Any) -> Facts:
    """What a badge says, with changes."""
    return replace(facts_of(World().badge()), **changes)


def shown(language: str = "en", link: str = LINK) -> Check:
    """How it is checked."""
    return check(link, HOST, TYPED, language)


def certificate(
    said: Facts | None = None, language: str = "en", *, badge: bytes = b"{}", link: str = LINK, **more: Any
) -> bytes:
    """A certificate of what a badge says."""
    return certificate_pdf(
        printed(said or facts(), language),
        shown(language, link),
        credential=badge,
        picture=PICTURE,
        picture_alt=alt_text(DESIGN),
        made=MADE,
        **more,
    )


def card(said: Facts | None = None, language: str = "en", look: Look | None = None) -> bytes:
    """A wallet card."""
    return card_pdf(printed(said or facts(), language, card=True), shown(language), made=MADE, look=look)


@dataclass(frozen=True)
class Element:
    """One element of a PDF's structure tree: its type, what it says for who cannot see it, its language."""

    kind: str
    alt: str
    language: str


class Paper:
    """A PDF, as PDFium reads it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._document = pypdfium2.PdfDocument(data)

    @property
    def pages(self) -> int:
        return len(self._document)

    @property
    def inches(self) -> tuple[float, float]:
        width, height = self._document[0].get_size()
        return round(width / 72, 3), round(height / 72, 3)

    @property
    def text(self) -> str:
        return str(self._document[0].get_textpage().get_text_range()).replace("\r\n", "\n")

    @property
    def attached(self) -> dict[str, bytes]:
        found = (self._document.get_attachment(n) for n in range(self._document.count_attachments()))
        return {one.get_name(): bytes(one.get_data()) for one in found}

    @property
    def xmp(self) -> str:
        """The metadata stream, which archives read without opening anything else."""
        start = self.data.index(b"<?xpacket begin")
        return self.data[start : self.data.index(b"<?xpacket end", start)].decode("utf-8")

    @property
    def elements(self) -> list[Element]:
        """The structure tree in reading order."""
        page = self._document[0]  # held for as long as its tree is read
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        tops = range(pdfium.FPDF_StructTree_CountChildren(tree))
        found = [one for top in tops for one in _walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, top))]
        pdfium.FPDF_StructTree_Close(tree)
        return found

    def raster(self, dots: int = 150, corner: float | None = None) -> Image.Image:
        """The page, grey, so many dots to the inch; or as many inches of its lower right corner."""
        page = self._document[0]
        wide, high = page.get_size()
        away = (0.0, 0.0, 0.0, 0.0) if corner is None else (wide - corner * 72, 0.0, 0.0, high - corner * 72)
        drawn: Image.Image = page.render(scale=dots / 72, grayscale=True, crop=away).to_pil()
        return drawn.convert("L")

    def colour_at(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour of a point, in inches from the top left."""
        drawn: Image.Image = self._document[0].render(scale=4).to_pil().convert("RGB")
        red, green, blue = drawn.crop(
            (round(x * 288), round(y * 288), round(x * 288) + 1, round(y * 288) + 1)
        ).tobytes()
        return red, green, blue

    def png(self) -> bytes:
        """The page as a picture file."""
        out = io.BytesIO()
        self.raster().save(out, "PNG")
        return out.getvalue()


def _walk(element: Any) -> Iterator[Element]:
    yield Element(
        _text(pdfium.FPDF_StructElement_GetType, element),
        _text(pdfium.FPDF_StructElement_GetAltText, element),
        _text(pdfium.FPDF_StructElement_GetLang, element),
    )
    for place in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, place):
            yield from _walk(child)


def _text(ask: Callable[..., int], element: Any) -> str:
    size = ask(element, None, 0)
    if not size:
        return ""
    held = ctypes.create_string_buffer(size)
    ask(element, held, size)
    return held.raw[: size - 2].decode("utf-16-le")
