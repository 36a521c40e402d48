"""`cairn scores`: what students scored and what the district attests, for readiness."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from issuer.commands.desk import Desk
from issuer.known_measures import KnownMeasures, known_measures
from issuer.roster import Order, SheetError
from issuer.roster.scores import ScoreReport, read_scores
from issuer.store import audit
from issuer.store.measures import NewMeasure, record_measures, retract_measures

PARTIAL = 4
"""The exit code when some rows need a person."""

app = typer.Typer(no_args_is_help=True, help="Scores and attestations that show readiness.")


@app.callback()
def scores() -> None:
    """Scores and attestations that show readiness."""


@app.command("import")
def import_(
    ctx: typer.Context,
    sheet: Annotated[Path, typer.Argument(help="A CSV file, or - for standard input.")],
    *,
    retract: Annotated[bool, typer.Option("--retract", help="Mark these very rows as wrong.")] = False,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="Record rows too whose assessment or part today's menu does not know."
        ),
    ] = False,
    dates: Annotated[Order | None, typer.Option(help="How the sheet writes days with slashes.")] = None,
) -> None:
    """Record each row of a sheet: external_id, assessment, part, value, date.

    A row whose assessment or part today's menu does not know is recorded only with --confirm: under that
    name it shows nothing. Run it again after mending rows: what is recorded is not recorded twice. A wrong
    score is retracted with the same row and --retract; what was determined by it stands.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    data = sys.stdin.buffer.read() if str(sheet) == "-" else sheet.read_bytes()
    now = desk.now()
    try:
        rows = read_scores(data, run_date=now.astimezone().date(), date_order=dates)
    except SheetError as fault:
        desk.say(f"Nothing was taken. {fault}")
        raise typer.Exit(2) from fault
    if not retract and not confirm:
        with desk.store().reading() as session:
            known = known_measures(session, district.id, now.astimezone().date())
        rows = tuple(_doubted(one, known) for one in rows)
    ready = [
        NewMeasure(r.student_id, r.kind, r.assessment, r.part, r.value, r.on)
        for r in (one.row for one in rows)
        if r is not None
    ]
    with desk.store().transaction() as session:
        if retract:
            count = retract_measures(session, district.id, ready, now=now)
        else:
            count = record_measures(session, district.id, ready, now=now, actor=desk.actor)
        if count:
            audit.record(
                session,
                district.id,
                at=now,
                actor=desk.actor,
                action="scores.retracted" if retract else "scores.recorded",
                subject=district.id,
                facts={"rows": count, "sha256": hashlib.sha256(data).hexdigest()},
            )
    wrong = [one for one in rows if one.row is None]
    done = "retracted" if retract else "recorded"
    desk.data(
        {
            "district": district.id,
            done: count,
            "rows": [{"line": one.line, "code": one.code, "why": one.why} for one in wrong],
        },
        "\n".join([f"row {one.line:>4}  {one.code}  {one.why}" for one in wrong] + [f"{count} {done}"]),
    )
    if wrong:
        raise typer.Exit(PARTIAL)


def _doubted(report: ScoreReport, known: KnownMeasures) -> ScoreReport:
    """A row to look at twice, where it would show nothing under the name that it has."""
    row = report.row
    why = known.doubt(row.kind, row.assessment, row.part) if row is not None else ""
    if not why:
        return report
    said = f"{why[:1].upper()}{why[1:]}. Correct it, or record it as it is with --confirm."
    return ScoreReport(report.line, None, "LOOK_TWICE", said)
