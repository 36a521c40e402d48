"""`cairn outcomes`: what became of students, recorded with the consent that allows it to be counted."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from issuer.commands.desk import Desk
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.outcomes import Told, record_outcome, withdraw_consent
from issuer.reports.facts import OutcomeKind, Source
from issuer.reports.gather import clusters_of
from issuer.store import report_queries

app = typer.Typer(no_args_is_help=True, help="What became of students who consent to be counted.")


@app.command()
def add(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(help="The student's number.")],
    *,
    kind: Annotated[
        OutcomeKind, typer.Option(help="What became of them; neither: they answered, and neither is true.")
    ],
    since: Annotated[str, typer.Option(help="The day from which on it is so, as 2026-09-01.")],
    consent: Annotated[str, typer.Option(help="Reference of the consent form.")],
    source: Annotated[Source, typer.Option(help="Who said it.")] = Source.SURVEY,
    cluster: Annotated[str, typer.Option(help="Career cluster of the work or program, in words.")] = "",
) -> None:
    """Record what became of a student. Without a consent's reference it is refused."""
    desk: Desk = ctx.obj
    district = desk.district()
    try:
        day = date.fromisoformat(since)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{since!r} is not a day such as 2026-09-01") from fault
    with desk.store().reading() as session:
        clusters = frozenset(clusters_of(district_catalogue(session, district.id)))
    made = record_outcome(
        desk.store(),
        district.id,
        Told(student, kind, day, cluster, consent, source),
        clusters=clusters,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    desk.data({"id": made}, f"{made} is recorded; it is counted until the consent is withdrawn")


@app.command()
def withdraw(
    ctx: typer.Context, outcome: Annotated[str, typer.Argument(help="The outcome's urn:uuid.")]
) -> None:
    """Take a consent back: from now on the outcome is in no count."""
    desk: Desk = ctx.obj
    district = desk.district()
    withdraw_consent(desk.store(), district.id, outcome, now=desk.now(), actor=desk.actor)
    desk.data({"id": outcome}, f"{outcome} is counted no more")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List what is recorded, student by student: for the district's own eyes."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        rows = report_queries.outcomes(session, district.id)
    found = [
        {
            "id": row.id,
            "student": row.student_id,
            "kind": row.kind,
            "since": row.since,
            "cluster": row.cluster,
            "consent": row.consent,
            "source": row.source,
            "counted": row.withdrawn_at is None,
        }
        for row in sorted(rows, key=lambda row: (row.student_id, row.since, row.id))
    ]
    lines = [
        f"{row['student']}  {row['since']}  {row['kind']:<8}  {row['cluster']}"
        + ("" if row["counted"] else "  consent withdrawn")
        for row in found
    ]
    desk.data(found, "\n".join(lines))
