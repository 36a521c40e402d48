"""What a decision adds to the achievement that badges carry: alignments and endorsements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from credential.errors import CredentialError
from credential.readiness import Subject
from credential.status import StatusEntry
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.proposal import Proposal
from issuer.draft import AwardFacts, DistrictFacts, draft_credential
from issuer.prepare import PrepareRefused, prepare

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Addition:
    """What goes into one achievement beside what the catalogue says.

    Args:
        alignments: Open Badges Alignments, in the proposal's order.
        endorsements: Signed EndorsementCredentials, as JSON.
    """

    alignments: tuple[Mapping[str, Any], ...] = ()
    endorsements: tuple[Mapping[str, Any], ...] = ()


def alignments_of(proposal: Proposal, subjects: frozenset[Subject]) -> tuple[Mapping[str, Any], ...]:
    """The alignments that a badge carries under a decision for these subjects."""
    return tuple(row.to_badge() for row in proposal.alignments if row.belongs_in_badge(subjects))


def with_addition(achievement: Mapping[str, Any], addition: Addition) -> dict[str, Any]:
    """The achievement with its additions; a node that the catalogue has already is not said twice.

    Args:
        achievement: As `issuer.catalog.achievement.achievement` makes it.
        addition: What was decided.
    """
    made = dict(achievement)
    rows = list(made.get("alignment", ()))
    known = {_node(row) for row in rows}
    for row in addition.alignments:
        if _node(row) not in known:
            known.add(_node(row))
            rows.append(dict(row))
    if rows:
        made["alignment"] = rows
    if addition.endorsements:
        made["endorsement"] = [dict(one) for one in addition.endorsements]
    return made


def check_fits(achievement: Mapping[str, Any], *, loopback: bool) -> None:
    """Refuse an achievement that could not be signed in a badge: tried on a badge that nobody gets.

    Args:
        achievement: With its additions.
        loopback: Whether http addresses on this machine are allowed.

    Raises:
        DecisionRefused: `does_not_fit`, with what `prepare` says.
    """
    credential_id = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, str(achievement['id']))}"
    award = AwardFacts(achievement, _EPOCH.date(), recipient_name="A student", number="0")
    district = DistrictFacts("did:web:district.example", "A district", "https://district.example")
    status = StatusEntry("revocation", 0, "https://district.example/status/0")
    try:
        draft = draft_credential(
            award, district, credential_id=credential_id, issued_at=_EPOCH, status=status
        )
        prepare(draft, loopback=loopback)
    except (CredentialError, PrepareRefused) as fault:
        raise DecisionRefused(
            "does_not_fit", f"a badge cannot carry this: {fault.message} (at {fault.pointer})"
        ) from fault


def _node(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("targetFramework")), str(row.get("targetCode") or row["targetUrl"])
