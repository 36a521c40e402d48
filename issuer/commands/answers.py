"""What a sheet takes for granted and what it asks, at a terminal; and how a person answers."""

from __future__ import annotations

from collections.abc import Iterable

from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.roster import Question, Said, SheetError, SheetQuestion


def answers(given: Iterable[str]) -> dict[str, str]:
    """`--answer KEY=VALUE` as a mapping.

    Raises:
        IssuerError: `bad_setting`.
    """
    found = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise IssuerError("bad_setting", f"--answer is KEY=VALUE, as in --answer dates=month-first, not {one!r}")
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
