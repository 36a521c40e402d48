"""What a district lets students under 18 share, and whether one of them may share now. Pure.

Whoever is of age decides alone: their own act is their consent, and no policy and no directory opt-out of
their family's stands against it (34 CFR 99.5, 99.30). For everybody else the district chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from issuer.errors import IssuerError
from issuer.sharing.ages import zone_named


class Minors(StrEnum):
    """What somebody under 18 may do."""

    ALLOWED = "allowed"
    GUARDIAN = "guardian"
    """Only what a guardian has agreed to."""
    OFF = "off"


class Audience(StrEnum):
    """For whom a share is: the class of recipient, never who."""

    EMPLOYER = "employer"
    COLLEGE = "college"
    ANYONE = "anyone"
    """A resume, a web page, LinkedIn."""
    PAPER = "paper"
    """A printed certificate or card, with its code."""


class Refusal(StrEnum):
    """Why a share is not made; each is a key of the words under `share.refused.`."""

    OFF = "off"
    AUDIENCE = "audience"
    GUARDIAN = "guardian"
    OPTED_OUT = "opted-out"


CHOSEN: Final = (Audience.EMPLOYER, Audience.COLLEGE, Audience.ANYONE)
"""What a district switches on or off for students under 18; paper goes with whichever is on."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A district's choice.

    Attributes:
        minors: What somebody under 18 may do.
        audiences: For whom they may share, of `CHOSEN`.
        zone: The IANA name of the district's time zone, or "" where it has not said.
    """

    minors: Minors = Minors.GUARDIAN
    audiences: frozenset[Audience] = frozenset({Audience.EMPLOYER, Audience.COLLEGE})
    zone: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be obeyed.

        Raises:
            IssuerError: `bad_setting`.
        """
        zone_named(self.zone)
        if not self.audiences <= set(CHOSEN):
            raise IssuerError("bad_setting", "for whom to share is employer, college or anyone")

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """Read back what `to_json` wrote; what was never written is the careful choice.

        Raises:
            IssuerError: `bad_setting` for a word that is not known.
        """
        if not value:
            return cls()
        try:
            return cls(
                Minors(value["minors"]),
                frozenset(Audience(one) for one in value["audiences"]),
                str(value["zone"]),
            )
        except (KeyError, TypeError, ValueError) as fault:
            if isinstance(fault, IssuerError):
                raise
            raise IssuerError("bad_setting", "under 18 is allowed, guardian or off") from fault

    def to_json(self) -> dict[str, Any]:
        """As it is kept with the district."""
        return {
            "minors": self.minors.value,
            "audiences": [one.value for one in CHOSEN if one in self.audiences],
            "zone": self.zone,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a student's right to share, at one moment.

    Attributes:
        adult: Whether they are of age (`ages.is_adult`).
        agreed: For which audiences a guardian has agreed and not taken it back.
        opted_out: Whether the family has opted out of directory information.
    """

    adult: bool
    agreed: frozenset[Audience] = frozenset()
    opted_out: bool = False


def refusal(policy: Policy, standing: Standing, audience: Audience) -> Refusal | None:
    """Why a student may not share with an audience now; None where they may."""
    if standing.adult:
        return None
    if policy.minors is Minors.OFF:
        return Refusal.OFF
    if audience is Audience.PAPER:
        offered, agreed = bool(policy.audiences), bool(standing.agreed)
    else:
        offered, agreed = audience in policy.audiences, audience in standing.agreed
    if not offered:
        return Refusal.AUDIENCE
    if agreed:
        return None
    if standing.opted_out:
        return Refusal.OPTED_OUT
    return Refusal.GUARDIAN if policy.minors is Minors.GUARDIAN else None
