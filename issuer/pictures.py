"""Which picture the badges of a certification have: the one that was chosen before the badge was signed.

A badge keeps its picture: another choice is for later badges. What is signed names it by the digest of its
bytes (`issuer.achievement_images`).
"""

from __future__ import annotations

import json
from datetime import datetime

from issuer.catalog import Entry
from issuer.render.badge import BadgeDesign, design_for
from issuer.render.badge_picture import Choices, Picture, checked_alt
from issuer.render.errors import DesignError
from issuer.render.shapes import Shape
from issuer.store import audit, chosen_pictures
from issuer.store.columns import canonical_json
from issuer.store.session import Session, Store

LARGEST_UPLOAD = 5_242_880
"""Bytes of a picture that is taken."""
LARGEST_PIXELS = 524_288
"""Bytes of the PNG that is made of it."""
READINESS = BadgeDesign("Graduation readiness determination", "READY", shape=Shape.SHIELD, ribbon="Readiness")
"""The picture of the district's determinations."""
_PNG = b"\x89PNG\r\n\x1a\n"


def choose(
    store: Store,
    district_id: str,
    entry: Entry,
    *,
    choices: Choices | None = None,
    upload: bytes | None = None,
    alt: str,
    now: datetime,
    actor: str,
) -> Picture:
    """Give the later badges of a certification a picture.

    Args:
        store: The database.
        district_id: Whose.
        entry: Which certification.
        choices: What is drawn; or
        upload: a PNG, of which nothing but its pixels is taken.
        alt: What it shows, in words.
        now: The time.
        actor: Who chose it.

    Raises:
        DesignError: What cannot be drawn or read, is no PNG, is too large, or has no words.
        EvidenceRefused: `picture_broken`, `picture_too_large`.
    """
    said = checked_alt(alt)
    pixels = None
    if upload is not None:
        pixels = pixels_of(upload)
    elif choices is not None:
        choices.design(entry.name)
    else:
        raise DesignError("bad_picture", "say what the picture is drawn from, or give a PNG")
    design = None if pixels is not None or choices is None else canonical_json(choices.to_json())
    with store.transaction() as session:
        audit.hold(session, district_id)
        number = chosen_pictures.add(
            session, district_id, entry.code, design=design, pixels=pixels, alt=said, now=now, actor=actor
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="picture.chosen",
            subject=entry.code,
            facts={"number": number},
        )
    return Picture(entry.name, said, choices if design is not None else None, pixels)


def picture_at(session: Session, district_id: str, entry: Entry, at: datetime) -> Picture | None:
    """The picture that badges of a certification have that were signed at a moment; None for Cairn's own."""
    row = chosen_pictures.at(session, district_id, entry.code, at)
    if row is None:
        return None
    choices = None if row.design is None else Choices.from_json(json.loads(row.design))
    return Picture(entry.name, row.alt, choices, row.pixels)


def first_choices(entry: Entry) -> Choices:
    """What Cairn draws for a certification, to begin with."""
    design = design_for(entry)
    drawn = {"HCP": "cross", "STT": "gear", "ETM": "chip", "BMP": "bars", "HHE": "book", "ANE": "leaf"}
    return Choices.of(design, drawn.get(design.cluster, "cairn"))


def pixels_of(upload: bytes) -> bytes:
    """A PNG of ours with the pixels of one that somebody gave: no text, no profile, no second file is in it.

    Raises:
        DesignError: `bad_picture`.
        EvidenceRefused: `picture_broken`, `picture_too_large`.
    """
    if len(upload) > LARGEST_UPLOAD:
        raise DesignError("bad_picture", f"a picture has at most {LARGEST_UPLOAD} bytes: make it smaller")
    if not upload.startswith(_PNG):
        raise DesignError("bad_picture", "give a PNG: save the picture as PNG in the program that made it")
    from issuer.evidence.pictures import redraw  # noqa: PLC0415 - what draws is loaded where something is drawn

    made = redraw(upload, None)
    if made.media_type != "image/png" or made.size[0] != made.size[1] or len(made.data) > LARGEST_PIXELS:
        raise DesignError(
            "bad_picture", f"the picture is to be square and simple: at most {LARGEST_PIXELS} bytes as PNG"
        )
    return made.data
