"""`cairn doctor`."""

from __future__ import annotations

import os

import typer

from issuer.commands.desk import Desk
from issuer.doctor import Finding, examine


def doctor(ctx: typer.Context) -> None:
    """Look at everything that this issuer needs, and say what to do. Exit code 1: something is wrong."""
    desk: Desk = ctx.obj
    found = examine(desk.settings, os.environ, desk.now())
    desk.data(
        [{"what": one.what, "finding": one.finding.value, "said": one.said} for one in found],
        "\n".join(f"{one.finding.value:<6} {one.what}: {one.said}" for one in found),
    )
    if any(one.finding is Finding.WRONG for one in found):
        raise typer.Exit(1)
