"""Issue many awards: the steps of `issuance.issue`, each taken for some hundred awards at once.

What holds for one holds for each: nothing is signed that was not prepared and recorded, nothing is given out
whose signature was not checked, and each badge has its two audit rows. A crash between two steps leaves each
badge where it would leave a single one, and either way goes on from there. What is wrong with one award stops
no other; what is wrong with the house stops all of a part, and leaves nothing half recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from contexts.document import parse
from contexts.errors import DocumentError
from credential.model import Achievement as Model
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from issuer.issuance import (
    MOST_ATTEMPTS,
    Issued,
    grounds_of,
    prepared_from,
)
from issuer.prepare import Prepared, PrepareRefused
from issuer.reserving import (
    Names,
    check_same,
    end_of,
    order_anew,
    ordered,
    prepared_facts,
    reservation,
    unknown_achievement,
)
from issuer.securing import JWT, VC, prepared_again, record_all_secured, secure
from issuer.store import audit, bulk, queries, status_lists
from issuer.store.bulk import Ready, Standing
from issuer.store.evidence import EvidenceRow
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, Position
from issuer.store.tables import Achievement, Credential, Secured, State
from issuer.twins import twins
from keys.signer import Signer

MOST_TOGETHER: Final = 200
"""Awards that take a step together: what one transaction holds, and what a fault of the house costs."""

_ACHIEVEMENT: Final = ("credentialSubject", "achievement")

ROW_FAULTS: Final = frozenset(
    {"award_ref_reused", "award_held", "bad_text", "bad_time", "bad_number", "not_found"}
)
"""What is wrong with one award; anything else stops, and is tried again with the same awards."""

NotIssued = PrepareRefused | DocumentError | IssuerError
"""Why there is no badge for one award."""


def issue_many(
    awards: Sequence[Award],
    *,
    store: Store,
    district_id: str,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
    check: Callable[[Session], None] | None = None,
    once: bool = False,
) -> list[Issued | NotIssued]:
    """Issue the credentials for awards, or give back those that were issued for them.

    Args:
        awards: What was earned, each under its own reference.
        store: The database.
        district_id: Who issues.
        signer: Signs as the district.
        now: The time of issuing: of new credentials their `validFrom`.
        entropy: Random bytes, for the ids and the status positions.
        actor: Who asks, for the audit.
        check: Raises where none of this may go on; asked in each transaction that prepares or signs, before
            anything else, and what it finds holds until that transaction ends.
        once: Whether an award is refused that the student has already, of the same day, under another
            reference (`twins`).

    Returns:
        For each award, in their order, its credential, or what is wrong with this award alone.

    Raises:
        As `issuance.issue`, but for what is wrong with one award. What came before is issued, and the same
        awards may be asked for again.
    """
    house = _House(store, district_id, signer, now, entropy, actor, check, once)
    return [one for part in _parts(awards) for one in _Part(house, part).issue()]


def _parts(awards: Sequence[Award]) -> Iterator[list[Award]]:
    """So many awards as go together, and no reference twice among them."""
    part: dict[str, Award] = {}
    for award in awards:
        if len(part) == MOST_TOGETHER or award.award_ref in part:
            yield list(part.values())
            part = {}
        part[award.award_ref] = award
    if part:
        yield list(part.values())


@dataclass(frozen=True, slots=True)
class _House:
    """Where, by whom and when: as `issue_many` takes them."""

    store: Store
    district_id: str
    signer: Signer
    now: datetime
    entropy: Entropy
    actor: str
    check: Callable[[Session], None] | None
    once: bool

    @contextmanager
    def signing(self) -> Iterator[Session]:
        """A transaction on the way to a signature, if that may still be."""
        with self.store.transaction() as session:
            if self.check is not None:
                self.check(session)
            yield session


@dataclass(frozen=True, slots=True)
class _Order:
    """What a reserved award needs to become a credential, as it was reserved."""

    award: Award
    achievement: Achievement
    names: Names
    evidence: Sequence[EvidenceRow]


@dataclass(slots=True)
class _Part:
    """Awards that take each step together.

    Attributes:
        house: Where, by whom and when.
        awards: In the order in which they were asked for, no reference twice.
        refs: Their references, in the order in which rows are locked.
        asked: By reference, the digest of what was reserved.
        recorded: By reference, how far those credentials were whose bytes this call recorded.
        faults: By reference, what is wrong with one award alone.
    """

    house: _House
    awards: Sequence[Award]
    refs: list[str] = field(init=False)
    asked: dict[str, str] = field(default_factory=dict)
    recorded: dict[str, Standing] = field(default_factory=dict)
    faults: dict[str, NotIssued] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.refs = sorted(award.award_ref for award in self.awards)

    def issue(self) -> list[Issued | NotIssued]:
        """Reserve, draft, prepare, record, sign, check, record."""
        prepared = self._prepare(self._reserve())
        if prepared:
            self._record_prepared(prepared)
        return self._stored(self._sign({ref: made for ref, (made, _) in prepared.items()}))

    def _reserve(self) -> list[_Order]:
        """Give each award an id and a status position, once; gives those that have nothing else yet."""
        for _ in range(MOST_ATTEMPTS):
            with self.house.store.transaction() as session:
                found = self._reserved(session)
            if found is not None:
                return found
        raise IssuerError("database_busy", f"{self.refs[0]} is being issued by others: try again")

    def _reserved(self, session: Session) -> list[_Order] | None:
        """One attempt; None when another took a reference just now, and has something to be found."""
        house, waiting = self.house, list[_Order]()
        known = bulk.awards(session, house.district_id, self.refs, lock=True)
        rows = bulk.credentials(session, house.district_id, self.refs)
        attached = bulk.evidence(session, house.district_id, self.refs)
        offered: dict[str, Achievement | None] = {}
        fresh: list[tuple[Award, Achievement]] = []
        for award in sorted(self.awards, key=lambda one: one.award_ref):
            ref, at = award.award_ref, award.achievement_id
            items = tuple(one.item() for one in attached.get(ref, ()))
            full = award if items == award.evidence else replace(award, evidence=items)
            before, row = known.get(ref), rows.get(ref)
            self.asked[ref] = full.digest()
            if before is not None and row is not None and row.state != State.RESERVED:
                try:
                    check_same(before, full)
                except IssuerError as fault:
                    self.faults[ref] = fault
                continue
            if at not in offered:
                offered[at] = queries.achievement(session, house.district_id, at)
            achievement = offered[at]
            if achievement is None:
                self.faults[ref] = unknown_achievement(at)
                continue
            if before is not None and row is not None:
                order_anew(before, row, full, achievement)
                waiting.append(_Order(full, achievement, Names.of(row), attached.get(ref, ())))
            else:
                fresh.append((full, achievement))
        if not bulk.add_awards(
            session, [ordered(award, to, self.asked[award.award_ref], now=house.now) for award, to in fresh]
        ):
            return None
        places = status_lists.reserve_some(
            session, house.district_id, len(fresh), now=house.now, entropy=house.entropy
        )
        reserved = [
            reservation(house.district_id, award, place, now=house.now, entropy=house.entropy)
            for (award, _), place in zip(fresh, places, strict=True)
        ]
        bulk.add(session, Credential, reserved)
        for (award, achievement), place, one in zip(fresh, places, reserved, strict=True):
            names = Names(one["id"], one["subject_id"], place)
            waiting.append(_Order(award, achievement, names, attached.get(award.award_ref, ())))
        return waiting

    def _prepare(self, waiting: Sequence[_Order]) -> dict[str, tuple[Prepared, Award]]:
        """Draft and prepare what was reserved; what is wrong with one award is noted."""
        if not waiting:
            return {}
        house, made = self.house, dict[str, tuple[Prepared, Award]]()
        published = {
            one.achievement.id: Model.from_json(parse(one.achievement.document).value, _ACHIEVEMENT)
            for one in {order.achievement.id: order for order in waiting}.values()
        }
        with house.store.reading() as session:
            district = queries.district(session, house.district_id)
            rests_on = [grounds_of(session, house.district_id, one.award) for one in waiting]
        for order, grounds in zip(waiting, rests_on, strict=True):
            ref = order.award.award_ref
            attached = tuple(one.attached() for one in order.evidence)
            try:
                made[ref] = (
                    prepared_from(
                        district,
                        order.award,
                        published[order.achievement.id],
                        order.names,
                        now=house.now,
                        attached=attached,
                        rests_on=grounds,
                    ),
                    order.award,
                )
            except (PrepareRefused, EvidenceRefused, DocumentError) as fault:
                self.faults[ref] = fault
            except IssuerError as fault:
                if fault.code not in ROW_FAULTS:
                    raise
                self.faults[ref] = fault
        return made

    def _record_prepared(self, prepared: Mapping[str, tuple[Prepared, Award]]) -> None:
        """Record the bytes that will be signed, each with its audit row.

        Only for the orders that were reserved: others may have taken their places meanwhile.
        """
        house, refs = self.house, sorted(prepared)
        with house.signing() as session:
            ordered = bulk.orders(session, house.district_id, refs)
            rows = bulk.standing(session, house.district_id, refs)
            if house.once:
                # Whoever prepares badges stands in one line, so of two twins the second sees the first.
                self.faults |= twins(session, house.district_id, [award for _, award in prepared.values()])
            done, ready, recorded = list[audit.Done](), list[Ready](), dict[str, Standing]()
            for ref in refs:
                (made, award), row = prepared[ref], rows[ref]
                if ordered.get(ref) != self.asked[ref]:
                    raise IssuerError("database_busy", f"{ref} was ordered otherwise just now: try again")
                if row.state != State.RESERVED or ref in self.faults:
                    continue
                ready.append(Ready(row.id, made.raw, end_of(award)))
                place = Position(row.list_id, row.list_index)
                done.append(audit.Done("credential.prepared", row.id, prepared_facts(ref, place, made)))
                recorded[ref] = row
            bulk.put_prepared(session, house.district_id, ready, now=house.now)
            audit.record_all(session, house.district_id, done, at=house.now, actor=house.actor)
            # Whoever adds evidence, prepares a determination or withdraws what one rests on holds the audit
            # chain too, so one of the two sees the other.
            attached = bulk.evidence(session, house.district_id, refs)
            for ref in refs:
                award = prepared[ref][1]
                if tuple(one.item() for one in attached.get(ref, ())) != award.evidence:
                    raise IssuerError("database_busy", f"the evidence of {ref} changed just now: try again")
                grounds_of(session, house.district_id, award)
        self.recorded = recorded

    def _sign(self, prepared: Mapping[str, Prepared]) -> dict[str, Issued]:
        """Sign the stored bytes, check each signature, record all; gives what this call was first to sign."""
        house, forms = self.house, dict[str, dict[str, bytes]]()
        for ref, one in self.recorded.items():
            forms[ref] = secure(prepared[ref], house.signer, also_jwt=one.also_jwt, now=house.now)
        others = [ref for ref in self.refs if ref not in forms and ref not in self.faults]
        if others:
            with house.store.reading() as session:
                rows = bulk.credentials(session, house.district_id, others)
            for ref, row in rows.items():
                if row.state == State.PREPARED:
                    made = prepared_again(row)
                    forms[ref] = secure(made, house.signer, also_jwt=row.also_jwt, now=house.now)
        if not forms:
            return {}
        with house.signing() as session:
            standing = bulk.standing(session, house.district_id, sorted(forms))
            first = {ref: one.id for ref, one in standing.items() if one.state == State.PREPARED}
            bulk.put_signed(session, house.district_id, list(first.values()), now=house.now)
            record_all_secured(
                session,
                house.district_id,
                [(credential_id, forms[ref]) for ref, credential_id in first.items()],
                house.signer,
                number=1,
                now=house.now,
                actor=house.actor,
            )
        return {
            ref: _issued(credential_id, ref, forms[ref], house.now, first=True)
            for ref, credential_id in first.items()
        }

    def _stored(self, first: Mapping[str, Issued]) -> list[Issued | NotIssued]:
        """What was stored, as it is given out today; what this call stored itself is not read again."""
        house = self.house
        before = [ref for ref in self.refs if ref not in first and ref not in self.faults]
        rows, forms = dict[str, Credential](), dict[str, dict[str, Secured]]()
        if before:
            with house.store.reading() as session:
                rows = bulk.credentials(session, house.district_id, before)
                forms = bulk.secured(session, house.district_id, [row.id for row in rows.values()])
        found: list[Issued | NotIssued] = []
        for award in self.awards:
            ref = award.award_ref
            if ref in self.faults or ref in first:
                found.append(self.faults.get(ref) or first[ref])
                continue
            row = rows[ref]
            given = {form: one.body for form, one in forms.get(row.id, {}).items()}
            if VC not in given or row.signed_at is None:
                raise IssuerError("not_signed", f"{row.id} has not been signed")
            found.append(_issued(row.id, ref, given, row.signed_at, first=False))
        return found


def _issued(
    credential_id: str, ref: str, forms: Mapping[str, bytes], signed_at: datetime, *, first: bool
) -> Issued:
    jwt = forms[JWT].decode("ascii") if JWT in forms else None
    return Issued(credential_id, ref, forms[VC], jwt, signed_at, first=first)
