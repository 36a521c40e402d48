"""The end of a decision as it was entered: recorded at once, or kept until a second person confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from issuer.access import approvals
from issuer.committee import deciding
from issuer.decisions import process
from issuer.district import offer_decided
from issuer.errors import IssuerError
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Visit
from issuer.web.staff.certifications import subjects_in_words
from issuer.web.staff.page import WORDS, day
from issuer.web.staff.refusals import today


@dataclass(frozen=True, slots=True)
class Ending:
    """A decision that shall count no longer.

    Attributes:
        proposal_id: What it was decided on.
        decision_id: Which decision.
        last_day: The last day on which it counts.
        why: The reason.
    """

    proposal_id: str
    decision_id: str
    last_day: date
    why: str

    def content(self, district_id: str) -> dict[str, Any]:
        """What a second person confirms."""
        return {
            "district": district_id,
            "proposal": self.proposal_id,
            "ends": self.decision_id,
            "last_day": self.last_day.isoformat(),
            "why": self.why,
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """What `content` wrote."""
        return cls(
            content["proposal"], content["ends"], date.fromisoformat(content["last_day"]), content["why"]
        )

    def check(self, session: Session, district_id: str, now_on: date) -> None:
        """Refuse what could not be recorded.

        Raises:
            IssuerError: `not_found`. DecisionRefused: As `issuer.committee.deciding.end_decision`.
        """
        made = decisions.decision(session, district_id, self.decision_id)
        process.end(made, last_day=self.last_day, today=now_on, why=self.why)

    def record(self, visit: Visit) -> None:
        """Record it, and let badges say it.

        Raises:
            As `check`.
        """
        deciding.end_decision(
            visit.store,
            visit.district.id,
            self.decision_id,
            last_day=self.last_day,
            why=self.why,
            today=today(visit),
            now=visit.now,
            actor=visit.person.actor,
        )
        offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)


def is_ending(content: Mapping[str, Any]) -> bool:
    """Whether a request is about the end of a decision, and not about a vote."""
    return "ends" in content


def show(session: Session, content: Mapping[str, Any]) -> dict[str, str]:
    """What the second person reads."""
    ending = Ending.of(content)
    made = decisions.decision(session, str(content["district"]), ending.decision_id)
    return {
        WORDS["ending.ends"]: made.credential_code,
        WORDS["proposal.ref"]: ending.proposal_id,
        WORDS["certification.for"]: subjects_in_words(made.subjects),
        WORDS["vote.from"]: day(made.effective_from),
        WORDS["ending.until"]: day(ending.last_day),
        WORDS["vote.why"]: ending.why,
    }


def still_true(session: Session, request: approvals.Request) -> bool:
    """Whether it could be recorded as it was asked for."""
    ending = Ending.of(request.content)
    try:
        ending.check(session, str(request.content["district"]), request.asked_at.astimezone().date())
    except IssuerError:
        return False
    return True


def perform(visit: Visit, request: approvals.Request) -> None:
    """Record an end that was confirmed. Doing it again changes nothing."""
    asked = Ending.of(request.content)
    # What was judged before it was confirmed is not undone: it counts until the day of the confirmation.
    ending = replace(asked, last_day=max(asked.last_day, today(visit)))
    with visit.store.reading() as session:
        made = decisions.decision(session, visit.district.id, ending.decision_id)
    if made.effective_until is None or made.effective_until > ending.last_day:
        ending.record(visit)
    else:
        offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)
