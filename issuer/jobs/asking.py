"""Ask for a job, look how far it has come, pause it, stop it, undo it.

A job is asked for under a key. The same key again is the same job: a second submission, from whatever
process, gets the first one's answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credential.withdrawal import Reason
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.store import audit, bulk, jobs, queries, sheet_drafts
from issuer.store.jobs import (
    DONE,
    FAILED,
    ISSUE,
    LIVE,
    PAUSED,
    PAUSING,
    QUEUED,
    RUNNING,
    STOPPED,
    STOPPING,
    WITHDRAW,
    JobRow,
)
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import ISSUING, SheetDraft
from issuer.store.status_lists import Entropy, random_name

LONGEST_KEY: Final = 200
MOST_ROWS: Final = 100_000
"""Awards of one batch."""
HOLD: Final = timedelta(minutes=30)
"""How long a batch can be undone before any of it leaves the house, unless the setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes:
        id: Its name.
        kind: What it does, one of `jobs.KINDS`.
        subject: The sheet that it is about, or "".
        state: As `store.jobs` has them.
        total: How much there is to do.
        done: How much of that was tried.
        failed: How much of that could not be done.
        withdrawn: How many of its badges were withdrawn.
        why: What stopped it, or "".
        asked_by: The audit's actor who asked.
        created: When.
        updated: When it last came further.
        held_until: Until when nothing of it leaves the house, or None.
    """

    id: str
    kind: str
    subject: str
    state: str
    total: int
    done: int
    failed: int
    withdrawn: int
    why: str
    asked_by: str
    created: datetime
    updated: datetime
    held_until: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether no worker has anything to do for it."""
        return self.state not in LIVE

    def is_held(self, now: datetime) -> bool:
        """Whether it can still be undone before anybody has seen anything of it."""
        return self.held_until is not None and now < self.held_until

    def to_json(self) -> dict[str, Any]:
        """As programs and the page of a batch read it; ids and counts, no names."""
        return {
            "id": self.id,
            "kind": self.kind,
            "subject": self.subject,
            "state": self.state,
            "total": self.total,
            "done": self.done,
            "failed": self.failed,
            "withdrawn": self.withdrawn,
            "why": self.why,
            "created": self.created.isoformat(timespec="seconds"),
            "updated": self.updated.isoformat(timespec="seconds"),
            "held_until": self.held_until and self.held_until.isoformat(timespec="seconds"),
        }


def look(session: Session, row: JobRow) -> Job:
    """A job with its counts, which are those of its rows."""
    total, done, failed, gone = int(row.asks.get("total", 1)), row.done, 0, 0
    if row.kind == ISSUE:
        counted = sheet_drafts.counted(session, row.district_id, [row.subject])[row.subject]
        # A sheet that was thrown away has no rows any more; what was counted stands.
        if counted.total:
            total, done, failed = counted.total, counted.issued + counted.failed, counted.failed
            gone = sheet_drafts.withdrawn(session, row.district_id, row.subject)
    return Job(
        row.id,
        row.kind,
        row.subject,
        row.state,
        total,
        min(done, total),
        failed,
        gone,
        row.why,
        row.asked_by,
        row.created,
        row.updated,
        row.held_until,
    )


def find(store: Store, district_id: str, job_id: str) -> Job:
    """How far a job has come.

    Raises:
        IssuerError: `not_found`.
    """
    with store.of(district_id).reading() as session:
        return look(session, jobs.job(session, district_id, job_id))


def everything(store: Store, district_id: str) -> list[Job]:
    """The jobs of a district, the latest first."""
    with store.of(district_id).reading() as session:
        return [look(session, row) for row in jobs.jobs(session, district_id)]


def ask_in(
    session: Session,
    district_id: str,
    kind: str,
    *,
    key: str,
    subject: str = "",
    asks: Mapping[str, Any] | None = None,
    held_until: datetime | None = None,
    name: str = "",
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> JobRow:
    """Ask for a job inside the caller's transaction; under a key that was used, the job that is there.

    Args:
        session: A writing transaction.
        district_id: Whose job.
        kind: What is to be done.
        key: What the asker calls it.
        subject: The sheet that it is about.
        asks: What else it must know; ids and counts, never a name.
        held_until: Until when nothing of it leaves the house.
        name: What it is called; "" for a random name.
        now: When.
        entropy: Random bytes, for its name.
        actor: Who asks.

    Raises:
        IssuerError: `key_reused` where the key stands for another job; `bad_text` for a key that is too long.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise IssuerError("bad_text", f"a key has 1 to {LONGEST_KEY} characters")
    # Whoever asks stands in the line of the audit chain first, so that two with one key come one by one.
    audit.hold(session, district_id)
    wanted = dict(asks or {})
    known = jobs.under_key(session, district_id, key)
    if known is not None:
        if (known.kind, known.subject, known.asks) != (kind, subject, wanted):
            raise IssuerError(
                "key_reused", f"the key {key} was used to ask for something else: use a new one"
            )
        return known
    row = JobRow(
        district_id=district_id,
        id=name or random_name(entropy),
        kind=kind,
        key=key,
        subject=subject,
        asks=wanted,
        state=QUEUED,
        run=1,
        done=0,
        why="",
        asked_by=actor,
        created=now,
        updated=now,
        held_until=held_until,
        made=None,
    )
    session.add(row)
    session.flush()
    _say(session, row, "job.asked", actor, now, kind=kind, about=subject)
    return row


def ask_sheet(
    session: Session,
    row: SheetDraft,
    *,
    hold: timedelta,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> JobRow:
    """Ask for the badges of a sheet, in the transaction that orders them. A sheet has one such job."""
    total = sheet_drafts.counted(session, row.district_id, [row.id])[row.id].total
    return ask_in(
        session,
        row.district_id,
        ISSUE,
        key=f"sheet:{row.id}",
        subject=row.id,
        asks={"total": total},
        held_until=now + hold if hold else None,
        now=now,
        entropy=entropy,
        actor=actor,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """An award that a program asks for, with where it was earned and what the catalogue calls it.

    `line` is its number among what was handed in; 0 counts it where it stands.
    """

    award: Award
    school_code: str
    code: str
    line: int = 0


def ask_awards(
    store: Store,
    district_id: str,
    wanted: Sequence[Wanted],
    *,
    key: str,
    hold: timedelta,
    name: str = "",
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Job:
    """Ask for the badges of awards that come from no sheet; they are kept as the rows of one.

    Raises:
        IssuerError: `bad_request` for none or for more than `MOST_ROWS`; `not_found` for a school;
            `key_reused` where the key stands for other awards.
    """
    if not 0 < len(wanted) <= MOST_ROWS:
        raise IssuerError("bad_request", f"a batch has 1 to {MOST_ROWS:,} awards")
    digest = sheet_digest(wanted)
    with store.of(district_id).transaction() as session:
        unknown = {one.school_code for one in wanted} - set(queries.schools(session, district_id))
        if unknown:
            raise IssuerError("not_found", f"the district has no school {min(unknown)!r}")
        audit.hold(session, district_id)
        known = jobs.under_key(session, district_id, key)
        if known is not None:
            if known.asks.get("sha256") != digest:
                raise IssuerError("key_reused", f"the key {key} was used for other awards: use a new one")
            return look(session, known)
        draft = SheetDraft(
            district_id=district_id,
            id=random_name(entropy),
            created_by=actor,
            created=now,
            updated_by=actor,
            updated=now,
            school=None,
            certification="",
            kind="",
            sheet=None,
            sha256=digest,
            answers={},
            fixes={"fixes": [], "skip": []},
            recorded_by=[actor],
            state=ISSUING,
            request_id=None,
        )
        session.add(draft)
        session.flush()
        bulk.put_ordered(
            session,
            district_id,
            draft.id,
            (
                (one.line or line, one.school_code, one.code, one.award.to_json())
                for line, one in enumerate(wanted, start=1)
            ),
        )
        row = ask_in(
            session,
            district_id,
            ISSUE,
            key=key,
            subject=draft.id,
            asks={"total": len(wanted), "sha256": digest},
            held_until=now + hold if hold else None,
            name=name,
            now=now,
            entropy=entropy,
            actor=actor,
        )
        return look(session, row)


def sheet_digest(wanted: Sequence[Wanted]) -> str:
    """SHA-256 over all that is asked for, in hexadecimal."""
    from issuer.sheets.order import Ordered, digest  # noqa: PLC0415 - ordering asks for jobs, so not both ways

    return digest(
        Ordered(one.line or line, one.school_code, one.code, one.award)
        for line, one in enumerate(wanted, start=1)
    )


def pause(store: Store, district_id: str, job_id: str, *, now: datetime, actor: str) -> Job:
    """Let a job rest. When this returns, nothing more is signed for it until it is resumed.

    Raises:
        IssuerError: `not_found`; `state_conflict` where it is over.
    """
    return _move(
        store, district_id, job_id, (QUEUED, RUNNING), PAUSING, action="job.paused", now=now, actor=actor
    )


def stop(store: Store, district_id: str, job_id: str, *, now: datetime, actor: str) -> Job:
    """End a job before it is done. What was issued stays; what waits is noted as not issued.

    Raises:
        IssuerError: As `pause`.
    """
    states = (QUEUED, RUNNING, PAUSING, PAUSED, FAILED)
    return _move(store, district_id, job_id, states, STOPPING, action="job.stopped", now=now, actor=actor)


def resume(store: Store, district_id: str, job_id: str, *, now: datetime, actor: str) -> Job:
    """Go on with a job that rests or has failed.

    Raises:
        IssuerError: `not_found`; `state_conflict` where it neither rests nor has failed, or is withdrawn.
    """
    _check_stands(store, district_id, job_id)
    return _move(
        store, district_id, job_id, (PAUSED, FAILED), QUEUED, action="job.resumed", now=now, actor=actor
    )


def again(store: Store, district_id: str, job_id: str, *, now: datetime, actor: str) -> Job:
    """Go on with a batch whose rows wait again that could not be issued.

    Raises:
        IssuerError: `not_found`; `state_conflict` where it is not over, or is withdrawn.
    """
    _check_stands(store, district_id, job_id)
    states = (DONE, STOPPED, FAILED, PAUSED)
    return _move(store, district_id, job_id, states, QUEUED, action="job.resumed", now=now, actor=actor)


def let_go(store: Store, district_id: str, job_id: str, *, now: datetime, actor: str) -> Job:
    """Hold a batch no longer: what is issued may leave the house at once.

    Raises:
        IssuerError: `not_found`; `state_conflict` where it is not held.
    """
    with store.of(district_id).transaction() as session:
        row = jobs.job(session, district_id, job_id, lock=True)
        if row.held_until is None or row.held_until <= now:
            raise IssuerError("state_conflict", "this batch is not held any more")
        if jobs.of_subject(session, district_id, WITHDRAW, row.subject):
            raise IssuerError("state_conflict", "this batch is being withdrawn")
        row.held_until, row.updated = now, now
        _say(session, row, "job.let-go", actor, now)
        return look(session, row)


def withdraw(
    store: Store,
    district_id: str,
    job_id: str,
    *,
    reason: Reason,
    note: str,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Job:
    """Withdraw every badge of a batch: one job, which goes on where it stopped. While the batch is held, this
    undoes it, and nobody has seen any of its badges.

    Raises:
        IssuerError: `not_found`; `bad_request` for a job that issues nothing.
    """
    with store.of(district_id).transaction() as session:
        row = jobs.job(session, district_id, job_id, lock=True)
        if row.kind != ISSUE:
            raise IssuerError("bad_request", "only a batch of badges can be withdrawn")
        if row.state in (QUEUED, RUNNING, PAUSING, PAUSED, FAILED):
            row.state, row.run, row.updated = STOPPING, row.run + 1, now
            _say(session, row, "job.stopped", actor, now)
        if row.held_until is not None and row.held_until > now:
            # Held for as long as the withdrawal may take: nothing of it gets out meanwhile.
            row.held_until = max(row.held_until, now + timedelta(days=1))
        known = jobs.under_key(session, district_id, f"withdraw:{row.id}")
        if known is not None:
            return look(session, known)
        made = ask_in(
            session,
            district_id,
            WITHDRAW,
            key=f"withdraw:{row.id}",
            subject=row.subject,
            asks={"batch": row.id, "reason": reason.value, "note": note, "total": int(row.asks["total"])},
            now=now,
            entropy=entropy,
            actor=actor,
        )
        return look(session, made)


def _check_stands(store: Store, district_id: str, job_id: str) -> None:
    """Refuse to go on with a batch that was withdrawn: what was undone stays undone."""
    with store.of(district_id).reading() as session:
        row = jobs.job(session, district_id, job_id)
        if row.kind == ISSUE and jobs.of_subject(session, district_id, WITHDRAW, row.subject):
            raise IssuerError("state_conflict", "this batch is withdrawn: begin another sheet")


# Whoever changes a job takes its row first and the audit chain after, as signing does: no two wait for each
# other.
def _move(
    store: Store,
    district_id: str,
    job_id: str,
    states: Sequence[str],
    state: str,
    *,
    action: str,
    now: datetime,
    actor: str,
) -> Job:
    """Bring a job into another state: a new run, so that whoever worked for the last one leaves it."""
    with store.of(district_id).transaction() as session:
        row = jobs.job(session, district_id, job_id, lock=True)
        if row.state not in states:
            raise IssuerError("state_conflict", f"{_STANDS[row.state]}: look at it again")
        row.state, row.run, row.why, row.updated = state, row.run + 1, "", now
        _say(session, row, action, actor, now)
        return look(session, row)


_STANDS: Final = {
    QUEUED: "this job waits for a worker",
    RUNNING: "this job is being carried out",
    PAUSING: "this job is about to rest",
    PAUSED: "this job rests",
    STOPPING: "this job is about to end",
    STOPPED: "this job was stopped",
    DONE: "this job is done",
    FAILED: "this job could not go on",
}


def _say(session: Session, row: JobRow, action: str, actor: str, now: datetime, **facts: Any) -> None:
    audit.record(session, row.district_id, at=now, actor=actor, action=action, subject=row.id, facts=facts)
