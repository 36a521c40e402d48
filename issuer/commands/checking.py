"""The check of a sheet at a terminal: what it takes for granted, what it asks, how a person answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from issuer.catalog import Catalogue
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.roster import (
    Checked,
    Question,
    Said,
    SheetError,
    SheetQuestion,
    SheetRules,
    check,
    parse_fixes,
    read_any,
)
from issuer.store import queries, students
from issuer.store.held import held
from issuer.store.tables import District


def answers(given: Iterable[str]) -> dict[str, str]:
    """`--answer KEY=VALUE` as a mapping.

    Raises:
        IssuerError: `bad_setting`.
    """
    found = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise IssuerError(
                "bad_setting", f"--answer is KEY=VALUE, as in --answer dates=month-first, not {one!r}"
            )
        found[key.strip()] = value.strip()
    return found


def tell(desk: Desk, remarks: Iterable[Said], questions: Iterable[Question]) -> None:
    """Say what was taken for granted, then what is open and how it is answered."""
    for one in remarks:
        desk.say(one.text())
    for question in questions:
        _ask(desk, question)


def refused(desk: Desk, fault: SheetError) -> None:
    """Say why nothing of a file was taken, and what to answer where that helps."""
    desk.say(f"Nothing was taken. {fault}")
    if isinstance(fault, SheetQuestion):
        _ask(desk, fault.question)


def _ask(desk: Desk, question: Question) -> None:
    desk.say(f"? {question.text()}")
    for choice in question.choices:
        taken = "  (taken)" if choice.value == question.taken else ""
        label = f"  {choice.label}" if choice.label != choice.value else ""
        desk.say(f"    --answer {question.key}={choice.value}{label}{taken}")


def run_date(desk: Desk, today: str) -> date:
    """Today, where this machine is."""
    if not today:
        return desk.now().astimezone().date()
    try:
        return date.fromisoformat(today)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{today!r} is not a day such as 2026-06-01") from fault


def checked_sheet(
    desk: Desk,
    district: District,
    data: bytes,
    catalogue: Catalogue,
    *,
    run_date: date,
    given: dict[str, str],
    fixes: Path | None,
) -> Checked:
    """The sheet's rows, each checked, under the district's roster where there is one.

    What was taken for granted and what is open is said; which column means what, where a person has just
    said so, is remembered.

    Raises:
        typer.Exit: 2 where nothing of the sheet can be taken, which has been said.
    """
    with desk.store().reading() as session:
        against = SheetRules(
            run_date,
            catalogue,
            queries.schools(session, district.id),
            students.roster(session, district.id),
            queries.issued_before(session, district.id),
            held(session, district.id),
        )
        remembered = students.remembered(session, district.id, "awards")
    try:
        reading = read_any(data, known=against.known(remembered), answers=given)
        checked = check(reading, against, parse_fixes(fixes.read_bytes()) if fixes else None)
    except SheetError as fault:
        refused(desk, fault)
        raise typer.Exit(2) from fault
    if any(key.startswith("column.") for key in given):
        with desk.store().transaction() as session:
            students.remember(session, district.id, "awards", reading.layout, now=desk.now())
    tell(desk, reading.notes, reading.questions)
    return checked
