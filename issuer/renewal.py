"""Renew an award that ends: the same award with a later last day, and no new one.

A certifying body renews a certification when its holder takes the training again, or earns a higher one. What
was earned is the same, on the same day; the new badge has a later `validFrom` and `validUntil` (Open Badges
3.0, Credential equality and comparison: of two issues of the same award, the later one counts). The badge
before it is not withdrawn: it is true until its own last day, and it may be on paper.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.attach import carry_over
from issuer.issuance import Issued, issue
from issuer.store import audit, queries
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import State
from keys.signer import Signer


def renewed(award: Award, last_day: date) -> Award:
    """The same award until a later day, under a reference that follows from the two: it is renewed once.

    Raises:
        IssuerError: `state_conflict` for an award that does not end, or ends no earlier.
    """
    if award.last_day is None:
        raise IssuerError(
            "state_conflict", f"{award.award_ref} names no last day, so there is nothing to renew"
        )
    if last_day <= award.last_day:
        raise IssuerError(
            "state_conflict", f"{award.award_ref} holds until {award.last_day}: give a later day"
        )
    first = award.award_ref.partition("~")[0]
    return replace(award, award_ref=f"{first}~{last_day.isoformat()}", last_day=last_day, evidence=())


def renew(
    store: Store,
    district_id: str,
    award_ref: str,
    *,
    last_day: date,
    by: str,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Issued:
    """Issue the badge of a renewed award, or give back the one that was issued for this renewal.

    Args:
        store: The database.
        district_id: Whose award.
        award_ref: The award, or the renewal before this one.
        last_day: The day through which it holds now.
        by: The reference of the higher award that renewed it, or "".
        signer: Signs as the district.
        now: The time of issuing.
        entropy: Random bytes.
        actor: Who renews.

    Raises:
        IssuerError: `not_found`; `not_signed`; `state_conflict` for an award that does not end, ends no
            earlier or was withdrawn, or is not the same student's as the higher one; and as
            `issuance.issue`.
    """
    with store.reading() as session:
        known = queries.award(session, district_id, award_ref)
        row = queries.credential_of_award(session, district_id, award_ref)
        higher = queries.award(session, district_id, by) if by else None
        withdrawn = row is not None and queries.status(session, district_id, row.id) is not None
    if known is None or row is None or (by and higher is None):
        raise IssuerError("not_found", f"there is no award {by if known and row else award_ref!r}")
    if row.state not in {State.SIGNED, State.RELEASED}:
        raise IssuerError("not_signed", f"the badge of {award_ref} is not issued yet: issue it first")
    if withdrawn:
        raise IssuerError("state_conflict", f"the badge of {award_ref} is withdrawn: it cannot be renewed")
    if higher is not None and higher.student_id != known.student_id:
        raise IssuerError("state_conflict", f"{by} is another student's award: look twice")
    award = renewed(Award.from_json(known.facts), last_day)
    carry_over(store, district_id, award_ref, award.award_ref, now=now, actor=actor)
    made = issue(
        award, store=store, district_id=district_id, signer=signer, now=now, entropy=entropy, actor=actor
    )
    if made.first:
        with store.transaction() as session:
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="credential.renewed",
                subject=made.credential_id,
                facts={"of": row.id, "by": by, "until": last_day.isoformat()},
            )
    return made
