"""A certificate on letter paper, and a wallet card: PDFs that carry what can be checked.

What is printed is what was signed, read from the credential (`issuer.carry.facts`). The certificate has the
signed credential attached, octet for octet. Both carry a QR code of a short link in capitals, and beneath it
what a person types who cannot scan it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from issuer.render.colour import BLACK, READABLE, WHITE, Colour, contrast
from issuer.render.qr import QUIET, qr_modules, qr_svg
from issuer.render.typesetting import printable, typeset

GROUND: Final = Colour(11, 92, 107)
ACCENT: Final = Colour(242, 193, 78)

QR_INCHES: Final = 1.25
"""Side of the certificate's code, without its quiet zone."""
CARD_QR_INCHES: Final = 1.2
"""Side of the card's code, with its quiet zone: more does not fit."""
MOST_FACTS: Final = 8


@dataclass(frozen=True, slots=True)
class Look:
    """A district's colours.

    Args:
        ground: Of the frame and the large letters. On white it is darkened until it can be read.
        accent: Of thin lines.
    """

    ground: Colour = GROUND
    accent: Colour = ACCENT


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that stands on the paper, in the language of the paper.

    Attributes:
        language: `en` or `es`.
        title_language: The language of `title`, for who listens to the page.
        district: Who issues.
        kind: What sort of paper it is, such as `Record of an industry certification`.
        lead: The line before the name.
        recipient: Whom it names.
        name_lead: The line before the title.
        title: What was earned.
        source: The line after it, such as who certified; "" for none.
        facts: Name and text of each date and number.
        scan: The line above what is typed.
        about: The small print: what the file holds, what paper cannot say.
        attached: What the attachment is, in words.
    """

    language: str
    title_language: str
    district: str
    kind: str
    lead: str
    recipient: str
    name_lead: str
    title: str
    source: str
    facts: tuple[tuple[str, str], ...]
    scan: str
    about: str
    attached: str


@dataclass(frozen=True, slots=True)
class Check:
    """How the paper is checked.

    Attributes:
        link: What the QR code says: a short link in capitals.
        host: Where a person goes who types.
        code: What they type there, as it is printed.
        alt: The same for who cannot see the QR code.
    """

    link: str
    host: str
    code: str
    alt: str


def certificate_pdf(
    printed: Printed,
    check: Check,
    *,
    credential: bytes,
    picture: str,
    picture_alt: str,
    made: datetime,
    look: Look | None = None,
    fonts: Path | None = None,
) -> bytes:
    """The certificate: one page of letter paper, on its side, as PDF/A-3a and PDF/UA-1.

    Args:
        printed: What stands on it.
        check: How it is checked.
        credential: The signed credential, attached as `badge.json`.
        picture: The badge's picture as SVG.
        picture_alt: What it shows, for who cannot see it.
        made: When the credential was signed; the same paper has the same octets on every day.
        look: The district's colours.
        fonts: A folder of further fonts.

    Raises:
        DesignError: `text_too_long`, `text_not_drawable`, `qr_too_long`, `page_broken`.
    """
    modules = len(qr_modules(check.link))
    inputs = _inputs(printed, check, look or Look()) | {
        "qr-side": f"{QR_INCHES * modules / (modules - 2 * QUIET):.4f}",
        "credential": credential.decode("utf-8"),
        "picture": picture,
        "picture-alt": printable("picture's description", picture_alt),
        "attached": printed.attached,
    }
    return typeset("certificate.typ", inputs, made=made, fonts=fonts)


def card_pdf(
    printed: Printed, check: Check, *, made: datetime, look: Look | None = None, fonts: Path | None = None
) -> bytes:
    """The wallet card: 3.375 by 2.125 inches, the size of a bank card (ISO/IEC 7810, ID-1).

    Args:
        printed: As for `certificate_pdf`.
        check: As for `certificate_pdf`.
        made: As for `certificate_pdf`.
        look: As for `certificate_pdf`.
        fonts: As for `certificate_pdf`.

    Raises:
        DesignError: As `certificate_pdf`.
    """
    inputs = _inputs(printed, check, look or Look()) | {"qr-side": f"{CARD_QR_INCHES:.4f}"}
    return typeset("card.typ", inputs, made=made, fonts=fonts)


def readable(colour: Colour) -> Colour:
    """The colour, darkened until letters in it can be read on white paper."""
    while contrast(colour, WHITE) < READABLE:
        colour = colour.toward(BLACK, 0.1)
    return colour


def _inputs(printed: Printed, check: Check, look: Look) -> dict[str, str]:
    """What both papers say."""
    texts = {
        "district": printed.district,
        "kind": printed.kind,
        "lead": printed.lead,
        "recipient": printed.recipient,
        "name-lead": printed.name_lead,
        "title": printed.title,
        "source": printed.source,
        "scan": printed.scan,
        "host": check.host,
        "code": check.code,
        "qr-alt": check.alt,
    }
    for number in range(MOST_FACTS):
        name, text = printed.facts[number] if number < len(printed.facts) else ("", "")
        texts |= {f"fact-{number}-name": name, f"fact-{number}-text": text}
    checked = {name: printable(name, text) for name, text in texts.items()}
    return checked | {
        "about": printed.about,  # which repeats the district's name, and is our own besides
        "language": printed.language,
        "title-language": printed.title_language,
        "qr": qr_svg(check.link),
        "ground": str(readable(look.ground)),
        "accent": str(look.accent),
    }
