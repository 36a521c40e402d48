"""`cairn sign-on`: the district's single sign-on."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from issuer.access import provider
from issuer.commands.desk import Desk
from issuer.errors import IssuerError

app = typer.Typer(no_args_is_help=True, help="The district's single sign-on (OpenID Connect).")


@app.command("set")
def choose(
    ctx: typer.Context,
    *,
    issuer: Annotated[str, typer.Option(help="The provider, exactly as it writes itself.")],
    client_id: Annotated[str, typer.Option(help="How the provider calls this console.")],
    hosted_domain: Annotated[str, typer.Option(help="The domain that accounts must belong to (hd).")] = "",
) -> None:
    """Let people sign in with this provider, those who were added and no others."""
    desk: Desk = ctx.obj
    district = desk.district()
    provider.choose(
        desk.store(),
        district.id,
        issuer=issuer,
        client_id=client_id,
        hosted_domain=hosted_domain or None,
        now=desk.now(),
        actor=desk.actor,
    )
    back = f"{district.origin}{provider.BACK}"
    desk.data({"issuer": issuer, "redirect_uri": back}, f"Tell the provider this address: {back}")


@app.command("remove")
def forget(ctx: typer.Context) -> None:
    """Let people sign in with their passwords alone."""
    desk: Desk = ctx.obj
    provider.forget(desk.store(), desk.district().id, now=desk.now(), actor=desk.actor)
    desk.data({"issuer": None}, "People sign in with their passwords")


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Ask the provider what it can do, and say whether that is enough."""
    from issuer.access import sign_on  # noqa: PLC0415 - the other commands ask nobody, and start sooner
    from issuer.outbound import Outbound  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    district = desk.district()
    secret = provider.secret_from(os.environ, desk.settings.secrets_dir, district.id)
    client = provider.client_of(desk.store(), district, secret)
    if client is None:
        raise IssuerError("bad_setting", "choose the provider first: cairn sign-on set")
    outbound = Outbound(loopback=desk.settings.loopback_origins)
    found = sign_on.read_metadata(outbound.get(sign_on.metadata_url(client.issuer)), client.issuer)
    keys = len(sign_on.read_keys(outbound.get(found.keys)))
    told = "with a secret" if secret else "without a secret, by PKCE alone"
    desk.data(
        {"issuer": found.issuer, "keys": keys, "secret": bool(secret), "redirect_uri": client.redirect_uri},
        f"{found.issuer} answers, with {keys} keys. This console signs in {told}.",
    )
