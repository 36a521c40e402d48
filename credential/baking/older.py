"""Whether a picture carries a badge of an older kind, so that it can be called by its name.

Open Badges 2.0 and 1.1 baked an assertion, or only its address, under another keyword and in another
namespace. Nothing of it is read.
"""

from __future__ import annotations

from typing import Final

from credential.baking.png import TEXT_CHUNKS, chunks
from credential.baking.svg import parse_svg

PNG_KEYWORD: Final = b"openbadges"
SVG_ASSERTION: Final = "{http://openbadges.org}assertion"


def is_older_png(png: bytes) -> bool:
    """Whether this PNG picture carries an assertion of Open Badges 1 or 2.

    Raises:
        CredentialError: As `credential.baking.png.chunks`.
    """
    return any(c.type in TEXT_CHUNKS and c.content.partition(b"\0")[0] == PNG_KEYWORD for c in chunks(png))


def is_older_svg(svg: bytes) -> bool:
    """Whether this SVG picture carries an assertion of Open Badges 1 or 2.

    Raises:
        CredentialError: As `credential.baking.svg.extract_svg` for a picture.
    """
    return next(parse_svg(svg).iter(SVG_ASSERTION), None) is not None
