"""`cairn decisions ask`, `endorse`, `unendorse`: what others sign for a certification."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.commands.days import day_or, today
from issuer.commands.desk import Desk
from issuer.committee import approving
from issuer.decisions.endorsement import LIMITS
from issuer.decisions.reading import text_of
from issuer.district import offer_decided

ByMember = Annotated[str, typer.Option("--member", help="The member, such as industry-1.")]
Why = Annotated[str, typer.Option(help="The reason, in a sentence.")]
On = Annotated[str, typer.Option("--on", help="The day, such as 2026-06-01; today if left out.")]


def ask(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The certification's code.")],
    *,
    member: ByMember,
) -> None:
    """Print the endorsement that a member is asked to sign, with their own key, and to send back."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        made = approving.ask(
            session, desk.district().id, code, member_id=member, now=desk.now(), entropy=desk.entropy
        )
    typer.echo(text_of(made))


def endorse(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The certification's code.")],
    file: Annotated[Path, typer.Argument(help="The endorsement that the member signed (JSON).")],
    *,
    member: ByMember,
) -> None:
    """Take a member's signed endorsement: badges made from now on carry it."""
    desk: Desk = ctx.obj
    made = approving.endorse(
        desk.store(),
        desk.district().id,
        code,
        read_file(file, LIMITS.max_bytes),
        member_id=member,
        today=today(desk),
        now=desk.now(),
        actor=desk.actor,
    )
    desk.data({"endorsement": made, "changed": list(offer_now(desk))}, f"{code} carries {made} from now on")


def unendorse(
    ctx: typer.Context,
    endorsement: Annotated[str, typer.Argument(help="The endorsement's id, as `endorse` printed it.")],
    *,
    why: Why,
    on: On = "",
) -> None:
    """Record that an endorser withdraws: badges made from now on do not carry the endorsement."""
    desk: Desk = ctx.obj
    approving.withdraw_endorsement(
        desk.store(),
        desk.district().id,
        endorsement,
        on=day_or(on, "--on", today(desk)),
        why=why,
        now=desk.now(),
        actor=desk.actor,
    )
    changed = list(offer_now(desk))
    desk.data({"endorsement": endorsement, "changed": changed}, f"{endorsement} is withdrawn")


def read_file(path: Path, most: int) -> bytes:
    """A file's bytes, one more than may be read at most, so that what is too long is seen to be."""
    with path.open("rb") as file:
        return file.read(most + 1)


def offer_now(desk: Desk) -> tuple[str, ...]:
    """Let the achievements say what is decided now."""
    return offer_decided(desk.store(), desk.district().id, now=desk.now(), actor=desk.actor)
