"""What is seen in photos. The pictures are made here, so they are looked at in this process."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from credential.qr import code_url, new_code, new_token, share_url
from tests.photos import DISTORTIONS, on_paper, square, written
from tests.pictures import header, png
from verifier.decoding.job import look_at
from verifier.decoding.pictures import MOST_CODES, MOST_PIXELS, read_codes
from verifier.intake.decoded import SeenCode

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))
SHARE = share_url("check.example.org", "RIVER", TOKEN)
PRINTED = code_url("check.example.org", "RIVER", CODE)


@pytest.mark.parametrize("how", DISTORTIONS)
def test_a_code_is_read_however_the_photo_was_taken(how: str) -> None:
    photo = DISTORTIONS[how](on_paper(square(SHARE), square(PRINTED)))
    seen = look_at(written(photo, quality=60))
    assert {code.text for code in seen.codes} == {SHARE, PRINTED}
    assert seen.whole
    assert not seen.fault


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_every_kind_of_picture_that_is_named_is_read(kind: str) -> None:
    assert look_at(written(on_paper(square(SHARE)), kind)).codes == (SeenCode(0, SHARE),)


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    grey = square(SHARE)
    held = Image.Exif()
    held[0x0112] = 6
    assert look_at(written(grey.rotate(90), exif=held)).codes == (SeenCode(0, SHARE),)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_way_of_writing_pixels_is_read(mode: str) -> None:
    grey = square(SHARE)
    picture = (
        grey.convert("I").point(lambda v: v * 257).convert("I;16") if mode == "I;16" else grey.convert(mode)
    )
    assert look_at(written(picture, "PNG")).codes == (SeenCode(0, SHARE),)


def test_what_can_be_seen_through_lies_on_white() -> None:
    grey = square(SHARE)
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=grey.point(lambda v: 255 - v))
    assert look_at(written(clear, "PNG")).codes == (SeenCode(0, SHARE),)


def test_an_animation_is_read_in_its_first_picture_alone() -> None:
    frames = [square(PRINTED) for _ in range(3)]
    moving = written(square(SHARE), "GIF", save_all=True, append_images=frames)
    assert look_at(moving).codes == (SeenCode(0, SHARE),)


def test_a_picture_without_a_code_shows_none() -> None:
    dice = random.Random(3)
    plain = Image.frombytes("L", (400, 400), dice.randbytes(160_000))
    assert look_at(written(plain)).codes == ()


def test_pixels_are_counted_before_they_are_decoded() -> None:
    side = int(MOST_PIXELS**0.5)
    too_many = png(head=header(side + 1, side + 2))
    assert look_at(too_many).fault == "picture_too_large"
    assert look_at(png(head=header(40_000, 1))).fault == "picture_too_large"
    assert look_at(png(head=header(side, side))).fault == "picture_broken"  # few enough, and none there


@pytest.mark.parametrize("cut", [1, 20, 200, 2_000])
def test_half_a_picture_is_broken(cut: int) -> None:
    whole = written(on_paper(square(SHARE)), "PNG")
    assert look_at(whole[: len(whole) // 3 + cut]).fault == "picture_broken"
    assert look_at(b"\xff\xd8\xff\xe0" + bytes(cut)).fault == "picture_broken"
    assert look_at(b"RIFF\x10\0\0\0WEBPVP8 " + bytes(cut)).fault == "picture_broken"


def test_what_begins_as_one_kind_is_read_as_no_other() -> None:
    whole = written(square(SHARE), "PNG")
    assert look_at(b"GIF89a" + whole).fault == "picture_broken"
    assert look_at(b"BM" + whole).fault == "picture_broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_no_other_reader_is_ever_tried(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    real = Image.open

    def spy(file: object, **how: object) -> object:
        tried.append(how["formats"])
        return real(file, **how)  # type: ignore[arg-type] # handed on as it came

    whole = written(square(SHARE), kind)
    monkeypatch.setattr(Image, "open", spy)
    assert look_at(whole).codes
    assert tried == [(kind,)]


def test_so_many_codes_are_read_and_then_it_says_so() -> None:
    squares = [square(f"HTTPS://CHECK.EXAMPLE.ORG/{n}", box=3) for n in range(MOST_CODES + 1)]
    enough = look_at(written(on_paper(*squares[:-1])))
    assert (len(enough.codes), enough.whole) == (MOST_CODES, True)
    more = look_at(written(on_paper(*squares)))
    assert (len(more.codes), more.whole) == (MOST_CODES, False)


def test_the_same_code_twice_is_one() -> None:
    assert read_codes(on_paper(square(SHARE), square(SHARE))) == (SHARE,)
