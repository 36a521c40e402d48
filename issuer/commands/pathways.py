"""`cairn catalog next` and `endorsements`: where a credential leads, and what a diploma can say besides."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from issuer.catalog.wording import in_words
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.rule_sets import endorsements_on, pathways_on


def next_(
    ctx: typer.Context,
    held: Annotated[
        list[str] | None, typer.Argument(help="Codes that a student holds; none for where one can start.")
    ] = None,
) -> None:
    """Say what a student could do next, on every pathway, and what each step asks for."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = pathways_on(session, desk.district().id, desk.now().date())
    codes = held or []
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
    desk.data(rows, "\n".join(lines))
    desk.say(f"{len(rows)} next steps; pathways {found.heading.version}")


def endorsements(ctx: typer.Context) -> None:
    """List the endorsements of a diploma: what each asks for, or why it cannot be judged here."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = endorsements_on(session, desk.district().id, desk.now().date())
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "law": one.law,
            "rule": one.rule,
            "not_executable": one.not_executable,
        }
        for one in found.endorsements.values()
    ]
    lines = [
        f"{one.code:<10} {one.name}\n  {one.not_executable or 'asks for ' + in_words(one.judged_by())}"
        for one in found.endorsements.values()
    ]
    desk.data(rows, "\n".join(lines))
    desk.say(f"{len(rows)} endorsements; {found.heading.version} from {found.heading.effective_from}")
