"""A scene as PNG: the same polygons and lines, drawn large and made smaller, so that edges are smooth."""

from __future__ import annotations

import io
import math
from itertools import pairwise

from PIL import Image, ImageDraw

from issuer.render.errors import DesignError
from issuer.render.scene import SIDE, Area, Gradient, Outline, Scene, Strokes

SMALLEST, LARGEST = 32, 1200
_FINER = 3


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
    canvas.reduce(_FINER).save(out, "PNG", optimize=True)
    return out.getvalue()


def _area(canvas: Image.Image, part: Area, scale: float) -> None:
    mask = _mask(canvas.size, part.outline, scale)
    if part.within is not None:
        cut = Image.new("L", canvas.size, 0)
        cut.paste(mask, mask=_mask(canvas.size, part.within, scale))
        mask = cut
    if isinstance(part.paint, Gradient):
        canvas.paste(_gradient(canvas.size, part.paint), mask=mask)
    else:
        canvas.paste((*part.paint.rgb, 255), mask=mask)


def _mask(size: tuple[int, int], outline: Outline, scale: float) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([(x * scale, y * scale) for x, y in outline], fill=255)
    return mask


def _gradient(size: tuple[int, int], paint: Gradient) -> Image.Image:
    column = Image.new("RGBA", (1, size[1]))
    for y in range(size[1]):
        column.putpixel((0, y), (*paint.top.toward(paint.bottom, y / (size[1] - 1)).rgb, 255))
    return column.resize(size)


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
