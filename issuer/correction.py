"""Correct a badge that says something wrong: issue the right one, then withdraw the wrong one as corrected.

The right badge comes first, so that no crash leaves somebody without one, and a repeat goes on from wherever
it broke off. Its reference follows from that of the wrong one, so each badge is replaced at most once. The
wrong badge stays in the records for good, and one audit row joins the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Self

from credential.withdrawal import Reason
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.attach import carry_over
from issuer.issuance import Issued, issue, rehearse, stored
from issuer.prepare import Prepared
from issuer.revocation import revoke_in
from issuer.store import audit, corrections, queries
from issuer.store.corrections import MARK
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Credential, State, Status
from issuer.text import normal
from keys.signer import Signer

MOST_CORRECTIONS: Final = 99
"""How often one award is corrected, badge after badge."""

_CORRECTED: Final = re.compile(rf"(.*){re.escape(MARK)}([1-9][0-9]?)", re.DOTALL)
_SIGNED: Final = frozenset({State.SIGNED, State.RELEASED})


@dataclass(frozen=True, slots=True)
class Correction:
    """What a badge ought to say. What was earned, and by whom, is never corrected: that is another award.

    Args:
        recipient_name: The name that the student goes by; None where the badge is to name nobody.
        date_earned: The day.
        last_day: The last day on which it holds, or None.
        number: The certifying body's number, or None.
        score: A result, as text, or None.
        evaluator: Who assessed, or None.
    """

    recipient_name: str | None
    date_earned: date
    last_day: date | None
    number: str | None
    score: str | None
    evaluator: str | None

    @classmethod
    def of(cls, award: Award) -> Self:
        """What an award says as it is."""
        return cls(
            award.recipient_name,
            award.date_earned,
            award.last_day,
            award.number,
            award.score,
            award.evaluator,
        )

    def tidied(self) -> Self:
        """The same with its texts in the form that is signed; an empty one says nothing."""
        return replace(
            self,
            recipient_name=_text(self.recipient_name),
            number=_text(self.number),
            score=_text(self.score),
            evaluator=_text(self.evaluator),
        )


@dataclass(frozen=True, slots=True)
class Replaced:
    """A badge and the one that took its place.

    Attributes:
        old_id: The `urn:uuid` of the badge that was withdrawn as corrected.
        made: The badge that stands now.
        first: Whether this call withdrew the old one; False means that an earlier one had.
    """

    old_id: str
    made: Issued
    first: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What somebody who is shown the badge reads now, and what they will read.

    Attributes:
        before: The badge as it is given out.
        after: The credential that would be signed, without its proof and without the carried-over evidence.
    """

    before: bytes
    after: Prepared


def next_ref(award_ref: str) -> str:
    """The reference of the award that corrects another.

    >>> next_ref("A-1"), next_ref("A-1~c1")
    ('A-1~c1', 'A-1~c2')

    Raises:
        IssuerError: `state_conflict` past `MOST_CORRECTIONS`.
    """
    first, number = _parts(award_ref)
    if number >= MOST_CORRECTIONS:
        raise IssuerError(
            "state_conflict",
            f"{first} was corrected {MOST_CORRECTIONS} times: withdraw it, and issue a right one anew",
        )
    return f"{first}{MARK}{number + 1}"


def corrected_ref(award_ref: str) -> str | None:
    """The reference of the award that this one corrects; None where it corrects none.

    >>> corrected_ref("A-1~c2"), corrected_ref("A-1~c1"), corrected_ref("A-1")
    ('A-1~c1', 'A-1', None)
    """
    first, number = _parts(award_ref)
    if number == 0:
        return None
    return first if number == 1 else f"{first}{MARK}{number - 1}"


def corrected(award: Award, correction: Correction) -> Award:
    """The award as it ought to have been, under its new reference.

    Raises:
        IssuerError: `state_conflict` where nothing differs, for a determination, or past the last correction;
            `bad_time` for a last day before the day earned.
    """
    if award.determined is not None:
        raise IssuerError(
            "state_conflict",
            "a determination says what follows from what is recorded: correct that, withdraw the "
            "determination, and determine again",
        )
    right = correction.tidied()
    if award.recipient_name is not None and right.recipient_name is None:
        raise IssuerError("bad_request", "a badge that names somebody needs a name: write the right one")
    if right == Correction.of(award):
        raise IssuerError("state_conflict", f"nothing would change: {award.award_ref} says this already")
    if right.last_day is not None and right.last_day < right.date_earned:
        raise IssuerError("bad_time", f"the last day {right.last_day} is before the day it was earned")
    return replace(
        award,
        award_ref=next_ref(award.award_ref),
        recipient_name=right.recipient_name,
        date_earned=right.date_earned,
        last_day=right.last_day,
        number=right.number,
        score=right.score,
        evaluator=right.evaluator,
        evidence=(),
    )


def preview(
    store: Store, district_id: str, award_ref: str, correction: Correction, *, now: datetime
) -> Preview:
    """Find out whether the corrected badge could be issued, and what it would say. Nothing is written.

    Raises:
        As `correct`.
    """
    old = _standing(store, district_id, award_ref)
    award = corrected(old.award, correction)
    _check_day(award, now)
    return Preview(
        stored(store, district_id, old.credential_id).document,
        rehearse(award, store=store, district_id=district_id, now=now),
    )


def correct(
    store: Store,
    district_id: str,
    award_ref: str,
    correction: Correction,
    *,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
    note: str = "",
) -> Replaced:
    """Issue the corrected badge and withdraw the wrong one, or go on where that broke off.

    When this returns, both are kept; `publish_due` makes the withdrawal seen.

    Args:
        store: The database.
        district_id: Whose award.
        award_ref: The award whose badge says something wrong.
        correction: What it ought to say.
        signer: Signs as the district.
        now: The time: the new badge's `validFrom`. Its `awardedDate` is the day that is given.
        entropy: Random bytes.
        actor: Who corrects.
        note: For the district's own eyes.

    Raises:
        IssuerError: `not_found`; `not_signed`; `state_conflict` where nothing would change, where the badge
            is a determination, was withdrawn for another reason or was corrected otherwise; `bad_time`; and
            as `issuance.issue`.
        EvidenceRefused: `holder_differs` where evidence names somebody else than the new name.
        contexts.errors.DocumentError: The credential would not say what the award says.
    """
    old = _badge(store, district_id, award_ref)
    award = corrected(old.award, correction)
    _check_day(award, now)
    if old.withdrawn is not None:
        return Replaced(old.credential_id, _replaced_before(store, district_id, old, award), first=False)
    if _is_prepared(store, district_id, award.award_ref):
        _check_same(store, district_id, award)
    else:
        # Before anything is kept: what could not be signed must not take the reference.
        rehearse(award, store=store, district_id=district_id, now=now)
    carry_over(store, district_id, award_ref, award.award_ref, now=now, actor=actor)
    with store.transaction() as session:
        corrections.carry_school(session, district_id, award_ref, award.award_ref)
    made = issue(
        award, store=store, district_id=district_id, signer=signer, now=now, entropy=entropy, actor=actor
    )
    # Two at once, before either was prepared: what was signed is what the later one ordered.
    _check_same(store, district_id, award)
    first = _withdraw(store, district_id, old, made, now=now, actor=actor, note=note)
    return Replaced(old.credential_id, made, first=first)


def interrupted(session: Session, district_id: str) -> dict[str, str]:
    """Corrections that broke off, the wrong award's reference to the right one's.

    The new badge is prepared or signed, and the old one is not withdrawn yet.
    """
    found = {}
    for new_ref in corrections.begun(session, district_id):
        old_ref = corrected_ref(new_ref)
        old = queries.credential_of_award(session, district_id, old_ref) if old_ref else None
        if old_ref and old is not None and queries.status(session, district_id, old.id) is None:
            found[old_ref] = new_ref
    return found


def finish(
    store: Store,
    district_id: str,
    award_ref: str,
    *,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Replaced:
    """Go on with a correction that broke off, by what was ordered then.

    Raises:
        IssuerError: `not_found` where none did; and as `correct`.
    """
    with store.reading() as session:
        begun = queries.award(session, district_id, next_ref(award_ref))
    if begun is None:
        raise IssuerError("not_found", f"no correction of {award_ref} was begun")
    return correct(
        store,
        district_id,
        award_ref,
        Correction.of(Award.from_json(begun.facts)),
        signer=signer,
        now=now,
        entropy=entropy,
        actor=actor,
    )


@dataclass(frozen=True, slots=True)
class _Badge:
    """The badge that says something wrong."""

    award: Award
    credential_id: str
    withdrawn: Status | None


def _badge(store: Store, district_id: str, award_ref: str) -> _Badge:
    with store.reading() as session:
        known = queries.award(session, district_id, award_ref)
        row = queries.credential_of_award(session, district_id, award_ref)
        status = queries.status(session, district_id, row.id) if row else None
    if known is None or row is None:
        raise IssuerError("not_found", f"there is no award {award_ref!r}")
    if row.state not in _SIGNED:
        raise IssuerError("not_signed", f"the badge of {award_ref} is not issued yet: nothing to correct")
    return _Badge(Award.from_json(known.facts), row.id, status)


def _standing(store: Store, district_id: str, award_ref: str) -> _Badge:
    found = _badge(store, district_id, award_ref)
    if found.withdrawn is not None:
        raise _withdrawn_otherwise(award_ref)
    return found


def _replaced_before(store: Store, district_id: str, old: _Badge, award: Award) -> Issued:
    """The badge that took the place of one that is withdrawn, if it is the one that is asked for."""
    with store.reading() as session:
        row = queries.credential_of_award(session, district_id, award.award_ref)
    reason = old.withdrawn.reason if old.withdrawn else ""
    if row is None or row.state not in _SIGNED or reason != Reason.CORRECTED:
        raise _withdrawn_otherwise(old.award.award_ref)
    _check_same(store, district_id, award)
    return stored(store, district_id, row.id)


def _withdraw(
    store: Store, district_id: str, old: _Badge, made: Issued, *, now: datetime, actor: str, note: str
) -> bool:
    """Withdraw the old badge and join the two, together or not at all. Whether this call did."""
    with store.transaction() as session:
        revoked = revoke_in(
            session,
            district_id,
            old.credential_id,
            reason=Reason.CORRECTED,
            note=note,
            now=now,
            actor=actor,
        )
        if revoked.first:
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="credential.replaced",
                subject=old.credential_id,
                facts={"by": made.credential_id, "award": made.award_ref},
            )
    if revoked.reason is not Reason.CORRECTED:
        raise IssuerError(
            "state_conflict",
            f"{old.award.award_ref} was withdrawn for another reason while it was corrected, and "
            f"{made.award_ref} was issued: look at both",
        )
    return revoked.first


def _is_prepared(store: Store, district_id: str, award_ref: str) -> bool:
    with store.reading() as session:
        row: Credential | None = queries.credential_of_award(session, district_id, award_ref)
    return row is not None and row.state != State.RESERVED


def _check_same(store: Store, district_id: str, award: Award) -> None:
    """Refuse to take for this correction what another one made of the same badge."""
    with store.reading() as session:
        known = queries.award(session, district_id, award.award_ref)
    if known is None or replace(Award.from_json(known.facts), evidence=()) != award:
        raise IssuerError(
            "state_conflict",
            f"somebody corrected this badge otherwise: look at {award.award_ref}, and correct that",
        )


def _check_day(award: Award, now: datetime) -> None:
    if award.date_earned > now.date():
        raise IssuerError("bad_time", f"{award.date_earned} has not come yet: nobody earns a badge ahead")


def _withdrawn_otherwise(award_ref: str) -> IssuerError:
    return IssuerError(
        "state_conflict",
        f"the badge of {award_ref} is withdrawn: issue a right one under a new reference, with its evidence",
    )


def _parts(award_ref: str) -> tuple[str, int]:
    found = _CORRECTED.fullmatch(award_ref)
    return (found[1], int(found[2])) if found else (award_ref, 0)


def _text(text: str | None) -> str | None:
    return (normal(text) or None) if text is not None else None
