"""What a district chooses for its badges can be drawn and read, has words, and stays with its badges."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from credential.baking.png import extract_png
from issuer.badge_files import badge_files
from issuer.catalog import default_catalogue
from issuer.pictures import LARGEST_UPLOAD, choose, first_choices, picture_at, pixels_of
from issuer.render.badge_picture import LONGEST_ALT, SIZES, Choices, Picture, checked_alt, suggested_alt
from issuer.render.errors import DesignError
from issuer.render.icons import ICONS, icon
from issuer.render.shapes import Shape
from tests.house import House

GOOD = Choices("CNA", "hexagon", "#0b5c6b", "#f2c14e", "License", "cross", "3")
ENTRY = default_catalogue().entries[0]


@pytest.mark.parametrize("shape", list(Shape))
def test_every_shape_is_drawn_at_every_size(shape: Shape) -> None:
    picture = Picture("Nurse aide", "A badge", replace(GOOD, shape=shape.value))
    for size in SIZES:
        with Image.open(io.BytesIO(picture.png(size))) as drawn:
            assert drawn.size == (size, size)
    assert '<desc id="d">A badge</desc>' in picture.svg()


def test_there_are_a_dozen_drawings_each_another() -> None:
    assert len(ICONS) >= 12
    assert len({icon(one) for one in ICONS}) == len(ICONS)
    assert icon("HCP") == icon("cross")
    assert all(abs(x) <= 1.1 and abs(y) <= 1.1 for one in ICONS for line in icon(one) for x, y in line)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"shape": "heart"}, "unknown_shape"),
        ({"icon": "skull"}, "unknown_icon"),
        ({"level": "6"}, "bad_level"),
        ({"level": "x"}, "bad_level"),
        ({"ground": "red"}, "bad_colour"),
        ({"ground": "#777777", "accent": "#777777"}, "low_contrast"),
        ({"letters": "ABCDEFGHI"}, "text_too_long"),
        ({"ribbon": "x" * 25}, "text_too_long"),
        ({"letters": "\u4e2d"}, "text_not_drawable"),
    ],
)
def test_what_cannot_be_drawn_or_read_is_refused(changed: dict[str, str], code: str) -> None:
    GOOD.design("Twin")
    with pytest.raises(DesignError, match=code):
        replace(GOOD, **changed).design("Nurse aide")


def test_words_are_asked_for_suggested_and_bounded() -> None:
    assert "Nurse aide" in suggested_alt(GOOD, "Nurse aide")
    assert checked_alt("x" * LONGEST_ALT)
    for bad in (" ", "x" * (LONGEST_ALT + 1), "a\u202eb"):
        with pytest.raises(DesignError):
            checked_alt(bad)


def upload(size: tuple[int, int] = (40, 40)) -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Canary Quillfeather")
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG", pnginfo=said)
    return out.getvalue() + b"<script>second file</script>"


def test_of_an_upload_nothing_but_pixels_is_taken() -> None:
    made = pixels_of(upload())
    assert b"Canary" in upload()
    assert b"Canary" not in made
    assert b"script" not in made


@pytest.mark.parametrize(
    "bad", [b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST_UPLOAD, upload((40, 41)), b""]
)
def test_an_upload_that_is_no_square_png_is_refused(bad: bytes) -> None:
    with pytest.raises(DesignError, match="bad_picture"):
        pixels_of(bad)


def test_a_badge_keeps_the_picture_of_its_day(house: House) -> None:
    badge = house.issue()
    before = house.time
    house.later(days=1)
    choose(house.store, house.district.id, ENTRY, choices=GOOD, alt="Hexagon", now=house.time, actor="t")
    house.later(days=1)
    choose(house.store, house.district.id, ENTRY, upload=upload(), alt="Teal", now=house.time, actor="t")
    with house.store.reading() as session:
        assert picture_at(session, house.district.id, ENTRY, before) is None
        middle = picture_at(session, house.district.id, ENTRY, house.time.replace(day=2))
        last = picture_at(session, house.district.id, ENTRY, house.time)
    assert middle is not None
    assert middle.choices == GOOD
    assert last is not None
    assert last.alt == "Teal"
    files = badge_files(badge.document, None, ENTRY, last)
    assert extract_png(files[".png"]) == badge.document.decode()
    assert first_choices(ENTRY).design("Twin").name == "Twin"
