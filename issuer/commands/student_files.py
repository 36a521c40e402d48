"""`cairn report state`, `cairn report incentive`: files that name students, for district and state alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.catalog.incentives import worksheet
from issuer.catalog.school_year import SchoolYear
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.reports.cells import csv_text
from issuer.reports.facts import ends
from issuer.reports.gather import Rows, gather
from issuer.reports.incentive import RosterColumns, completions, worksheet_rows
from issuer.reports.metrics import of_year
from issuer.reports.state_file import (
    Line,
    load_mapping,
    packaged,
    roster_rows,
    state_file,
    template_columns,
)
from issuer.roster import SheetError
from issuer.roster.table import read_table
from issuer.rule_sets import incentives_on
from issuer.store import audit
from issuer.store.tables import District

NOTICE = (
    "This file names students. It is for the district and the state alone: do not publish it, do not send it "
    "by plain e-mail, and delete it when it has been handed in. The audit trail says that it was written."
)

OutOption = Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")]
RosterOption = Annotated[
    Path | None, typer.Option(help="A CSV file of your own with what only the roster knows.")
]
KeyOption = Annotated[str, typer.Option(help="Its column with the student's number.")]


def state(
    ctx: typer.Context,
    *,
    year: Annotated[
        int, typer.Option(help="The school year, by the year in which it ends.", min=2000, max=2100)
    ],
    mapping: Annotated[str, typer.Option(help="A mapping's file; or colorado-guidelines, ed-fi-diploma.")],
    out: OutOption,
    template: Annotated[
        Path | None, typer.Option(help="This year's header row, as the state gives it, in a CSV file.")
    ] = None,
    roster: RosterOption = None,
    roster_key: KeyOption = "student_id",
) -> None:
    """Write the state's yearly file from a template and a mapping: one line for each student and kind."""
    desk: Desk = ctx.obj
    district = desk.district()
    rules = (
        load_mapping(Path(mapping).read_bytes(), file=Path(mapping).name)
        if Path(mapping).is_file()
        else packaged(mapping)
    )
    names = (
        template_columns(template.read_bytes(), rules, file=template.name)
        if template
        else tuple(rules.columns)
    )
    with desk.store().reading() as session:
        rows = gather(session, district.id)
    text = state_file(rules, names, _lines(rows, year), _roster(roster, roster_key))
    _keep(
        desk,
        district,
        out,
        text,
        {"file": rules.name, "version": rules.version, "year": year, "lines": text.count("\r\n") - 1},
    )
    if rules.unverified:
        desk.say(f"Not confirmed in this mapping: {', '.join(rules.unverified)}. {rules.about}")


def incentive(
    ctx: typer.Context,
    *,
    year: Annotated[
        int, typer.Option(help="The school year that pays, by the year in which it ends.", min=2000, max=2100)
    ],
    programme: Annotated[str, typer.Option(help="The programme's code, as CDIP or PWR_SUSTAIN.")],
    out: OutOption,
    roster: Annotated[Path, typer.Option(help="A CSV file of your own with each student's grade.")],
    roster_key: KeyOption = "student_id",
    grade_column: Annotated[str, typer.Option(help="Its column with the grade.")] = "grade",
    uplift_column: Annotated[
        str, typer.Option(help="Its column that says who counts for more. It is read and kept nowhere.")
    ] = "",
    statewide: Annotated[
        int | None,
        typer.Option(help="How many completions the state reports, for the provider's limit.", min=0),
    ] = None,
) -> None:
    """Write the worksheet by which incentive money is claimed, under the rules of that year."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        rows = gather(session, district.id)
        rules = incentives_on(session, district.id, ends(year)).in_year(programme, SchoolYear(year - 1))
    found = completions(
        rows.earned,
        rules,
        roster=_roster(roster, roster_key),
        columns=RosterColumns(grade_column, uplift_column),
        provider=district.id,
    )
    sheet = worksheet(rules, found, statewide=statewide)
    _keep(
        desk,
        district,
        out,
        csv_text(worksheet_rows(sheet)),
        {"file": programme, "version": rules.version, "year": year, "lines": len(sheet.rows)},
    )
    for caution in sheet.cautions:
        desk.say(caution)


def _lines(rows: Rows, year: int) -> list[Line]:
    return [
        Line(one, rows.standing[one.award_ref], rows.entries[one.code], rows.district, year)
        for one in sorted(of_year(rows.earned, year), key=lambda one: (one.student_id, one.code))
    ]


def _roster(file: Path | None, key: str) -> Mapping[str, Mapping[str, str]]:
    if file is None:
        return {}
    try:
        return roster_rows(read_table(file.read_bytes()), key, file=file.name)
    except SheetError as fault:
        raise IssuerError("not_filled", f"{file.name} cannot be read: {fault}") from fault


def _keep(desk: Desk, district: District, out: Path, text: str, facts: dict[str, Any]) -> None:
    """Write the file for its owner's eyes, and the audit row that says so. The row comes first."""
    data = text.encode("utf-8")
    if out.exists():
        raise IssuerError("bad_setting", f"{out} is there already: name another file, or move it away")
    with desk.store().transaction() as session:
        audit.record(
            session,
            district.id,
            at=desk.now(),
            actor=desk.actor,
            action="students.exported",
            subject=district.id,
            facts=facts | {"sha256": hashlib.sha256(data).hexdigest()},
        )
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    desk.data({"out": str(out)} | facts, f"{facts['lines']} lines are in {out}")
    desk.say(NOTICE)
