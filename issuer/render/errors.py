"""What cannot be drawn."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        "bad_colour": "a colour is not written as #RRGGBB",
        "low_contrast": "letters would be hard to read on their ground",
        "text_too_long": "a text does not fit the picture",
        "text_not_drawable": "a text has a character that our letters lack",
        "bad_level": "the level is not a number from 0 to 5",
        "unknown_shape": "the shape is none that we draw",
        "unknown_icon": "the drawing is none of ours",
        "no_alt": "a picture has no words for who cannot see it",
        "bad_picture": "a picture that was given cannot be used",
        "bad_size": "the picture's size is out of range",
        "page_broken": "a page could not be made as PDF",
        "qr_too_long": "the text does not fit a QR code that a phone can read",
    }
)
"""Every code of `DesignError`."""


class DesignError(IssuerError):
    """A picture cannot be drawn as asked. `code` is one of `CODES`; the message says what to change."""
