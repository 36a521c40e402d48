"""Approvals: n of m, from different kinds of member, none by who proposed or has something to gain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import QUORUM_KINDS, Member, MemberKind, Policy
from issuer.decisions.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Approval:
    """A member's word on a proposal.

    Args:
        member_id: Whose.
        kind: What they stood for on that day.
        on: When.
        document: The https address of the paper that shows it, or `sha256:` and the paper's digest.
        endorsement_id: The signed endorsement that shows it, in place of a document.
        conflict: What they have to gain. Who declares that is recorded and does not count.
        taken_back: When they took it back, or their endorsement was withdrawn.
    """

    member_id: str
    kind: MemberKind
    on: date
    document: str | None = None
    endorsement_id: str | None = None
    conflict: str | None = None
    taken_back: date | None = None


def check_approver(proposal: Proposal, member: Member, before: Iterable[Approval], day: date) -> None:
    """Refuse an approval by somebody who may not give it.

    Raises:
        DecisionRefused: `not_an_approver`, `approved_before`.
    """
    if member.kind not in QUORUM_KINDS:
        raise DecisionRefused(
            "not_an_approver",
            f"{member.id} is a {member.kind}, who signs students' proposals off and does not vote",
        )
    if member.id == proposal.author:
        raise DecisionRefused("not_an_approver", f"{member.id} proposed this: somebody else has to approve")
    if not member.serves_on(day):
        raise DecisionRefused(
            "not_an_approver", f"{member.id} is not on the committee on {day.isoformat()}: name a member"
        )
    if any(one.member_id == member.id for one in before):
        raise DecisionRefused(
            "approved_before", f"{member.id} has given their word on this proposal already: each does so once"
        )


def counted(proposal: Proposal, approvals: Iterable[Approval], on: date) -> tuple[Approval, ...]:
    """The approvals that a vote on a day may rest on, at most one for each member."""
    found: dict[str, Approval] = {}
    for one in approvals:
        if (
            one.member_id != proposal.author
            and one.kind in QUORUM_KINDS
            and one.conflict is None
            and one.taken_back is None
            and (one.document or one.endorsement_id)
            and proposal.written <= one.on <= on
        ):
            found.setdefault(one.member_id, one)
    return tuple(found.values())


def shortfall(approvals: Iterable[Approval], policy: Policy) -> tuple[str, ...]:
    """What is still lacking to the quorum, each in a few words; empty where it is reached.

    Args:
        approvals: Those that count.
        policy: The district's.
    """
    given = tuple(approvals)
    kinds = {one.kind for one in given}
    lacking = []
    if len(given) < policy.approvals:
        lacking.append(f"{policy.approvals - len(given)} more of {policy.approvals} approvals")
    if len(kinds) < policy.kinds:
        lacking.append(f"members of {policy.kinds - len(kinds)} more of {policy.kinds} different kinds")
    lacking.extend(f"an approval from {kind}" for kind in sorted(policy.must - kinds))
    return tuple(lacking)
