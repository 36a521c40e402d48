"""The picture that a district made for a certification: choices or pixels, and always words for it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self
from xml.sax.saxutils import escape

from issuer.render.badge import BadgeDesign, alt_text, badge_scene
from issuer.render.colour import Colour
from issuer.render.errors import DesignError
from issuer.render.icons import ICONS
from issuer.render.shapes import Shape
from issuer.render.svg import to_svg
from issuer.text import fault_in, length

SIZES: Final = (64, 180, 600)
"""Pixels on each side of the pictures that are written."""
LONGEST_NAME: Final = 300
LONGEST_ALT: Final = 300


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chooses, as text.

    Args:
        letters: Initials, at most eight.
        shape: One of `Shape`.
        ground: Colour of the field, as #RRGGBB.
        accent: Colour of the ribbon, likewise.
        ribbon: At most 24 letters, or "".
        icon: One of `ICONS`.
        level: From 0 to 5.
    """

    letters: str
    shape: str
    ground: str
    accent: str
    ribbon: str
    icon: str
    level: str

    @classmethod
    def of(cls, design: BadgeDesign, icon: str = "cairn") -> Self:
        """What a design was made of."""
        chosen = design.cluster if design.cluster in ICONS else icon
        return cls(
            design.letters, design.shape.value, str(design.ground), str(design.accent), design.ribbon,
            chosen, str(design.level),
        )  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(*(str(value[one.name]) for one in fields(cls)))

    def to_json(self) -> dict[str, str]:
        """As it is kept."""
        return asdict(self)

    def design(self, name: str) -> BadgeDesign:
        """The design, if all of it can be drawn and read.

        Args:
            name: What the badge is called.

        Raises:
            DesignError: A code of `errors.CODES`; contrast and lengths are looked at here.
        """
        if self.shape not in set(Shape):
            raise DesignError("unknown_shape", f"choose one of these shapes: {', '.join(Shape)}")
        if self.icon not in ICONS:
            raise DesignError("unknown_icon", f"choose one of these drawings: {', '.join(ICONS)}")
        if not (self.level.isascii() and self.level.isdigit() and len(self.level) == 1):
            raise DesignError("bad_level", "the level is a number from 0 to 5")
        return BadgeDesign(
            name, self.letters, Shape(self.shape), Colour.read(self.ground), Colour.read(self.accent),
            self.ribbon, self.icon, int(self.level),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its words.

    Args:
        name: What the badge is called.
        alt: What it shows, for who cannot see it.
        choices: What it is drawn from, or None for pixels.
        pixels: A PNG that we wrote ourselves, or None.
    """

    name: str
    alt: str
    choices: Choices | None
    pixels: bytes | None = None

    def png(self, size: int = 600) -> bytes:
        """As PNG; pixels are as they were taken, whatever size is asked for."""
        if self.choices is None:
            return self.pixels or b""
        from issuer.render.png import to_png  # noqa: PLC0415 - Pillow is loaded where something is drawn

        return to_png(badge_scene(self.choices.design(self.name)), size)

    def svg(self) -> str:
        """As SVG, which carries its words."""
        if self.choices is None:
            data = base64.b64encode(self.pixels or b"").decode("ascii")
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600" '
                f'role="img" aria-labelledby="t d"><title id="t">{escape(self.name)}</title>'
                f'<desc id="d">{escape(self.alt)}</desc>'
                f'<image width="600" height="600" href="data:image/png;base64,{data}"/></svg>\n'
            )
        scene = badge_scene(self.choices.design(self.name))
        return to_svg(type(scene)(scene.title, self.alt, scene.parts))


def checked_alt(text: str) -> str:
    """Words for a picture.

    Raises:
        DesignError: no_alt, text_too_long, text_not_drawable.
    """
    said = text.strip()
    if not said:
        raise DesignError("no_alt", "say in words what the picture shows: some people hear it instead")
    if length(said) > LONGEST_ALT:
        raise DesignError("text_too_long", f"the words for the picture have at most {LONGEST_ALT} characters")
    if fault_in(said) is not None:
        raise DesignError("text_not_drawable", "the words for the picture have a character that no text may")
    return said


def suggested_alt(choices: Choices, name: str) -> str:
    """Words that fit what was chosen.

    Raises:
        DesignError: As `Choices.design`.
    """
    return alt_text(choices.design(name))
