"""One small drawing for each career cluster, as lines in a box from (-1, -1) to (1, 1)."""

from __future__ import annotations

import math

from issuer.render.lettering import Lines
from issuer.render.scene import Outline, arc, closed, curve


def icon(cluster_code: str) -> Lines:
    """The drawing of a cluster; a stack of stones for a cluster that we do not know."""
    drawings = {
        "HCP": _cross,
        "STT": _gear,
        "ETM": _chip,
        "BMP": _bars,
        "HHE": _book,
        "ANE": _leaf,
    }
    return drawings.get(cluster_code, _cairn)()


def _cross() -> Lines:
    arm, reach = 0.34, 1.0
    corners = (
        (-arm, -reach), (arm, -reach), (arm, -arm), (reach, -arm), (reach, arm), (arm, arm),
        (arm, reach), (-arm, reach), (-arm, arm), (-reach, arm), (-reach, -arm), (-arm, -arm),
    )  # fmt: skip
    return (closed(corners),)


def _gear() -> Lines:
    teeth, points = 8, []
    for tooth in range(teeth):
        middle = 360 * tooth / teeth
        for turn, radius in ((-15, 0.74), (-9.5, 1.0), (9.5, 1.0), (15, 0.74)):
            angle = math.radians(middle + turn)
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
    return closed(tuple(points)), arc((0, 0), (0.32, 0.32), 0, 360)


def _chip() -> Lines:
    body = closed(((-0.62, -0.62), (0.62, -0.62), (0.62, 0.62), (-0.62, 0.62)))
    core = closed(((-0.24, -0.24), (0.24, -0.24), (0.24, 0.24), (-0.24, 0.24)))
    pins: list[Outline] = []
    for place in (-0.34, 0.0, 0.34):
        pins += [((place, -0.62), (place, -1)), ((place, 0.62), (place, 1))]
        pins += [((-0.62, place), (-1, place)), ((0.62, place), (1, place))]
    return body, core, *pins


def _bars() -> Lines:
    bars = tuple(
        ((left, 0.9), (left, top), (left + 0.42, top), (left + 0.42, 0.9))
        for left, top in ((-0.9, 0.2), (-0.21, -0.3), (0.48, -0.9))
    )
    return *bars, ((-1.1, 0.9), (1.1, 0.9))


def _book() -> Lines:
    right: Outline = (
        *curve((0, -0.6), (0.45, -0.98), (1.05, -0.72)),
        *curve((1.05, 0.62), (0.45, 0.36), (0, 0.78)),
    )
    left = tuple((-x, y) for x, y in right)
    return right, left, ((0, -0.6), (0, 0.78))


def _leaf() -> Lines:
    one = curve((-0.8, 0.8), (-0.95, -0.75), (0.9, -0.9), 20)
    other = curve((0.9, -0.9), (0.85, 0.9), (-0.8, 0.8), 20)
    return (*one, *other), ((-1.05, 1.05), (0.25, -0.25))


def _cairn() -> Lines:
    stones = ((0.72, 0.86, 0.26), (0.12, 0.6, 0.24), (-0.42, 0.4, 0.2))
    return tuple(arc((0, y), (across, down), 0, 360) for y, across, down in stones)
