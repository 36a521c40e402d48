"""The picture of a badge, from a handful of choices: outline, colours, a few letters, a level, a ribbon."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.catalog.entry import Entry
from issuer.render.colour import BLACK, WHITE, Colour, ink_on
from issuer.render.errors import DesignError
from issuer.render.icons import icon
from issuer.render.lettering import HEIGHT, Lines, lettering
from issuer.render.scene import SIDE, Area, Gradient, Outline, Scene, Strokes, arc, placed
from issuer.render.shapes import Shape, outline

LONGEST_LETTERS = 8
LONGEST_RIBBON = 24
HIGHEST_LEVEL = 5

_MIDDLE = (SIDE / 2, SIDE / 2 - 8)
_RADIUS = 284.0
_RIBBON_TOP, _RIBBON_FOOT = 440.0, 512.0

_COLOURS = {
    "HCP": ("#0b5c6b", "#f2c14e"),
    "STT": ("#7a3b12", "#f4d35e"),
    "ETM": ("#34308f", "#5fd3c4"),
    "BMP": ("#174a7c", "#f5b971"),
    "HHE": ("#7b2151", "#ffd08a"),
    "ANE": ("#1f5a34", "#e9d36c"),
}
_RIBBONS = {
    "Certification": "Certification",
    "License": "License",
    "CertificateOfCompletion": "Training",
    "Competency": "Skill",
}
_OUTLINES = {
    "Certification": Shape.HEXAGON,
    "License": Shape.SHIELD,
    "CertificateOfCompletion": Shape.CIRCLE,
    "Competency": Shape.ROSETTE,
}


_GROUND, _ACCENT = Colour(11, 92, 107), Colour(242, 193, 78)


@dataclass(frozen=True, slots=True)
class BadgeDesign:
    """The choices of a picture.

    Args:
        name: What the badge is called.
        letters: At most eight capitals, figures or signs.
        shape: The outline.
        ground: Colour of the field.
        accent: Colour of the ribbon.
        ribbon: At most 24 letters, or "" for none.
        cluster: Code of the career cluster, which chooses the small drawing.
        level: How many of five stones are filled, 0 for no stones.
    """

    name: str
    letters: str
    shape: Shape = Shape.HEXAGON
    ground: Colour = _GROUND
    accent: Colour = _ACCENT
    ribbon: str = ""
    cluster: str = ""
    level: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn or read.

        Raises:
            DesignError: text_too_long, text_not_drawable, bad_level, low_contrast.
        """
        for text, longest in ((self.letters, LONGEST_LETTERS), (self.ribbon, LONGEST_RIBBON)):
            if len(text) > longest:
                raise DesignError("text_too_long", f"{text!r} has {len(text)} letters; {longest} fit")
            lettering(text)
        if not 0 <= self.level <= HIGHEST_LEVEL:
            raise DesignError("bad_level", f"level {self.level} is not a number from 0 to {HIGHEST_LEVEL}")
        ink_on(*_field(self))
        ink_on(self.accent)


def design_for(entry: Entry) -> BadgeDesign:
    """The picture of a catalogue's entry: outline by type of award, colours and drawing by career cluster."""
    ground, accent = _COLOURS.get(entry.cluster_code, _COLOURS["ETM"])
    achievement_type = entry.kind.achievement_type
    return BadgeDesign(
        name=entry.name,
        letters=entry.mark,
        shape=_OUTLINES.get(achievement_type, Shape.OCTAGON),
        ground=Colour.read(ground),
        accent=Colour.read(accent),
        ribbon=_RIBBONS.get(achievement_type, "Award"),
        cluster=entry.cluster_code,
    )


def alt_text(design: BadgeDesign) -> str:
    """What the picture shows, for who cannot see it."""
    said = f"Badge {design.name}: a {design.shape} with the letters {design.letters}"
    if design.ribbon:
        said += f" and a ribbon that says {design.ribbon}"
    if design.level:
        said += f", level {design.level} of {HIGHEST_LEVEL}"
    return said + "."


def badge_scene(design: BadgeDesign) -> Scene:
    """The picture: a field with mountains, a small drawing, the letters, stones for a level, and a ribbon."""
    field = outline(design.shape)
    top, bottom = _field(design)
    ink = ink_on(top, bottom)
    # The mountains stand behind the letters: they go away from the ink, so that it reads better there.
    away = BLACK if ink == WHITE else WHITE
    inner = placed(field, _RADIUS * 0.93, _MIDDLE)
    parts: list[Area | Strokes] = [
        Area(placed(field, _RADIUS, _MIDDLE), design.ground.toward(BLACK, 0.45)),
        Area(placed(field, _RADIUS * 0.965, _MIDDLE), design.accent),
        Area(inner, Gradient(top, bottom)),
        *(Area(ridge, bottom.toward(away, part), inner) for ridge, part in _ridges()),
        Strokes((_loop(placed(field, _RADIUS * 0.87, _MIDDLE)),), 3.0, design.accent),
        Strokes(_moved(icon(design.cluster), 46.0, (_MIDDLE[0], 158.0)), 9.0, design.accent),
        _letters(design, ink),
        *_stones(design.level, design.accent, bottom),
    ]
    if design.ribbon:
        parts += _ribbon(design)
    return Scene(design.name, alt_text(design), tuple(parts))


def _field(design: BadgeDesign) -> tuple[Colour, Colour]:
    return design.ground.toward(WHITE, 0.06), design.ground.toward(BLACK, 0.25)


def _ridges() -> tuple[tuple[Outline, float], ...]:
    """Two ranges of mountains, the farther one first."""
    far: Outline = (
        (0, 600), (0, 420), (70, 372), (120, 398), (206, 318), (262, 366), (330, 300), (402, 372), (452, 340),
        (530, 402), (600, 366), (600, 600),
    )  # fmt: skip
    near: Outline = (
        (0, 600), (0, 470), (90, 430), (168, 462), (262, 396), (338, 448), (428, 404), (512, 456), (600, 424),
        (600, 600),
    )  # fmt: skip
    return (far, 0.16), (near, 0.34)


def _letters(design: BadgeDesign, ink: Colour) -> Strokes:
    drawn = lettering(design.letters)
    room = 300.0 if design.shape in (Shape.DIAMOND, Shape.SHIELD) else 350.0
    scale = min(1.3, room / max(drawn.width, 1.0))
    centre = 316.0 if design.level == 0 else 298.0
    corner = (_MIDDLE[0] - drawn.width * scale / 2, centre - HEIGHT * scale / 2)
    return Strokes(_moved(drawn.lines, scale, corner), max(7.0, 17.0 * scale), ink)


def _stones(level: int, accent: Colour, ground: Colour) -> list[Area | Strokes]:
    if level == 0:
        return []
    parts: list[Area | Strokes] = []
    for place in range(HIGHEST_LEVEL):
        stone = arc((_MIDDLE[0] + (place - 2) * 46.0, 404.0), (17.0, 11.0), 0, 354, 36)
        parts.append(Area(stone, accent if place < level else ground))
        parts.append(Strokes((_loop(stone),), 3.0, accent))
    return parts


def _ribbon(design: BadgeDesign) -> list[Area | Strokes]:
    dark = design.accent.toward(BLACK, 0.28)
    middle = (_RIBBON_TOP + _RIBBON_FOOT) / 2
    tails = [
        tuple((_mirror(x, side), y + 20) for x, y in (
            (28, _RIBBON_TOP), (120, _RIBBON_TOP), (120, _RIBBON_FOOT), (28, _RIBBON_FOOT), (56, middle),
        ))
        for side in (False, True)
    ]  # fmt: skip
    folds = [
        tuple(
            (_mirror(x, side), y)
            for x, y in ((84, _RIBBON_FOOT), (120, _RIBBON_FOOT), (120, _RIBBON_FOOT + 20))
        )
        for side in (False, True)
    ]
    band: Outline = ((84, _RIBBON_TOP), (516, _RIBBON_TOP), (516, _RIBBON_FOOT), (84, _RIBBON_FOOT))
    drawn = lettering(design.ribbon)
    scale = min(0.38, 380.0 / max(drawn.width, 1.0))
    corner = (_MIDDLE[0] - drawn.width * scale / 2, middle - HEIGHT * scale / 2)
    return [
        *(Area(tail, dark) for tail in tails),
        *(Area(fold, design.accent.toward(BLACK, 0.55)) for fold in folds),
        Area(band, design.accent),
        Strokes(_moved(drawn.lines, scale, corner), max(3.5, 15.0 * scale), ink_on(design.accent)),
    ]


def _mirror(x: float, other_side: bool) -> float:  # noqa: FBT001 - one of two sides
    return SIDE - x if other_side else x


def _moved(lines: Lines, scale: float, shift: tuple[float, float]) -> Lines:
    return tuple(placed(line, scale, shift) for line in lines)


def _loop(points: Outline) -> Outline:
    return (*points, points[0])
