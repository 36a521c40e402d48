"""Small drawings, one of them for each career cluster, as lines in a box from (-1, -1) to (1, 1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from issuer.render.lettering import Lines
from issuer.render.scene import Outline, arc, closed, curve


def icon(name: str) -> Lines:
    """The drawing of a name of `ICONS` or of a cluster's code; a stack of stones for any other."""
    return _drawings().get(_CLUSTERS.get(name, name), _cairn)()


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


def _star() -> Lines:
    points = ((math.radians(36 * step - 90), 1.0 if step % 2 == 0 else 0.42) for step in range(10))
    return (closed(tuple((radius * math.cos(turn), radius * math.sin(turn)) for turn, radius in points)),)


def _flame() -> Lines:
    outer = (
        *curve((0.05, -1.0), (0.85, -0.2), (0.7, 0.45)),
        *curve((0.7, 0.45), (0.5, 1.05), (0, 1.0)),
        *curve((0, 1.0), (-0.75, 1.0), (-0.7, 0.3)),
        *curve((-0.7, 0.3), (-0.55, -0.1), (-0.3, -0.2)),
        *curve((-0.3, -0.2), (0.1, -0.5), (0.05, -1.0)),
    )
    return outer, (*curve((0, 0.35), (0.4, 0.7), (0, 0.98)), *curve((0, 0.98), (-0.35, 0.7), (0, 0.35)))


def _globe() -> Lines:
    return (
        arc((0, 0), (1, 1), 0, 360),
        arc((0, 0), (0.45, 1), 0, 360),
        ((-1.0, 0), (1.0, 0)),
        ((-0.85, -0.5), (0.85, -0.5)),
        ((-0.85, 0.5), (0.85, 0.5)),
    )


def _drop() -> Lines:
    return (
        (
            *curve((0, -1.0), (0.75, -0.05), (0.68, 0.42)),
            *arc((0, 0.38), (0.68, 0.62), 4, 176),
            *curve((-0.68, 0.42), (-0.75, -0.05), (0, -1.0)),
        ),
    )


def _wheel() -> Lines:
    spokes = tuple(
        (
            (0.22 * math.cos(math.radians(turn)), 0.22 * math.sin(math.radians(turn))),
            (0.72 * math.cos(math.radians(turn)), 0.72 * math.sin(math.radians(turn))),
        )
        for turn in range(-90, 270, 60)
    )
    return (arc((0, 0), (1, 1), 0, 360), arc((0, 0), (0.72, 0.72), 0, 360), *spokes)


def _house() -> Lines:
    return (
        ((-1.0, 0.0), (0, -0.95), (1.0, 0.0)),
        ((-0.75, -0.2), (-0.75, 0.95), (0.75, 0.95), (0.75, -0.2)),
        ((-0.2, 0.95), (-0.2, 0.3), (0.2, 0.3), (0.2, 0.95)),
    )


_CLUSTERS: Final = MappingProxyType(
    {"HCP": "cross", "STT": "gear", "ETM": "chip", "BMP": "bars", "HHE": "book", "ANE": "leaf"}
)


def _drawings() -> Mapping[str, Callable[[], Lines]]:
    return {
        "cairn": _cairn, "cross": _cross, "gear": _gear, "chip": _chip, "bars": _bars, "book": _book,
        "leaf": _leaf, "star": _star, "flame": _flame, "globe": _globe, "drop": _drop, "wheel": _wheel,
        "house": _house,
    }  # fmt: skip


ICONS: Final = tuple(_drawings())
"""What a district can choose from."""
