"""A QR code as SVG: error correction M, a quiet zone of four modules (ISO/IEC 18004, 6.3.8)."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import qrcode
import qrcode.constants

QUIET: Final = 4
LARGEST_VERSION: Final = 13
"""A phone reads 77 modules from paper: version 13 with its quiet zone."""


class QrTooLong(ValueError):  # noqa: N818 - it says what happened
    """The text makes a code that phones cannot read from paper."""


def qr_svg(text: str, title: str = "") -> str:
    """The code, one unit to a module, without a declaration: it can stand in a page.

    Args:
        text: What it carries.
        title: What it is, for who cannot see it; without one it is marked as decoration.

    Raises:
        QrTooLong: The text needs more modules than phones can read.
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    try:
        code.make(fit=True)
    except (qrcode.exceptions.DataOverflowError, ValueError) as error:
        raise QrTooLong(f"{len(text)} characters do not fit a QR code") from error
    if code.version > LARGEST_VERSION:
        raise QrTooLong(f"{len(text)} characters make a QR code that phones cannot read")
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)
    )
    side = len(rows)
    said = 'aria-hidden="true"' if not title else f'role="img" aria-label="{_attribute(title)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" {said} focusable="false">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark runs begin in a row, and how long they are."""
    found, x = [], 0
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            found.append((x, length))
        x += length
    return found


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
