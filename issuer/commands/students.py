"""`cairn students`: the roster."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.commands import forgetting, student_slips
from issuer.commands.checking import answers, refused, tell
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.roster import SheetError, Student
from issuer.roster.oneroster import is_archive
from issuer.roster.people import Refused
from issuer.store import students
from issuer.store.tables import District
from issuer.student_roster import Brought, BroughtSheet, take_archive, take_sheet

app = typer.Typer(no_args_is_help=True, help="The students of the district.")

PARTIAL = 4


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A OneRoster 1.2 zip, or a sheet of students; - for standard input.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    answer: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE, as a question of the sheet asks.")
    ] = None,
) -> None:
    """Bring the roster up to an archive or a sheet. The same again changes nothing.

    Nobody is removed: who has left stays in the roster as no longer active.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    today = desk.now().astimezone().date()
    bad: tuple[Refused, ...] = ()
    try:
        if is_archive(data):
            found: Brought | BroughtSheet = _from_archive(desk, district, data, today, dry_run=dry_run)
        else:
            found = sheet = _from_sheet(desk, district, data, today, answers(answer or ()), dry_run=dry_run)
            bad = sheet.people.refused
    except SheetError as fault:
        refused(desk, fault)
        raise typer.Exit(2) from fault
    _tell(desk, found, bad, dry_run=dry_run)
    if bad:
        raise typer.Exit(PARTIAL)


def _from_archive(desk: Desk, district: District, data: bytes, today: date, *, dry_run: bool) -> Brought:
    with desk.store().transaction() as session:
        brought = take_archive(
            session, district.id, data, today=today, now=desk.now(), actor=desk.actor, dry_run=dry_run
        )
    tell(desk, brought.archive.notes, ())
    return brought


def _from_sheet(
    desk: Desk, district: District, data: bytes, today: date, given: dict[str, str], *, dry_run: bool
) -> BroughtSheet:
    with desk.store().transaction() as session:
        brought = take_sheet(
            session,
            district.id,
            data,
            today=today,
            answers=given,
            now=desk.now(),
            actor=desk.actor,
            dry_run=dry_run,
        )
        reading = brought.people.reading
        if not dry_run and any(key.startswith("column.") for key in given):
            students.remember(session, district.id, "students", reading.layout, now=desk.now())
    tell(desk, reading.notes, reading.questions)
    return brought


def _tell(desk: Desk, found: Brought | BroughtSheet, bad: tuple[Refused, ...], *, dry_run: bool) -> None:
    taken, addresses = found.taken, found.addresses
    rows = [{"line": one.line, "code": one.code, "why": one.words.text()} for one in bad]
    value = {
        "new": len(taken.new),
        "changed": len(taken.changed),
        "left": len(taken.left),
        "same": taken.same,
        "addresses": addresses.taken,
        "addresses_refused": addresses.refused,
        "dry_run": dry_run,
        "refused": rows,
    }
    would = "would be " if dry_run else ""
    words = [f"row {row['line']:>4}  {row['code']}\n          {row['why']}" for row in rows]
    words.append(
        f"{len(taken.new)} {would}new, {len(taken.changed)} {would}changed, "
        f"{len(taken.left)} {would}no longer active, {taken.same} as before"
    )
    if addresses.taken or addresses.refused:
        words.append(
            f"{addresses.taken} e-mail addresses {would}taken, {addresses.refused} refused: they are no "
            "addresses, or too many students have the same"
        )
    desk.data(value, "\n".join(words))


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    school: Annotated[str, typer.Option(help="Only students of one school, by its code.")] = "",
    everybody: Annotated[bool, typer.Option("--all", help="Those who have left too.")] = False,
) -> None:
    """List the students, by the name that they go by."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = students.roster(session, desk.district().id) or {}
    shown = [
        one
        for one in found.values()
        if (everybody or one.active) and (not school or one.school_code == school)
    ]
    shown.sort(key=lambda one: (one.name[::-1], one.student_id))
    lines = [
        f"{one.student_id:<14} {one.name[1]}, {one.name[0]}  {one.school_code} {one.grade}".rstrip()
        for one in shown
    ]
    desk.data([_row(one) for one in shown], "\n".join(lines))
    desk.say(f"{len(shown)} students")


@app.command()
def show(
    ctx: typer.Context, student_id: Annotated[str, typer.Argument(help="The student's number.")]
) -> None:
    """Show one student as the roster has it."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        district = desk.district()
        try:
            one = students.student(session, district.id, student_id)
        except IssuerError:
            near = [
                number
                for number in students.roster(session, district.id) or {}
                if number.lstrip("0") == student_id.lstrip("0")
            ]
            if len(near) != 1:
                raise
            raise IssuerError(
                "not_found", f"there is no student {student_id}; did you mean {near[0]}?"
            ) from None
    row = _row(one)
    desk.data(
        row,
        "\n".join(
            f"{name:<22} {value if value is not None else 'not known: counts as under 18'}"
            for name, value in row.items()
        ),
    )


def _row(one: Student) -> dict[str, Any]:
    return {
        "student_id": one.student_id,
        "name": " ".join(one.name),
        "given_name": one.given_name,
        "family_name": one.family_name,
        "preferred_given_name": one.preferred_given_name,
        "preferred_family_name": one.preferred_family_name,
        "birth_date": one.birth_date.isoformat() if one.birth_date else None,
        "school_code": one.school_code,
        "grade": one.grade,
        "active": one.active,
    }


app.command("export")(forgetting.export_)
app.command("slips")(student_slips.slips)
app.command("contacts")(student_slips.contacts)
app.command("hold")(forgetting.hold_)
app.command("release")(forgetting.release_)
app.command("erase")(forgetting.erase_)
app.command("retention")(forgetting.retention_)
app.command("certificate")(forgetting.certificate_)
