"""Slips of paper that lead students to their badges: a PDF, ten to a page, to be cut apart.

Nothing on a slip says what was earned; its code opens once. Each has the language of its student.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from issuer.render.certificate import Look
from issuer.render.colour import READABLE, WHITE, contrast
from issuer.render.qr import qr_svg
from issuer.render.typesetting import printable, typeset


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip, in the language of its student.

    Attributes:
        language: `en` or `es`.
        who: The student's name.
        place: School and teacher.
        lead: What it is for.
        type: Where to type the code, for who cannot scan it.
        code: The code as it is printed.
        link: What the QR code says.
        alt: The same in words.
    """

    language: str
    who: str
    place: str
    lead: str
    type: str
    code: str
    link: str
    alt: str


def slips_pdf(
    slips: Sequence[Slip],
    *,
    title: str,
    district: str,
    made: datetime,
    look: Look | None = None,
    fonts: Path | None = None,
) -> bytes:
    """The sheets, in the order of the slips, as PDF/A-3a and PDF/UA-1.

    Raises:
        DesignError: `text_too_long`, `text_not_drawable`, `qr_too_long`, `page_broken`.
    """
    ground = (look or Look()).ground
    rows = [
        {
            "language": one.language,
            "who": printable("name", one.who),
            "place": printable("school", one.place),
            "lead": one.lead,
            "type": one.type,
            "code": one.code,
            "qr": qr_svg(one.link),
            "alt": one.alt,
            "district": district,
        }
        for one in slips
    ]
    inputs = {
        "title": title,
        "district": district,
        "ground": str(ground if contrast(ground, WHITE) >= READABLE else Look().ground),
        "slips": json.dumps(rows, ensure_ascii=False),
    }
    return typeset("slips.typ", inputs, made=made, fonts=fonts)
