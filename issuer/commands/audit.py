"""`cairn audit`: check the audit trail, and read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.store import audit as trail
from issuer.store.audit import MOST_READ, Wanted
from issuer.store.columns import canonical_json, checked_time


def audit(
    ctx: typer.Context,
    *,
    head: Annotated[
        str, typer.Option(help="NUMBER:HASH that was written down before: the chain must still hold it.")
    ] = "",
    last: Annotated[
        int, typer.Option(help="Show so many records, the newest first.", min=0, max=MOST_READ)
    ] = 0,
    action: Annotated[str, typer.Option(help="Only these, as credential.signed or credential.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this one did, as person:ID or publisher.")] = "",
    subject: Annotated[str, typer.Option(help="Only what was done to this id.")] = "",
    since: Annotated[str, typer.Option(help="Not before, as 2026-06-01T00:00:00Z.")] = "",
) -> None:
    """Check the whole audit chain and print its head, to be kept where the issuer cannot change it.

    With --last, or any word of what is wanted, the records are printed too.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    asks = any((last, action, actor, subject, since))
    wanted = Wanted(action, actor, subject, _moment(since) if since else None, None, last or MOST_READ)
    with desk.store().reading() as session:
        stands = trail.check_chain(session, district.id, kept=trail.Head.parse(head) if head else None)
        rows = trail.read(session, district.id, wanted) if asks else []
    value: dict[str, object] = {"district": district.id, "rows": stands.number, "head": str(stands)}
    if asks:
        value["records"] = [
            {
                "number": row.number,
                "at": row.at.isoformat(),
                "actor": row.actor,
                "action": row.action,
                "subject": row.subject,
                "facts": row.facts,
            }
            for row in rows
        ]
    lines = [
        f"{row.number:>7} {row.at:%Y-%m-%d %H:%M:%S} {row.actor} {row.action} {row.subject} "
        f"{canonical_json(row.facts)}"
        for row in rows
    ]
    holds = f"The audit chain of {district.name} holds: {stands.number} records, head {stands}"
    desk.data(value, "\n".join([*lines, holds]))


def _moment(text: str) -> datetime:
    try:
        return checked_time(datetime.fromisoformat(text))
    except ValueError as fault:
        raise IssuerError("bad_time", f"{text!r} is not a time such as 2026-06-01T00:00:00Z") from fault
