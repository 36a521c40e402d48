"""`cairn students slips` and `cairn students contacts`: how students are reached, on paper and by mail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from issuer.commands.desk import Desk

PARTIAL = 4


def slips(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="The folder that the PDFs are written to.")],
    school: Annotated[str, typer.Option(help="Only this school, by its code.")] = "",
    student: Annotated[str, typer.Option(help="Only this student, by number.")] = "",
) -> None:
    """Print slips for everybody with a badge: ten to a page, sorted by school and teacher.

    A slip opens once. Printing a student's slip again makes the one before useless.
    """
    from issuer.claiming.slips import print_slips  # noqa: PLC0415 - typesetting takes a while to load

    desk: Desk = ctx.obj
    district = desk.district()
    out.mkdir(parents=True, exist_ok=True)
    files, count, part, parts = [], 0, 1, 1
    while part <= parts:
        made = print_slips(
            desk.store(),
            district,
            school=school,
            only=student,
            part=part,
            fonts=desk.settings.fonts,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        )
        path = out / f"slips-{part}.pdf"
        path.write_bytes(made.pdf)
        path.chmod(0o600)
        files.append(str(path))
        count, parts, part = count + made.slips, made.parts, part + 1
    desk.data({"slips": count, "files": files}, f"{count} slips in {', '.join(files)}")


def contacts(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV: student_id, email, language, teacher; - for standard input.")
    ],
) -> None:
    """Take students' school addresses, languages and teachers. The same again changes nothing."""
    from issuer.claiming.contacts import take  # noqa: PLC0415 - only this command needs it

    desk: Desk = ctx.obj
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    done = take(desk.store(), desk.district().id, data, now=desk.now(), actor=desk.actor)
    refused = [{"line": line, "why": why} for line, why in done.refused]
    words = [f"line {one['line']:>4}  {one['why']}" for one in refused]
    words.append(f"{done.taken} taken, {done.same} as before")
    desk.data({"taken": done.taken, "same": done.same, "refused": refused}, "\n".join(words))
    if refused:
        raise typer.Exit(PARTIAL)
