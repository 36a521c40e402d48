from __future__ import annotations

import io
from typing import Any

import pytest
from lxml import etree
from PIL import Image

from issuer.catalog import default_catalogue
from issuer.render.badge import BadgeDesign, alt_text, badge_scene, design_for
from issuer.render.colour import READABLE, Colour, contrast, ink_on
from issuer.render.errors import CODES, DesignError
from issuer.render.png import to_png
from issuer.render.shapes import Shape
from issuer.render.svg import to_svg

SMALL = 96


def picture(design: BadgeDesign, size: int = SMALL) -> Image.Image:
    return Image.open(io.BytesIO(to_png(badge_scene(design), size))).convert("RGBA")


def test_every_entry_has_a_picture_with_words_for_it() -> None:
    for entry in default_catalogue().entries:
        design = design_for(entry)
        assert entry.name in alt_text(design)
        assert entry.mark in alt_text(design)
        assert to_svg(badge_scene(design)).startswith("<svg")


@pytest.mark.parametrize("shape", Shape)
def test_each_outline_fills_the_middle_and_leaves_the_corners_clear(shape: Shape) -> None:
    drawn = picture(BadgeDesign("x", "AB", shape))
    middle = drawn.getpixel((SMALL // 2, SMALL // 3))
    assert isinstance(middle, tuple)
    assert middle[3] == 255
    assert drawn.getpixel((0, 0)) == (0, 0, 0, 0)


def test_no_two_outlines_look_alike() -> None:
    assert len({picture(BadgeDesign("x", "AB", shape)).tobytes() for shape in Shape}) == len(Shape)


@pytest.mark.parametrize(
    "other",
    [
        BadgeDesign("x", "AC"),
        BadgeDesign("x", "AB", ground=Colour(120, 20, 60)),
        BadgeDesign("x", "AB", accent=Colour(255, 255, 255)),
        BadgeDesign("x", "AB", ribbon="NEW"),
        BadgeDesign("x", "AB", cluster="HCP"),
        BadgeDesign("x", "AB", level=2),
    ],
)
def test_each_choice_is_seen(other: BadgeDesign) -> None:
    assert picture(other).tobytes() != picture(BadgeDesign("x", "AB")).tobytes()


def test_the_same_design_gives_the_same_bytes() -> None:
    design = BadgeDesign("x", "AB", ribbon="PIÑON", level=3)
    assert to_png(badge_scene(design), SMALL) == to_png(badge_scene(design), SMALL)
    assert to_svg(badge_scene(design)) == to_svg(badge_scene(design))


def test_the_svg_is_safe_to_show_and_has_a_title_and_a_description() -> None:
    design = BadgeDesign('A <b>&"x"', "AB", ribbon="X & Y")
    root = etree.fromstring(to_svg(badge_scene(design)).encode())
    names = {etree.QName(element).localname for element in root.iter()}
    assert names == {"svg", "title", "desc", "defs", "linearGradient", "stop", "clipPath", "path"}
    assert root.findtext("{*}title") == 'A <b>&"x"'
    assert root.findtext("{*}desc") == alt_text(design)
    assert not any("href" in attribute for element in root.iter() for attribute in element.attrib)


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"letters": "ABCDEFGHI"}, "text_too_long"),
        ({"ribbon": "R" * 25}, "text_too_long"),
        ({"letters": "Ж"}, "text_not_drawable"),
        ({"letters": "\u202eAB"}, "text_not_drawable"),
        ({"level": 6}, "bad_level"),
        ({"level": -1}, "bad_level"),
        ({"ground": Colour(125, 125, 125)}, "low_contrast"),
    ],
)
def test_what_cannot_be_drawn_or_read_is_refused(choices: dict[str, Any], code: str) -> None:
    with pytest.raises(DesignError) as caught:
        BadgeDesign(**({"name": "x", "letters": "AB"} | choices))
    assert caught.value.code == code
    assert code in CODES


@pytest.mark.parametrize("size", [31, 1201])
def test_sizes_out_of_range_are_refused(size: int) -> None:
    with pytest.raises(DesignError, match="bad_size"):
        to_png(badge_scene(BadgeDesign("x", "AB")), size)


def test_letters_are_dark_on_light_and_light_on_dark() -> None:
    assert ink_on(Colour(255, 240, 200)) != ink_on(Colour(20, 30, 60))
    for ground in (Colour(255, 240, 200), Colour(20, 30, 60)):
        assert contrast(ink_on(ground), ground) >= READABLE


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(Colour(0, 0, 0), Colour(255, 255, 255)) == pytest.approx(21)
    assert contrast(Colour(119, 119, 119), Colour(255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["", "#12345", "red", "#12345g", "#1234567", "＃123456"])
def test_colours_are_six_figures(text: str) -> None:
    with pytest.raises(DesignError, match="bad_colour"):
        Colour.read(text)


def test_svg_and_png_show_the_same_outline() -> None:
    """Where the PNG is clear the SVG has no area, measured on the outermost area of the scene."""
    scene = badge_scene(BadgeDesign("x", "AB", Shape.DIAMOND))
    drawn = Image.open(io.BytesIO(to_png(scene, 600))).convert("RGBA").getbbox()
    root = etree.fromstring(to_svg(scene).encode())
    path = root.find("{*}path")
    assert path is not None
    points = [tuple(map(float, pair.split())) for pair in str(path.attrib["d"]).strip("MZ").split("L")]
    box = (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )
    assert drawn == pytest.approx(box, abs=1.5)
