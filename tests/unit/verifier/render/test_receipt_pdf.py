"""The receipt on paper: the same words, the signed receipt inside, and no markup from a badge."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.unit.verifier.test_receipt import SIGNER, receipt_of
from tests.world import World
from verifier.receipt import Receipt, find_receipt, receipt_file, sign_receipt
from verifier.receipt_code import sign_stub
from verifier.render.qr import QrTooLong, qr_svg
from verifier.render.receipt_pdf import receipt_pdf
from verifier.web.receipt_words import sheet

pdfium: Any = importlib.import_module("pypdfium2")


def drawn(receipt: Receipt, locale: str = "en") -> tuple[str, bytes]:
    token = sign_receipt(receipt, SIGNER)
    qr = qr_svg(f"HTTPS://CHECK.EXAMPLE.ORG/R/{sign_stub(receipt, token, SIGNER)}")
    return token, receipt_pdf(sheet(receipt, token, qr, locale))


def text_of(pdf: bytes) -> str:
    opened = pdfium.PdfDocument(pdf)
    assert len(opened) == 1
    said: str = opened[0].get_textpage().get_text_range()
    return re.sub(r"\s+", " ", said)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_sheet_says_what_the_receipt_says(locale: str) -> None:
    receipt = receipt_of(World(), locale)
    _, pdf = drawn(receipt, locale)
    text = text_of(pdf)
    for said in (
        receipt.headline,
        receipt.badge,
        receipt.issuer_name,
        receipt.trust_list,
        receipt.digest[-20:],
    ):
        assert said in text
    assert "Jordan" not in text
    assert {"en": "Scan to check", "es": "Escanee para verificar"}[locale] in text


def test_the_signed_receipt_is_attached_and_is_found_without_opening_the_file() -> None:
    token, pdf = drawn(receipt_of(World()))
    assert find_receipt(pdf) == token
    opened = pdfium.PdfDocument(pdf)
    assert opened.count_attachments() == 1
    attachment = opened.get_attachment(0)
    assert attachment.get_name() == "receipt.json"
    assert bytes(attachment.get_data()) == receipt_file(token)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


@pytest.mark.parametrize(
    "name",
    ["#panic()", '#read("/etc/passwd")', "*x* _y_ $z$ `q` @a <b> #[c]", "\\u{41}", "= x\n= y", '"); #x("'],
)
def test_what_a_badge_says_is_never_markup(name: str) -> None:
    _, pdf = drawn(replace(receipt_of(World()), badge=name))
    assert re.sub(r"\s+", " ", name) in text_of(pdf)


@pytest.mark.parametrize("name", ["李雷", "Jordan 🎓", "ا\u202eب", "\x00\x07x", "\ufdd0"])
def test_a_letter_that_cannot_be_printed_is_said_and_stops_nothing(name: str) -> None:
    token, pdf = drawn(replace(receipt_of(World()), badge=f"Welding {name}"))
    assert "Welding" in text_of(pdf)
    assert find_receipt(pdf) == token


def test_letters_of_many_languages_are_printed() -> None:
    name = "Nguyễn Łukasz Ñandú Đặng Ōtani"
    assert name in text_of(drawn(replace(receipt_of(World()), badge=name))[1])


def test_letters_that_were_left_out_are_owned_up_to() -> None:
    assert "Some letters could not be printed" in text_of(drawn(replace(receipt_of(World()), badge="李"))[1])
    assert "Some letters" not in text_of(drawn(receipt_of(World()))[1])


def test_the_longest_receipt_is_one_sheet() -> None:
    receipt = receipt_of(World())
    long: dict[str, Any] = dict.fromkeys(
        ("badge", "issuer_name", "trust_list", "issuer", "headline"), "word " * 79
    )
    checks = tuple(replace(one, said="word " * 40) for one in receipt.checks)
    text_of(drawn(replace(receipt, **long, checks=checks))[1])


def test_a_code_that_phones_cannot_read_is_not_drawn() -> None:
    qr_svg("A" * 483)  # version 13 at M holds 483 capitals (ISO/IEC 18004, table 7)
    with pytest.raises(QrTooLong):
        qr_svg("A" * 484)
    with pytest.raises(QrTooLong):
        qr_svg("A" * 9_000)


def test_a_code_is_read_by_another_program() -> None:
    receipt = receipt_of(World())
    token, pdf = drawn(receipt)
    page = pdfium.PdfDocument(pdf)[0].render(scale=2).to_pil()
    assert isinstance(page, Image.Image)
    (read,) = zxingcpp.read_barcodes(page)
    assert read.text == f"HTTPS://CHECK.EXAMPLE.ORG/R/{sign_stub(receipt, token, SIGNER)}"
