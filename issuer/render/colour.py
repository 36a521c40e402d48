"""Colours, and whether letters in one can be read on another (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from issuer.render.errors import DesignError

READABLE: Final = 4.5
"""The least contrast of letters against their ground, WCAG 2.2 level AA."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LINEAR_BELOW = 0.04045


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in sRGB; each part from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From `#RRGGBB`.

        Raises:
            DesignError: bad_colour.
        """
        if not _HEX.fullmatch(text):
            raise DesignError("bad_colour", f"{text[:20]!r} is not a colour such as #1F4E79")
        return cls(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue."""
        return self.red, self.green, self.blue

    def toward(self, other: Colour, part: float) -> Colour:
        """This colour mixed with another; `part` is from 0 (this) to 1 (the other)."""
        pairs = zip(self.rgb, other.rgb, strict=True)
        return Colour(*(round(a + (b - a) * part) for a, b in pairs))

    @property
    def luminance(self) -> float:
        """Relative luminance, from 0 for black to 1 for white (WCAG 2.2, definitions)."""
        red, green, blue = (_linear(part / 255) for part in self.rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


BLACK: Final = Colour(0, 0, 0)
WHITE: Final = Colour(255, 255, 255)
INK: Final = Colour(20, 28, 38)
"""Dark letters."""


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, from 1 to 21 (WCAG 2.2, definitions)."""
    light, dark = sorted((one.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(*grounds: Colour) -> Colour:
    """White or dark, whichever reads better on all of these grounds.

    Raises:
        DesignError: low_contrast, where neither reaches `READABLE`.
    """
    best = max((WHITE, INK), key=lambda ink: min(contrast(ink, ground) for ground in grounds))
    if min(contrast(best, ground) for ground in grounds) < READABLE:
        named = " and ".join(str(ground) for ground in grounds)
        raise DesignError(
            "low_contrast", f"letters on {named} are hard to read: choose a darker or lighter colour"
        )
    return best


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_BELOW else float(((part + 0.055) / 1.055) ** 2.4)
