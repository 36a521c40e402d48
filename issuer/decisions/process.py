"""From a complete proposal and enough approvals to a decision, and to its end. Past awards are untouched.

Nothing here lengthens a decision: more time is a new vote. Nothing here looks at an award.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from credential.readiness import Subject
from issuer.catalog.entry import Counts, Entry
from issuer.decisions.alignment import Alignment, Strength
from issuer.decisions.approval import Approval, counted, shortfall
from issuer.decisions.decision import Decision
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Policy
from issuer.decisions.proposal import SUBJECT_WORDS, Proposal, check_votable
from issuer.text import fault_in

MOST_DAYS_LATE: Final = 45
"""How long after a decision began to count it may still be recorded: minutes come with the next meeting."""

LONGEST_REASON: Final = 1_000
_LONGEST_ADDRESS: Final = 2_000


def check_counts(entry: Entry, *, training_counts: bool = False) -> None:
    """Refuse what can never be an industry certification, and a training that nobody let count expressly.

    Args:
        entry: The catalogue's entry.
        training_counts: Whether the committee says so of a completed training.

    Raises:
        DecisionRefused: `no_certification`, `by_decision_only`.
    """
    if entry.kind.counts is Counts.NO:
        why = (
            "a college certificate says that courses were completed and it never ends, while a certification "
            "is an examination or a license that somebody in the industry stands for (C.R.S. 23-5-145.6). "
            "It may prepare for one: propose the certification that it leads to"
            if entry.kind.achievement_type == "Certificate"
            else f"a {entry.kind.title.lower()} is no examination and no license that a body of the industry "
            "gives: propose the certification that it leads to, or use another way of the state's menu"
        )
        raise DecisionRefused(
            "no_certification", f"{entry.code} cannot count as an industry certification: {why}"
        )
    if entry.kind.counts is Counts.BY_DECISION and not training_counts:
        raise DecisionRefused(
            "by_decision_only",
            f"{entry.code} is a completed training, which is neither an examination nor a license. "
            "It counts only if the committee says so expressly (--training-counts), and the minutes too",
        )


def decide(
    proposal: Proposal,
    approvals: Iterable[Approval],
    policy: Policy,
    *,
    entry: Entry,
    decision_id: str,
    on: date,
    today: date,
    effective_from: date,
    effective_until: date | None,
    subjects: Collection[Subject],
    minutes: str | None,
    menu_version: str,
    next_review: date | None = None,
    standing: Sequence[Decision] = (),
    supersedes: str | None = None,
    signed_off: bool = False,
    training_counts: bool = False,
) -> Decision:
    """A go: from when to when the certification counts, and for what.

    Args:
        proposal: What was voted on, with its alignments as they were last reviewed.
        approvals: Everything that members recorded on it.
        policy: The district's quorum.
        entry: The catalogue's entry of the proposal's code.
        decision_id: A fresh `urn:uuid`.
        on: The day of the vote.
        today: The day on which it is recorded.
        effective_from: The first day on which it counts.
        effective_until: The last day, or None.
        subjects: What it counts for.
        minutes: The https address of the minutes.
        menu_version: The state menu that it was decided under.
        next_review: When it must be looked at again; None takes the proposal's day.
        standing: The district's other decisions on this code, with their ends.
        supersedes: The one among them that this one replaces, if it does.
        signed_off: Whether a counselor signed the proposal off.
        training_counts: Whether the committee lets a completed training count.

    Raises:
        DecisionRefused: With one of the codes of `errors.CODES` for whatever is not in order.
    """
    if entry.code != proposal.code:
        raise DecisionRefused("not_votable", f"the proposal is about {proposal.code}, not about {entry.code}")
    check_counts(entry, training_counts=training_counts)
    check_votable(proposal, signed_off=signed_off)
    _check_vote(proposal, on, today)
    lacking = shortfall(counted(proposal, approvals, on), policy)
    if lacking:
        raise DecisionRefused(
            "no_quorum", f"the committee cannot decide on {proposal.code} yet. Lacking: {'; '.join(lacking)}"
        )
    _check_subjects(proposal, subjects)
    check_reviews(proposal.alignments, on)
    review = next_review or proposal.next_review
    made = Decision(
        id=decision_id,
        credential_code=proposal.code,
        subjects=frozenset(subjects),
        decided_on=on,
        effective_from=effective_from,
        effective_until=effective_until,
        menu_version=checked_line(menu_version, "the version of the state menu"),
        minutes=checked_minutes(minutes),
        next_review=review,
    )
    _check_days(made, today)
    _check_overlap(made, standing, supersedes, today)
    return made


def no_go(
    proposal: Proposal,
    *,
    decision_id: str,
    on: date,
    today: date,
    why: str,
    minutes: str | None,
    menu_version: str,
) -> Decision:
    """A no: recorded like a go, for no subject. It needs no quorum, and it ends nothing that stands.

    Raises:
        DecisionRefused: `no_reason`, `bad_dates`, `no_minutes` for an address that is none.
    """
    checked_line(why, "the reason")
    _check_vote(proposal, on, today)
    return Decision(
        id=decision_id,
        credential_code=proposal.code,
        subjects=frozenset(),
        decided_on=on,
        effective_from=on,
        effective_until=None,
        menu_version=checked_line(menu_version, "the version of the state menu"),
        minutes=checked_minutes(minutes) if minutes else None,
        next_review=proposal.next_review,
    )


def end(decision: Decision, *, last_day: date, today: date, why: str) -> Decision:
    """The decision with an earlier end: the body retires the examination, or the committee changes its mind.

    Args:
        decision: It, with any end that it has.
        last_day: The last day on which it counts: today or later, so that nothing already judged is undone.
        today: The day on which it is recorded.
        why: The reason.

    Raises:
        DecisionRefused: `no_reason`, `back_dated`, `bad_dates` where that would lengthen it.
    """
    checked_line(why, "the reason")
    if not decision.subjects:
        raise DecisionRefused("bad_dates", "this decision was a no: there is nothing to end")
    if last_day < today:
        raise DecisionRefused(
            "back_dated", f"a decision ends today or later: {last_day.isoformat()} has passed"
        )
    if decision.effective_until is not None and last_day >= decision.effective_until:
        raise DecisionRefused(
            "bad_dates",
            f"it ends on {decision.effective_until.isoformat()} as it is. More time is a new vote: "
            "propose it again",
        )
    return replace(decision, effective_until=last_day)


def superseded(decision: Decision, by: Decision) -> Decision:
    """The decision with its end on the day before another takes its place."""
    last_day = by.effective_from - timedelta(days=1)
    if decision.effective_until is not None:
        last_day = min(last_day, decision.effective_until)
    return replace(decision, effective_until=last_day)


def check_reviews(alignments: Iterable[Alignment], day: date) -> None:
    """Refuse to decide on alignments that nobody has kept current.

    A row that says that nothing fits (`none`) supports nothing, so it blocks nothing.

    Raises:
        DecisionRefused: `review_overdue`, `item_ended`, naming the first row.
    """
    for number, row in enumerate(alignments, 1):
        if row.strength is Strength.NONE:
            continue
        if row.has_ended_on(day):
            raise DecisionRefused(
                "item_ended",
                f"row {number} ({row.framework} {row.code or row.name}) has ended: align what has taken its "
                "place, and propose again",
            )
        if row.is_overdue_on(day):
            raise DecisionRefused(
                "review_overdue",
                f"row {number} ({row.framework} {row.code or row.name}) was to be looked at again by "
                f"{row.next_review.isoformat()}: record that with `cairn decisions review`",
            )


def checked_line(text: str, what: str) -> str:
    """A text of one line that people will read.

    Raises:
        DecisionRefused: `no_reason` where it is blank, too long or holds what nobody can see.
    """
    fault = fault_in(text)
    if fault or not 0 < len(text) <= LONGEST_REASON:
        raise DecisionRefused(
            "no_reason",
            f"{what} has {fault}" if fault else f"write {what}, in at most {LONGEST_REASON} characters",
        )
    return text


def checked_minutes(address: str | None) -> str:
    """The address of the minutes.

    Raises:
        DecisionRefused: `no_minutes`.
    """
    usable = (
        address is not None
        and address.startswith("https://")
        and len(address) > len("https://")
        and len(address) <= _LONGEST_ADDRESS
        and address.isascii()
        and address.isprintable()
        and " " not in address
    )
    if address is None or not usable:
        raise DecisionRefused("no_minutes", "a decision names the https address of its minutes (--minutes)")
    return address


def _check_vote(proposal: Proposal, on: date, today: date) -> None:
    if on > today:
        raise DecisionRefused("bad_dates", "the vote is recorded when it has been held, not before")
    if on < proposal.written:
        raise DecisionRefused("bad_dates", "the vote cannot be older than the proposal")


def _check_subjects(proposal: Proposal, subjects: Collection[Subject]) -> None:
    if not subjects:
        raise DecisionRefused(
            "bad_subjects", "a go is for English, for math or for both: say which, or record a no"
        )
    unknown = [one for one in subjects if one not in set(Subject)]
    if unknown:
        raise DecisionRefused(
            "bad_subjects", f"{str(unknown[0])[:40]!r} is no subject: there are ENG (English) and MTH (math)"
        )
    beyond = sorted(set(subjects) - proposal.subjects)
    if beyond:
        words = " and ".join(SUBJECT_WORDS[one] for one in beyond)
        raise DecisionRefused("bad_subjects", f"{words} was not proposed: propose it, with its standards")


def _check_days(made: Decision, today: date) -> None:
    if made.effective_from < today - timedelta(days=MOST_DAYS_LATE):
        raise DecisionRefused(
            "back_dated",
            f"it would count from {made.effective_from.isoformat()}, more than {MOST_DAYS_LATE} days before "
            "it is recorded: choose a later day, so that nobody has to trust a date written long after",
        )
    if made.effective_from < made.decided_on:
        raise DecisionRefused(
            "back_dated",
            f"the decision of {made.decided_on.isoformat()} cannot take effect on "
            f"{made.effective_from.isoformat()}: choose that day or a later one",
        )
    if made.effective_until is not None and made.effective_until < made.effective_from:
        raise DecisionRefused("bad_dates", "its last day lies before its first")
    if made.next_review <= made.decided_on:
        raise DecisionRefused("bad_dates", "its next review lies after the vote: give a later day")


def _check_overlap(made: Decision, standing: Sequence[Decision], supersedes: str | None, today: date) -> None:
    """Refuse two decisions on one code that count on the same day."""
    if supersedes is not None:
        if not any(one.id == supersedes and one.subjects for one in standing):
            raise DecisionRefused(
                "overlap", f"{supersedes} is no decision on {made.credential_code} that can be replaced"
            )
        if made.effective_from < today:
            raise DecisionRefused(
                "back_dated",
                "what replaces another decision takes effect today or later, so that nothing already judged "
                "is undone",
            )
    for one in standing:
        former = superseded(one, made) if one.id == supersedes else one
        if one.subjects and overlaps(former, made):
            raise DecisionRefused(
                "overlap",
                f"the decision {one.id} counts on some of these days: end it first "
                f"(`cairn decisions end`), or name it with --supersedes",
            )


def overlaps(one: Decision, other: Decision) -> bool:
    """Whether there is a day on which both count."""
    latest = max(one.effective_from, other.effective_from)
    return one.is_active_on(latest) and other.is_active_on(latest)
