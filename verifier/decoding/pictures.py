"""QR codes in pictures: the door to zxing-cpp, and to Pillow for what people send.

Runs in a worker process alone. One frame is decoded, by the one reader that the file's first bytes name, and
turned as the camera was held. A photo that says nothing at first is looked at again: larger, with its greys
pulled apart, and with another threshold. A picture that a badge embeds is drawn
anew here, to be shown.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from verifier.intake.decoded import Decoded, SeenCode
from verifier.intake.kinds import FileKind

MOST_PIXELS: Final = 50_000_000
"""Pixels of a picture that is decoded; a telephone's has twelve million, or fifty."""

MOST_SIDE: Final = 30_000
MOST_CODES: Final = 20
"""QR codes of one picture that are read."""

LONGEST_TEXT: Final = 8_192
"""Characters of a QR code: the largest holds 4,296 letters."""

MOST_REDRAWN: Final = 16_000_000
"""Pixels of a picture that a badge embeds and that is shown."""

LARGEST_REDRAWN: Final = 8_192
"""Bytes of what is shown of it."""

_REDRAWN: Final = ((160, 128), (160, 32), (128, 16), (96, 8))
"""Longest side and number of colours, tried in this order."""

_FORMATS: Final = {
    FileKind.PNG: "PNG",
    FileKind.JPEG: "JPEG",
    FileKind.WEBP: "WEBP",
    FileKind.GIF: "GIF",
    FileKind.BMP: "BMP",
}
_ONLY_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_WORKING_SIDE: Final = 3_200
"""Longest side that is looked at closely: at this size a square of a tenth of the width has 320 pixels."""

_SMALL_SIDE: Final = 1_200
_TINY_SIDE: Final = 500
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error,
    zlib.error, NotImplementedError,
)  # fmt: skip
"""What Pillow's readers raise for what they cannot read."""


def look_at_picture(data: bytes, kind: FileKind) -> Decoded:
    """The QR codes that can be seen in a picture.

    Args:
        data: The file.
        kind: One of `verifier.intake.kinds.PICTURES`; no other reader is tried.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # A warning about a broken profile or a strange tag is none about the pixels.
            warnings.filterwarnings("ignore", category=UserWarning)
            with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as found:
                if found.width * found.height > MOST_PIXELS or max(found.size) > MOST_SIDE:
                    return Decoded(fault="picture_too_large")
                found.draft("L", (_WORKING_SIDE, _WORKING_SIDE))  # a JPEG is decoded no larger than needed
                found.load()
                grey = _grey(ImageOps.exif_transpose(found))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return Decoded(fault="picture_too_large")
    except (*_BROKEN, Warning):
        return Decoded(fault="picture_broken")
    texts = read_codes(grey)
    return Decoded(tuple(SeenCode(0, text) for text in texts[:MOST_CODES]), whole=len(texts) <= MOST_CODES)


def read_codes(grey: Image.Image, *, closely: bool = True) -> tuple[str, ...]:
    """What the QR codes in a picture say, each text once, in the order in which they were found.

    Args:
        grey: One value for each pixel, mode L.
        closely: Whether a picture that shows nothing at first is looked at again.
    """
    if not _has_contrast(grey):
        return ()
    found: dict[str, None] = {}
    for picture, binarizer, is_last_resort in _looks(grey):
        if is_last_resort and (found or not closely):
            break
        for code in zxingcpp.read_barcodes(
            picture(), formats=_ONLY_QR, text_mode=zxingcpp.TextMode.Plain, binarizer=binarizer
        ):
            if code.valid and len(code.text) <= LONGEST_TEXT:
                found.setdefault(code.text)
    return tuple(found)


def _looks(
    grey: Image.Image,
) -> Iterator[tuple[Callable[[], Image.Image], zxingcpp.Binarizer, bool]]:
    """The ways in which a picture is looked at; the later only where the earlier have shown nothing."""
    local, whole = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
    working = _within(grey, _WORKING_SIDE)
    yield lambda: working, local, False
    yield lambda: _within(working, _SMALL_SIDE), local, False
    yield lambda: ImageOps.autocontrast(_within(working, _SMALL_SIDE), cutoff=2), whole, True
    yield lambda: ImageOps.equalize(_within(working, _SMALL_SIDE)), local, True
    yield lambda: _within(working, _SMALL_SIDE).filter(ImageFilter.UnsharpMask(3, 250, 0)), local, True
    yield lambda: _within(working, _TINY_SIDE).filter(ImageFilter.GaussianBlur(1)), local, True
    yield lambda: ImageOps.autocontrast(working.resize(_doubled(working))), local, True


def _has_contrast(grey: Image.Image) -> bool:
    """Whether there is anything to see at all: an empty page costs next to nothing."""
    return len(set(grey.getextrema())) > 1


def _grey(picture: Image.Image) -> Image.Image:
    """One value for each pixel, and what can be seen through on white, as paper is."""
    if picture.mode.startswith(("I", "F")):
        # Sixteen bits of grey; a conversion would cut off all above 255.
        return picture.convert("F").point(lambda value: value / 257).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("L")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper.convert("L")


def _within(picture: Image.Image, side: int) -> Image.Image:
    longest = max(picture.size)
    if longest <= side:
        return picture
    scale = side / longest
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX)


def _doubled(picture: Image.Image) -> tuple[int, int]:
    """Twice the size, where the picture is small; its own where it is not."""
    times = 2 if max(picture.size) <= _SMALL_SIDE else 1
    return (picture.width * times, picture.height * times)


def redraw(data: bytes, kind: FileKind) -> bytes:
    """The pixels of a picture anew and small, as a PNG of ours: nothing else of the file is in it.

    Args:
        data: The file.
        kind: One of `verifier.intake.kinds.PICTURES`; no other reader is tried.

    Returns:
        At most `LARGEST_REDRAWN` bytes; none where the picture cannot be read, or made so small.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as found:
                if found.width * found.height > MOST_REDRAWN or max(found.size) > MOST_SIDE:
                    return b""
                found.load()
                seen = ImageOps.exif_transpose(found).convert("RGBA")
        for side, colours in _REDRAWN:
            made = io.BytesIO()
            small = seen.copy()
            small.thumbnail((side, side))
            # A new picture: what the file said beside its pixels does not come along.
            drawn = Image.new("RGBA", small.size)
            drawn.paste(small)
            drawn.quantize(colours, Image.Quantize.FASTOCTREE).save(made, "PNG", optimize=True)
            if made.tell() <= LARGEST_REDRAWN:
                return made.getvalue()
    except (Image.DecompressionBombError, MemoryError, *_BROKEN):
        return b""
    return b""
