"""QR codes: error correction H, a quiet zone of four modules, as PNG, as SVG and for a terminal.

The text decides the size: capitals, figures and `$%*+-./:` take fewer modules than small letters
(ISO/IEC 18004, alphanumeric mode), which is why links are written `HTTPS://HOST/S/...`.
"""

from __future__ import annotations

import io
from typing import Final
from xml.sax.saxutils import escape

import qrcode
import qrcode.constants
from PIL import Image

from issuer.render.errors import DesignError

QUIET: Final = 4
"""Light modules around the code (ISO/IEC 18004, 6.3.8)."""

LARGEST_VERSION: Final = 15
"""A phone reads 77 modules from paper; denser codes fail (version 15 with its quiet zone has 85)."""

_HALVES: Final = {
    (True, True): " ",
    (True, False): "\u2584",
    (False, True): "\u2580",
    (False, False): "\u2588",
}


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The code's modules with the quiet zone, row by row; True is dark.

    Raises:
        DesignError: qr_too_long.
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_H, border=QUIET)
    code.add_data(text)
    try:
        code.make(fit=True)
    except (qrcode.exceptions.DataOverflowError, ValueError) as error:
        raise DesignError("qr_too_long", f"{len(text)} characters do not fit a QR code") from error
    if code.version > LARGEST_VERSION:
        raise DesignError("qr_too_long", f"{len(text)} characters make a QR code that phones cannot read")
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def qr_png(text: str, *, module: int = 8) -> bytes:
    """The code as PNG in black and white; `module` is the side of one module in pixels."""
    rows = qr_modules(text)
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    out = io.BytesIO()
    side = len(rows) * module
    picture.resize((side, side), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def qr_svg(text: str, *, title: str = "QR code") -> str:
    """The code as SVG, one unit to a module."""
    rows = qr_modules(text)
    runs = "".join(
        f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _runs(row)
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path d="M0 0h{side}v{side}H0z" fill="#fff"/><path d="{runs}" fill="#000"/></svg>\n'
    )


def qr_terminal(text: str) -> str:
    """The code for a terminal with light letters on a dark ground: two modules in one character's height."""
    rows = list(qr_modules(text))
    if len(rows) % 2:
        rows.append(tuple(False for _ in rows[0]))
    lines = (
        "".join(_HALVES[upper, lower] for upper, lower in zip(rows[y], rows[y + 1], strict=True))
        for y in range(0, len(rows), 2)
    )
    return "\n".join(lines) + "\n"


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark runs begin in a row, and how long they are."""
    found = []
    start: int | None = None
    for place, dark in enumerate((*row, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place - start))
            start = None
    return found
