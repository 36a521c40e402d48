"""PDFs as other people's software writes them: typst, PDFium and Pillow."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
import typst

from credential.qr import code_url, new_code
from tests.photos import DISTORTIONS, on_paper, square, written
from tests.world import World
from verifier.decoding import Decoder
from verifier.evidence import Code, PresentedKind
from verifier.intake import Where, read_all

CODE = new_code(bytes(range(7)))
PRINTED = code_url("check.example.org", "RIVER", CODE)

CERTIFICATE = """
#set document(title: "Certificate", date: datetime(year: 2026, month: 6, day: 1))
{attach}
= Certificate of Jordan Rivera
For workplace safety, ten hours.
#image("square.png", width: {inches}in, alt: "QR code")
"""
ATTACH = (
    '#pdf.attach("badge.json", relationship: "source", mime-type: "application/vc", description: "Badge")'
)


def set_in_type(folder: Path, badge: bytes | None, inches: float = 1.2) -> bytes:
    """A certificate, with the badge attached or not, as PDF/A-3a and PDF/UA-1."""
    (folder / "square.png").write_bytes(written(square(PRINTED), "PNG"))
    (folder / "badge.json").write_bytes(badge or b"")
    source = folder / "certificate.typ"
    source.write_text(CERTIFICATE.format(attach=ATTACH if badge else "", inches=inches), "utf-8")
    made: bytes = typst.compile(str(source), pdf_standards=["a-3a", "ua-1"])
    return made


def test_a_badge_in_a_pdf_of_typst_is_valid(tmp_path: Path, decoder: Decoder) -> None:
    world = World()
    data = set_in_type(tmp_path, world.badge())
    (item,) = read_all(data, "certificate.pdf", decode=decoder.for_upload())
    assert (item.where, item.number, item.presented.source) == (Where.ATTACHMENT, 1, "pdf")
    assert item.presented.data == world.badge()
    assert world.check(item.presented).code is Code.VALID


@pytest.mark.parametrize("inches", [0.8, 1.2, 2.0])
def test_a_code_on_a_page_of_typst_is_read(tmp_path: Path, decoder: Decoder, inches: float) -> None:
    world = World(shares={CODE: World().badge()})
    (item,) = read_all(set_in_type(tmp_path, None, inches), decode=decoder.for_upload())
    assert (item.where, item.number, item.presented.token) == (Where.PAGE, 1, CODE)
    assert world.check(item.presented).code is Code.VALID


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_badge_in_a_pdf_of_pdfium_is_valid(decoder: Decoder, form: str) -> None:
    world = World(form=form)
    document = pypdfium2.PdfDocument.new()
    document.new_page(612, 792)
    document.new_attachment("table.csv").set_data(b"a,b\n1,2\n")
    document.new_attachment("badge").set_data(world.badge())
    out = io.BytesIO()
    document.save(out)
    (item,) = read_all(out.getvalue(), decode=decoder.for_upload())
    assert item.presented.kind is (PresentedKind.JWT if form == "jwt" else PresentedKind.DOCUMENT)
    assert world.check(item.presented).code is Code.VALID


@pytest.mark.parametrize("how", ["as it is", "turned by 12 degrees", "out of focus", "from the side"])
def test_a_scan_in_a_pdf_of_pillow_is_read(decoder: Decoder, how: str) -> None:
    scan = DISTORTIONS[how](on_paper(square(PRINTED)))
    (item,) = read_all(written(scan, "PDF", resolution=150), decode=decoder.for_upload())
    assert (item.where, item.presented.token) == (Where.PAGE, CODE)
