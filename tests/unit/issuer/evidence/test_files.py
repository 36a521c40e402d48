"""Files: what they are is what is in them, and only what a reader sees goes on."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from issuer.evidence import files, pdf, pictures
from issuer.evidence.errors import CODES, EvidenceRefused
from issuer.evidence.files import file_item
from issuer.evidence.item import MOST_BYTES, Place, Words, multibase, sri
from issuer.evidence.pdf import check_pdf
from issuer.evidence.pictures import redraw
from tests import evidence_files as made

ADDRESS = "https://badges.riverbend.example/evidence/0b9d8f6e-5f0e-4c56-8d3e-1a2b3c4d5e6f"


def code(data: bytes, **how: str) -> str:
    with pytest.raises(EvidenceRefused) as refused:
        file_item(data, address=how.get("address", ADDRESS))
    return refused.value.code


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_is_made_anew_and_keeps_its_size(form: str) -> None:
    data = made.photo(form=form)
    one = file_item(data)
    assert one.item.media_type == f"image/{form.lower()}"
    assert opened(one.body).size == opened(data).size
    assert (one.item.place, one.item.name, one.item.size) == (Place.EMBEDDED, "Picture", len(one.body))
    assert one.item.sha256 == hashlib.sha256(one.body).hexdigest()
    assert one.item.sri == sri(one.body)


@pytest.mark.parametrize("data", [made.photo_with_place(), made.png_with_texts()], ids=["jpeg", "png"])
def test_nothing_but_pixels_goes_on(data: bytes) -> None:
    assert made.GPS in data or made.PAGE in data
    picture = redraw(data, 32_768)
    image = opened(picture.data)
    assert made.GPS not in picture.data
    assert b"<html" not in picture.data
    assert not image.getexif()
    assert not {"icc_profile", "comment", "Comment", "exif", "Author"} & image.info.keys()


def test_a_photograph_lies_as_it_was_taken() -> None:
    assert redraw(made.photo_with_place(orientation=6), None).size == (40, 60)


def test_a_file_after_the_picture_is_gone() -> None:
    hidden = made.photo() + b"PK\x03\x04" + made.PAGE
    assert b"PK\x03\x04" not in file_item(hidden).body


def test_a_moving_picture_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    moving = made.saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert sum(1 for _ in ImageSequence.Iterator(Image.open(io.BytesIO(moving)))) == 2
    still = opened(file_item(moving).body)
    assert getattr(still, "n_frames", 1) == 1
    assert still.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_a_large_picture_is_shrunk_until_it_fits_and_kept_whole_on_request() -> None:
    data = made.photo(1_000, 700)
    one = file_item(data)
    assert one.item.place is Place.EMBEDDED
    assert len(one.body) <= 32_768
    shape = opened(one.body).size
    assert shape[0] < 1_000
    assert abs(shape[0] / shape[1] - 10 / 7) < 0.01
    kept = file_item(data, keep=True, address=ADDRESS)
    assert (kept.item.place, kept.item.url, opened(kept.body).size) == (Place.KEPT, ADDRESS, (1_000, 700))


@pytest.mark.parametrize(
    "image",
    [
        Image.new("1", (9, 9), 1),
        Image.new("L", (9, 9), 200),
        Image.new("P", (9, 9), 3),
        Image.new("RGBA", (9, 9), (10, 20, 30, 40)),
        Image.new("LA", (9, 9), (10, 40)),
        Image.new("I;16", (9, 9), 51_400),
        Image.new("RGB", (3_000, 1), "green"),
    ],
    ids=lambda image: str(image.mode),
)
def test_every_kind_of_png_is_read(image: Image.Image) -> None:
    one = file_item(made.saved(image, "PNG"))
    assert opened(one.body).size == image.size or image.width > 1_600


def test_deep_grey_stays_as_bright_as_it_was() -> None:
    picture = redraw(made.saved(Image.new("I;16", (9, 9), 51_400), "PNG"), None)
    assert opened(picture.data).getpixel((4, 4)) == 200


def test_transparency_becomes_paper_where_a_png_would_be_too_large() -> None:
    picture = redraw(made.saved(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG"), 2_000)
    assert picture.media_type in ("image/png", "image/jpeg")
    glass = Image.frombytes("RGBA", (200, 200), hashlib.shake_256(b"x").digest(160_000))
    glass.putalpha(0)
    flat = opened(redraw(made.saved(glass, "PNG"), 20_000).data)
    assert (flat.mode, flat.getpixel((0, 0))) == ("RGB", (255, 255, 255))


def test_too_many_pixels_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(made.bomb(13_000)) == "picture_too_large"
    assert code(made.jpeg_of(65_000, 65_000)) == "picture_too_large"
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    assert redraw(made.flat(10, 10), None).size == (10, 10)
    with pytest.raises(EvidenceRefused, match="picture_too_large"):
        redraw(made.flat(10, 11), None)


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP", "WEBP"])
def test_two_decoders_and_no_others_see_an_upload(form: str) -> None:
    with pytest.raises(EvidenceRefused, match="picture_broken"):
        redraw(made.photo(form=form), None)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_half_a_picture_is_none(form: str) -> None:
    data = made.photo(form=form)
    assert {code(data[:length]) for length in (20, 60, len(data) // 2)} == {"picture_broken"}


def test_an_upload_is_bounded() -> None:
    assert code(b"") == "evidence_empty"
    assert code(b"a" * (MOST_BYTES + 1)) == "evidence_too_large"
    assert code(b"%PDF-1.7\n".ljust(MOST_BYTES + 1)) == "evidence_too_large"
    full = made.pdf(made.stream(bytes(MOST_BYTES - 1_000), packed=False)).ljust(MOST_BYTES)
    assert len(full) == MOST_BYTES
    assert file_item(full, address=ADDRESS).item.place is Place.KEPT


def test_a_text_is_bounded_more_closely() -> None:
    assert file_item(b"a" * files.MOST_TEXT, address=ADDRESS).item.place is Place.KEPT
    assert code(b"a" * (files.MOST_TEXT + 1)) == "evidence_too_large"
    assert code(b"\xff" * (files.MOST_TEXT + 1)) == "evidence_too_large"


def test_a_text_is_embedded_up_to_its_bound_and_kept_beyond() -> None:
    assert file_item(b"a" * 32_768).item.place is Place.EMBEDDED
    beyond = file_item(b"a" * 32_769, address=ADDRESS)
    assert (beyond.item.place, beyond.item.url) == (Place.KEPT, ADDRESS)
    assert code(b"a" * 32_769, address="") == "evidence_too_large"


def test_a_text_has_one_spelling() -> None:
    one = file_item("\ufeffCafe\u0301\r\nsecond\rthird  \n".encode())
    assert one.body.decode() == "Caf\u00e9\nsecond\nthird"
    assert one.item.media_type == "text/plain"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"  \n ", "evidence_empty"),
        ("turned \u202e around".encode(), "evidence_text"),
        (b"bell \x07", "evidence_text"),
        (b"\xff\xfea\0b\0", "evidence_kind"),
        (b"SSN 123-45-6789", "evidence_private"),
        (b"Date of birth: 2008-02-29", "evidence_private"),
        (b'{"@context": ["https://www.w3.org/ns/credentials/v2"]}', "evidence_kind"),
        (b"eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln", "evidence_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "evidence_kind"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "evidence_kind"),
        (b"Fine words <script>alert(1)</script>", "evidence_kind"),
        (b"GIF89a", "evidence_kind"),
        (b"PK\x03\x04rest", "evidence_kind"),
        (b"\0\0\0\x18ftypheic", "evidence_kind"),
        (b"MZ\x90\0", "evidence_kind"),
    ],
)
def test_what_is_not_taken_is_refused_with_its_reason(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_a_name_is_what_people_gave_it_and_never_the_files() -> None:
    assert file_item(b"words", Words(name="  Work sample ")).item.name == "Work sample"
    for name in ("a\u202egnp.exe", "a\0b", "x" * 301):
        with pytest.raises(EvidenceRefused, match="evidence_text"):
            file_item(b"words", Words(name=name))
    with pytest.raises(EvidenceRefused, match="evidence_text"):
        file_item(b"words", Words(genre="x" * 201))
    assert file_item(b"words", Words(narrative="two\nlines")).item.words.narrative == "two\nlines"


def test_a_digest_is_written_as_a_multihash() -> None:
    written = multibase(hashlib.sha256(b"test").hexdigest())
    octets = base64.urlsafe_b64decode(written[1:] + "=" * (-len(written[1:]) % 4))
    assert (written[0], octets) == ("u", b"\x12\x20" + hashlib.sha256(b"test").digest())


# PDFs


@pytest.mark.parametrize(
    "data",
    [
        made.PLAIN_PDF,
        made.pdf(),
        made.pdf(made.packed_objects(b"<< /Type /Font >>")),
        made.pdf(
            made.packed_objects(b"<< /Type /Font >>"),
            made.stream(b"\0" * 20, b"/Type /XRef /Filter /FlateDecode /DecodeParms << /Predictor 12 >>"),
        ),
        made.pdf(made.stream(b"\xff\xd8", b"/Subtype /Image /Filter /DCTDecode", packed=False)),
        made.pdf(tail=b"\r\n \n"),
    ],
    ids=["plain", "empty", "packed", "packed and predicted", "picture", "spaces after"],
)
def test_a_pdf_that_is_only_read_is_taken_as_it_is(data: bytes) -> None:
    one = file_item(data)
    assert (one.body, one.item.media_type, one.item.name) == (data, "application/pdf", "Document")


ACTS = {
    "a program": made.pdf(catalog=b"/Names << /JavaScript 4 0 R >>"),
    "an action": made.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
    "an escaped name": made.pdf(b"<< /S /J#61vaScript /JS (app.alert(1)) >>"),
    "a launch": made.pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "a file inside": made.pdf(b"<< /Type /EmbeddedFile >>"),
    "an open action": made.pdf(catalog=b"/OpenAction [3 0 R /Fit]"),
    "packed": made.pdf(made.packed_objects(b"<< /S /JavaScript /JS (app.alert(1)) >>")),
    "packed and escaped": made.pdf(made.packed_objects(b"<< /S /#4caunch >>")),
    "packed in a stream of no name": made.pdf(made.stream(b"9 0 << /S /Launch >>", b"/Filter /FlateDecode")),
    "a page": made.pdf(tail=b"").replace(b"%PDF-1.7\n", b"%PDF-1.7\n%<html><script>\n"),
    "an archive": made.pdf(b"<< /A (PK\x03\x04 PK\x01\x02 PK\x05\x06) >>"),
}
HIDES = {
    "locked": made.pdf(catalog=b"/Encrypt 4 0 R"),
    "packed twice": made.pdf(made.packed_objects(b"<< >>", b"/Filter [/ASCIIHexDecode /FlateDecode]")),
    "packed otherwise": made.pdf(made.stream(b"80 0B 60", b"/Type /ObjStm /Filter /LZWDecode", packed=False)),
    "packed and predicted": made.pdf(
        made.packed_objects(b"<< >>", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")
    ),
    "a header that is cut": made.pdf(
        b"<< /Type /ObjStm /Filter /ASCIIHexDecode /X (obj) >>\nstream\n00\nendstream"
    ),
}
BROKEN = {
    "no beginning": made.PLAIN_PDF[1:],
    "something before": b"GIF89a" + made.PLAIN_PDF,
    "no end": made.PLAIN_PDF[:-7],
    "something after": made.pdf(tail=b"<p>more"),
    "no table": made.PLAIN_PDF.replace(b"startxref", b"startxxxx"),
    "version 9": made.PLAIN_PDF.replace(b"%PDF-1.7", b"%PDF-9.7"),
}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(data, "pdf_active") for data in ACTS.values()]
    + [(data, "pdf_hidden") for data in HIDES.values()]
    + [(data, "pdf_broken") for data in BROKEN.values()],
    ids=[*ACTS, *HIDES, *BROKEN],
)
def test_a_pdf_that_does_more_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        check_pdf(data)
    assert refused.value.code == expected


def test_unpacking_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = len(zlib.compress(b" " * 900))
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 900 + packed + 1)
    check_pdf(made.pdf(made.stream(b" " * 900)))
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 900 + packed)
    with pytest.raises(EvidenceRefused, match="pdf_hidden"):
        check_pdf(made.pdf(made.stream(b" " * 900)))
    monkeypatch.undo()
    monkeypatch.setattr(pdf, "MOST_STREAMS", 2)
    check_pdf(made.pdf(*[made.stream(b"")] * 2))
    with pytest.raises(EvidenceRefused, match="pdf_hidden"):
        check_pdf(made.pdf(*[made.stream(b"")] * 3))


def test_a_stream_that_says_nothing_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = b"\x78\x01" + b"\0\0\0\xff\xff" * 40_000
    long = made.pdf(b"<< /Filter /FlateDecode >>\nstream\n" + empty + b"\nendstream")
    check_pdf(long)
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 100_000)
    with pytest.raises(EvidenceRefused, match="pdf_hidden"):
        check_pdf(long)


def test_the_word_endstream_hides_nothing() -> None:
    seen, hidden = b"9 0 endstream\n", b"<< /S /Launch >>" * 20
    plain, packer = zlib.compressobj(0, wbits=-15), zlib.compressobj(9, wbits=-15)
    packed = b"\x78\x01" + plain.compress(seen) + plain.flush(zlib.Z_FULL_FLUSH)
    packed += packer.compress(hidden) + packer.flush() + zlib.adler32(seen + hidden).to_bytes(4, "big")
    assert zlib.decompress(packed) == seen + hidden
    assert b"endstream" in packed
    assert b"/Launch" not in packed
    body = b"<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    with pytest.raises(EvidenceRefused, match="pdf_active"):
        check_pdf(made.pdf(body % (len(packed), packed)))


def test_as_many_names_are_looked_at_as_a_document_has(monkeypatch: pytest.MonkeyPatch) -> None:
    names = made.pdf(b"/A" * 100).count(b"/")
    monkeypatch.setattr(pdf, "MOST_NAMES", names)
    check_pdf(made.pdf(b"/A" * 100))
    monkeypatch.setattr(pdf, "MOST_NAMES", names - 1)
    with pytest.raises(EvidenceRefused, match="pdf_hidden"):
        check_pdf(made.pdf(b"/A" * 100))


def test_every_code_that_files_raise_is_explained() -> None:
    raised = set()
    for path in Path(files.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "EvidenceRefused" and node.args:
                raised.add(getattr(node.args[0], "value", ""))
    assert raised == set(CODES)
