"""Letters as lines: capitals, figures and a few signs, so that a picture needs no font.

A letter stands in a box 100 high, with y from 0 at its top to 100 at its foot; its width differs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from issuer.render.errors import DesignError
from issuer.render.scene import Outline, Point, arc, curve, placed

HEIGHT = 100.0
_GAP = 26.0
_SPACE = 40.0

Lines = tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of letters: its lines, with the top left corner at (0, 0), and its width when 100 high."""

    lines: Lines
    width: float


def lettering(text: str) -> Lettering:
    """A text as lines, in capitals.

    Raises:
        DesignError: text_not_drawable.
    """
    lines: list[Outline] = []
    x = 0.0
    for character in unicodedata.normalize("NFC", text.upper()):
        if character == " ":
            x += _SPACE
            continue
        glyph, width = _glyph(character)
        lines.extend(placed(line, 1, (x, 0)) for line in glyph)
        x += width + _GAP
    return Lettering(tuple(lines), max(x - _GAP, 0.0))


def drawable(text: str) -> bool:
    """Whether our letters have every character of a text."""
    try:
        lettering(text)
    except DesignError:
        return False
    return True


def _glyph(character: str) -> tuple[Lines, float]:
    parts = unicodedata.normalize("NFD", character)
    base, marks = parts[0], parts[1:]
    glyphs = _glyphs()
    if base not in glyphs or any(mark not in _marks() for mark in marks):
        raise DesignError(
            "text_not_drawable", f"there is no letter {character!r} to draw: write it otherwise"
        )
    lines, width = glyphs[base]
    above = [placed(line, 1, (width / 2, _lift(mark))) for mark in marks for line in _marks()[mark]]
    return (*lines, *above), width


def _lift(mark: str) -> float:
    """Accents keep clear of the letter below; a cedilla hangs from it."""
    return 0.0 if mark == "\u0327" else -9.0


@cache
def _marks() -> dict[str, Lines]:
    """Accents over the middle of a letter."""
    return {
        "\u0301": (((-8, -14), (10, -32)),),
        "\u0300": (((8, -14), (-10, -32)),),
        "\u0302": (((-16, -14), (0, -30), (16, -14)),),
        "\u0303": ((*curve((-20, -16), (-10, -36), (0, -24)), *curve((0, -24), (10, -12), (20, -32))),),
        "\u0308": (((-14, -22), (-14, -21.9)), ((14, -22), (14, -21.9))),
        "\u0327": (((0, 104), (-6, 122)),),
    }


def _oval(x: float, y: float, across: float, down: float) -> Outline:
    return arc((x, y), (across, down), -90, 270)


def _bowl(left: float, top: float, foot: float, reach: float) -> Outline:
    """Out from a stem to the right and back to it."""
    half = (foot - top) / 2
    straight = reach - half * 0.95
    return (
        (left, top),
        *arc((left + straight, top + half), (half * 0.95, half), -90, 90),
        (left, foot),
    )


@cache
def _glyphs() -> dict[str, tuple[Lines, float]]:
    stem: Outline = ((0, 0), (0, 100))

    def straight(width: float, *lines: Outline) -> tuple[Lines, float]:
        return lines, width

    top_of_s = arc((31, 25.5), (29, 25.5), -28, -270)
    foot_of_s = arc((31, 75.5), (31, 24.5), -90, 152)
    six: tuple[Outline, ...] = (_oval(31, 68, 31, 32), curve((46, 0), (2, 28), (0, 68)))
    nine = tuple(tuple((62 - x, 100 - y) for x, y in line) for line in six)
    round_foot: tuple[Point, ...] = arc((33, 66), (33, 34), 180, 0)
    return {
        "A": straight(74, ((0, 100), (37, 0), (74, 100)), ((14, 64), (60, 64))),
        "B": straight(60, stem, _bowl(0, 0, 48, 54), _bowl(0, 48, 100, 60)),
        "C": straight(76, arc((43, 50), (43, 50), -42, -318)),
        "D": straight(72, stem, ((0, 0), *arc((28, 50), (44, 50), -90, 90), (0, 100))),
        "E": straight(56, ((56, 0), (0, 0), (0, 100), (56, 100)), ((0, 49), (48, 49))),
        "F": straight(54, ((54, 0), (0, 0), (0, 100)), ((0, 50), (46, 50))),
        "G": straight(84, (*arc((43, 50), (43, 50), -42, -352), (84, 55), (52, 55))),
        "H": straight(68, stem, ((68, 0), (68, 100)), ((0, 49), (68, 49))),
        "I": straight(0, stem),
        "J": straight(42, ((42, 0), *arc((21, 72), (21, 28), 0, 165))),
        "K": straight(64, stem, ((62, 0), (0, 60)), ((22, 40), (66, 100))),
        "L": straight(54, ((0, 0), (0, 100), (54, 100))),
        "M": straight(84, ((0, 100), (0, 0), (42, 62), (84, 0), (84, 100))),
        "N": straight(68, ((0, 100), (0, 0), (68, 100), (68, 0))),
        "O": straight(88, _oval(44, 50, 44, 50)),
        "P": straight(58, stem, _bowl(0, 0, 54, 58)),
        "Q": straight(88, _oval(44, 50, 44, 50), ((56, 74), (86, 104))),
        "R": straight(60, stem, _bowl(0, 0, 52, 58), ((28, 52), (62, 100))),
        "S": straight(62, (*top_of_s, *foot_of_s)),
        "T": straight(68, ((0, 0), (68, 0)), ((34, 0), (34, 100))),
        "U": straight(66, ((0, 0), *round_foot, (66, 0))),
        "V": straight(72, ((0, 0), (36, 100), (72, 0))),
        "W": straight(104, ((0, 0), (26, 100), (52, 18), (78, 100), (104, 0))),
        "X": straight(66, ((0, 0), (66, 100)), ((66, 0), (0, 100))),
        "Y": straight(68, ((0, 0), (34, 50), (68, 0)), ((34, 50), (34, 100))),
        "Z": straight(62, ((0, 0), (62, 0), (0, 100), (62, 100))),
        "0": straight(66, _oval(33, 50, 33, 50)),
        "1": straight(26, ((0, 20), (26, 0), (26, 100))),
        "2": straight(60, (*arc((30, 29), (30, 29), -172, 38), (0, 100), (60, 100))),
        "3": straight(60, arc((28, 25), (28, 24), -150, 90), arc((28, 74.5), (32, 25.5), -90, 152)),
        "4": straight(64, ((46, 100), (46, 0), (0, 70), (64, 70))),
        "5": straight(60, ((54, 0), (10, 0), (5, 46), *arc((28, 67), (32, 33), -130, 142))),
        "6": straight(62, *six),
        "7": straight(60, ((0, 0), (60, 0), (20, 100))),
        "8": straight(62, _oval(31, 25, 27, 25), _oval(31, 75, 31, 25)),
        "9": straight(62, *nine),
        "+": straight(58, ((0, 52), (58, 52)), ((29, 23), (29, 81))),
        "-": straight(36, ((0, 54), (36, 54))),
        ".": straight(0, ((0, 99.9), (0, 100))),
        "/": straight(40, ((0, 108), (40, -8))),
        "'": straight(0, ((0, 0), (0, 22))),
        "&": straight(
            74,
            (
                (74, 100), *curve((14, 34), (2, 18), (18, 4)), *curve((18, 4), (34, -8), (44, 8)),
                *curve((44, 8), (50, 26), (24, 44)), *curve((24, 44), (-4, 60), (2, 82)),
                *curve((2, 82), (12, 106), (38, 98)), *curve((38, 98), (60, 90), (68, 56)),
            ),
        ),
    }  # fmt: skip
