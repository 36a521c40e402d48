"""What every page needs: who is asked, what is trusted, what time it is, and how things are drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from verifier.checked_digest import checked_digest
from verifier.evidence import Presented, PresentedKind, RefreshCode, Verdict
from verifier.gather import Memory, Source, gather, gather_presentation
from verifier.policy import Policy
from verifier.presentation import verify_presentation
from verifier.presented import Judged, PresentationVerdict
from verifier.receipt_keys import ReceiptKeys
from verifier.verify import verify
from verifier.web.plain import day, moment, plain, spelt
from verifier.web.rate import Rate

LOOKED_UP: Final = (PresentedKind.CODE, PresentedKind.SHARE, PresentedKind.LINK)

UNREACHED: Final = frozenset({"issuer_unreachable", "status_unreachable", "retrieval_unreachable"})


def for_strangers(verdict: Verdict) -> Verdict:
    """The verdict without why something did not answer.

    A badge decides which addresses are asked. Whoever sent it must not learn from us which of them refuse,
    which are slow and which are not public: that would make this a scanner of other people's networks.
    """
    findings = tuple(
        replace(finding, detail="") if finding.code in UNREACHED else finding for finding in verdict.findings
    )
    refresh = verdict.refresh
    if refresh is not None and refresh.code is RefreshCode.FAILED:
        refresh = replace(refresh, detail="")
    members = tuple(map(for_strangers, verdict.members))
    return replace(verdict, findings=findings, refresh=refresh, members=members)


def presented_for_strangers(verdict: PresentationVerdict) -> PresentationVerdict:
    """As `for_strangers`: whose key signs is an address that the sender chose."""
    findings = tuple(
        replace(one, detail="") if one.code == "holder_unreachable" else one for one in verdict.findings
    )
    return replace(verdict, findings=findings, credentials=tuple(map(for_strangers, verdict.credentials)))


class TooManyLookUps(Exception):  # noqa: N818 - it says what happened
    """One address has looked up more than its share."""


def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("verifier", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"plain": plain, "day": day, "moment": moment, "spelt": spelt}
    return made


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to.

    Args:
        verdict: As strangers may know it.
        digest: Of the credential's bytes that were checked, or "".
    """

    verdict: Verdict
    digest: str


@dataclass(frozen=True, slots=True)
class Site:
    """The verifier as it runs.

    Args:
        policy: What it accepts.
        source: Who answers its needs.
        rate: How often one address may look up.
        turns: How many badges are checked at once.
        clock: Gives the time, aware.
        memory: Status lists that were accepted before.
        templates: The pages.
        receipts: The keys for receipts; None where this verifier gives none.
    """

    policy: Policy
    source: Source
    rate: Rate
    turns: asyncio.Semaphore
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    memory: Memory = field(default_factory=Memory)
    templates: Environment = field(default_factory=_templates)
    receipts: ReceiptKeys | None = None

    async def check(self, presented: Presented, address: str, at: datetime | None = None) -> Verdict:
        """Gather and verify: the verdict of `checked`."""
        return (await self.checked(presented, address, at)).verdict

    async def judge(self, presented: Presented, address: str, at: datetime | None = None) -> Judged:
        """As `check`, for whatever was sent: a badge, or a presentation."""
        if presented.kind is PresentedKind.PRESENTATION:
            return await self.check_presentation(presented, at)
        return await self.check(presented, address, at)

    async def check_presentation(
        self, presented: Presented, at: datetime | None = None
    ) -> PresentationVerdict:
        """Gather and verify a presentation, for which nobody here has asked."""
        now = self.clock()
        policy = replace(self.policy, at=at)
        async with self.turns:
            held = await gather_presentation(presented, policy, self.source, now, memory=self.memory)
            verdict = await asyncio.to_thread(verify_presentation, held, policy, now)
        return presented_for_strangers(verdict)

    async def checked(self, presented: Presented, address: str, at: datetime | None = None) -> Checked:
        """Gather and verify.

        Args:
            presented: What was sent.
            address: Who sent it.
            at: The moment in the past that is asked about (`verifier.moment.parse_moment`), None for now.

        Raises:
            TooManyLookUps: It is a link or a code, and one too many.
        """
        if presented.kind in LOOKED_UP and not self.rate.allows(address, time.monotonic()):
            raise TooManyLookUps
        return await self.examined(presented, at)

    async def examined(self, presented: Presented, at: datetime | None = None) -> Checked:
        """Gather and verify, for whoever has counted what an address may look up."""
        now = self.clock()
        policy = replace(self.policy, at=at)
        async with self.turns:
            evidence = await gather(self._tagged(presented), policy, self.source, now, memory=self.memory)
            verdict = await asyncio.to_thread(verify, evidence, policy, now)
        return Checked(for_strangers(verdict), checked_digest(evidence))

    def _tagged(self, presented: Presented) -> Presented:
        """A code without the district's letters is the district's, where only one is known."""
        if presented.kind is not PresentedKind.CODE or presented.tag:
            return presented
        tags = {e.tag for e in self.policy.trust.entries if e.tag and e.retrieval} | set(
            self.policy.retrieval
        )
        return replace(presented, tag=tags.pop()) if len(tags) == 1 else presented
