"""What has to be looked at again, and how well a decision has done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from issuer.decisions.alignment import Strength
from issuer.decisions.decision import Decision
from issuer.decisions.proposal import Proposal, SectionName

SOON: Final = timedelta(days=60)
"""How long ahead something is said to be due."""

OLD_DEMAND_YEARS: Final = 3
"""From this age on, evidence of demand says little about today."""

LOW_PASS_RATE: Final = 0.5
"""Below it, a committee asks what goes wrong."""


class DueCode(StrEnum):
    """Why something is due."""

    ALIGNMENT_REVIEW = "alignment_review"
    ITEM_ENDED = "item_ended"
    DECISION_REVIEW = "decision_review"
    DECISION_ENDS = "decision_ends"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do.

    Args:
        code: Why.
        decision_id: Which decision it concerns.
        credential_code: Which certification.
        on: By when.
        overdue: Whether that day has passed.
        what: A sentence.
    """

    code: DueCode
    decision_id: str
    credential_code: str
    on: date
    overdue: bool
    what: str


def due(pairs: Iterable[tuple[Decision, Proposal]], day: date, ahead: timedelta = SOON) -> tuple[Due, ...]:
    """What decisions that still count need, soonest first.

    Args:
        pairs: Decisions with the proposals that they rest on, alignments as last reviewed.
        day: Today.
        ahead: How far to look.
    """
    found = [
        one
        for decision, proposal in pairs
        if decision.subjects and (decision.effective_until is None or decision.effective_until >= day)
        for one in _due(decision, proposal, day, day + ahead)
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.credential_code, one.what)))


def _due(decision: Decision, proposal: Proposal, day: date, horizon: date) -> Iterator[Due]:
    def made(code: DueCode, on: date, what: str) -> Due:
        return Due(code, decision.id, decision.credential_code, on, on < day, what)

    for number, row in enumerate(proposal.alignments, 1):
        if row.strength is Strength.NONE:
            continue
        named = f"row {number}, {row.framework} {row.code or row.name}"
        if row.ended is not None and row.ended <= horizon:
            what = f"{named}: its framework ends it on {row.ended.isoformat()}. Align what takes its place."
            yield made(DueCode.ITEM_ENDED, row.ended, what)
        elif row.next_review <= horizon:
            yield made(DueCode.ALIGNMENT_REVIEW, row.next_review, f"{named}: look at it again.")
    if decision.next_review <= horizon:
        what = "Look at the whole decision again, and propose it anew if it is to go on."
        yield made(DueCode.DECISION_REVIEW, decision.next_review, what)
    if decision.effective_until is not None and decision.effective_until <= horizon:
        what = "Its last day comes. After that nothing more is judged under it; what was judged stands."
        yield made(DueCode.DECISION_ENDS, decision.effective_until, what)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How students did at the examination, where the district knows it: two counts, no students.

    Args:
        sat: How many sat it.
        passed: How many passed.
    """

    sat: int
    passed: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on how a proposal holds up.

    Args:
        code: For programs: `demand_old`, `demand_none`, `pass_rate_low`, `no_articulation`, `sunset`.
        what: A sentence.
    """

    code: str
    what: str


def health(
    proposal: Proposal, decision: Decision | None, day: date, outcomes: Outcomes | None = None
) -> tuple[Finding, ...]:
    """What a committee should ask about; empty where there is nothing."""
    return tuple(_health(proposal, decision, day, outcomes))


def _health(
    proposal: Proposal, decision: Decision | None, day: date, outcomes: Outcomes | None
) -> Iterator[Finding]:
    need = proposal.sections.get(SectionName.INDUSTRY_NEED)
    demand = need.demand if need is not None else ()
    newest = max((one.year for one in demand), default=None)
    if newest is None:
        yield Finding("demand_none", "Nobody has counted how many people are looked for.")
    elif day.year - newest >= OLD_DEMAND_YEARS:
        yield Finding("demand_old", f"The newest count of openings is of {newest}. Look for a newer one.")
    elif not any(one.openings for one in demand if one.year == newest):
        yield Finding("demand_none", f"In {newest} nobody was looked for.")
    if outcomes is not None and outcomes.sat and outcomes.passed / outcomes.sat < LOW_PASS_RATE:
        yield Finding("pass_rate_low", f"{outcomes.passed} of {outcomes.sat} who sat the examination passed.")
    after = proposal.sections.get(SectionName.POSTSECONDARY)
    if after is None or after.waived is not None or not after.has_rows:
        yield Finding("no_articulation", "No college or program builds on it, as far as is written down.")
    if decision is not None and decision.effective_until is not None:
        yield Finding("sunset", f"It counts until {decision.effective_until.isoformat()}.")
