"""What every page needs: who is asked, what is trusted, what time it is, and how things are drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from credential.digest import digest_of
from verifier.checking import Badge, Desk
from verifier.evidence import (
    Evidence,
    Fetched,
    NeedKind,
    Presented,
    PresentedKind,
    RefreshCode,
    Verdict,
)
from verifier.gather import Memory, Source, gather
from verifier.intake import read
from verifier.policy import Policy
from verifier.receipt_keys import ReceiptKeys
from verifier.turns import Turns
from verifier.verify import verify
from verifier.web.plain import day, moment, plain
from verifier.web.rate import Rate

LOOKED_UP: Final = (PresentedKind.CODE, PresentedKind.SHARE, PresentedKind.LINK)
HELD: Final = (PresentedKind.DOCUMENT, PresentedKind.JWT)

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


def checked_digest(held: Evidence) -> str:
    """The digest of the credential's bytes that were checked, sent or fetched; "" where there were none."""
    for one in held.gathered:
        if held.presented.kind in HELD:
            break
        if isinstance(one, Fetched) and one.need.kind in {NeedKind.RETRIEVAL, NeedKind.CREDENTIAL}:
            fetched = read(one.data)
            return digest_of(fetched.data) if fetched.kind in HELD else ""
    return digest_of(held.presented.data) if held.presented.kind in HELD else ""


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
    made.filters |= {"plain": plain, "day": day, "moment": moment}
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
        turns: How many badges are checked at once, and how many wait.
        desk: Checks in processes, within a budget; None to check in this one.
        clock: Gives the time, aware.
        memory: Status lists that were accepted before.
        templates: The pages.
        receipts: The keys for receipts; None where this verifier gives none.
    """

    policy: Policy
    source: Source
    rate: Rate
    turns: Turns
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    memory: Memory = field(default_factory=Memory)
    templates: Environment = field(default_factory=_templates)
    receipts: ReceiptKeys | None = None
    desk: Desk | None = None

    async def check(self, presented: Presented, address: str, at: datetime | None = None) -> Verdict:
        """Gather and verify: the verdict of `checked`."""
        return (await self.checked(presented, address, at)).verdict

    async def checked(self, presented: Presented, address: str, at: datetime | None = None) -> Checked:
        """Gather and verify.

        Args:
            presented: What was sent.
            address: Who sent it.
            at: The moment in the past that is asked about (`verifier.moment.parse_moment`), None for now.

        Raises:
            TooManyLookUps: It is a link or a code, and one too many.
            TooBusy: Too much is waiting already.
        """
        if presented.kind in LOOKED_UP and not self.rate.allows(address, time.monotonic()):
            raise TooManyLookUps
        now = self.clock()
        policy = replace(self.policy, at=at)
        presented = self._tagged(presented)
        async with self.turns.turn(address):
            if self.desk:
                evidence, verdict = await self.desk.check(
                    Badge(), presented, policy, self.source, now, who=address, memory=self.memory
                )
            else:
                evidence = await gather(presented, policy, self.source, now, memory=self.memory)
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
