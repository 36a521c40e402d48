"""The words of a readiness determination: what issuer and verifier both call things.

A determination is a district's dated decision that a student has shown readiness in English, math or both. It
is a credential of its own (`achievementType` is READINESS_TYPE), it embeds what it rests on, and it does not
lapse when a certification that it rests on does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

READINESS_TYPE: Final = "ext:ReadinessDetermination"
"""The achievementType (Open Badges 3.0, AchievementType: any enumeration is extended with `ext:`)."""


class Subject(StrEnum):
    """What somebody can be ready in. The value is the code that menus, decisions and rules use."""

    ENGLISH = "ENG"
    MATH = "MTH"
