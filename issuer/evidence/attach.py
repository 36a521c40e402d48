"""Attach evidence to an award, by its reference: before the badge is prepared, and never after.

The award itself may come later; `issuance.issue` takes up what it finds under the reference.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import Attached, EvidenceItem, Place, check_fits, check_holder
from issuer.store import audit, evidence, queries
from issuer.store.session import Session, Store

ROOM: Final = 20 * 1024**3
"""Octets of evidence that one district keeps."""

_LONGEST_REF = 140
"""Characters of a reference: a sheet's 120, and what a renewal adds."""


def attach(
    store: Store,
    district_id: str,
    award_ref: str,
    one: Attached,
    *,
    now: datetime,
    actor: str,
    recipient_name: str | None = None,
    room: int = ROOM,
) -> int:
    """Keep a piece of evidence for the award under a reference.

    Args:
        store: The database.
        district_id: Whose award.
        award_ref: Which award; it need not be there yet.
        one: What `files`, `links` or `badges` took.
        now: The time.
        actor: Who adds it.
        recipient_name: The student's name, where the award is not there yet and somebody knows it.
        room: Octets that the district may keep in all.

    Returns:
        Its number on the award.

    Raises:
        EvidenceRefused: `evidence_closed`, `evidence_full`, `evidence_twice`, `evidence_quota`,
            `holder_differs`.
        IssuerError: `bad_request` for a reference that no sheet could have; `not_found` for no district.
    """
    if not award_ref or len(award_ref) > _LONGEST_REF:
        raise IssuerError("bad_request", f"an award reference has 1 to {_LONGEST_REF} characters")
    with store.transaction() as session:
        queries.district(session, district_id)
        # Whoever prepares the badge stands in the same line: one of the two sees what the other did.
        audit.hold(session, district_id)
        before = evidence.items(session, district_id, award_ref)
        if _mark(one.item) in {_mark(item) for item in before}:
            raise EvidenceRefused(
                "evidence_twice", f"{award_ref} has this evidence already: nothing was added"
            )
        _check_open(session, district_id, award_ref)
        check_fits((*before, one.item))
        name = _name_of(session, district_id, award_ref) or recipient_name
        if name is not None:
            check_holder(one.item, name)
        if evidence.bytes_used(session, district_id) + one.item.size > room:
            raise EvidenceRefused(
                "evidence_quota",
                "the district's room for evidence is used up: link it, or ask whoever runs it",
            )
        number = evidence.add(session, district_id, award_ref, one, actor=actor, now=now)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="evidence.added",
            subject=award_ref,
            facts={
                "number": number,
                "kind": one.item.kind.value,
                "place": one.item.place.value,
                "digest": one.item.sha256 or one.item.sri,
                "verdict": one.item.found.get("verdict", ""),
            },
        )
    return number


def detach(store: Store, district_id: str, award_ref: str, number: int, *, now: datetime, actor: str) -> None:
    """Take a piece of evidence away again, as long as the badge is not prepared.

    Raises:
        EvidenceRefused: `evidence_closed`.
        IssuerError: `not_found`.
    """
    with store.transaction() as session:
        audit.hold(session, district_id)
        _check_open(session, district_id, award_ref)
        if not evidence.remove(session, district_id, award_ref, number):
            raise IssuerError("not_found", f"{award_ref} has no evidence number {number}")
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="evidence.removed",
            subject=award_ref,
            facts={"number": number},
        )


def carry_over(
    store: Store, district_id: str, from_ref: str, to_ref: str, *, now: datetime, actor: str
) -> int:
    """Attach all the evidence of one award to another that takes its place. How many pieces.

    Raises:
        EvidenceRefused: As `attach`; the pieces before the refused one stay.
    """
    with store.reading() as session:
        found = evidence.attached(session, district_id, from_ref)
        there = {_mark(item) for item in evidence.items(session, district_id, to_ref)}
    for one in found:
        if _mark(one.item) not in there:
            attach(store, district_id, to_ref, one, now=now, actor=actor)
    return len(found)


def _mark(item: EvidenceItem) -> tuple[str, str]:
    """What makes two pieces the same: one address is described once in a badge."""
    return ("url", item.url) if item.place is Place.ELSEWHERE else ("sri", item.sri)


def _check_open(session: Session, district_id: str, award_ref: str) -> None:
    if evidence.is_prepared(session, district_id, award_ref):
        raise EvidenceRefused(
            "evidence_closed",
            f"the badge of {award_ref} is prepared, so what it says stands: withdraw it as corrected, then "
            "issue the award under a new reference with this evidence",
        )


def _name_of(session: Session, district_id: str, award_ref: str) -> str | None:
    known = queries.award(session, district_id, award_ref)
    return Award.from_json(known.facts).recipient_name if known is not None else None
