"""`cairn database`: the role under which the program works on PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.commands.desk import Desk
from issuer.store import personal
from issuer.store.roles import make_role, standing

app = typer.Typer(no_args_is_help=True, help="The database's own guard between districts (PostgreSQL).")


@app.command("role")
def role(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The role that the program is to work as.")],
    *,
    password_file: Annotated[Path | None, typer.Option(help="A file with its password.")] = None,
) -> None:
    """Make the role that the program works as, or give it what new tables need. Run it as their owner."""
    desk: Desk = ctx.obj
    password = password_file.read_text("utf-8").strip() if password_file is not None else ""
    owner = desk.owner()
    make_role(owner, name, password=password)
    desk.data({"role": name}, f"{name} may work here, and sees one district at a time")


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Say whether the database itself keeps the districts apart for the role in use."""
    desk: Desk = ctx.obj
    found = standing(desk.every_district())
    bound = found is not None and not found.above
    said = (
        "The embedded database knows no roles: the program alone keeps districts apart"
        if found is None
        else f"{found.name} sees one district at a time"
        if bound
        else f"{found.name} is {found.above}: the database does not hold it back. Run cairn database role "
        "NAME, then work as that role"
    )
    desk.data({"role": found and found.name, "bound": bound}, said)
    if found is not None and not bound:
        raise typer.Exit(1)


@app.command("sweep")
def sweep(ctx: typer.Context) -> None:
    """Write the database's file anew, so that the bytes of destroyed records are gone from it."""
    desk: Desk = ctx.obj
    done = personal.sweep(desk.owner())
    desk.data(
        {"swept": done},
        "Nothing that was destroyed is left in the database's file"
        if done
        else "The database is in use: stop `cairn serve`, and run this again",
    )
    if not done:
        raise typer.Exit(1)
