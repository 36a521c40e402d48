"""`cairn report`: what a district counts, and what may be shown of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.commands import student_files
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.reports.facts import school_year
from issuer.reports.gather import gather
from issuer.reports.report import NAMES, make_report
from issuer.reports.suppression import Mode
from issuer.reports.written import WRITERS, Format
from issuer.rule_sets import suppression_on

app = typer.Typer(no_args_is_help=True, help="Count what was awarded, and show what may be shown.")

app.command("state")(student_files.state)
app.command("incentive")(student_files.incentive)

FIRST_YEAR, LAST_YEAR = 2000, 2100

YearOption = Annotated[
    int, typer.Option(help="The school year, by the year in which it ends; without it, the current one.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How it is written.")]
OutOption = Annotated[Path | None, typer.Option(help="A file; without it, the terminal.")]
StudentsOption = Annotated[
    int | None, typer.Option(help="How many students the district has: rates need it.", min=1)
]
ModeOption = Annotated[
    Mode, typer.Option(help="How rates are written: by number, or as in the state's graduation reports.")
]


@app.command()
def accountability(
    ctx: typer.Context,
    *,
    year: YearOption = 0,
    students: StudentsOption = None,
    mode: ModeOption = Mode.ASSESSMENT,
    written_as: FormatOption = Format.TEXT,
    out: OutOption = None,
) -> None:
    """Students and certifications by year, school, cluster and kind; indicators; what followed."""
    _print(ctx.obj, "accountability", year, (students, mode), (written_as, out))


@app.command()
def schools(
    ctx: typer.Context,
    *,
    year: YearOption = 0,
    written_as: FormatOption = Format.TEXT,
    out: OutOption = None,
) -> None:
    """Students and certifications by school, and by school and career cluster."""
    _print(ctx.obj, "schools", year, (None, Mode.ASSESSMENT), (written_as, out))


@app.command()
def kinds(
    ctx: typer.Context,
    *,
    year: YearOption = 0,
    written_as: FormatOption = Format.TEXT,
    out: OutOption = None,
) -> None:
    """Certifications by career cluster, by sort (examination, license, ...) and by kind."""
    _print(ctx.obj, "kinds", year, (None, Mode.ASSESSMENT), (written_as, out))


@app.command()
def indicators(
    ctx: typer.Context,
    *,
    year: YearOption = 0,
    students: StudentsOption = None,
    mode: ModeOption = Mode.ASSESSMENT,
    written_as: FormatOption = Format.TEXT,
    out: OutOption = None,
) -> None:
    """The four career indicators: pathways, work-based learning, college credit, certifications."""
    _print(ctx.obj, "indicators", year, (students, mode), (written_as, out))


@app.command()
def outcomes(
    ctx: typer.Context,
    *,
    year: YearOption = 0,
    mode: ModeOption = Mode.ASSESSMENT,
    written_as: FormatOption = Format.TEXT,
    out: OutOption = None,
) -> None:
    """Who was hired in the industry and who moved on, as far as consent allows to count it."""
    _print(ctx.obj, "outcomes", year, (None, mode), (written_as, out))


def _print(
    desk: Desk,
    name: str,
    year: int,
    counted: tuple[int | None, Mode],
    put_as: tuple[Format, Path | None],
) -> None:
    students, mode = counted
    written_as, out = put_as
    district = desk.district()
    today = desk.now().astimezone().date()
    wanted = checked_year(year, today.year) or school_year(today)
    with desk.store().reading() as session:
        rows = gather(session, district.id)
        rules = suppression_on(session, district.id, today)
    report = make_report(
        name,
        rows,
        wanted,
        rules=rules,
        mode=mode,
        students=students,
        today=today,
    )
    put(desk, WRITERS[Format.JSON if desk.as_json else written_as](report), out, NAMES[name])


def checked_year(year: int, this_year: int) -> int:
    """The year that was asked for; 0 where none was.

    Raises:
        IssuerError: `bad_setting` for what is no year.
    """
    if year and not FIRST_YEAR <= year <= min(LAST_YEAR, this_year + 1):
        raise IssuerError(
            "bad_setting", f"{year} is no school year: name the year in which it ends, as {this_year}"
        )
    return year


def put(desk: Desk, text: str, out: Path | None, what: str) -> None:
    """Write to a file, or to the terminal."""
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, "utf-8", newline="")
    desk.say(f"{what} is in {out}")
