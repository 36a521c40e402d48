"""`cairn jobs import`, `publish`, `mail`, `report`: leave to workers what takes long."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.commands import jobs as commands
from issuer.commands.checking import answers
from issuer.commands.desk import Desk
from issuer.commands.reports import ModeOption, StudentsOption, YearOption
from issuer.errors import IssuerError
from issuer.jobs import asking
from issuer.jobs.importing import ask_import
from issuer.reports.report import NAMES
from issuer.reports.suppression import Mode
from issuer.reports.written import Format
from issuer.store import jobs
from issuer.store.status_lists import random_name

app = commands.app

KeyOption = Annotated[
    str, typer.Option(help="What you call it: the same key again is the same job. Without one, a new job.")
]


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A OneRoster 1.2 zip, or a sheet of students; - for standard input.")
    ],
    *,
    answer: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE, as a question of the sheet asks.")
    ] = None,
) -> None:
    """Bring the roster up to a file: all of it, or nothing. The same file while it waits is the same job."""
    desk: Desk = ctx.obj
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    commands.tell(
        desk,
        ask_import(
            desk.store(),
            desk.district().id,
            data,
            sha256=hashlib.sha256(data).hexdigest(),
            answers=answers(answer or ()),
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        ),
    )


@app.command()
def publish(ctx: typer.Context, *, key: KeyOption = "") -> None:
    """Publish every list that is due."""
    _ask(ctx.obj, jobs.PUBLISH, key, {})


@app.command()
def mail(ctx: typer.Context, *, key: KeyOption = "") -> None:
    """Send the mails that are due."""
    _ask(ctx.obj, jobs.MAIL, key, {})


@app.command()
def report(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=f"Which: {', '.join(NAMES)}.")],
    *,
    year: YearOption = 0,
    students: StudentsOption = None,
    mode: ModeOption = Mode.ASSESSMENT,
    written_as: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.CSV,
    key: KeyOption = "",
) -> None:
    """Make a report, which `cairn jobs rows` writes once it is done."""
    if name not in NAMES:
        raise IssuerError("bad_setting", f"there is no report {name[:40]!r}: {', '.join(NAMES)}")
    asks = {"name": name, "year": year, "students": students, "mode": mode.value, "format": written_as.value}
    _ask(ctx.obj, jobs.REPORT, key, asks)


def _ask(desk: Desk, kind: str, key: str, asks: dict[str, Any]) -> None:
    store, district_id, now = desk.store(), desk.district().id, desk.now()
    with store.transaction() as session:
        row = asking.ask_in(
            session,
            district_id,
            kind,
            key=f"{kind}:{key or random_name(desk.entropy)}",
            asks=asks,
            now=now,
            entropy=desk.entropy,
            actor=desk.actor,
        )
        found = asking.look(session, row)
    commands.tell(desk, found)
