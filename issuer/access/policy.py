"""What a district asks for beyond the roles: where a second person confirms, and what no one does both of.

Nothing is asked for until somebody with the permission says so: a district of one clerk must be able to work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from issuer.access.errors import AccessError
from issuer.access.roles import Permission
from issuer.store import access_tables, audit, people
from issuer.store.session import Session, Store


class Kind(StrEnum):
    """A kind of thing that a second person may have to confirm."""

    ISSUE_BATCH = "issue_batch"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    POLICY = "policy"
    """Ask two people, or the committee, for less than before. No district chooses it: it holds where
    there are two administrators."""
    ERASE = "erase"


ASKS: Final = MappingProxyType(
    {
        Kind.ISSUE_BATCH: Permission.ISSUE,
        Kind.WITHDRAW: Permission.WITHDRAW,
        Kind.DECIDE: Permission.DECIDE,
        Kind.POLICY: Permission.MANAGE_SETTINGS,
        Kind.ERASE: Permission.ERASE,
    }
)
"""What the first person must be allowed to; the second must be allowed to `approve`."""

CONFIRMS: Final = MappingProxyType({Kind.POLICY: Permission.MANAGE_SETTINGS})
"""What the second person must be allowed to besides."""

FROM_ANOTHER: Final = frozenset({Kind.POLICY, Kind.ERASE})
"""What who manages people asks for: there the second account is not one that they have just had in hand."""

KIND_NAMES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.ISSUE_BATCH: "Issue badges: a sheet of them, renewals, determinations",
        Kind.WITHDRAW: "Withdraw or replace a badge",
        Kind.DECIDE: "Decide that a certification shows readiness, or end that",
        Kind.POLICY: "Ask two people, or the committee, for less",
        Kind.ERASE: "Destroy the records of a student",
    }
)
CHOOSABLE: Final[Mapping[Kind, str]] = MappingProxyType(
    {kind: words for kind, words in KIND_NAMES.items() if kind is not Kind.POLICY}
)
"""What a district may ask two people for."""


class Apart(StrEnum):
    """Two steps that a district may want two people for."""

    RECORD_AND_ISSUE = "record_and_issue"
    PROPOSE_AND_DECIDE = "propose_and_decide"


APART_NAMES: Final = MappingProxyType(
    {
        Apart.RECORD_AND_ISSUE: "Who records what a student attained does not issue the badge",
        Apart.PROPOSE_AND_DECIDE: "Who proposes a certification does not decide about it",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What one district asks for.

    Attributes:
        two_people: The kinds of thing that a second person confirms.
        apart: The pairs of steps that no one person does both of.
    """

    two_people: frozenset[Kind] = frozenset()
    apart: frozenset[Apart] = frozenset()

    @classmethod
    def of(cls, row: access_tables.AccessPolicy | None) -> Self:
        """What a row says; nothing is asked for where there is none."""
        if row is None:
            return cls()
        return cls(
            frozenset(Kind(one) for one in row.rules["two_people"]),
            frozenset(Apart(one) for one in row.rules["apart"]),
        )

    @property
    def rules(self) -> dict[str, Any]:
        """As it is kept."""
        return {"two_people": sorted(self.two_people), "apart": sorted(self.apart)}

    def asks_less_than(self, other: Policy) -> bool:
        """Whether something is left out that another one asks for."""
        return not (self.two_people >= other.two_people and self.apart >= other.apart)

    def check_apart(self, pair: Apart, first: str, second: str) -> None:
        """Refuse the second step of a pair to who did the first, where the district asks for that.

        Args:
            pair: Which two steps.
            first: Who did the first: a person's id, or the audit's actor.
            second: Who wants to do the second, in the same form.

        Raises:
            AccessError: `same_person`.
        """
        if pair in self.apart and first == second:
            raise AccessError("same_person", f"{APART_NAMES[pair].lower()}: ask a colleague to do this step")


def read(session: Session, district_id: str) -> Policy:
    """What the district asks for now."""
    return Policy.of(people.policy(session, district_id))


def change(store: Store, district_id: str, policy: Policy, *, now: datetime, actor: str) -> None:
    """Ask for something else from now on. What waits for a second person goes on waiting."""
    with store.of(district_id).transaction() as session:
        row = people.policy(session, district_id)
        if Policy.of(row) == policy:
            return
        if row is None:
            session.add(access_tables.AccessPolicy(district_id=district_id, rules=policy.rules, changed=now))
        else:
            row.rules, row.changed = policy.rules, now
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="policy.changed",
            subject=district_id,
            facts=policy.rules,
        )
