"""The words of a readiness determination: what issuer and verifier both call things.

A determination is a district's dated decision that a student has shown readiness in English, math or both. It
is a credential of its own (`achievementType` is READINESS_TYPE), it embeds what it rests on, and it does not
lapse when a certification that it rests on does.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

READINESS_TYPE: Final = "ext:ReadinessDetermination"
"""The achievementType (Open Badges 3.0, AchievementType: any enumeration is extended with `ext:`)."""


class Subject(StrEnum):
    """What somebody can be ready in. The value is the code that menus, decisions and rules use."""

    ENGLISH = "ENG"
    MATH = "MTH"


COUNTING_TYPES: Final = frozenset({"Certification", "License", "CertificateOfCompletion"})
"""The kinds of award that a district may decide to count. A college certificate (`Certificate`) is none: it
is not time-limited and not renewed, so it is no industry certification (C.R.S. 23-5-145.6)."""

RESULT_FRAGMENTS: Final = MappingProxyType({subject: f"#{subject}" for subject in Subject})
"""How the id of the achievement's ResultDescription for a subject ends."""


def subject_of(description_id: str) -> Subject | None:
    """The subject that a result description stands for, by how its id ends; None for any other."""
    ending = "#" + description_id.rpartition("#")[2]
    return next((subject for subject, fragment in RESULT_FRAGMENTS.items() if fragment == ending), None)
