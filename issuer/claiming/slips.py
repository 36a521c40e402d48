"""Print slips: who has a badge that stands, sorted by school, teacher and family name, ten to a page.

What cannot be printed makes no slip: the page is set before its codes open anything.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from credential.qr import format_code
from issuer.carry.look import look_of
from issuer.claiming import claims as claiming
from issuer.claiming.claims import MOST_SLIPS
from issuer.errors import IssuerError
from issuer.render.slips import Slip, slips_pdf
from issuer.store import claims, queries
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District

_WORDS: Final = {
    "en": {
        "lead": "You earned a badge. Scan the square with your phone's camera: it opens once. No account.",
        "type": "No camera? Go to {host}/my/slip and type:",
        "alt": "QR code. Or go to {host}/my/slip and type {code}",
    },
    "es": {
        "lead": "Obtuviste una insignia. Escanea el cuadro con la cámara: se abre una vez. Sin cuenta.",
        "type": "¿Sin cámara? Ve a {host}/my/slip y escribe:",
        "alt": "Código QR. O ve a {host}/my/slip y escribe {code}",
    },
}


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed.

    Attributes:
        pdf: The sheets.
        slips: So many slips are on them.
        parts: So many printings it takes for everybody who was asked for.
    """

    pdf: bytes
    slips: int
    parts: int


@dataclass(frozen=True, slots=True)
class Handed:
    """Whom a slip is for, in the order in which slips are handed out."""

    school: str
    teacher: str
    family: str
    given: str
    student_id: str
    name: str
    language: str


def waiting(
    session: Session, district_id: str, now: datetime, *, school: str = "", only: str = ""
) -> list[Handed]:
    """Who gets a slip: everybody with a badge that stands; of one school by the roster, or one student."""
    names = queries.schools(session, district_id)
    rows = [
        Handed(
            names.get(code, code), teacher, family, given, number, f"{given} {family}".strip() or name, tongue
        )
        for number, code, teacher, family, given, name, tongue in claims.slip_rows(session, district_id, now)
        if school in ("", code) and only in ("", number)
    ]
    return sorted(
        rows,
        key=lambda one: (
            *(_folded(text) for text in (one.school, one.teacher, one.family or one.name, one.given)),
            one.student_id,
        ),
    )


def print_slips(
    store: Store,
    district: District,
    *,
    school: str = "",
    only: str = "",
    part: int = 1,
    fonts: Path | None = None,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Printed:
    """Print a slip for everybody who was asked for, and make older ones of theirs useless.

    Args:
        store: The database.
        district: Whose students.
        school: The code of a school, or "" for all.
        only: The number of one student, or "" for all.
        part: Which `MOST_SLIPS` of them, from 1.
        fonts: A folder of further fonts.
        now: The time.
        entropy: Random bytes.
        actor: Who prints.

    Raises:
        IssuerError: `not_found` where nobody is.
        DesignError: A name cannot be printed; nothing was made then.
    """
    store = store.of(district.id)
    with store.reading() as session:
        everybody = waiting(session, district.id, now, school=school, only=only)
    chosen = everybody[(part - 1) * MOST_SLIPS : part * MOST_SLIPS] if part >= 1 else []
    if not chosen:
        raise IssuerError(
            "not_found",
            "nobody there has a badge that stands: look at the school and at the student's number",
        )
    made = claiming.new_codes(district, [one.student_id for one in chosen], entropy=entropy)
    pdf = slips_pdf(
        [_slip(district, one, made[one.student_id].code) for one in chosen],
        title=f"{district.name}: slips",
        district=district.name,
        made=now,
        look=look_of(district),
        fonts=fonts,
    )
    with store.transaction() as session:
        claiming.new_slips(session, district.id, made, now=now, entropy=entropy, actor=actor)
    return Printed(pdf, len(chosen), -(-len(everybody) // MOST_SLIPS))


def _slip(district: District, one: Handed, code: str) -> Slip:
    words = _WORDS.get(one.language, _WORDS["en"])
    host = urlsplit(district.origin).netloc
    printed = format_code(code)
    place = " · ".join(text for text in (one.school, one.teacher) if text) or district.name
    return Slip(
        one.language if one.language in _WORDS else "en",
        one.name or one.student_id,
        place,
        words["lead"],
        words["type"].format(host=host),
        printed,
        f"{district.origin}/K/{code}".upper(),
        words["alt"].format(host=host, code=printed),
    )


def _folded(text: str) -> str:
    """For sorting: without case and accents."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))
