"""What the issuer asks the committee's tables. Every question names the district first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from contexts.document import parse
from credential.readiness import Subject
from issuer.decisions.approval import Approval
from issuer.decisions.badge import Addition, alignments_of
from issuer.decisions.decision import Decision
from issuer.decisions.endorsement import LIMITS, embeddable
from issuer.decisions.member import Member, MemberKind, Policy
from issuer.decisions.proposal import Proposal
from issuer.decisions.reading import parse_proposal, with_reviews
from issuer.errors import IssuerError
from issuer.store import decision_tables as rows
from issuer.store.columns import canonical_json
from issuer.store.session import Session
from issuer.store.tables import AuditHead


def stand_in_line(session: Session, district_id: str) -> None:
    """Let the committee's steps of one district follow one another: each sees what the one before decided.

    Raises:
        IssuerError: `not_found` where there is no such district.
    """
    if session.get(AuditHead, district_id, with_for_update=True, populate_existing=True) is None:
        raise IssuerError("not_found", f"there is no district {district_id!r}: run `cairn init`")


def policy(session: Session, district_id: str) -> tuple[int, Policy]:
    """The quorum that the district asks for now, with its number; 0 is the one that comes with Cairn."""
    row = session.scalars(
        select(rows.Quorum)
        .where(rows.Quorum.district_id == district_id)
        .order_by(rows.Quorum.number.desc())
        .limit(1)
    ).one_or_none()
    return (0, Policy()) if row is None else (row.number, Policy.from_json(row.policy))


def member(session: Session, district_id: str, member_id: str) -> Member:
    """One member.

    Raises:
        IssuerError: `not_found`.
    """
    return as_member(member_row(session, district_id, member_id))


def member_row(session: Session, district_id: str, member_id: str) -> rows.Member:
    """One member as they are written down, with their name.

    Raises:
        IssuerError: `not_found`.
    """
    row = session.get(rows.Member, (district_id, member_id))
    if row is None:
        raise IssuerError(
            "not_found",
            f"there is no member {member_id[:60]!r}: see `cairn decisions member list`, "
            "or write them down with `cairn decisions member add`",
        )
    return row


def members(session: Session, district_id: str) -> Sequence[rows.Member]:
    """Everybody who is or was on the committee, by id."""
    return session.scalars(
        select(rows.Member).where(rows.Member.district_id == district_id).order_by(rows.Member.id)
    ).all()


def as_member(row: rows.Member) -> Member:
    """A row as the rules see it."""
    return Member(row.id, MemberKind(row.kind), row.since, row.until, row.endorser, row.endorser_key)


def proposal_row(session: Session, district_id: str, proposal_id: str) -> rows.Proposal:
    """One proposal as it is written down.

    Raises:
        IssuerError: `not_found`.
    """
    row = session.get(rows.Proposal, (district_id, proposal_id))
    if row is None:
        raise IssuerError(
            "not_found", f"there is no proposal {proposal_id[:60]!r}: see `cairn decisions list`"
        )
    return row


def proposals(session: Session, district_id: str, *, code: str = "") -> Sequence[rows.Proposal]:
    """Every proposal, of one certification or of all, oldest first."""
    wanted = select(rows.Proposal).where(rows.Proposal.district_id == district_id)
    if code:
        wanted = wanted.where(rows.Proposal.code == code)
    return session.scalars(wanted.order_by(rows.Proposal.created, rows.Proposal.id)).all()


def as_proposal(session: Session, row: rows.Proposal) -> Proposal:
    """A proposal as the rules see it, its alignments as they were last reviewed."""
    made = parse_proposal(canonical_json(row.document).encode(), file=row.id)
    reviews = session.scalars(
        select(rows.AlignmentReview)
        .where(
            rows.AlignmentReview.district_id == row.district_id,
            rows.AlignmentReview.proposal_id == row.id,
        )
        .order_by(rows.AlignmentReview.row, rows.AlignmentReview.number)
    )
    return with_reviews(made, {one.row: (one.next_review, one.item_ended) for one in reviews})


def count_reviews(session: Session, district_id: str, proposal_id: str, row: int) -> int:
    """How often one alignment has been looked at again."""
    return session.scalars(
        select(func.count())
        .select_from(rows.AlignmentReview)
        .where(
            rows.AlignmentReview.district_id == district_id,
            rows.AlignmentReview.proposal_id == proposal_id,
            rows.AlignmentReview.row == row,
        )
    ).one()


def approvals(session: Session, district_id: str, proposal_id: str) -> list[Approval]:
    """What members said on a proposal, by member, with what was taken back."""
    found = session.execute(
        select(rows.Approval, func.coalesce(rows.ApprovalEnd.on, rows.EndorsementEnd.on))
        .outerjoin(
            rows.ApprovalEnd,
            (rows.ApprovalEnd.district_id == rows.Approval.district_id)
            & (rows.ApprovalEnd.proposal_id == rows.Approval.proposal_id)
            & (rows.ApprovalEnd.member_id == rows.Approval.member_id),
        )
        .outerjoin(
            rows.EndorsementEnd,
            (rows.EndorsementEnd.district_id == rows.Approval.district_id)
            & (rows.EndorsementEnd.endorsement_id == rows.Approval.endorsement_id),
        )
        .where(rows.Approval.district_id == district_id, rows.Approval.proposal_id == proposal_id)
        .order_by(rows.Approval.member_id)
    )
    return [
        Approval(
            row.member_id,
            MemberKind(row.kind),
            row.on,
            row.document,
            row.endorsement_id,
            row.conflict,
            taken_back,
        )
        for row, taken_back in found
    ]


def decisions(session: Session, district_id: str, *, code: str = "") -> list[Decision]:
    """Every decision, go and no-go, of one certification or of all, oldest first, with any earlier end."""
    ends = (
        select(rows.DecisionEnd.decision_id, func.min(rows.DecisionEnd.last_day).label("last_day"))
        .where(rows.DecisionEnd.district_id == district_id)
        .group_by(rows.DecisionEnd.decision_id)
        .subquery()
    )
    wanted = (
        select(rows.Decision, ends.c.last_day)
        .outerjoin(ends, ends.c.decision_id == rows.Decision.id)
        .where(rows.Decision.district_id == district_id)
        .order_by(rows.Decision.decided_on, rows.Decision.created, rows.Decision.id)
    )
    if code:
        wanted = wanted.where(rows.Decision.code == code)
    return [_as_decision(row, last_day) for row, last_day in session.execute(wanted)]


def active_decisions(session: Session, district_id: str, day: date) -> list[Decision]:
    """The decisions under which a determination may be made on a day: each a go, one at most for a code."""
    return [one for one in decisions(session, district_id) if one.subjects and one.is_active_on(day)]


def decision(session: Session, district_id: str, decision_id: str) -> Decision:
    """One decision.

    Raises:
        IssuerError: `not_found`.
    """
    row = decision_row(session, district_id, decision_id)
    return next(one for one in decisions(session, district_id, code=row.code) if one.id == row.id)


def decision_row(session: Session, district_id: str, decision_id: str) -> rows.Decision:
    """One decision as it is written down, with the proposal that it rests on.

    Raises:
        IssuerError: `not_found`.
    """
    row = session.get(rows.Decision, (district_id, decision_id))
    if row is None:
        raise IssuerError(
            "not_found", f"there is no decision {decision_id[:60]!r}: see `cairn decisions list`"
        )
    return row


def decision_on(session: Session, district_id: str, proposal_id: str) -> rows.Decision | None:
    """The decision that a proposal led to."""
    return session.scalars(
        select(rows.Decision).where(
            rows.Decision.district_id == district_id, rows.Decision.proposal_id == proposal_id
        )
    ).one_or_none()


def count_ends(session: Session, district_id: str, decision_id: str) -> int:
    """How often an end was set for a decision."""
    return session.scalars(
        select(func.count())
        .select_from(rows.DecisionEnd)
        .where(rows.DecisionEnd.district_id == district_id, rows.DecisionEnd.decision_id == decision_id)
    ).one()


def endorsement_row(session: Session, district_id: str, endorsement_id: str) -> rows.Endorsement:
    """One endorsement as it is kept.

    Raises:
        IssuerError: `not_found`.
    """
    row = session.get(rows.Endorsement, (district_id, endorsement_id))
    if row is None:
        raise IssuerError("not_found", f"there is no endorsement {endorsement_id[:100]!r}")
    return row


def endorsement_ended(session: Session, district_id: str, endorsement_id: str) -> date | None:
    """When an endorsement was withdrawn, if it was."""
    row = session.get(rows.EndorsementEnd, (district_id, endorsement_id))
    return None if row is None else row.on


def endorsements(
    session: Session, district_id: str, moment: datetime, *, code: str = ""
) -> list[rows.Endorsement]:
    """The endorsements that hold at a moment and were not withdrawn, by id."""
    wanted = (
        select(rows.Endorsement)
        .outerjoin(
            rows.EndorsementEnd,
            (rows.EndorsementEnd.district_id == rows.Endorsement.district_id)
            & (rows.EndorsementEnd.endorsement_id == rows.Endorsement.id),
        )
        .where(rows.Endorsement.district_id == district_id, rows.EndorsementEnd.endorsement_id.is_(None))
        .order_by(rows.Endorsement.id)
    )
    if code:
        wanted = wanted.where(rows.Endorsement.code == code)
    return [
        row
        for row in session.scalars(wanted)
        if row.valid_from <= moment and (row.valid_until is None or moment < row.valid_until)
    ]


def additions(session: Session, district_id: str, moment: datetime) -> dict[str, Addition]:
    """What badges carry beside the catalogue's words at a moment, by the code of the certification.

    Alignments come from the proposal under the decision that counts that day, endorsements from those that
    hold. A code without either is not in it.
    """
    found: dict[str, Addition] = {}
    for one in active_decisions(session, district_id, moment.date()):
        row = proposal_row(session, district_id, decision_row(session, district_id, one.id).proposal_id)
        found[one.credential_code] = Addition(alignments_of(as_proposal(session, row), one.subjects))
    for endorsement in endorsements(session, district_id, moment):
        before = found.get(endorsement.code, Addition())
        carried = embeddable(parse(endorsement.body, LIMITS))
        found[endorsement.code] = Addition(before.alignments, (*before.endorsements, carried))
    return found


def _as_decision(row: rows.Decision, last_day: date | None) -> Decision:
    ends = [day for day in (row.effective_until, last_day) if day is not None]
    return Decision(
        id=row.id,
        credential_code=row.code,
        subjects=frozenset(Subject(word) for word in row.subjects.split()),
        decided_on=row.decided_on,
        effective_from=row.effective_from,
        effective_until=min(ends) if ends else None,
        menu_version=row.menu_version,
        minutes=row.minutes,
        next_review=row.next_review,
    )
