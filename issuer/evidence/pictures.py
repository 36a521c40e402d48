"""Pictures, made anew from their pixels: the door to Pillow for evidence.

What was in the file besides the pixels (places where a photograph was taken, colour profiles, comments, what
follows the picture's end, a second file in the first) is gone, because nothing but pixels is taken over. A
moving picture gives its first frame. It is shrunk until it fits.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from issuer.evidence.errors import EvidenceRefused

MOST_PIXELS: Final = 40_000_000
"""Pixels of a picture that is read; a telephone's has twelve million."""

_SIDES: Final = (1_600, 1_200, 900, 700, 550, 420, 320, 240, 160)
"""Longest sides that are tried, in pixels: at the last, any picture fits 32 KiB."""

_QUALITIES: Final = (80, 65, 50)
_DEEP: Final = ("I", "F")
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error,
    zlib.error,
)  # fmt: skip
"""What Pillow's decoders raise for what they cannot read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that we made.

    Args:
        media_type: `image/png` or `image/jpeg`.
        data: Its octets.
        size: Width and height in pixels.
    """

    media_type: str
    data: bytes
    size: tuple[int, int]


def redraw(data: bytes, most: int | None) -> Picture:
    """Read a PNG or a JPEG and write its pixels into a new file.

    Args:
        data: The upload, whose size somebody has looked at.
        most: Octets that the new file may have, or None for any.

    Raises:
        EvidenceRefused: `picture_broken`, `picture_too_large`.
    """
    pixels, is_png = _pixels(data, shrink=most is not None)
    if is_png and (made := _png(pixels)) and (most is None or len(made) <= most):
        return Picture("image/png", made, pixels.size)
    flat = _flat(pixels)
    for picture in _smaller(flat) if most is not None else ():
        for quality in _QUALITIES:
            made = _jpeg(picture, quality)
            if most is not None and len(made) <= most:
                return Picture("image/jpeg", made, picture.size)
    if most is not None:
        raise EvidenceRefused("picture_too_large", "the picture cannot be made small enough: crop it")
    return Picture("image/jpeg", _jpeg(flat, 90), flat.size)


def _pixels(data: bytes, *, shrink: bool) -> tuple[Image.Image, bool]:
    """The first frame as it is meant to be seen, with nothing else of the file; and whether it was a PNG."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as found:
                _check_size(found.size)
                is_png = found.format == "PNG"
                if shrink:
                    found.draft("RGB", (_SIDES[0], _SIDES[0]))  # a JPEG is decoded no larger than is needed
                found.load()
                return _clean(_plain(ImageOps.exif_transpose(found))), is_png
    except EvidenceRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as fault:
        raise _too_large() from fault
    except (*_BROKEN, Warning) as fault:
        raise EvidenceRefused(
            "picture_broken",
            "the picture cannot be read whole: open it, save it anew as PNG or JPEG, send that",
        ) from fault


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_large()


def _too_large() -> EvidenceRefused:
    return EvidenceRefused(
        "picture_too_large",
        f"the picture has more than {MOST_PIXELS:,} pixels: make it smaller, then send it",
    )


def _plain(image: Image.Image) -> Image.Image:
    """Grey, colour, or either with transparency."""
    if image.mode.startswith(_DEEP):
        # Sixteen bits of grey; a conversion would cut off all above 255.
        return image.convert("F").point(lambda value: value / 257).convert("L")
    if image.mode in ("L", "RGB", "LA", "RGBA"):
        return image.convert("RGBA") if "transparency" in image.info else image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _clean(image: Image.Image) -> Image.Image:
    """The pixels alone: what an encoder would carry over stands in `info`."""
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency: on white, as paper is."""
    if image.mode not in ("LA", "RGBA"):
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _smaller(image: Image.Image) -> Iterator[Image.Image]:
    """The picture in falling sizes, its own first where that is small enough."""
    longest = max(image.size)
    if longest <= _SIDES[0]:
        yield image
    for side in _SIDES:
        if side < longest:
            scale = side / longest
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            yield image.resize(size, Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
