from __future__ import annotations

import io
import struct
import zlib

import pytest
from _pytest.mark.structures import ParameterSet
from PIL import Image

from credential.baking.png import MAX_BYTES, MAX_CHUNKS, MAX_PIXELS, MAX_TEXT, bake_png, chunks, extract_png
from credential.errors import CredentialError
from tests.pictures import END, KEYWORD, PIXELS, SIGNATURE, chunk, header, itxt, png

TEXT = '{"name":"Soldadura, nivel 2 ✓"}'


def named(*faults: tuple[str, bytes]) -> list[ParameterSet]:
    """Parameters whose ids are the faults' names."""
    return [pytest.param(fault, data, id=fault) for fault, data in faults]


def code_of(data: bytes) -> str:
    with pytest.raises(CredentialError) as refused:
        extract_png(data)
    return refused.value.code


def test_a_baked_picture_gives_back_the_credential() -> None:
    assert extract_png(bake_png(png(), TEXT)) == TEXT


def test_a_picture_without_a_badge_gives_none() -> None:
    assert extract_png(png(itxt(b"a title", keyword=b"Title"))) is None


def test_the_chunk_is_written_as_open_badges_demands() -> None:
    baked = bake_png(png(), TEXT)
    content = KEYWORD + b"\0\0\0\0\0" + TEXT.encode()
    body = b"iTXt" + content
    expected = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    assert baked == SIGNATURE + header() + expected + PIXELS + END


def test_another_reader_sees_the_same_picture_and_the_same_text() -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#0B4F8A").save(drawn, "PNG")
    baked = bake_png(drawn.getvalue(), TEXT)
    with Image.open(io.BytesIO(baked), formats=["PNG"]) as picture:
        picture.load()
        assert picture.text == {"openbadgecredential": TEXT}  # type: ignore[attr-defined]  # PNG only
        assert picture.size == (40, 30)


def test_baking_again_replaces_the_badge_and_keeps_the_other_text() -> None:
    first = bake_png(png(itxt(b"a title", keyword=b"Title")), TEXT)
    second = bake_png(first, "a.b.c")
    assert extract_png(second) == "a.b.c"
    assert second.count(KEYWORD) == 1
    assert b"a title" in second


def test_white_space_around_the_badge_is_not_part_of_it() -> None:
    assert extract_png(png(itxt(b"\n  a.b.c \n"))) == "a.b.c"


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "\ud800"])
def test_what_is_no_text_cannot_be_baked(text: str) -> None:
    with pytest.raises(CredentialError) as refused:
        bake_png(png(), text)
    assert refused.value.code == "badge_not_bakeable"


def test_the_longest_text_is_baked_and_one_more_is_not() -> None:
    longest = "x" * (MAX_TEXT - len(KEYWORD) - 5)
    assert extract_png(bake_png(png(), longest)) == longest
    with pytest.raises(CredentialError, match="badge_too_large"):
        bake_png(png(), longest + "x")


def test_a_badge_does_not_take_the_picture_over_its_bounds() -> None:
    full = png(*[chunk(b"tEXt", b"a\0b")] * (MAX_CHUNKS - 3))
    assert len(chunks(full)) == MAX_CHUNKS
    with pytest.raises(CredentialError, match="png_too_many_chunks"):
        bake_png(full, TEXT)


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    filler = MAX_BYTES - len(png(chunk(b"teXt")))
    assert extract_png(png(chunk(b"teXt", bytes(filler)))) is None
    assert code_of(png(chunk(b"teXt", bytes(filler + 1)))) == "png_too_large"


def test_the_most_pixels_are_read_and_one_row_more_is_not() -> None:
    side = 4096
    assert side * side == MAX_PIXELS
    assert extract_png(png(head=header(side, side))) is None
    assert code_of(png(head=header(side, side + 1))) == "too_many_pixels"


def test_a_compressed_badge_is_refused_without_being_inflated() -> None:
    never_deflate = b"these bytes are no zlib stream"
    assert code_of(png(itxt(never_deflate, flags=b"\1\0"))) == "compressed_badge"
    assert code_of(png(chunk(b"zTXt", KEYWORD + b"\0\0" + never_deflate))) == "compressed_badge"


@pytest.mark.parametrize(
    ("fault", "data"),
    named(
        ("no signature", png()[1:]),
        ("a GIF", b"GIF89a" + png()),
    ),
)
def test_what_does_not_begin_as_a_png_is_no_png(fault: str, data: bytes) -> None:
    assert code_of(data) == "not_png"


@pytest.mark.parametrize(
    ("fault", "data"),
    named(
        ("header not first", SIGNATURE + chunk(b"tEXt", b"a\0b") + header() + PIXELS + END),
        ("two headers", png(header())),
        ("a short header", png(head=chunk(b"IHDR", bytes(12)))),
        ("no image data", SIGNATURE + header() + END),
        ("image data in two places", SIGNATURE + header() + PIXELS + chunk(b"tIME", bytes(7)) + PIXELS + END),
        ("no end", SIGNATURE + header() + PIXELS),
        ("an end with content", SIGNATURE + header() + PIXELS + chunk(b"IEND", b"x")),
        ("something after the end", png(tail=b"x")),
        ("cut short", png()[:-1]),
        ("a chunk longer than the file", SIGNATURE + chunk(b"IHDR", bytes(13), length=0xFFFFFFFF)),
        ("a type that is no letters", png(chunk(b"ab1d"))),
        ("a critical chunk that nobody knows", png(chunk(b"EVIL"))),
        ("no width", png(head=header(0, 2))),
        ("no height", png(head=header(2, 0))),
        ("a depth that its colour type does not have", png(head=header(2, 2, 4, 2))),
        ("a colour type that does not exist", png(head=header(2, 2, 8, 5))),
        ("another compression", png(head=header(2, 2, 8, 0, 1, 0, 0))),
        ("another filter", png(head=header(2, 2, 8, 0, 0, 1, 0))),
        ("another interlace", png(head=header(2, 2, 8, 0, 0, 0, 2))),
        (
            "an animation of two thousand million frames",
            png(chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        ),
        ("two animations", png(*[chunk(b"acTL", struct.pack(">II", 0, 0))] * 2)),
        ("no second NUL", png(chunk(b"iTXt", KEYWORD + b"\0\0\0en\0text"))),
        ("a compression method", png(itxt(b"a.b.c", flags=b"\0\1"))),
        ("only the keyword", png(chunk(b"iTXt", KEYWORD))),
        ("a NUL in the text", png(itxt(b"a\0b"))),
        ("text that is no UTF-8", png(itxt(b"\xff"))),
        ("a badge in a Latin-1 chunk", png(chunk(b"tEXt", KEYWORD + b"\0a.b.c"))),
    ),
)
def test_a_picture_that_is_not_put_together_right_is_refused(fault: str, data: bytes) -> None:
    assert code_of(data) == "png_malformed"


def test_every_chunk_is_held_against_its_checksum() -> None:
    assert code_of(png(chunk(b"tEXt", b"a\0b", checksum=0))) == "png_checksum"


def test_two_badges_are_refused_whichever_kind_of_chunk_they_stand_in() -> None:
    assert code_of(png(itxt(b"a.b.c"), itxt(b"a.b.c"))) == "multiple_badges"
    assert code_of(png(itxt(b"a.b.c"), chunk(b"tEXt", KEYWORD + b"\0d.e.f"))) == "multiple_badges"


def test_an_animation_with_the_frames_that_it_announces_is_read() -> None:
    frame = chunk(b"fcTL", bytes(26))
    assert extract_png(png(chunk(b"acTL", struct.pack(">II", 1, 0)), frame, itxt(b"a.b.c"))) == "a.b.c"


def test_too_long_a_badge_is_refused() -> None:
    assert code_of(png(itxt(b"x" * MAX_TEXT))) == "badge_too_large"
