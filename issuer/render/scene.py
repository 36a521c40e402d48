"""A picture as a list of polygons and lines: drawn alike as SVG and as PNG, without any font."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from issuer.render.colour import Colour

SIDE: Final = 600.0
"""A scene is a square of this many units; x grows to the right, y downwards."""

Point = tuple[float, float]
Outline = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Gradient:
    """From one colour at the scene's top to another at its bottom."""

    top: Colour
    bottom: Colour


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon. `within` is the polygon that cuts it off, or None."""

    outline: Outline
    paint: Colour | Gradient
    within: Outline | None = None


@dataclass(frozen=True, slots=True)
class Strokes:
    """Lines of one width with round ends and joins."""

    lines: tuple[Outline, ...]
    width: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture.

    Args:
        title: Its name, a few words.
        description: What it shows, for who cannot see it.
        parts: From back to front.
    """

    title: str
    description: str
    parts: tuple[Area | Strokes, ...]


def arc(centre: Point, radii: Point, start: float, end: float, steps: int | None = None) -> Outline:
    """Points on an ellipse from one angle to another, in degrees clockwise from the right."""
    count = steps or max(4, math.ceil(abs(end - start) / 7.5))
    angles = (math.radians(start + (end - start) * step / count) for step in range(count + 1))
    return tuple(
        (centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)) for angle in angles
    )


def curve(start: Point, bend: Point, end: Point, steps: int = 12) -> Outline:
    """Points on a quadratic curve."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return tuple(points)


def rounded(corners: Outline, radius: float) -> Outline:
    """A polygon whose corners are rounded: each is cut `radius` before it and bridged by a curve."""
    points: list[Point] = []
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % len(corners)]
        points.extend(curve(_from(corner, before, radius), corner, _from(corner, after, radius), 8))
    return tuple(points)


def placed(outline: Outline, scale: float, shift: Point = (0.0, 0.0)) -> Outline:
    """An outline made larger or smaller about (0, 0), then moved."""
    return tuple((x * scale + shift[0], y * scale + shift[1]) for x, y in outline)


def closed(outline: Outline) -> Outline:
    """An outline whose last point is its first."""
    return (*outline, outline[0])


def _from(corner: Point, toward: Point, distance: float) -> Point:
    length = math.dist(corner, toward)
    part = min(distance / length, 0.5)
    return corner[0] + (toward[0] - corner[0]) * part, corner[1] + (toward[1] - corner[1]) * part
