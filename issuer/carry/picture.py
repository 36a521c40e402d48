"""Which picture a badge has: the one that it names; of an older one its catalogue entry's, or a plain one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from credential.readiness import Subject
from issuer.achievement_images import kept_picture
from issuer.carry.facts import Facts
from issuer.catalog import Entry
from issuer.pictures import first_choices, picture_at
from issuer.render.badge import BadgeDesign, alt_text, design_for
from issuer.render.badge_picture import Choices, Picture
from issuer.render.shapes import Shape
from issuer.store.session import Session

_LETTERS: Final = {
    (Subject.ENGLISH,): "ENG",
    (Subject.MATH,): "MATH",
    (Subject.ENGLISH, Subject.MATH): "ENG+MATH",
}


def picture_of(
    session: Session, district_id: str, facts: Facts, entry: Entry | None, signed_at: datetime
) -> Picture:
    """The picture of a badge: the one that it names; where it names none, what was chosen when it was signed.

    Args:
        session: A transaction.
        district_id: Who issued it.
        facts: What it says.
        entry: What it was given for, or None where the catalogue has no such thing.
        signed_at: When it was signed.
    """
    kept = kept_picture(session, district_id, facts.image, name=facts.title, caption=facts.image_words)
    if kept is not None:
        return kept
    chosen = picture_at(session, district_id, entry, signed_at) if entry is not None else None
    if chosen is not None:
        return chosen
    design = design_of(facts, entry)
    choices = first_choices(entry) if entry is not None else Choices.of(design)
    return Picture(facts.title, alt_text(design), choices)


def design_of(facts: Facts, entry: Entry | None) -> BadgeDesign:
    """The picture's choices; a plain one for what the catalogue no longer has.

    Args:
        facts: What the badge says.
        entry: What it was given for, or None.
    """
    if entry is not None:
        return design_for(entry)
    if facts.is_readiness:
        return BadgeDesign(
            facts.title, _LETTERS.get(facts.subjects, "READY"), shape=Shape.SHIELD, ribbon="Readiness"
        )
    return BadgeDesign(facts.title, "", shape=Shape.OCTAGON, ribbon="Award")
