"""`cairn jobs` and `cairn worker`: what takes longer than a command waits, and who carries it out."""

from __future__ import annotations

import csv
import io
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from credential.withdrawal import Reason
from issuer.access.policy import Kind
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.jobs import asking, steering
from issuer.jobs.asking import Job
from issuer.jobs.outcome import outcome_csv
from issuer.store import jobs, queries
from issuer.store.session import Store
from keys.signer import Signer

app = typer.Typer(
    no_args_is_help=True, help="Batches and other jobs: how far they are, pause, stop, withdraw."
)

JobId = Annotated[str, typer.Argument(help="The job, as `cairn jobs list` names it.")]
PARTIAL = 4
LOOK_EVERY = 0.5
"""Seconds between two looks at a job that is followed."""


def worker(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="Its name, the same after a restart; else this machine's.")] = "",
) -> None:
    """Carry out jobs until told to stop. Start one more on any machine that reaches the database."""
    from issuer.journal import Journal  # noqa: PLC0415 - only what goes on for long keeps one

    desk: Desk = ctx.obj
    journal = Journal(sys.stderr, desk.now)
    journal.take_over()
    made = make_worker(desk, desk.every_district(), name=name)
    made.start()
    desk.say(f"Working as {made.name}; stop with Ctrl-C.")
    ended = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ended.set())
    journal.started()
    ended.wait()
    made.stop()
    journal.stopped()


def make_worker(desk: Desk, store: Store, *, name: str = "") -> Any:
    """A worker of this process, which opens the districts' keys itself."""
    from issuer.jobs.work import Work  # noqa: PLC0415 - only who works loads what works
    from issuer.jobs.worker import Worker  # noqa: PLC0415 - likewise

    lock = threading.Lock()

    def signer_of(district_id: str) -> Signer:
        with lock, store.reading() as session:
            return desk.signer(queries.district(session, district_id))

    own = not desk.settings.database_owner_url
    work = Work(store, signer_of, desk.now, desk.entropy, send_due=_send_due(desk))
    return Worker(work, name=name, migrate=own)


def _send_due(desk: Desk) -> Callable[[Store, str], int] | None:
    """What sends mail for a job; None where no mail server is set."""
    from issuer.mail.looking import Mark  # noqa: PLC0415 - only who works sends
    from issuer.mail.sending import send_due  # noqa: PLC0415 - only who works sends
    from issuer.mail.set_up import server_of  # noqa: PLC0415 - likewise
    from issuer.mail.smtp import connected  # noqa: PLC0415 - likewise

    server = server_of(desk.settings)
    if server is None:
        return None
    marks: dict[str, Mark] = {}

    def send(store: Store, district_id: str) -> int:
        done = send_due(
            store,
            district_id,
            lambda: connected(server),
            sender=server.sender,
            clock=desk.now,
            entropy=desk.entropy,
            marks=marks,
        )
        if done.fault and not done.sent:
            raise IssuerError("bad_setting", f"the mail server took nothing: {done.fault}")
        return done.sent

    return send


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """Say which jobs there are, the latest first."""
    desk: Desk = ctx.obj
    found = asking.everything(desk.store(), desk.district().id)
    lines = "\n".join(_line(one, desk.now()) for one in found)
    desk.data([one.to_json() for one in found], lines or "There is no job.")


@app.command()
def show(
    ctx: typer.Context,
    job: JobId,
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Stay until it is over.")] = False,
) -> None:
    """Say how far a job has come."""
    desk: Desk = ctx.obj
    found = watch(desk, job) if follow else asking.find(desk.store(), desk.district().id, job)
    tell(desk, found)


@app.command()
def rows(
    ctx: typer.Context,
    job: JobId,
    *,
    out: Annotated[Path | None, typer.Option(help="A file for it; else it is printed.")] = None,
) -> None:
    """Write what became of each row of a batch, as CSV."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = jobs.job(session, desk.district().id, job, whole=True)
        made = outcome_csv(session, found)
    if out is None:
        typer.echo(made.decode("utf-8-sig"), nl=False)
        return
    out.write_bytes(made)
    desk.say(f"{sum(1 for _ in csv.reader(io.StringIO(made.decode('utf-8-sig')))) - 1} rows are in {out}")


@app.command()
def pause(ctx: typer.Context, job: JobId) -> None:
    """Let a job rest: nothing more is signed for it until it is resumed."""
    _do(ctx, steering.pause, job)


@app.command()
def resume(ctx: typer.Context, job: JobId) -> None:
    """Go on with a job that rests or could not go on."""
    _do(ctx, steering.resume, job)


@app.command()
def stop(ctx: typer.Context, job: JobId) -> None:
    """End a job. What was issued stays; what waits is not issued."""
    _do(ctx, steering.stop, job)


@app.command("let-go")
def let_go(ctx: typer.Context, job: JobId) -> None:
    """Hold a batch no longer: its badges may leave the house at once."""
    _do(ctx, steering.let_go, job)


@app.command()
def withdraw(
    ctx: typer.Context,
    job: JobId,
    *,
    reason: Annotated[Reason, typer.Option(help="Why, as coarse as strangers may know it.")],
    note: Annotated[str, typer.Option(help="For the district's own eyes.")] = "",
) -> None:
    """Withdraw every badge of a batch for good. While it is held, this undoes it."""
    desk: Desk = ctx.obj
    desk.two_people(Kind.WITHDRAW, f"job:{job}")
    tell(
        desk,
        steering.withdraw(
            desk.store(),
            desk.district().id,
            job,
            reason=reason,
            note=note,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        ),
    )


def watch(desk: Desk, job_id: str) -> Job:
    """Stay with a job until it is over, with a bar where somebody looks on. Leaving does not end the job."""
    store, district_id = desk.store(), desk.district().id
    found = asking.find(store, district_id, job_id)
    with typer.progressbar(length=found.total, file=typer.get_text_stream("stderr")) as bar:
        done = 0
        while True:
            found = asking.find(store, district_id, job_id)
            bar.update(found.done - done)
            done = found.done
            if found.is_over:
                return found
            time.sleep(LOOK_EVERY)


def held_for(desk: Desk) -> timedelta:
    """How long a batch can be undone, as the setting says."""
    return timedelta(minutes=desk.settings.hold_minutes)


def _do(ctx: typer.Context, what: Callable[..., Job], job: str) -> None:
    desk: Desk = ctx.obj
    tell(desk, what(desk.store(), desk.district().id, job, now=desk.now(), actor=desk.actor))


def tell(desk: Desk, job: Job) -> None:
    """Say how far a job has come; exit code 4 where something of it could not be done."""
    desk.data(job.to_json(), _line(job, desk.now()))
    if job.state == jobs.FAILED:
        raise IssuerError("state_conflict", f"the job could not go on: {job.why}")
    if job.failed:
        raise typer.Exit(PARTIAL)


def _line(job: Job, now: datetime) -> str:
    said = f"{job.id}  {job.kind:<8} {job.state:<8} {job.done} of {job.total}"
    for number, words in ((job.failed, "not issued"), (job.withdrawn, "withdrawn")):
        said += f", {number} {words}" if number else ""
    if job.held_until is not None and job.is_held(now):
        said += f", held until {job.held_until:%H:%M} UTC"
    return f"{said}\n          {job.why}" if job.why else said
