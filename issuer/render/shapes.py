"""Eight outlines of badges about the point (0, 0), each within a circle of radius 1."""

from __future__ import annotations

import math
from enum import StrEnum

from issuer.render.scene import Outline, Point, arc, curve, rounded


class Shape(StrEnum):
    """The outline of a badge."""

    CIRCLE = "circle"
    HEXAGON = "hexagon"
    SHIELD = "shield"
    OCTAGON = "octagon"
    SQUARE = "square"
    DIAMOND = "diamond"
    ROSETTE = "rosette"
    SUN = "sun"


def outline(shape: Shape) -> Outline:
    """The outline's points, clockwise."""
    match shape:
        case Shape.CIRCLE:
            return arc((0, 0), (1, 1), 0, 354, 59)
        case Shape.HEXAGON:
            return rounded(_regular(6, 30), 0.16)
        case Shape.SHIELD:
            return _shield()
        case Shape.OCTAGON:
            return rounded(_regular(8, 22.5), 0.12)
        case Shape.SQUARE:
            return rounded(((-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)), 0.3)
        case Shape.DIAMOND:
            return rounded(((0, -1), (1, 0), (0, 1), (-1, 0)), 0.3)
        case Shape.ROSETTE:
            return _waves(16, 0.045)
        case Shape.SUN:
            return _teeth(24, 0.09)


def _regular(corners: int, turn: float) -> Outline:
    return tuple(_at(360 * corner / corners + turn, 1) for corner in range(corners))


def _waves(count: int, height: float) -> Outline:
    steps = count * 10
    return tuple(
        _at(360 * step / steps, 1 - height + height * math.cos(math.tau * count * step / steps))
        for step in range(steps)
    )


def _teeth(count: int, depth: float) -> Outline:
    return tuple(_at(180 * step / count, 1 - depth * (step % 2)) for step in range(2 * count))


def _shield() -> Outline:
    top = rounded(((-0.82, -0.9), (0.82, -0.9)), 0.0)[:0]
    left, right = -0.82, 0.82
    points: list[Point] = [
        *top,
        (left + 0.1, -0.86),
        *curve((left + 0.1, -0.86), (0, -0.98), (right - 0.1, -0.86)),
    ]
    points += curve((right - 0.1, -0.86), (right, -0.84), (right, -0.74), 6)
    points += curve((right, 0.1), (right, 0.62), (0, 0.98), 24)
    points += curve((0, 0.98), (left, 0.62), (left, 0.1), 24)
    points += curve((left, -0.74), (left, -0.84), (left + 0.1, -0.86), 6)
    return tuple(points)


def _at(degrees: float, radius: float) -> Point:
    angle = math.radians(degrees)
    return radius * math.cos(angle), radius * math.sin(angle)
