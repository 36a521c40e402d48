"""`cairn webhooks`: where the district's own programs are told what happens."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from issuer.commands.desk import Desk
from issuer.webhooks import setting
from issuer.webhooks.events import TYPES
from issuer.webhooks.secret import key_from
from issuer.webhooks.setting import NewHook

app = typer.Typer(no_args_is_help=True, help="Where the district's programs are told what happens.")

Name = Annotated[str, typer.Argument(help="The id of the webhook.")]


@app.command("add")
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="The https address that is told.")],
    *,
    event: Annotated[list[str] | None, typer.Option(help="What it hears of; without any, all.")] = None,
) -> None:
    """Tell an address from now on, and print the secret under which messages are signed."""
    desk: Desk = ctx.obj
    made = setting.add(
        desk.store(),
        desk.district().id,
        url=url,
        events=event or TYPES,
        key=_key(desk),
        loopback=desk.settings.loopback_origins,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    _tell(desk, made)


@app.command("list")
def show(ctx: typer.Context) -> None:
    """Every webhook, without its secret."""
    desk: Desk = ctx.obj
    rows = [
        {
            "id": one.id,
            "url": one.url,
            "events": list(one.events),
            "state": "disabled" if one.disabled else "in use",
        }
        for one in setting.everything(desk.store(), desk.district().id)
    ]
    words = [f"{row['id']}  {row['state']:<8} {row['url']}" for row in rows]
    desk.data(rows, "\n".join(words) or "No webhooks yet: cairn webhooks add")


@app.command("rotate")
def rotate(ctx: typer.Context, webhook: Name) -> None:
    """Print a new secret. For a day messages are signed under the old one too."""
    desk: Desk = ctx.obj
    _tell(
        desk,
        setting.rotate(
            desk.store(), desk.district().id, webhook, key=_key(desk), now=desk.now(), actor=desk.actor
        ),
    )


@app.command("enable")
def enable(ctx: typer.Context, webhook: Name) -> None:
    """Send again what was held back since the address was given up."""
    desk: Desk = ctx.obj
    done = setting.enable(desk.store(), desk.district().id, webhook, now=desk.now(), actor=desk.actor)
    desk.data({"id": done.id, "disabled": False}, f"{done.url} is told again")


@app.command("remove")
def remove(ctx: typer.Context, webhook: Name) -> None:
    """Tell an address nothing any more."""
    desk: Desk = ctx.obj
    done = setting.remove(desk.store(), desk.district().id, webhook, now=desk.now(), actor=desk.actor)
    desk.data({"id": done.id, "removed": True}, f"{done.url} is told nothing any more")


@app.command("deliver")
def deliver(ctx: typer.Context) -> None:
    """Send what is due now, once. `cairn serve` does this by itself."""
    from issuer.outbound import Outbound  # noqa: PLC0415 - loaded where the network is asked
    from issuer.webhooks.delivering import deliver as deliver_due  # noqa: PLC0415 - likewise
    from issuer.webhooks.delivering import take  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    district = desk.district()
    taken = take(desk.store(), district.id, now=desk.now())
    sent = deliver_due(
        desk.store(),
        district.id,
        outbound=Outbound(loopback=desk.settings.loopback_origins),
        key=_key(desk),
        clock=desk.now,
    )
    heard = sum(one.delivered for one in sent)
    desk.data(
        {"taken": taken, "sent": len(sent), "heard": heard},
        f"{taken} new messages; {len(sent)} were sent, {heard} were heard",
    )


def _key(desk: Desk) -> bytes:
    return key_from(os.environ, desk.settings.secrets_dir)


def _tell(desk: Desk, made: NewHook) -> None:
    hook = made.hook
    desk.data({"id": hook.id, "url": hook.url, "secret": made.secret}, made.secret)
    desk.say(f"This is the secret of webhook {hook.id}. It is not shown again.")
