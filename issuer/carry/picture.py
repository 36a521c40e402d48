"""Which picture a badge has: its catalogue entry's, or that of a readiness determination."""

from __future__ import annotations

from typing import Final

from credential.readiness import Subject
from issuer.carry.facts import Facts
from issuer.catalog import Entry
from issuer.render.badge import BadgeDesign, design_for
from issuer.render.shapes import Shape

_LETTERS: Final = {
    (Subject.ENGLISH,): "ENG",
    (Subject.MATH,): "MATH",
    (Subject.ENGLISH, Subject.MATH): "ENG+MATH",
}


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
