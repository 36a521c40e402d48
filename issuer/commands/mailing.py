"""`cairn mail`: what is mailed to students, and whether mail works at all."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Annotated

import typer

from issuer.claiming.codes import read_address
from issuer.commands.desk import Desk
from issuer.mail import message, wording
from issuer.mail.errors import MailError
from issuer.mail.queueing import choose_automatic, queue_new_badges
from issuer.mail.sending import Round, send_due
from issuer.mail.set_up import server_of
from issuer.mail.smtp import Server, connected
from issuer.store import outbox
from issuer.store.status_lists import random_name

app = typer.Typer(no_args_is_help=True, help="Mail to students.")

FAILED = 1


@app.command("send")
def send(
    ctx: typer.Context,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Send what is due now, and end; else go on until stopped.")
    ] = False,
) -> None:
    """Send what is in line."""
    desk: Desk = ctx.obj
    district, server = desk.district(), _server(desk)
    with suppress(KeyboardInterrupt):
        while True:
            done = send_due(
                desk.store(),
                district.id,
                lambda: connected(server),
                sender=server.sender,
                clock=desk.now,
                entropy=desk.entropy,
            )
            if once:
                _tell(desk, done)
                break
            if done.fault:
                desk.say(done.fault)
            if not done.sent:
                time.sleep(desk.settings.mail_every)


def _tell(desk: Desk, done: Round) -> None:
    value = {"sent": done.sent, "later": done.later, "failed": done.failed, "fault": done.fault}
    desk.data(value, f"{done.sent} sent, {done.later} put off, {done.failed} given up")
    if done.fault:
        desk.say(done.fault)
        raise typer.Exit(FAILED)


@app.command("test")
def send_test(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(help="Where the test mail goes.")],
    *,
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
) -> None:
    """Send one test mail now, and say what the server said."""
    desk: Desk = ctx.obj
    district, server = desk.district(), _server(desk)
    written = wording.write("test", language, {"given": "", "district": district.name})
    mail = message.compose(
        written,
        to=read_address(address),
        sender=server.sender,
        sender_name=district.name,
        now=desk.now(),
        message_id=random_name(desk.entropy),
    )
    with connected(server) as post:
        post(mail)
    desk.data({"sent": True}, f"Handed to {server.host}. Look whether it arrives, and not among the junk.")


@app.command("links")
def links(
    ctx: typer.Context,
    *,
    code: Annotated[str, typer.Option(help="Only badges of this certification.")] = "",
) -> None:
    """Put a mail with a link into line for every badge that its student was not told of."""
    desk: Desk = ctx.obj
    made, without = queue_new_badges(
        desk.store(),
        desk.district().id,
        code=code,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    slips = (
        f"; {without} students have no address: print slips with `cairn students slips`" if without else ""
    )
    desk.data({"queued": made, "no_address": without}, f"{made} mails are in line{slips}")


@app.command("automatic")
def automatic(ctx: typer.Context, on: Annotated[str, typer.Argument(help="on or off.")]) -> None:
    """Settle whether badges that are signed from now on are told to their students at once."""
    desk: Desk = ctx.obj
    if on not in ("on", "off"):
        raise MailError("mail_setting", "say on or off")
    choose_automatic(desk.store(), desk.district().id, on=on == "on", now=desk.now(), actor=desk.actor)
    desk.data({"automatic": on == "on"}, f"Mails about new badges are {on}")


@app.command("state")
def state(ctx: typer.Context) -> None:
    """How many mails are in line, on their way, sent and given up."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        counts = outbox.counts(session, district.id)
    desk.data(counts, "\n".join(f"{number:>6} {name}" for name, number in counts.items()))


def _server(desk: Desk) -> Server:
    server = server_of(desk.settings)
    if server is None:
        raise MailError(
            "mail_not_set", "set CAIRN_MAIL_HOST and CAIRN_MAIL_FROM to your mail server and your address"
        )
    return server
