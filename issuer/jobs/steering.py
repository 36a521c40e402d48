"""Pause a job, go on with it, stop it, let its batch go, undo it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from credential.withdrawal import Reason
from issuer.errors import IssuerError
from issuer.jobs.asking import Job, ask_in, look, say
from issuer.store import jobs
from issuer.store.jobs import (
    DONE,
    FAILED,
    ISSUE,
    PAUSED,
    PAUSING,
    QUEUED,
    RUNNING,
    STOPPED,
    STOPPING,
    WITHDRAW,
)
from issuer.store.session import Store
from issuer.store.status_lists import Entropy


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
        say(session, row, "job.let-go", actor, now)
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
            say(session, row, "job.stopped", actor, now)
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
        say(session, row, action, actor, now)
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
