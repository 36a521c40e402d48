"""`cairn api-keys`: let the district's own programs in, and keep them out again."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from issuer.access import policy
from issuer.access.policy import Kind
from issuer.api import keys
from issuer.api.keys import Key, Scope
from issuer.commands.desk import Desk

app = typer.Typer(no_args_is_help=True, help="Keys of programs that may ask in the district's name.")


@app.command("create")
def create(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="What the program is called.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be repeated.")],
    days: Annotated[int, typer.Option(help="How many days it lasts.", min=1, max=730)] = 365,
) -> None:
    """Make a key, and print it. It is shown this once, and kept nowhere."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        asked = policy.read(session, district.id)
    two = keys.needs_two(asked, scope)
    if two:
        desk.two_people(Kind.API_KEY, district.id, always=True)
    made = keys.create(
        desk.store(),
        district.id,
        name=name,
        scopes=[one.value for one in scope],
        lasts=timedelta(days=days),
        two_people=two,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    desk.data({"id": made.key.id, "key": made.text, "ends": made.key.ends.isoformat()}, made.text)
    desk.say(f"This is key {made.key.id}. Keep it where only the program can read it: it is not shown again.")


@app.command("list")
def show(ctx: typer.Context) -> None:
    """Every key that was ever made, without its secret."""
    desk: Desk = ctx.obj
    found = keys.everything(desk.store(), desk.district().id)
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "scopes": sorted(one.scopes),
            "state": _state(desk, one),
            "ends": one.ends.isoformat(),
            "last_used": one.last_day,
        }
        for one in found
    ]
    words = [
        f"{one.id}  {_state(desk, one):<8} {one.name}  ({' '.join(sorted(one.scopes))})" for one in found
    ]
    desk.data(rows, "\n".join(words) or "No keys yet: cairn api-keys create")


@app.command("revoke")
def revoke(ctx: typer.Context, key: Annotated[str, typer.Argument(help="The id of the key.")]) -> None:
    """End a key at once, and every token that it was exchanged for."""
    desk: Desk = ctx.obj
    done = keys.revoke(desk.store(), desk.district().id, key, now=desk.now(), actor=desk.actor)
    desk.data({"id": done.id, "revoked": True}, f"{done.name} can no longer ask")


def _state(desk: Desk, key: Key) -> str:
    if key.revoked is not None:
        return "revoked"
    if key.ends <= desk.now():
        return "ended"
    return "waits" if key.waits else "in use"
