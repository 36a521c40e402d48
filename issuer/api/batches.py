"""Batches of awards: handed in at once, answered row by row.

`Batches` is what the routes need of whatever carries batches out. `InRequest` carries a batch out before it
is answered, so it takes as many awards as go together in one step; it needs no worker, and holds nothing.
`durable.Durable` hands them to the workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from issuer.api.errors import ApiError
from issuer.api.ordering import Office, RowResult, issue_records
from issuer.many import MOST_TOGETHER
from issuer.roster import Record
from issuer.store import api, audit
from issuer.store.api_tables import DONE, FAILED, ISSUED, RUNNING, SKIPPED, ApiBatch, ApiBatchRow
from issuer.store.session import Session, Store

MOST_AWARDS: Final = MOST_TOGETHER
"""Awards of one batch that is carried out within its request."""
MOST_ROWS_READ: Final = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch has come.

    Attributes:
        id: Its name. The job that carries it out has the same.
        state: `running`, `done`, or what else a worker knows (`paused`, `stopped`, `failed`).
        total: How many awards it has.
        issued: How many have a credential by now.
        skipped: How many had one before.
        failed: How many need a person.
        created: When it was handed in.
        finished: When the last award was tried.
        held_until: Until when none of its badges leaves the house, so that it can be undone.
    """

    id: str
    state: str
    total: int
    issued: int
    skipped: int
    failed: int
    created: datetime
    finished: datetime | None
    held_until: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.finished is not None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a batch.

    Attributes:
        number: It rises; who has seen it goes on after it.
        type: `accepted`, `progress` or `finished`.
        data: The batch as it then was, in JSON values.
    """

    number: int
    type: str
    data: dict[str, Any]


class Batches(Protocol):
    """What carries batches out."""

    @property
    def most_awards(self) -> int:
        """How many awards a batch may have."""

    def submit_batch(self, office: Office, batch_id: str, records: Sequence[Record]) -> Batch:
        """Take a batch. The same id again is the same batch, and goes on with it.

        Raises:
            ApiError: `batch_too_large`; `cannot_sign_here`.
        """

    def batch_of(self, store: Store, district_id: str, batch_id: str) -> Batch:
        """How far a batch has come.

        Raises:
            IssuerError: `not_found`.
        """

    def rows_of(
        self, store: Store, district_id: str, batch_id: str, *, after: int, most: int
    ) -> list[RowResult]:
        """What became of its awards so far, in their order.

        Raises:
            IssuerError: `not_found`.
        """

    def events_of(self, store: Store, district_id: str, batch_id: str, *, after: int) -> list[Event]:
        """What happened to it after an event that was seen.

        Raises:
            IssuerError: `not_found`.
        """


class InRequest:
    """Carries each batch out before it is answered."""

    most_awards = MOST_AWARDS

    def submit_batch(self, office: Office, batch_id: str, records: Sequence[Record]) -> Batch:
        """Issue the awards of a batch, and note what became of each; see `Batches`."""
        check_size(len(records), self.most_awards)
        office.signer()
        store, district_id = office.store, office.district_id
        if begin_batch(office, batch_id, len(records)) != DONE:
            end_batch(office, batch_id, issue_records(office, records))
        return self.batch_of(store, district_id, batch_id)

    def batch_of(self, store: Store, district_id: str, batch_id: str) -> Batch:
        """How far a batch has come."""
        with store.reading() as session:
            row = api.batch(session, district_id, batch_id)
            counts = api.batch_counts(session, district_id, batch_id)
        return Batch(
            row.id,
            row.state,
            row.total,
            counts.get(ISSUED, 0),
            counts.get(SKIPPED, 0),
            counts.get(FAILED, 0),
            row.created,
            row.finished,
        )

    def rows_of(
        self, store: Store, district_id: str, batch_id: str, *, after: int, most: int
    ) -> list[RowResult]:
        """What became of its awards."""
        with store.reading() as session:
            api.batch(session, district_id, batch_id)
            rows = api.batch_rows(session, district_id, batch_id, after=after, most=most)
        return [
            RowResult(
                row.row,
                row.student_id,
                row.award_ref,
                row.state,
                row.credential_id,
                row.code,
                row.column,
                row.why,
            )
            for row in rows
        ]

    def events_of(self, store: Store, district_id: str, batch_id: str, *, after: int) -> list[Event]:
        """It was taken, and it is over."""
        batch = self.batch_of(store, district_id, batch_id)
        accepted = {"id": batch.id, "state": RUNNING, "total": batch.total}
        events = [Event(1, "accepted", accepted)]
        if batch.is_over:
            events.append(Event(2, "finished", as_json(batch)))
        return [one for one in events if one.number > after]


def begin_batch(office: Office, batch_id: str, total: int) -> str:
    """Note that a batch was taken; gives its state, which is another where it was taken before."""
    with office.store.transaction() as session:
        row = api.batch_or_none(session, office.district_id, batch_id)
        if row is None:
            row = ApiBatch(
                district_id=office.district_id,
                id=batch_id,
                key_id=office.key.id,
                state=RUNNING,
                total=total,
                created=office.clock(),
                finished=None,
            )
            session.add(row)
            session.flush()
            _say(session, office, batch_id, "batch.accepted", {"awards": total})
        return row.state


def end_batch(office: Office, batch_id: str, results: Sequence[RowResult]) -> None:
    """Note, once, what became of the awards of a batch."""
    now, district_id = office.clock(), office.district_id
    with office.store.transaction() as session:
        row = api.batch(session, district_id, batch_id, lock=True)
        if row.state == RUNNING:
            for one in results:
                api.put_row(session, kept(district_id, batch_id, one, now))
            row.state, row.finished = DONE, now
            session.flush()
            counts = api.batch_counts(session, district_id, batch_id)
            _say(session, office, batch_id, "batch.finished", counts)


def check_size(awards: int, most: int) -> None:
    """Refuse a batch of more awards than are taken.

    Raises:
        ApiError: `batch_too_large`.
    """
    if awards > most:
        raise ApiError(
            "batch_too_large", f"{awards} awards: send at most {most} at a time, or hand in a sheet"
        )


def as_json(batch: Batch) -> dict[str, Any]:
    """A batch as programs read it."""
    return {
        "id": batch.id,
        "job": batch.id,
        "state": batch.state,
        "total": batch.total,
        "issued": batch.issued,
        "skipped": batch.skipped,
        "failed": batch.failed,
        "created": batch.created.isoformat(timespec="seconds"),
        "finished": batch.finished.isoformat(timespec="seconds") if batch.finished else None,
        "held_until": batch.held_until.isoformat(timespec="seconds") if batch.held_until else None,
    }


def kept(district_id: str, batch_id: str, one: RowResult, now: datetime) -> ApiBatchRow:
    """What is noted of an award."""
    return ApiBatchRow(
        district_id=district_id,
        batch_id=batch_id,
        row=one.row,
        student_id=one.student_id,
        award_ref=one.award_ref,
        state=one.state,
        credential_id=one.credential_id,
        code=one.code,
        column=one.column,
        why=one.why,
        at=now,
    )


def _say(session: Session, office: Office, batch_id: str, action: str, facts: Mapping[str, object]) -> None:
    audit.record(
        session,
        office.district_id,
        at=office.clock(),
        actor=office.key.actor,
        action=action,
        subject=f"batch:{batch_id}",
        facts=facts,
    )
