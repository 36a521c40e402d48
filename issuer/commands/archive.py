"""`cairn archive`: keep what was published, for the day on which no server is left to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.archive import published_answers, write_archive
from issuer.commands.desk import Desk
from issuer.publication import publish_due


def archive(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the archive goes; one that is there is renewed.")],
) -> None:
    """Publish what is due, then keep every public document in a folder with an index.

    `cairn-verify check --archive FOLDER` answers from it alone. What it says of withdrawals holds as of now.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    publish_due(desk.store(), district.id, desk.signer(district), clock=desk.now, actor=desk.actor)
    count = write_archive(folder, published_answers(desk.store(), district.id), desk.now())
    desk.data({"folder": str(folder), "documents": count}, f"{count} public documents are kept in {folder}")
