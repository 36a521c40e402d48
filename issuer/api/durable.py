"""Batches that workers carry out: of up to thousands of awards, answered at once, and held.

A batch becomes a job (`issuer.jobs`), and its awards the rows of one: it goes on after a crash, and can be
undone as a sheet's can. What is wrong with an award is known before that, and noted. Only where a district
holds no batch is one that goes together in one step carried out within its request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from issuer.api.batches import (
    MOST_AWARDS,
    Batch,
    Event,
    InRequest,
    as_json,
    begin_batch,
    check_size,
    end_batch,
    kept,
)
from issuer.api.ordering import Office, RowResult, checked, unready
from issuer.award import Award
from issuer.district import offer_decided
from issuer.jobs.asking import Wanted, ask_awards
from issuer.roster import Record
from issuer.store import api, jobs, sheet_drafts
from issuer.store.api_tables import FAILED, ISSUED, RUNNING, SKIPPED
from issuer.store.jobs import LIVE, PAUSED
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import SheetDraftRow

MOST_IN_A_JOB: Final = 20_000
"""Awards of one batch."""
WAITING: Final = "waiting"
"""The state of an award that was not tried yet."""
NOT_ISSUED: Final = "NOT_ISSUED"


@dataclass(frozen=True, slots=True)
class Durable:
    """Hands batches to the workers.

    Attributes:
        hold: For how long a batch can be undone.
        at_once: What carries out small ones where nothing is held.
    """

    hold: timedelta
    at_once: InRequest = field(default_factory=InRequest)

    @property
    def most_awards(self) -> int:
        """How many awards a batch may have."""
        return MOST_IN_A_JOB

    def submit_batch(self, office: Office, batch_id: str, records: Sequence[Record]) -> Batch:
        """Take a batch; see `Batches`."""
        if len(records) <= MOST_AWARDS and not self.hold:
            return self.at_once.submit_batch(office, batch_id, records)
        check_size(len(records), MOST_IN_A_JOB)
        office.signer()
        store, district_id = office.store, office.district_id
        begin_batch(office, batch_id, len(records))
        with store.reading() as session:
            known = jobs.under_key(session, district_id, _key(batch_id)) is not None
        if not known:
            self._order(office, batch_id, records)
        return self.batch_of(store, district_id, batch_id)

    def _order(self, office: Office, batch_id: str, records: Sequence[Record]) -> None:
        """Note what is wrong with some awards, and ask for the badges of the others."""
        store, district_id = office.store, office.district_id
        offer_decided(store, district_id, now=office.clock(), actor=office.key.actor)
        reports = checked(office, records)
        pairs = list(zip(reports, records, strict=True))
        # Before the job, so that no crash leaves a batch that is done and says nothing of these.
        noted = [unready(office, report, record) for report, record in pairs if report.award is None]
        with store.transaction() as session:
            for one in noted:
                api.put_row(session, kept(district_id, batch_id, one, office.clock()))
        ready = [(report.line, report.award) for report in reports if report.award is not None]
        if not ready:
            end_batch(office, batch_id, [])
            return
        ask_awards(
            store,
            district_id,
            [Wanted(Award.from_row(row), row.school_code, row.credential_code, line) for line, row in ready],
            key=_key(batch_id),
            hold=self.hold,
            name=batch_id,
            now=office.clock(),
            entropy=office.entropy,
            actor=office.key.actor,
        )

    def batch_of(self, store: Store, district_id: str, batch_id: str) -> Batch:
        """How far a batch has come."""
        with store.reading() as session:
            row = api.batch(session, district_id, batch_id)
            noted = api.batch_counts(session, district_id, batch_id)
            job = jobs.under_key(session, district_id, _key(batch_id))
            subject = job.subject if job is not None else ""
            counted = sheet_drafts.counted(session, district_id, [subject])[subject]
        if job is None:
            return self.at_once.batch_of(store, district_id, batch_id)
        rests = job.state in LIVE or job.state == PAUSED
        return Batch(
            batch_id,
            RUNNING if job.state in LIVE else job.state,
            row.total,
            counted.issued,
            noted.get(SKIPPED, 0),
            noted.get(FAILED, 0) + counted.failed,
            row.created,
            None if rests else job.updated,
            job.held_until,
        )

    def rows_of(
        self, store: Store, district_id: str, batch_id: str, *, after: int, most: int
    ) -> list[RowResult]:
        """What became of its awards; those not tried yet are `waiting`, so that no page skips one."""
        found = self.at_once.rows_of(store, district_id, batch_id, after=after, most=most)
        with store.reading() as session:
            job = jobs.under_key(session, district_id, _key(batch_id))
            if job is not None:
                found += map(_result, _rows(session, district_id, job.subject, after, most))
        return sorted(found, key=lambda one: one.row)[:most]

    def events_of(self, store: Store, district_id: str, batch_id: str, *, after: int) -> list[Event]:
        """It was taken; so many were tried; it is over. An event's number is how many were tried, and one."""
        batch = self.batch_of(store, district_id, batch_id)
        tried = batch.issued + batch.skipped + batch.failed
        events = [Event(1, "accepted", {"id": batch.id, "state": RUNNING, "total": batch.total})]
        if batch.is_over:
            events.append(Event(batch.total + 2, "finished", as_json(batch)))
        elif tried:
            events.append(Event(tried + 1, "progress", as_json(batch)))
        return [one for one in events if one.number > after]


def _key(batch_id: str) -> str:
    """What the job of a batch is asked for under."""
    return f"api:{batch_id}"


def _rows(
    session: Session, district_id: str, draft_id: str, after: int, most: int
) -> Sequence[SheetDraftRow]:
    return sheet_drafts.rows(session, district_id, draft_id, most=most, after=after)


def _result(row: SheetDraftRow) -> RowResult:
    state = {sheet_drafts.ISSUED: ISSUED, sheet_drafts.FAILED: FAILED}.get(row.state, WAITING)
    code = NOT_ISSUED if state == FAILED else ""
    student_id = str(row.award["student_id"])
    return RowResult(row.line, student_id, row.award_ref, state, row.credential_id, code, "", row.why)
