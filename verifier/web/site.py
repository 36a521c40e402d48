"""What every page needs: who is asked, what is trusted, what time it is, and how things are drawn."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from verifier.checked_digest import checked_digest
from verifier.checking import Badge, Desk, Shown
from verifier.evidence import Presented, PresentedKind, RefreshCode, Verdict
from verifier.gather import Memory, Source, gather, gather_presentation
from verifier.metrics import Metrics
from verifier.policy import Policy
from verifier.presentation import verify_presentation
from verifier.presented import Judged, PresentationVerdict
from verifier.receipt_keys import ReceiptKeys
from verifier.turns import Turns
from verifier.verify import verify
from verifier.web.challenges import Challenges
from verifier.web.plain import day, moment, plain, spelt
from verifier.web.rate import Rate, Turn

GUESSABLE: Final = (PresentedKind.CODE, PresentedKind.SHARE)
OCTETS_AS_ONE: Final = 4_096
"""So many octets of a presentation count as one badge: it may hold many."""

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
    """One address has asked for more than its share.

    Args:
        turn: What was counted, and when it may ask again.
    """

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn.name)
        self.turn = turn


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
        turn: What was counted for it; None where nothing was.
    """

    verdict: Verdict
    digest: str
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The verifier as it runs.

    Args:
        policy: What it accepts.
        source: Who answers its needs.
        rate: How many links, pictures and PDFs one address may send.
        turns: How many badges are checked at once, and how many wait.
        desk: Checks in processes, within a budget; None to check in this one.
        clock: Gives the time, aware.
        memory: Status lists that were accepted before.
        templates: The pages.
        receipts: The keys for receipts; None where this verifier gives none.
        codes: How many codes and share links one address may send.
        whole: How many badges it may send whole.
        metrics: Where verdicts are counted.
        challenges: Those that a presentation may answer.
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
    codes: Rate = field(default_factory=lambda: Rate(30, "codes"))
    whole: Rate = field(default_factory=lambda: Rate(1_200, "checks"))
    metrics: Metrics = field(default_factory=Metrics)
    challenges: Challenges = field(default_factory=lambda: Challenges(secrets.token_bytes))

    def admit(self, presented: Presented, address: str, cost: int = 1) -> Turn | None:
        """Count what was sent; None where it is nothing that costs anybody anything.

        Args:
            presented: What was sent.
            address: Who sent it.
            cost: As how many it counts.

        Raises:
            TooManyLookUps: It is one too many of its kind.
        """
        if presented.kind is PresentedKind.UNREADABLE:
            return None
        turn = self._rate_of(presented.kind).take(address, time.monotonic(), cost)
        if not turn.allowed:
            self.metrics.refused(turn.name)
            raise TooManyLookUps(turn)
        return turn

    def _rate_of(self, kind: PresentedKind) -> Rate:
        if kind in GUESSABLE:
            return self.codes
        return self.rate if kind is PresentedKind.LINK else self.whole

    async def check(self, presented: Presented, address: str, at: datetime | None = None) -> Verdict:
        """Gather and verify: the verdict of `checked`."""
        return (await self.checked(presented, address, at)).verdict

    async def judge(self, presented: Presented, address: str, at: datetime | None = None) -> Judged:
        """As `check`, for whatever was sent: a badge, or a presentation."""
        if presented.kind is PresentedKind.PRESENTATION:
            return (await self.check_presentation(presented, address, at))[0]
        return await self.check(presented, address, at)

    async def check_presentation(
        self,
        presented: Presented,
        address: str,
        at: datetime | None = None,
        challenge: str | None = None,
        domain: str | None = None,
    ) -> tuple[PresentationVerdict, Turn | None]:
        """Gather and verify a presentation.

        Args:
            presented: A presentation of any kind.
            address: Who sent it.
            at: The moment in the past that is asked about, None for now.
            challenge: What it must answer; None where nobody asked.
            domain: For whom it must be made; None for anybody.

        Raises:
            TooManyLookUps: It is one too many.
            TooBusy: Too much is waiting already.
        """
        turn = self.admit(presented, address, 1 + len(presented.data) // OCTETS_AS_ONE)
        return await self.examined_presentation(presented, address, at, challenge, domain), turn

    async def examined_presentation(
        self,
        presented: Presented,
        address: str,
        at: datetime | None = None,
        challenge: str | None = None,
        domain: str | None = None,
    ) -> PresentationVerdict:
        """As `check_presentation`, for whoever has counted what an address may look up.

        Raises:
            TooBusy: Too much is waiting already.
        """
        now, began = self.clock(), time.monotonic()
        policy = replace(self.policy, at=at)
        asked = (challenge, domain)
        async with self.turns.turn(address):
            if self.desk:
                _, verdict = await self.desk.check(
                    Shown(*asked), presented, policy, self.source, now, who=address, memory=self.memory
                )
            else:
                held = await gather_presentation(
                    presented, policy, self.source, now, *asked, memory=self.memory
                )
                verdict = await asyncio.to_thread(verify_presentation, held, policy, now, *asked)
        self.metrics.presentation(verdict, time.monotonic() - began)
        return presented_for_strangers(verdict)

    async def checked(self, presented: Presented, address: str, at: datetime | None = None) -> Checked:
        """Gather and verify.

        Args:
            presented: What was sent.
            address: Who sent it.
            at: The moment in the past that is asked about (`verifier.moment.parse_moment`), None for now.

        Raises:
            TooManyLookUps: It is one too many of its kind.
            TooBusy: Too much is waiting already.
        """
        turn = self.admit(presented, address)
        return replace(await self.examined(presented, address, at), turn=turn)

    async def examined(self, presented: Presented, address: str, at: datetime | None = None) -> Checked:
        """Gather and verify, for whoever has counted what an address may look up.

        Raises:
            TooBusy: Too much is waiting already.
        """
        now, began = self.clock(), time.monotonic()
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
        self.metrics.verdict(verdict, time.monotonic() - began)
        return Checked(for_strangers(verdict), checked_digest(evidence))

    def _tagged(self, presented: Presented) -> Presented:
        """A code without the district's letters is the district's, where only one is known."""
        if presented.kind is not PresentedKind.CODE or presented.tag:
            return presented
        tags = {e.tag for e in self.policy.trust.entries if e.tag and e.retrieval} | set(
            self.policy.retrieval
        )
        return replace(presented, tag=tags.pop()) if len(tags) == 1 else presented
