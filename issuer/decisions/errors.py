"""What can stand in the way of a decision."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        # The proposal
        "not_votable": "the proposal lacks something that a vote needs",
        "not_signed_off": "a counselor has to sign a student's proposal off first",
        "not_open": "the proposal has been decided or withdrawn",
        "too_many": "more was given than a district needs",
        # Who approves
        "bad_member": "a member of the committee cannot be written down so",
        "bad_policy": "the quorum cannot be what was asked for",
        "not_an_approver": "this person may not approve this proposal",
        "approved_before": "a member approves once",
        "no_document": "an approval is recorded with its document or an endorsement",
        "no_quorum": "too few approvals, or from too few kinds of member",
        # The decision
        "no_certification": "this kind of award is no industry certification",
        "by_decision_only": "a completed training counts only if the committee says so expressly",
        "bad_subjects": "a decision is for English, for math or for both, and only for what was asked",
        "no_minutes": "a decision names its minutes",
        "no_reason": "say why",
        "bad_dates": "the days of a decision do not fit together",
        "back_dated": "a decision takes effect on the day of the vote or later",
        "overlap": "another decision stands on some of these days",
        "review_overdue": "an alignment has to be looked at again first",
        "item_ended": "a standard that is aligned has ended",
        # Endorsements
        "bad_endorsement": "the file is no endorsement that can be taken",
        "not_a_member": "the endorser is not the member who is said to endorse",
        "endorsement_target": "the endorsement speaks of something else",
        "endorsement_key": "there is no key to check the endorsement with",
        "does_not_fit": "what was decided does not fit into a badge",
    }
)
"""Code to what it means."""


class DecisionRefused(IssuerError):  # noqa: N818 - it says what happened; callers read `except DecisionRefused`
    """A step of the process is refused; nothing has changed.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
    """
