"""Who may approve, and how many of which kinds have to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from issuer.decisions.errors import DecisionRefused

MOST_APPROVALS: Final = 20
"""The largest quorum that may be asked for."""

FEWEST_KINDS: Final = 2
"""A decision never rests on one kind of member alone."""


class MemberKind(StrEnum):
    """What somebody on the committee stands for."""

    ADMINISTRATOR = "administrator"
    FACULTY = "faculty"
    CTE = "cte"
    POSTSECONDARY = "postsecondary"
    INDUSTRY = "industry"
    STUDENT = "student"
    LEADERSHIP = "leadership"
    COUNSELOR = "counselor"
    """Signs students' proposals off, and is no kind of the quorum."""


QUORUM_KINDS: Final = frozenset(MemberKind) - {MemberKind.COUNSELOR}
"""The kinds whose approvals count."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the committee.

    Args:
        id: As commands name them: `industry-1`. The audit has this and no name.
        kind: What they stand for.
        endorser: The DID under which they sign endorsements, or None where they sign none.
        endorser_key: The public key (Multikey) that the registrar was given for a `did:web`, or None.
        since: The first day.
        until: The last day, or None.
    """

    id: str
    kind: MemberKind
    since: date
    until: date | None = None
    endorser: str | None = None
    endorser_key: str | None = None

    def serves_on(self, day: date) -> bool:
        """Whether they are on the committee that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Policy:
    """The quorum: a district's own, as data.

    Args:
        approvals: How many members have to approve.
        kinds: How many different kinds they must be of.
        must: Kinds of which at least one must be among them.

    Raises:
        DecisionRefused: `bad_policy`.
    """

    approvals: int = 3
    kinds: int = 3
    must: frozenset[MemberKind] = frozenset({MemberKind.INDUSTRY})

    def __post_init__(self) -> None:
        if not FEWEST_KINDS <= self.kinds <= len(QUORUM_KINDS):
            raise DecisionRefused(
                "bad_policy", f"ask for {FEWEST_KINDS} to {len(QUORUM_KINDS)} different kinds of member"
            )
        if not self.kinds <= self.approvals <= MOST_APPROVALS:
            raise DecisionRefused(
                "bad_policy",
                f"ask for at least as many approvals as kinds ({self.kinds}), and at most {MOST_APPROVALS}",
            )
        if not self.must <= QUORUM_KINDS or len(self.must) > self.approvals:
            raise DecisionRefused(
                "bad_policy", f"the kinds that must be there are among {', '.join(sorted(QUORUM_KINDS))}"
            )

    def asks_less_than(self, other: Policy) -> bool:
        """Whether something is left out that another quorum asks for."""
        return not (
            self.approvals >= other.approvals and self.kinds >= other.kinds and self.must >= other.must
        )

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"approvals": self.approvals, "kinds": self.kinds, "must": sorted(self.must)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Policy:
        """What `to_json` wrote."""
        return cls(value["approvals"], value["kinds"], frozenset(MemberKind(kind) for kind in value["must"]))
