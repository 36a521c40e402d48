"""`cairn catalog next` and `endorsements`: where a credential leads, and what a diploma can say besides."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from credential.rule import parse_node
from issuer.catalog.wording import in_words
from issuer.commands.desk import Desk
from issuer.determining import candidates
from issuer.errors import IssuerError
from issuer.readiness import StudentRecord, judge_rule
from issuer.readiness_words import sentences
from issuer.rule_sets import endorsements_on, pathways_on
from issuer.store.session import Session


def next_(
    ctx: typer.Context,
    held: Annotated[
        list[str] | None, typer.Argument(help="Codes that a student holds; none for where one can start.")
    ] = None,
    student: Annotated[
        str, typer.Option(help="A student's number: what they hold, and how far they are.")
    ] = "",
) -> None:
    """Say what a student could do next, on every pathway, and what each step asks for."""
    desk: Desk = ctx.obj
    if held and student:
        raise IssuerError("bad_setting", "name the codes that are held, or the student, not both")
    day = desk.now().date()
    with desk.store().reading() as session:
        found = pathways_on(session, desk.district().id, day)
        record = _record(session, desk, student) if student else None
    codes = held or ([] if record is None else [code for code in _held(record) if code in found.steps])
    unknown = [code for code in codes if code not in found.steps]
    if unknown:
        raise IssuerError(
            "not_found", f"no pathway and no catalogue has {', '.join(unknown)}: see `cairn catalog list`"
        )
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for one in found.next_steps(codes):
        rows.append(
            {
                "pathway": one.pathway,
                "code": one.step.code,
                "name": one.step.name,
                "kind": one.step.kind,
                "after": list(one.after),
                "goal": one.goal,
                "leads_to": [step.code for step in found.leads_to(one.step.code)],
            }
        )
        after = f" after {' and '.join(one.after)}" if one.after else ""
        lines.append(f"{found.pathways[one.pathway].name}: {one.step.code}, {one.step.name}{after}")
        if one.goal is not None:
            lines.append(f"  asks for {in_words(one.goal)}")
            rows[-1] |= _judged(record, one.goal, day, lines)
    desk.data(rows, "\n".join(lines))
    desk.say(f"{len(rows)} next steps; pathways {found.heading.version}")


def endorsements(
    ctx: typer.Context,
    student: Annotated[str, typer.Option(help="A student's number: whether they have earned each.")] = "",
) -> None:
    """List the endorsements of a diploma: what each asks for, or why it cannot be judged here."""
    desk: Desk = ctx.obj
    day = desk.now().date()
    with desk.store().reading() as session:
        found = endorsements_on(session, desk.district().id, day)
        record = _record(session, desk, student) if student else None
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for one in found.endorsements.values():
        lines.append(f"{one.code:<10} {one.name}")
        lines.append(f"  {one.not_executable or 'asks for ' + in_words(one.judged_by())}")
        said = {} if one.rule is None else _judged(record, one.rule, day, lines)
        rows.append(
            {
                "code": one.code,
                "name": one.name,
                "law": one.law,
                "rule": one.rule,
                "not_executable": one.not_executable,
            }
            | said
        )
    desk.data(rows, "\n".join(lines))
    desk.say(f"{len(rows)} endorsements; {found.heading.version} from {found.heading.effective_from}")


def _record(session: Session, desk: Desk, student: str) -> StudentRecord:
    """What is recorded of a student."""
    found = candidates(session, desk.district().id, students=[student])
    if not found:
        raise IssuerError("not_found", f"nothing is recorded of student {student}")
    return found[0].record


def _held(record: StudentRecord) -> list[str]:
    return list(dict.fromkeys(one.code for one in record.certifications if not one.withdrawn))


def _judged(record: StudentRecord | None, rule: Any, day: date, lines: list[str]) -> dict[str, Any]:
    """How far a student is with a rule; nothing where no student was named."""
    if record is None:
        return {}
    judgement = judge_rule(record, parse_node(rule), day)
    why = sentences(judgement)
    lines.append(f"  {'MET' if judgement.met else 'not yet'}: {why[0]}")
    lines.extend(f"    {line}" for line in why[1:])
    return {"met": judgement.met, "why": list(why)}
