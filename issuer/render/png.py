"""A scene as PNG: the same polygons and lines, drawn large and made smaller, so that edges are smooth."""

from __future__ import annotations

import io
import math
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from issuer.render.errors import DesignError
from issuer.render.scene import SIDE, Area, Gradient, Outline, Scene, Strokes

SMALLEST, LARGEST = 32, 1200
_FINER = 3
_HARD = 6
"""How hard zlib tries: a step above makes these pictures hardly smaller, and takes far longer."""


def to_png(scene: Scene, size: int = 600) -> bytes:
    """The picture as PNG with a transparent ground. The same scene and size always give the same pixels.

    Args:
        scene: The picture.
        size: Pixels on each side, from 32 to 1200.

    Raises:
        DesignError: bad_size.
    """
    if not SMALLEST <= size <= LARGEST:
        raise DesignError("bad_size", f"{size} pixels is not from {SMALLEST} to {LARGEST}")
    large = size * _FINER
    canvas = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    for part in scene.parts:
        if isinstance(part, Area):
            _area(canvas, part, large / SIDE)
        else:
            _strokes(canvas, part, large / SIDE)
    out = io.BytesIO()
    canvas.reduce(_FINER).save(out, "PNG", compress_level=_HARD)
    return out.getvalue()


def smaller(pixels: bytes, size: int) -> bytes:
    """A square PNG of ours with at most so many pixels on each side; one that is small enough as it is."""
    with Image.open(io.BytesIO(pixels), formats=("PNG",)) as held:
        if max(held.size) <= size:
            return pixels
        out = io.BytesIO()
        held.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS).save(
            out, "PNG", compress_level=_HARD
        )
    return out.getvalue()


def _area(canvas: Image.Image, part: Area, scale: float) -> None:
    if part.within is None and not isinstance(part.paint, Gradient):
        ImageDraw.Draw(canvas).polygon(_points(part.outline, scale), fill=(*part.paint.rgb, 255))
        return
    shown = _mask(canvas.size, part.outline, scale)
    if part.within is not None:
        # Both are 0 or 255, so the smaller one is where both are.
        shown = ImageChops.darker(shown, _mask(canvas.size, part.within, scale))
    box = shown.getbbox()
    if box is None:
        return
    size = (box[2] - box[0], box[3] - box[1])
    paint = (
        _gradient(canvas.size[1], part.paint)
        .crop((0, box[1], 1, box[3]))
        .resize(size, Image.Resampling.NEAREST)
        if isinstance(part.paint, Gradient)
        else (*part.paint.rgb, 255)
    )
    canvas.paste(paint, box, shown.crop(box))


def _points(outline: Outline, scale: float) -> list[tuple[float, float]]:
    return [(x * scale, y * scale) for x, y in outline]


def _mask(size: tuple[int, int], outline: Outline, scale: float) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(_points(outline, scale), fill=255)
    return mask


def _gradient(height: int, paint: Gradient) -> Image.Image:
    """One column of it."""
    column = Image.new("RGBA", (1, height))
    column.putdata([(*paint.top.toward(paint.bottom, y / (height - 1)).rgb, 255) for y in range(height)])
    return column


def _strokes(canvas: Image.Image, part: Strokes, scale: float) -> None:
    draw = ImageDraw.Draw(canvas)
    colour, half = (*part.colour.rgb, 255), part.width * scale / 2
    for line in part.lines:
        points = [(x * scale, y * scale) for x, y in line]
        for x, y in points:
            draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)
        for (x1, y1), (x2, y2) in pairwise(points):
            length = math.hypot(x2 - x1, y2 - y1)
            if length == 0:
                continue
            dx, dy = -(y2 - y1) / length * half, (x2 - x1) / length * half
            draw.polygon(
                [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)], colour
            )
