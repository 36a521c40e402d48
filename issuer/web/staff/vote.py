"""A vote as it was entered: recorded at once, or kept until a second person confirms exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from credential.readiness import Subject
from issuer.access import approvals
from issuer.committee import deciding
from issuer.committee.proposing import entry_of
from issuer.decisions import process
from issuer.decisions.approval import counted
from issuer.decisions.decision import Decision
from issuer.decisions.errors import DecisionRefused
from issuer.district import offer_decided
from issuer.errors import IssuerError
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Visit
from issuer.web.staff.certifications import subjects_in_words
from issuer.web.staff.page import WORDS, day
from issuer.web.staff.refusals import today


@dataclass(frozen=True, slots=True)
class Vote:
    """What the committee decided on a proposal.

    Attributes:
        proposal_id: Which.
        go: Whether it is for it; the rest is read accordingly.
        on: The day of the vote.
        menu_version: The state menu that applied on that day.
        minutes: The https address of the minutes, or "".
        subjects: What it counts for.
        effective_from: The first day.
        effective_until: The last day, or None.
        next_review: When to look again; None takes the proposal's day.
        supersedes: The decision that it replaces, or "".
        training_counts: Whether a completed training is let count.
        why: The reason of a no.
    """

    proposal_id: str
    go: bool
    on: date
    menu_version: str
    minutes: str = ""
    subjects: frozenset[Subject] = frozenset()
    effective_from: date | None = None
    effective_until: date | None = None
    next_review: date | None = None
    supersedes: str = ""
    training_counts: bool = False
    why: str = ""

    def content(self, session: Session, district_id: str) -> dict[str, Any]:
        """What a second person confirms: the vote, and the digests of what it rests on."""
        return {
            "district": district_id,
            "proposal": self.proposal_id,
            "proposal_sha256": decisions.proposal_row(session, district_id, self.proposal_id).sha256,
            "approvals": _counted(session, district_id, self.proposal_id, self.on),
            "go": self.go,
            "on": self.on.isoformat(),
            "menu": self.menu_version,
            "minutes": self.minutes,
            "subjects": sorted(self.subjects),
            "from": _text(self.effective_from),
            "until": _text(self.effective_until),
            "next_review": _text(self.next_review),
            "supersedes": self.supersedes,
            "training_counts": self.training_counts,
            "why": self.why,
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """What `content` wrote."""
        return cls(
            content["proposal"],
            content["go"],
            date.fromisoformat(content["on"]),
            content["menu"],
            content["minutes"],
            frozenset(Subject(one) for one in content["subjects"]),
            _day(content["from"]),
            _day(content["until"]),
            _day(content["next_review"]),
            content["supersedes"],
            content["training_counts"],
            content["why"],
        )

    def check(self, session: Session, district_id: str, now_on: date) -> Decision:
        """What would be recorded; nothing is.

        Raises:
            IssuerError: `not_found`. DecisionRefused: As `issuer.committee.deciding` would refuse it.
        """
        row = decisions.proposal_row(session, district_id, self.proposal_id)
        if row.state != "open":
            raise DecisionRefused("not_open", f"{row.id} has been {row.state}: propose it anew")
        proposal = decisions.as_proposal(session, row)
        if not self.go:
            return process.no_go(
                proposal,
                decision_id="urn:uuid:none",
                on=self.on,
                today=now_on,
                why=self.why,
                minutes=self.minutes or None,
                menu_version=self.menu_version,
            )
        return process.decide(
            proposal,
            decisions.approvals(session, district_id, row.id),
            decisions.policy(session, district_id)[1],
            entry=entry_of(session, district_id, row.code),
            decision_id="urn:uuid:none",
            on=self.on,
            today=now_on,
            effective_from=self.effective_from or self.on,
            effective_until=self.effective_until,
            subjects=self.subjects,
            minutes=self.minutes or None,
            menu_version=self.menu_version,
            next_review=self.next_review,
            standing=decisions.decisions(session, district_id, code=row.code),
            supersedes=self.supersedes or None,
            signed_off=row.signed_off_by is not None,
            training_counts=self.training_counts,
        )

    def record(self, visit: Visit) -> Decision:
        """Record it, and let badges say it.

        Raises:
            As `check`.
        """
        usual: dict[str, Any] = {
            "on": self.on,
            "minutes": self.minutes or None,
            "menu_version": self.menu_version,
            "today": today(visit),
            "now": visit.now,
            "entropy": visit.here.entropy,
            "actor": visit.person.actor,
        }
        if self.go:
            made = deciding.decide_go(
                visit.store,
                visit.district.id,
                self.proposal_id,
                subjects=self.subjects,
                effective_from=self.effective_from or self.on,
                effective_until=self.effective_until,
                next_review=self.next_review,
                supersedes=self.supersedes or None,
                training_counts=self.training_counts,
                **usual,
            )
        else:
            made = deciding.decide_no(visit.store, visit.district.id, self.proposal_id, why=self.why, **usual)
        offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)
        return made


def show(_session: Session, content: Mapping[str, Any]) -> dict[str, str]:
    """What the second person reads."""
    vote = Vote.of(content)
    shown = {
        WORDS["proposal.ref"]: vote.proposal_id,
        WORDS["vote.outcome"]: subjects_in_words(vote.subjects) if vote.go else WORDS["vote.no"],
        WORDS["vote.on"]: day(vote.on),
        WORDS["vote.approvals"]: ", ".join(content["approvals"]) or WORDS["vote.nobody"],
        WORDS["vote.menu"]: vote.menu_version,
        WORDS["vote.minutes"]: vote.minutes or WORDS["certification.no-minutes"],
    }
    if vote.go:
        shown[WORDS["vote.from"]] = day(vote.effective_from or vote.on)
        shown[WORDS["vote.until"]] = day(vote.effective_until) if vote.effective_until else WORDS["vote.open"]
        if vote.next_review:
            shown[WORDS["vote.next_review"]] = day(vote.next_review)
        if vote.supersedes:
            shown[WORDS["vote.supersedes"]] = vote.supersedes
        if vote.training_counts:
            shown[WORDS["certifications.kind"]] = WORDS["vote.training"]
    else:
        shown[WORDS["vote.why"]] = vote.why
    return shown


def still_true(session: Session, request: approvals.Request, now: datetime) -> bool:
    """Whether the proposal and its approvals are as they were, and it could be recorded at this moment."""
    vote, content = Vote.of(request.content), request.content
    district_id = str(content["district"])
    try:
        row = decisions.proposal_row(session, district_id, vote.proposal_id)
        vote.check(session, district_id, now.astimezone().date())
    except IssuerError:
        return False
    counting = _counted(session, district_id, vote.proposal_id, vote.on)
    return bool(row.sha256 == content["proposal_sha256"] and counting == content["approvals"])


def perform(visit: Visit, request: approvals.Request) -> None:
    """Record a vote that was confirmed. Doing it again changes nothing."""
    vote = Vote.of(request.content)
    with visit.store.reading() as session:
        there = decisions.decision_on(session, visit.district.id, vote.proposal_id)
    if there is None:
        vote.record(visit)
    else:
        offer_decided(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)


def _counted(session: Session, district_id: str, proposal_id: str, on: date) -> list[str]:
    proposal = decisions.as_proposal(session, decisions.proposal_row(session, district_id, proposal_id))
    given = decisions.approvals(session, district_id, proposal_id)
    return [one.member_id for one in counted(proposal, given, on)]


def _text(on: date | None) -> str:
    return on.isoformat() if on else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
