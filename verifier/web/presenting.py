"""Presentations on the running site: counted, gathered, judged, and their challenge used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verifier.evidence import Presented
from verifier.presented import PresentationCheck, PresentationVerdict
from verifier.web.presented import Answered
from verifier.web.rate import Turn
from verifier.web.site import Site


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a presentation.

    Args:
        challenge: What it must answer; None for nothing.
        domain: For whom it must be made; None for anybody.
        at: The moment in the past that is asked about, None for now.
    """

    challenge: str | None = None
    domain: str | None = None
    at: datetime | None = None


async def check_presentation(
    site: Site, presented: Presented, address: str, asked: Asked
) -> tuple[Answered, Turn | None]:
    """Check a presentation.

    Args:
        site: The site.
        presented: A presentation of any kind.
        address: Who sent it.
        asked: What it must answer.

    Raises:
        TooManyLookUps: It is one too many.
    """
    now = site.clock()
    verdict, turn = await site.check_presentation(presented, address, asked.at, asked.challenge, asked.domain)
    return _used(site, verdict, asked.challenge, now), turn


def _used(site: Site, verdict: PresentationVerdict, challenge: str | None, now: datetime) -> Answered:
    """Count the use of a challenge that was answered well; what was not leaves it open."""
    if challenge is None:
        return Answered(verdict)
    if verdict.finding(PresentationCheck.CHALLENGE).code != "answered":
        return Answered(verdict, site.challenges.standing(challenge, now))
    standing, made = site.challenges.use(challenge, now)
    return Answered(verdict, standing, made)
