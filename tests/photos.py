"""Pictures of QR codes as people take them: turned, blurred, in low light, from the side. All seeded."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from typing import Any

import qrcode
from PIL import Image, ImageEnhance, ImageFilter, ImageOps


def square(text: str, *, box: int = 8) -> Image.Image:
    """A QR code with its quiet zone, grey, `box` pixels to the module."""
    made = qrcode.QRCode(border=4, box_size=box)
    made.add_data(text)
    made.make()
    drawn: Image.Image = made.make_image().get_image().convert("L")
    return drawn


def on_paper(*squares: Image.Image, size: tuple[int, int] = (1_500, 1_900)) -> Image.Image:
    """A sheet of paper with these squares on it, from its top left."""
    paper = Image.new("L", size, 235)
    x, y, row = 120, 150, 0
    for one in squares:
        if x + one.width > size[0]:
            x, y = 120, y + row + 80
        paper.paste(one, (x, y))
        x, row = x + one.width + 80, max(row, one.height)
    return paper


def written(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def noisy(picture: Image.Image, much: float, seed: int = 7) -> Image.Image:
    """With a sensor's noise."""
    dice = random.Random(seed)
    noise = Image.frombytes("L", picture.size, dice.randbytes(picture.width * picture.height))
    return Image.blend(picture.convert("L"), noise, much)


def from_the_side(picture: Image.Image, lean: float = 0.12) -> Image.Image:
    """As a sheet looks that lies on a table."""
    w, h = picture.size
    paper = Image.new("L", (w, h), 120)
    # The corners of what is seen, as fractions; solved for by the eight coefficients of a perspective.
    there = [(lean * w, lean * h), ((1 - lean) * w, lean * h * 0.6), (w, h), (0, h * (1 - lean * 0.3))]
    here = [(0, 0), (w, 0), (w, h), (0, h)]
    seen = picture.transform((w, h), Image.Transform.PERSPECTIVE, _coefficients(there, here), fillcolor=120)
    paper.paste(seen)
    return paper


def _coefficients(there: list[tuple[float, float]], here: list[tuple[int, int]]) -> list[float]:
    """Gauss on the eight equations that carry the corners over."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda r: abs(rows[r][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


DISTORTIONS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda p: p,
    "turned by 12 degrees": lambda p: p.rotate(12, expand=True, fillcolor=200),
    "turned by 47 degrees": lambda p: p.rotate(47, expand=True, fillcolor=200),
    "upside down": lambda p: p.rotate(180),
    "from the side": from_the_side,
    "out of focus": lambda p: p.filter(ImageFilter.GaussianBlur(3)),
    "in low light": lambda p: noisy(ImageEnhance.Brightness(p).enhance(0.25), 0.08),
    "washed out": lambda p: ImageEnhance.Contrast(p).enhance(0.2),
    "white on black": ImageOps.invert,
    "noisy": lambda p: noisy(p, 0.3),
    "far away": lambda p: p.resize((p.width // 3, p.height // 3), Image.Resampling.BOX),
    "turned, from the side, out of focus": lambda p: from_the_side(
        p.rotate(8, expand=True, fillcolor=200)
    ).filter(ImageFilter.GaussianBlur(2)),
}
"""How a photo may be, by its name."""
