"""Does what is inside stand by itself? Evidence, the credentials of a record, endorsements: one question,
one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credential.proof.verified import Verified
from verifier.checks.endorsements import Endorsements, check_endorsements
from verifier.checks.evidence import EvidenceAnswer, Opening, check_evidence
from verifier.checks.members import Members, check_members
from verifier.evidence import Asking, CheckOutcome, Finding, Seen
from verifier.policy import Policy

_WEIGHT = {
    CheckOutcome.NOT_APPLICABLE: 0,
    CheckOutcome.YES: 1,
    CheckOutcome.COULD_NOT_CHECK: 2,
    CheckOutcome.NO: 3,
}


@dataclass(frozen=True, slots=True)
class Openings:
    """How what is inside is checked; None for what is not opened here.

    Args:
        evidence: Badges that this one rests on.
        members: The credentials of a record.
        endorsements: Endorsements.
    """

    evidence: Opening | None = None
    members: Opening | None = None
    endorsements: Opening | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """What was found inside a credential.

    Args:
        finding: Whether it stands in the credential's way: the gravest of the answers.
        evidence: What it rests on, and its rule.
        members: The credentials of a record.
        endorsements: Who endorses what.
    """

    finding: Finding
    evidence: EvidenceAnswer
    members: Members
    endorsements: Endorsements

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Status lists that were accepted on the way."""
        return (*self.evidence.seen, *self.members.seen, *self.endorsements.seen)


def check_inside(verified: Verified, issuer_id: str, policy: Policy, openings: Openings) -> Asking[Inside]:
    """Open what is inside a credential whose proof has passed.

    Args:
        verified: The credential.
        issuer_id: Its issuer.
        policy: Whether linked evidence is fetched.
        openings: How each kind of thing is checked.
    """
    evidence = yield from check_evidence(verified, issuer_id, policy, openings.evidence)
    members = yield from check_members(verified, openings.members)
    endorsements = yield from check_endorsements(verified, issuer_id, openings.endorsements)
    found = [evidence.finding, *(one for one in (members.finding, endorsements.finding) if one is not None)]
    return Inside(_gravest(found), evidence, members, endorsements)


def _gravest(findings: Sequence[Finding]) -> Finding:
    """The first of the gravest, with what the others are worth a note for."""
    first = max(findings, key=lambda finding: _WEIGHT[finding.outcome])
    return first.with_notes_of(findings)
