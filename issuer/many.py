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
from typing import Any, Final

from contexts.document import Document
from contexts.errors import DocumentError
from credential.status import StatusEntry
from issuer.award import Award
from issuer.determination import Grounds
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import Attached
from issuer.issuance import (
    MOST_ATTEMPTS,
    Issued,
    achievement_as_published,
    grounds_of,
    prepared_from,
)
from issuer.prepare import Prepared, PrepareRefused
from issuer.publication import list_url
from issuer.reserving import (
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
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Achievement, Credential, District, State
from issuer.twins import twins
from keys.signer import Signer

MOST_TOGETHER: Final = 200
"""Awards that take a step together: what one transaction holds, and what a fault of the house costs."""

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
    """What a reserved award needs to become a credential, read at one time."""

    award: Award
    row: Credential
    achievement: Mapping[str, Any]
    attached: tuple[Attached, ...]
    rests_on: Grounds | None


@dataclass(slots=True)
class _Part:
    """Awards that take each step together.

    Attributes:
        house: Where, by whom and when.
        awards: In the order in which they were asked for, no reference twice.
        refs: Their references, in the order in which rows are locked.
        asked: By reference, the digest of what was reserved.
        faults: By reference, what is wrong with one award alone.
    """

    house: _House
    awards: Sequence[Award]
    refs: list[str] = field(init=False)
    asked: dict[str, str] = field(default_factory=dict)
    faults: dict[str, NotIssued] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.refs = sorted(award.award_ref for award in self.awards)

    def issue(self) -> list[Issued | NotIssued]:
        """Reserve, draft, prepare, record, sign, check, record."""
        waiting = self._reserve()
        prepared = self._prepare(waiting)
        if prepared:
            self._record_prepared(prepared)
        first = self._sign({ref: made for ref, (made, _) in prepared.items()})
        return self._stored(first)

    def _reserve(self) -> list[str]:
        """Give each award an id and a status position, once; gives those that have nothing else yet."""
        for _ in range(MOST_ATTEMPTS):
            with self.house.store.transaction() as session:
                found = self._reserved(session)
            if found is not None:
                return found
        raise IssuerError("database_busy", f"{self.refs[0]} is being issued by others: try again")

    def _reserved(self, session: Session) -> list[str] | None:
        """One attempt; None when another took a reference just now, and has something to be found."""
        house, waiting = self.house, list[str]()
        known = bulk.awards(session, house.district_id, self.refs, lock=True)
        rows = bulk.credentials(session, house.district_id, self.refs)
        attached = bulk.evidence(session, house.district_id, self.refs)
        offered: dict[str, Achievement | None] = {}
        fresh: list[tuple[Award, Achievement]] = []
        for award in sorted(self.awards, key=lambda one: one.award_ref):
            ref, at = award.award_ref, award.achievement_id
            full = replace(award, evidence=tuple(one.item() for one in attached.get(ref, ())))
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
            waiting.append(ref)
            if before is not None and row is not None:
                order_anew(before, row, full, achievement)
            else:
                fresh.append((full, achievement))
        if not bulk.add_awards(session, [ordered(award, to, now=house.now) for award, to in fresh]):
            return None
        places = status_lists.reserve_some(
            session, house.district_id, len(fresh), now=house.now, entropy=house.entropy
        )
        session.add_all(
            reservation(house.district_id, award, place, now=house.now, entropy=house.entropy)
            for (award, _), place in zip(fresh, places, strict=True)
        )
        return waiting

    def _prepare(self, waiting: Sequence[str]) -> dict[str, tuple[Prepared, Award]]:
        """Draft and prepare what was reserved; what is wrong with one award is noted."""
        if not waiting:
            return {}
        house, made = self.house, dict[str, tuple[Prepared, Award]]()
        with house.store.reading() as session:
            district = queries.district(session, house.district_id)
            orders = self._orders(session, waiting)
        for order in orders:
            ref = order.award.award_ref
            try:
                made[ref] = self._prepared(district, order), order.award
            except (PrepareRefused, EvidenceRefused, DocumentError) as fault:
                self.faults[ref] = fault
            except IssuerError as fault:
                if fault.code not in ROW_FAULTS:
                    raise
                self.faults[ref] = fault
        return made

    def _orders(self, session: Session, waiting: Sequence[str]) -> list[_Order]:
        house, published = self.house, dict[tuple[str, int], Document]()
        known = bulk.awards(session, house.district_id, waiting)
        rows = bulk.credentials(session, house.district_id, waiting)
        attached = bulk.evidence(session, house.district_id, waiting)
        orders = []
        for ref in waiting:
            if ref not in known or ref not in rows:
                raise IssuerError("state_conflict", f"{ref} was reserved, and its rows are not there")
            award, version = Award.from_json(known[ref].facts), known[ref].achievement_version
            which = (known[ref].achievement_id, version)
            if which not in published:
                published[which] = achievement_as_published(session, house.district_id, *which)
            orders.append(
                _Order(
                    award,
                    rows[ref],
                    published[which].value,
                    tuple(one.attached() for one in attached.get(ref, ())),
                    grounds_of(session, house.district_id, award),
                )
            )
        return orders

    def _prepared(self, district: District, order: _Order) -> Prepared:
        row = order.row
        entry = StatusEntry("revocation", row.list_index, list_url(district.origin, row.list_id))
        return prepared_from(
            district,
            order.award,
            order.achievement,
            row,
            entry,
            now=self.house.now,
            attached=order.attached,
            rests_on=order.rests_on,
        )

    def _record_prepared(self, prepared: Mapping[str, tuple[Prepared, Award]]) -> None:
        """Record the bytes that will be signed, each with its audit row.

        Only for the orders that were reserved: others may have taken their places meanwhile.
        """
        house, refs = self.house, sorted(prepared)
        with house.signing() as session:
            known = bulk.awards(session, house.district_id, refs, lock=True)
            rows = bulk.credentials(session, house.district_id, refs, lock=True)
            if house.once:
                # Whoever prepares badges stands in one line, so of two twins the second sees the first.
                self.faults |= twins(session, house.district_id, [award for _, award in prepared.values()])
            done = []
            for ref in refs:
                (made, award), row = prepared[ref], rows[ref]
                if ref not in known or known[ref].content_sha256 != self.asked[ref]:
                    raise IssuerError("database_busy", f"{ref} was ordered otherwise just now: try again")
                if row.state != State.RESERVED or ref in self.faults:
                    continue
                row.state, row.prepared, row.prepared_at = State.PREPARED.value, made.raw, house.now
                row.valid_until = end_of(award)
                done.append(audit.Done("credential.prepared", row.id, prepared_facts(row, made)))
            session.flush()
            audit.record_all(session, house.district_id, done, at=house.now, actor=house.actor)
            # Whoever adds evidence, prepares a determination or withdraws what one rests on holds the audit
            # chain too, so one of the two sees the other.
            attached = bulk.evidence(session, house.district_id, refs)
            for ref in refs:
                award = prepared[ref][1]
                if tuple(one.item() for one in attached.get(ref, ())) != award.evidence:
                    raise IssuerError("database_busy", f"the evidence of {ref} changed just now: try again")
                grounds_of(session, house.district_id, award)

    def _sign(self, prepared: Mapping[str, Prepared]) -> set[str]:
        """Sign the stored bytes, check each signature, record all; gives what this call was first to sign."""
        house = self.house
        with house.store.reading() as session:
            rows = bulk.credentials(session, house.district_id, self.refs)
        forms: dict[str, dict[str, bytes]] = {}
        for ref, row in rows.items():
            if row.state == State.PREPARED and ref not in self.faults:
                made = prepared.get(ref)
                if made is None or made.raw != row.prepared:
                    made = prepared_again(row)
                forms[ref] = secure(made, house.signer, also_jwt=row.also_jwt, now=house.now)
        if not forms:
            return set()
        with house.signing() as session:
            rows = bulk.credentials(session, house.district_id, sorted(forms), lock=True)
            first = {ref: row for ref, row in rows.items() if row.state == State.PREPARED}
            for row in first.values():
                row.state, row.signed_at = State.SIGNED.value, house.now
            session.flush()
            record_all_secured(
                session,
                house.district_id,
                [(row, forms[ref]) for ref, row in first.items()],
                house.signer,
                number=1,
                now=house.now,
                actor=house.actor,
            )
        return set(first)

    def _stored(self, first: set[str]) -> list[Issued | NotIssued]:
        """What was stored, as it is given out today."""
        house = self.house
        with house.store.reading() as session:
            rows = bulk.credentials(session, house.district_id, self.refs)
            forms = bulk.secured(session, house.district_id, [row.id for row in rows.values()])
        found: list[Issued | NotIssued] = []
        for award in self.awards:
            ref = award.award_ref
            if ref in self.faults:
                found.append(self.faults[ref])
                continue
            row, given = rows[ref], forms.get(rows[ref].id, {})
            if VC not in given or row.signed_at is None:
                raise IssuerError("not_signed", f"{row.id} has not been signed")
            jwt = given[JWT].body.decode("ascii") if JWT in given else None
            found.append(Issued(row.id, ref, given[VC].body, jwt, row.signed_at, first=ref in first))
        return found
