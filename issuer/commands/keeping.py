"""`cairn backup` and `cairn restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.backup import back_up, look_at_backup
from issuer.backup import restore as bring_back
from issuer.commands.desk import Desk
from issuer.store.roles import grant_to_program


def backup(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="A new folder for this backup.")],
) -> None:
    """Copy the database and the sealed keys to a folder, while the issuer goes on working.

    It is not encrypted, and it does not hold the secret that opens the keys: keep that apart.
    """
    desk: Desk = ctx.obj
    desk.every_district()
    made = back_up(desk.owner(), desk.settings.keys, out, now=desk.now())
    look_at_backup(out)
    desk.data(
        {"folder": str(out), "database": made.database, "files": len(made.files)},
        f"{out} holds a backup of {len(made.files)} files. It is not encrypted: keep it as closely as the "
        "database, and the secret of the keys apart from it",
    )


def restore(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that cairn backup has made.")],
) -> None:
    """Bring a backup back into an empty database. No position and no version from before is used again."""
    desk: Desk = ctx.obj
    look_at_backup(folder)
    desk.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner, program = desk.owner(), desk.new_store()

    def granted() -> None:
        if owner is not program:
            grant_to_program(owner, desk.settings.database_url)

    done = bring_back(
        folder, owner, program, desk.settings.keys, now=desk.now(), actor=desk.actor, granted=granted
    )
    desk.data(
        [{"district": one.district_id, "closed": list(one.closed), "floor": one.floor} for one in done],
        f"{len(done)} districts are back; their open lists are closed. Next: cairn doctor, cairn publish",
    )
