"""`cairn share`, `cairn unshare`: links and codes, and how a badge is named on the command line."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import typer

from credential.qr import code_url, format_code, share_url
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.shares import NewShare, create_share, stop_share
from issuer.store import queries
from issuer.store.tables import District

_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}")


def check_links(desk: Desk) -> None:
    """A link is told once, so it is made only where it leads somewhere."""
    if not desk.settings.verifier_origin:
        raise IssuerError(
            "bad_setting",
            "a link needs the address of the verifier that people will open: set "
            "CAIRN_VERIFIER_ORIGIN=https://HOST, or write cairn --verifier https://HOST",
        )


def links(desk: Desk, share: NewShare) -> dict[str, str]:
    """A share as people use it: a link, and a code with its link."""
    parts = urlsplit(desk.settings.verifier_origin)
    made = {"id": share.share_id}
    made["link"] = share_url(parts.netloc, share.tag, share.token, scheme=parts.scheme)
    if share.code is not None:
        made["code"] = f"{share.tag}-{format_code(share.code)}"
        made["code_link"] = code_url(parts.netloc, share.tag, share.code, scheme=parts.scheme)
    return made


def find(desk: Desk, district: District, named: str) -> str:
    """A credential's id, from itself or from its award reference."""
    if _URN.fullmatch(named):
        return named
    with desk.store().reading() as session:
        row = queries.credential_of_award(session, district.id, named)
    if row is None:
        raise IssuerError("not_found", f"there is no badge for the award {named!r}, and it is no urn:uuid")
    return row.id


def give_share(desk: Desk, district: District, credential_id: str) -> NewShare:
    """A link and a code for a badge that was just issued.

    Raises:
        IssuerError: As `create_share`.
    """
    return create_share(
        desk.store(), district.id, credential_id, now=desk.now(), entropy=desk.entropy, actor=desk.actor
    )


def share(
    ctx: typer.Context,
    badge: Annotated[str, typer.Argument(help="The badge's urn:uuid, or its award reference.")],
    *,
    code: Annotated[bool, typer.Option(help="Make a code for paper as well.")] = True,
    agreed: Annotated[
        bool, typer.Option("--agreed", help="The guardian of a student under 18 has agreed.")
    ] = False,
) -> None:
    """Make a link, and a code, that open one badge. They are shown once and stored nowhere."""
    desk: Desk = ctx.obj
    check_links(desk)
    district = desk.district()
    made = create_share(
        desk.store(),
        district.id,
        find(desk, district, badge),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
        with_code=code,
        agreed=agreed,
    )
    shown = links(desk, made)
    desk.data(shown, "\n".join(f"{name:<10} {value}" for name, value in shown.items()))


def unshare(
    ctx: typer.Context, share_id: Annotated[str, typer.Argument(help="The share, as `cairn share` named it.")]
) -> None:
    """Stop a share: its link and its code open nothing from now on."""
    desk: Desk = ctx.obj
    stop_share(desk.store(), desk.district().id, share_id, now=desk.now(), actor=desk.actor)
    desk.data({"share": share_id, "stopped": True}, f"{share_id} opens nothing any more")
