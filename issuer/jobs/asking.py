"""Ask for a job, and look how far it has come.

A job is asked for under a key. The same key again is the same job: a second submission, from whatever
process, gets the first one's answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from issuer.award import Award
from issuer.errors import IssuerError
from issuer.store import audit, bulk, jobs, queries, sheet_drafts
from issuer.store.jobs import (
    ISSUE,
    LIVE,
    QUEUED,
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
    say(session, row, "job.asked", actor, now, kind=kind, about=subject)
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


def say(session: Session, row: JobRow, action: str, actor: str, now: datetime, **facts: Any) -> None:
    """Note in the audit trail what became of a job."""
    audit.record(session, row.district_id, at=now, actor=actor, action=action, subject=row.id, facts=facts)
