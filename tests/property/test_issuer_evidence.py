"""Whatever is uploaded: a refusal with a code, or evidence within its bounds that can be signed."""

from __future__ import annotations

import io

from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from credential.embedded import ONE
from issuer.evidence.errors import CODES, EvidenceRefused
from issuer.evidence.files import file_item
from issuer.evidence.item import Attached, Place
from issuer.evidence.links import link_item
from issuer.evidence.pictures import redraw
from issuer.prepare import prepare
from tests import evidence_files as made
from tests.awards import draft

ADDRESS = "https://pinon-mesa.example/evidence/0b9d8f6e-5f0e-4c56-8d3e-1a2b3c4d5e6f"
FILES = (
    made.photo(20, 10),
    made.photo_with_place(),
    made.png_of(20, 10),
    made.png_with_texts(),
    made.PLAIN_PDF,
    made.pdf(made.packed_objects(b"<< /Type /Font >>")),
    "Built a shelf.\nSecond line, with é.".encode(),
)
MARK = b"ANCILLARY-" * 3


def taken(data: bytes) -> Attached | None:
    try:
        return file_item(data, address=ADDRESS)
    except EvidenceRefused as refused:
        said = refused
    assert said.code in CODES
    assert said.message
    return None


def check(one: Attached) -> None:
    assert (one.item.place is Place.EMBEDDED) == (len(one.body) <= ONE.max_bytes)
    assert one.item.size == len(one.body) > 0
    prepare(draft("CO-CNA", evidence=(one,)))


@given(data=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@example(data=b"%PDF-")
@example(data=b"\x89PNG\r\n\x1a\n")
@example(data=b"\xff\xd8\xff")
@settings(deadline=None, max_examples=200)
def test_any_bytes_are_refused_with_a_code_or_can_be_signed(data: bytes) -> None:
    if (one := taken(data)) is not None:
        check(one)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few octets changed, taken out or put in."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        how = draw(st.sampled_from(["change", "cut", "put", "end"]))
        if how == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif how == "put":
            data[at:at] = draw(st.binary(max_size=40))
        else:
            del data[at:]
    return bytes(data)


@given(data=damaged())
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_is_refused_with_a_code_or_can_be_signed(data: bytes) -> None:
    if (one := taken(data)) is not None:
        check(one)


@given(
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    form=st.sampled_from(["PNG", "JPEG"]),
    after=st.binary(max_size=60),
)
@settings(deadline=None, max_examples=150)
def test_a_picture_keeps_its_size_and_nothing_but_its_pixels(
    width: int, height: int, colour: tuple[int, int, int], form: str, after: bytes
) -> None:
    image = Image.new("RGB", (width, height), colour)
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    data = made.saved(image, form, exif=exif, icc_profile=MARK) + MARK + after
    picture = redraw(data, 32_768)
    assert MARK in data
    assert MARK not in picture.data
    again = Image.open(io.BytesIO(picture.data))
    again.load()
    assert (again.size, dict(again.getexif())) == ((width, height), {})
    seen = again.convert("RGB").getpixel((0, 0))
    assert isinstance(seen, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(seen, colour, strict=True))


@given(
    url=st.text(max_size=60).map("https://work.example/".__add__) | st.text(max_size=80),
    digest=st.text(max_size=80),
)
@example(url="https://work.example/7.pdf", digest="00" * 32)
@settings(deadline=None, max_examples=200)
def test_any_link_is_refused_with_a_code_or_can_be_signed(url: str, digest: str) -> None:
    for given_digest in (digest, "ab" * 48):
        code = ""
        try:
            prepare(draft("CO-CNA", evidence=(link_item(url, digest=given_digest),)))
        except EvidenceRefused as refused:
            code = refused.code
        assert code in ("", "link_address", "link_digest")
