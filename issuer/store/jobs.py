"""Jobs: what was asked for that takes longer than a page waits, and how far each has come.

The row is the order itself: it is written in the transaction that orders, so nothing that was acknowledged
depends on another program's queue. Whoever works finds it here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, defer, mapped_column

from issuer.errors import IssuerError
from issuer.store import audit
from issuer.store.columns import Json
from issuer.store.session import Session
from issuer.store.sheet_drafts import SheetDraftRow
from issuer.store.tables import Base, Credential, Status

ISSUE, WITHDRAW, IMPORT, PUBLISH, MAIL, REPORT = "issue", "withdraw", "import", "publish", "mail", "report"
KINDS: Final = (ISSUE, WITHDRAW, IMPORT, PUBLISH, MAIL, REPORT)
"""What a job does."""
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
PAUSING, PAUSED, STOPPING, STOPPED = "pausing", "paused", "stopping", "stopped"
"""What a job's state is. Nothing more is signed for one that is pausing or stopping; a worker still brings to
an end what it has in hand, and then it is paused or stopped."""
LIVE: Final = (QUEUED, RUNNING, PAUSING, STOPPING)
"""The states in which workers still have something to do for a job."""
MOST_SHOWN: Final = 200


class JobRow(Base):
    """One job. `run` rises whenever it is begun anew, so that a worker of an earlier run stops by itself.

    `made` is what it made: a report. What it works on is a sheet, by its name.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('issue', 'withdraw', 'import', 'publish', 'mail', 'report')", name="kind_known"
        ),
        CheckConstraint(
            "state IN ('queued', 'running', 'pausing', 'paused', 'stopping', 'stopped', 'done', 'failed')",
            name="state_known",
        ),
        CheckConstraint("done >= 0 AND run >= 1", name="counts_from_zero"),
        UniqueConstraint("district_id", "key"),
        Index("ix_job_state", "district_id", "state"),
        Index("ix_job_subject", "district_id", "kind", "subject"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    subject: Mapped[str]
    asks: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str]
    run: Mapped[int]
    done: Mapped[int]
    why: Mapped[str]
    asked_by: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    held_until: Mapped[datetime | None]
    made: Mapped[bytes | None]


def job(
    session: Session, district_id: str, job_id: str, *, lock: bool = False, whole: bool = False
) -> JobRow:
    """One job; what it has made only where the whole is asked for.

    Raises:
        IssuerError: `not_found`.
    """
    asked = select(JobRow).where(JobRow.district_id == district_id, JobRow.id == job_id)
    found: JobRow | None = session.scalars(_read(asked, lock=lock, whole=whole)).one_or_none()
    if found is None:
        raise IssuerError("not_found", "there is no such job: `cairn jobs list`")
    return found


def under_key(session: Session, district_id: str, key: str, *, lock: bool = False) -> JobRow | None:
    """The job that was asked for under a key, if one was."""
    asked = select(JobRow).where(JobRow.district_id == district_id, JobRow.key == key)
    found: JobRow | None = session.scalars(_read(asked, lock=lock)).one_or_none()
    return found


def jobs(
    session: Session, district_id: str, *, states: Sequence[str] = (), most: int = MOST_SHOWN
) -> list[JobRow]:
    """The jobs of a district, the latest first."""
    asked = select(JobRow).where(JobRow.district_id == district_id)
    if states:
        asked = asked.where(JobRow.state.in_(states))
    return list(session.scalars(_read(asked.order_by(JobRow.created.desc(), JobRow.id).limit(most))))


def of_subject(session: Session, district_id: str, kind: str, subject: str) -> list[JobRow]:
    """The jobs of one kind about one thing, the latest first."""
    asked = select(JobRow).where(
        JobRow.district_id == district_id, JobRow.kind == kind, JobRow.subject == subject
    )
    return list(session.scalars(_read(asked.order_by(JobRow.created.desc(), JobRow.id))))


def hold_run(session: Session, district_id: str, job_id: str, run: int) -> bool:
    """Whether a run may still act, and may until this transaction ends; False once it was told to rest.

    Whoever pauses or stops a job, or begins it anew, waits for the transaction, and what comes after does not
    act: a worker that was taken for dead and is not signs nothing any more.
    """
    found = session.scalars(
        select(JobRow.id)
        .where(JobRow.district_id == district_id, JobRow.id == job_id)
        .where(JobRow.run == run, JobRow.state == RUNNING)
        .with_for_update(read=True)
    )
    return found.one_or_none() is not None


def count(session: Session, district_id: str, job_id: str, more: int, *, now: datetime) -> None:
    """Note that a job has come further."""
    session.execute(
        update(JobRow)
        .where(JobRow.district_id == district_id, JobRow.id == job_id)
        .values(done=JobRow.done + more, updated=now)
        .execution_options(synchronize_session=False)
    )


def put_made(session: Session, district_id: str, job_id: str, made: bytes) -> None:
    """Keep what a job made."""
    session.execute(
        update(JobRow)
        .where(JobRow.district_id == district_id, JobRow.id == job_id)
        .values(made=made)
        .execution_options(synchronize_session=False)
    )


def say_ended(session: Session, row: JobRow, *, now: datetime) -> None:
    """The audit's row about the end of a run."""
    facts = {"state": row.state, "run": row.run}
    audit.record(
        session, row.district_id, at=now, actor=row.asked_by, action="job.ended", subject=row.id, facts=facts
    )


def held_until(session: Session, district_id: str, award_ref: str, *, now: datetime) -> datetime | None:
    """Until when a badge stays in the house, because its batch can still be undone; None where it may go."""
    return held(session, district_id, [award_ref], now=now).get(award_ref)


def held(session: Session, district_id: str, refs: Collection[str], *, now: datetime) -> dict[str, datetime]:
    """By reference, until when each of some badges stays in the house; those that may go are left out."""
    # The sheets first: asked together, SQLite would go through all the rows of every batch that is held.
    sheets = session.execute(
        select(SheetDraftRow.award_ref, SheetDraftRow.draft_id).where(
            SheetDraftRow.district_id == district_id, SheetDraftRow.award_ref.in_(refs)
        )
    ).all()
    batches = session.execute(
        select(JobRow.subject, func.max(JobRow.held_until))
        .where(
            JobRow.district_id == district_id,
            JobRow.kind == ISSUE,
            JobRow.subject.in_({sheet for _, sheet in sheets}),
            JobRow.held_until > now,
        )
        .group_by(JobRow.subject)
    )
    until = {sheet: last for sheet, last in batches if last is not None}
    found: dict[str, datetime] = {}
    for ref, sheet in sheets:
        if sheet in until:
            found[ref] = max(until[sheet], found.get(ref, until[sheet]))
    return found


def next_let_go(session: Session, district_id: str, now: datetime) -> datetime | None:
    """When the next batch cannot be undone any more, so that its badges may be told; None where none can."""
    found: datetime | None = session.scalar(
        select(func.min(JobRow.held_until)).where(
            JobRow.district_id == district_id, JobRow.kind == ISSUE, JobRow.held_until > now
        )
    )
    return found


def stayed_in(now: datetime) -> ColumnElement[bool]:
    """That a badge never left the house: its batch can be undone still, or the badge fell while it could be.

    For queries of `Credential` that join its `Status`, where there is one. What stayed in, nobody outside
    is told of, whatever became of it.
    """
    return (
        select(JobRow.id)
        .join(
            SheetDraftRow,
            (SheetDraftRow.district_id == JobRow.district_id) & (SheetDraftRow.draft_id == JobRow.subject),
        )
        .where(
            JobRow.district_id == Credential.district_id,
            JobRow.kind == ISSUE,
            SheetDraftRow.award_ref == Credential.award_ref,
            or_(
                and_(Status.revoked_at.is_(None), JobRow.held_until > now),
                JobRow.held_until > Status.revoked_at,
            ),
        )
        .correlate(Credential, Status)
        .exists()
    )


def _read(asked: Any, *, lock: bool = False, whole: bool = False) -> Any:
    if not whole:
        asked = asked.options(defer(JobRow.made))
    asked = asked.execution_options(populate_existing=True)
    return asked.with_for_update() if lock else asked
