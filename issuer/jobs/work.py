"""What a worker does for a job: a step at a time, each of which may be taken twice at no harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.errors import IssuerError
from issuer.issuance import resume
from issuer.jobs.bounds import Hand
from issuer.jobs.importing import import_students
from issuer.jobs.reporting import make
from issuer.many import MOST_TOGETHER
from issuer.publication import publish_due
from issuer.revocation import revoke_in
from issuer.sheets.batch import end_sheet, issue_some
from issuer.store import audit, bulk, jobs, sheet_drafts
from issuer.store.jobs import DONE, FAILED, LIVE, PAUSED, PAUSING, QUEUED, RUNNING, STOPPED, STOPPING, JobRow
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import COULD_NOT, LANES
from issuer.store.status_lists import Entropy
from keys.signer import Signer

WITHDRAWN_TOGETHER: Final = 100
"""Badges that are withdrawn in one transaction."""
ROWS_A_LANE: Final = 1_000
"""A sheet is dealt into more lanes only where each has about so many rows: a second or two of work, since a
worker looks for its next lane a few times a second."""
WAITS: Final = 0.5
"""Seconds between two looks whether the batch that is to be withdrawn has come to rest."""
UNSAID: Final = "it failed, and why could not be noted: resume it"
UNDONE: Final = "The batch was stopped before this badge was issued."

SendDue = Callable[[Store, str], int]
"""Sends some of a district's mails that are due; gives 0 once none was left to be sent."""


class Superseded(IssuerError):  # noqa: N818 - a refusal says what was refused
    """This run of a job was told to rest, or another has taken its place: leave everything as it is."""

    def __init__(self) -> None:
        super().__init__("state_conflict", "this run of the job is over")


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker works with.

    Attributes:
        store: The database, told no district.
        signer_of: Opens the key of a district.
        clock: Gives the time.
        entropy: Random bytes.
        send_due: Sends mails; None where this deployment sends none.
        wait: Sleeps for so many seconds.
        hand: Notes what is in hand, so that a row that ends whoever tries it is given up; None notes nothing.
    """

    store: Store
    signer_of: Callable[[str], Signer]
    clock: Callable[[], datetime]
    entropy: Entropy
    send_due: SendDue | None = None
    wait: Callable[[float], None] = time.sleep
    hand: Hand | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of one job.

    Attributes:
        district_id: Whose.
        job_id: Which job.
        run: Which of its runs: by it a worker that was taken for dead is told from its successor.
    """

    district_id: str
    job_id: str
    run: int

    @property
    def name(self) -> str:
        """What the durable queue calls it."""
        return f"{self.district_id}/{self.job_id}/{self.run}"

    def check(self, session: Session) -> None:
        """Refuse where this run may not act any more; what is found holds until the transaction ends.

        Raises:
            Superseded: It may not.
        """
        if not jobs.hold_run(session, self.district_id, self.job_id, self.run):
            raise Superseded


def begin(work: Work, turn: Turn) -> int:
    """Take a job up; gives in how many lanes its rows are dealt, or 0 where nothing is to be done for it."""
    with work.store.of(turn.district_id).transaction() as session:
        row = jobs.job(session, turn.district_id, turn.job_id, lock=True)
        if row.run != turn.run or row.state not in LIVE:
            return 0
        if row.state == QUEUED:
            row.state, row.updated = RUNNING, work.clock()
        if row.kind != jobs.ISSUE or row.state != RUNNING:
            return 1
        lanes, rows = 1, sheet_drafts.counted(session, turn.district_id, [row.subject])[row.subject].queued
    while lanes < LANES and rows > lanes * ROWS_A_LANE:
        lanes *= 2
    return lanes


def step(work: Work, turn: Turn, lane: tuple[int, int]) -> bool:
    """Take one step of a job; True where more is left of its lane.

    Raises:
        Superseded: This run may not act any more.
        ValueError: What is wrong with the house: it is tried again.
    """
    with work.store.of(turn.district_id).reading() as session:
        row = jobs.job(session, turn.district_id, turn.job_id)
    if row.run != turn.run or row.state != RUNNING:
        raise Superseded
    return _STEPS[row.kind](work, turn, row, lane)


def note_why(work: Work, turn: Turn, why: str) -> None:
    """Note what stopped a run, until it is brought to its end."""
    with work.store.of(turn.district_id).transaction() as session:
        row = jobs.job(session, turn.district_id, turn.job_id, lock=True)
        if row.run == turn.run and row.state in LIVE:
            row.why = why


def rest(work: Work, turn: Turn, *, failed: bool = False) -> None:
    """Bring a run to its end: done, or at rest as it was asked to be, or failed for what was noted.

    Args:
        work: What the worker works with.
        turn: Which run.
        failed: Whether something stopped it.

    Raises:
        ValueError: What is wrong with the house: it is tried again.
    """
    store, now = work.store.of(turn.district_id), work.clock()
    with store.reading() as session:
        row = jobs.job(session, turn.district_id, turn.job_id)
    if row.run != turn.run or row.state not in LIVE:
        return
    if row.kind == jobs.ISSUE:
        _end_of_batch(work, turn, row)
    elif row.kind == jobs.WITHDRAW and not failed:
        signer = work.signer_of(turn.district_id)
        publish_due(store, turn.district_id, signer, clock=work.clock, actor=row.asked_by)
    with store.transaction() as session:
        row = jobs.job(session, turn.district_id, turn.job_id, lock=True)
        if row.run != turn.run or row.state not in LIVE:
            return
        why = (row.why or UNSAID) if failed else ""
        if row.kind == jobs.ISSUE and not why and row.state == RUNNING:
            left = sheet_drafts.counted(session, turn.district_id, [row.subject])[row.subject].queued
            why = f"{left} rows could not be tried" if left else ""
        ended = {PAUSING: PAUSED, STOPPING: STOPPED}.get(row.state, FAILED if why else DONE)
        row.state, row.why, row.updated = ended, why, now
        jobs.say_ended(session, row, now=now)
    if work.hand is not None:
        work.hand.forget(turn.name)


def _end_of_batch(work: Work, turn: Turn, row: JobRow) -> None:
    """Sign what a crash or a pause left prepared, note it at its rows, and publish."""
    store, district_id, now = work.store.of(turn.district_id), turn.district_id, work.clock()
    signer = work.signer_of(district_id)
    resume(store, district_id, signer=signer, now=now, actor=row.asked_by)
    with store.transaction() as session:
        sheet_drafts.settle_signed(session, district_id, row.subject)
        if row.state == STOPPING:
            sheet_drafts.leave_queued(session, district_id, row.subject, UNDONE)
    end_sheet(store, district_id, row.subject, now=now, actor=row.asked_by)
    publish_due(store, district_id, signer, clock=work.clock, actor=row.asked_by)


def _issue(work: Work, turn: Turn, row: JobRow, lane: tuple[int, int]) -> bool:
    """Issue the next rows of one lane of a sheet."""
    store, district_id = work.store.of(turn.district_id), turn.district_id
    if work.hand is None:
        _issue_next(work, turn, row, lane, MOST_TOGETHER)
    else:
        with store.reading() as session:
            lines = sheet_drafts.lines(session, district_id, row.subject, most=MOST_TOGETHER, lane=lane)
        with work.hand.taking(f"{turn.name}/{lane[0]}/{lane[1]}", lines) as chosen:
            if chosen.given_up is not None:
                _give_up(work, turn, row, chosen.given_up)
                return len(lines) > 1
            _issue_next(work, turn, row, lane, chosen.most)
    with store.reading() as session:
        waiting = sheet_drafts.rows(
            session, district_id, row.subject, state=sheet_drafts.QUEUED, most=1, lane=lane
        )
    return bool(waiting)


def _issue_next(work: Work, turn: Turn, row: JobRow, lane: tuple[int, int], most: int) -> None:
    """Issue so many rows."""
    issue_some(
        work.store.of(turn.district_id),
        turn.district_id,
        row.subject,
        signer=work.signer_of(turn.district_id),
        clock=work.clock,
        entropy=work.entropy,
        actor=row.asked_by,
        most=most,
        lane=lane,
        check=turn.check,
        finish=False,
    )


def _give_up(work: Work, turn: Turn, row: JobRow, line: int) -> None:
    """Let a row that ended every worker be an outcome, which a person reads."""
    with work.store.of(turn.district_id).transaction() as session:
        turn.check(session)
        sheet_drafts.give_up(session, turn.district_id, row.subject, line, COULD_NOT)
        audit.record(
            session,
            turn.district_id,
            at=work.clock(),
            actor=row.asked_by,
            action="sheet.row-given-up",
            subject=row.subject,
            facts={"job": turn.job_id, "row": line},
        )


def _withdraw(work: Work, turn: Turn, row: JobRow, _lane: tuple[int, int]) -> bool:
    """Withdraw the next badges of a batch, once nobody issues them any more."""
    store, district_id, now = work.store.of(turn.district_id), turn.district_id, work.clock()
    with store.reading() as session:
        batch = jobs.job(session, district_id, row.asks["batch"])
        if batch.state in LIVE:
            work.wait(WAITS)
            return True
        refs = sheet_drafts.standing(session, district_id, row.subject, most=WITHDRAWN_TOGETHER)
    if not refs:
        _check_at_rest(batch)
        return False
    with store.transaction() as session:
        turn.check(session)
        for found in bulk.credentials(session, district_id, refs, lock=True).values():
            revoke_in(
                session,
                district_id,
                found.id,
                reason=row.asks["reason"],
                note=row.asks["note"],
                now=now,
                actor=row.asked_by,
            )
        jobs.count(session, district_id, turn.job_id, len(refs), now=now)
    return True


def _check_at_rest(batch: JobRow) -> None:
    """Refuse to call a batch withdrawn that may still hold what was prepared and would be signed later.

    Raises:
        IssuerError: `state_conflict` where it could not be brought to its end.
    """
    if batch.state == FAILED:
        raise IssuerError(
            "state_conflict",
            "the batch could not be brought to its end: stop it, then resume this",
        )


def _publish(work: Work, turn: Turn, row: JobRow, _lane: tuple[int, int]) -> bool:
    """Publish what is due."""
    signer = work.signer_of(turn.district_id)
    publish_due(
        work.store.of(turn.district_id), turn.district_id, signer, clock=work.clock, actor=row.asked_by
    )
    return _once(work, turn)


def _import(work: Work, turn: Turn, row: JobRow, _lane: tuple[int, int]) -> bool:
    """Bring the roster up to the file that was given: all of it in one transaction, or nothing."""
    with work.store.of(turn.district_id).transaction() as session:
        turn.check(session)
        now = work.clock()
        made = import_students(session, row, now=now)
        jobs.put_made(session, turn.district_id, turn.job_id, made)
        jobs.count(session, turn.district_id, turn.job_id, 1, now=now)
    return False


def _mail(work: Work, turn: Turn, _row: JobRow, _lane: tuple[int, int]) -> bool:
    """Send mails that are due."""
    if work.send_due is None:
        raise IssuerError("bad_setting", "this deployment sends no mail: set up its mail server first")
    return work.send_due(work.store.of(turn.district_id), turn.district_id) > 0 or _once(work, turn)


def _report(work: Work, turn: Turn, row: JobRow, _lane: tuple[int, int]) -> bool:
    """Make a report, and keep it with the job."""
    with work.store.of(turn.district_id).reading() as session:
        made = make(session, turn.district_id, row.asks, today=work.clock().astimezone().date())
    with work.store.of(turn.district_id).transaction() as session:
        jobs.put_made(session, turn.district_id, turn.job_id, made)
    return _once(work, turn)


def _once(work: Work, turn: Turn) -> bool:
    """Note that the one thing that there was to do is done."""
    with work.store.of(turn.district_id).transaction() as session:
        jobs.count(session, turn.district_id, turn.job_id, 1, now=work.clock())
    return False


_STEPS: Final = {
    jobs.ISSUE: _issue,
    jobs.WITHDRAW: _withdraw,
    jobs.PUBLISH: _publish,
    jobs.IMPORT: _import,
    jobs.MAIL: _mail,
    jobs.REPORT: _report,
}
