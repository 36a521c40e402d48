"""Where a badge leads, as a picture and as a list: boxes in columns by how many steps away they are. Pure."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final

from issuer.catalog.pathways import Association, Pathways, Step

MOST_STEPS: Final = 24
"""Boxes of one map; what lies farther is left out of the picture and of its list alike."""
WIDTH, HEIGHT, GAP_X, GAP_Y = 176, 72, 40, 16
_LETTERS, _LINES = 21, 3


@dataclass(frozen=True, slots=True)
class Box:
    """One step of the map.

    Attributes:
        step: What it is.
        depth: How many steps away; 0 is the badge itself.
        x: Its left side.
        y: Its upper side.
        lines: Its name, broken to fit.
    """

    step: Step
    depth: int
    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathwayMap:
    """The boxes, nearest first, and the lines between them as `x1, y1, x2, y2`."""

    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int, int, int], ...]
    width: int
    height: int


def pathway_map(pathways: Pathways, code: str) -> PathwayMap | None:
    """The map from a badge on; None where it is on no pathway or leads nowhere."""
    here = pathways.current(code)
    if here not in pathways.steps:
        return None
    depths, edges = _reached(pathways, here)
    if len(depths) == 1:
        return None
    rows: dict[int, int] = {}
    boxes = []
    for one, depth in depths.items():
        row = rows.get(depth, 0)
        rows[depth] = row + 1
        step = pathways.steps[one]
        said = tuple(textwrap.wrap(step.name, _LETTERS, max_lines=_LINES, placeholder="…"))
        boxes.append(Box(step, depth, depth * (WIDTH + GAP_X), row * (HEIGHT + GAP_Y), said))
    at = {box.step.code: box for box in boxes}
    lines = tuple(
        (at[a].x + WIDTH, at[a].y + HEIGHT // 2, at[b].x, at[b].y + HEIGHT // 2)
        for a, b in edges
        if at[b].depth > at[a].depth
    )
    width = (max(rows) + 1) * (WIDTH + GAP_X) - GAP_X
    return PathwayMap(tuple(boxes), lines, width, max(rows.values()) * (HEIGHT + GAP_Y) - GAP_Y)


def _reached(pathways: Pathways, here: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    depths, front = {here: 0}, [here]
    edges: dict[tuple[str, str], None] = {}
    all_edges = [
        (pathways.current(edge.start), pathways.current(edge.end))
        for pathway in pathways.pathways.values()
        for edge in pathway.edges
        if edge.association is Association.PRECEDES
    ]
    while front:
        following = []
        for start, end in all_edges:
            if start not in front or (end not in depths and len(depths) >= MOST_STEPS):
                continue
            if end not in depths:
                depths[end] = depths[start] + 1
                following.append(end)
            edges[start, end] = None
        front = following
    return depths, list(edges)
