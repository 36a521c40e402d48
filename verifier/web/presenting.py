"""Presentations on the running site: counted, gathered, judged, and their challenge used up."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime

from verifier.evidence import Presented, PresentedKind
from verifier.gather import gather_presentation
from verifier.presentation import verify_presentation
from verifier.presented import PresentationCheck, PresentationFinding, PresentationVerdict
from verifier.web.presented import Answered
from verifier.web.rate import Turn
from verifier.web.site import Site, for_strangers

OCTETS_AS_ONE = 4_096
"""So many octets of a presentation count as one badge: it may hold many."""


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
    turn = site.admit(presented, address, 1 + len(presented.data) // OCTETS_AS_ONE)
    if presented.kind is PresentedKind.PRESENTATION:
        written = presented.data.startswith(b"{")
        presented = replace(presented, kind=PresentedKind.DOCUMENT if written else PresentedKind.JWT)
    now, began = site.clock(), time.monotonic()
    policy = replace(site.policy, at=asked.at)
    question = (asked.challenge, asked.domain)
    async with site.turns:
        held = await gather_presentation(presented, policy, site.source, now, *question, memory=site.memory)
        verdict = await asyncio.to_thread(verify_presentation, held, policy, now, *question)
    site.metrics.presentation(verdict, time.monotonic() - began)
    return _used(site, presentation_for_strangers(verdict), asked.challenge, now), turn


def _used(site: Site, verdict: PresentationVerdict, challenge: str | None, now: datetime) -> Answered:
    """Count the use of a challenge that was answered well; what was not leaves it open."""
    if challenge is None:
        return Answered(verdict)
    if verdict.finding(PresentationCheck.CHALLENGE).code != "answered":
        return Answered(verdict, site.challenges.standing(challenge, now))
    standing, made = site.challenges.use(challenge, now)
    return Answered(verdict, standing, made)


def presentation_for_strangers(verdict: PresentationVerdict) -> PresentationVerdict:
    """The verdict without why something did not answer; as `verifier.web.site.for_strangers`."""

    def told(finding: PresentationFinding) -> PresentationFinding:
        return replace(finding, detail="") if finding.code == "holder_unreachable" else finding

    return replace(
        verdict,
        findings=tuple(map(told, verdict.findings)),
        credentials=tuple(map(for_strangers, verdict.credentials)),
    )
