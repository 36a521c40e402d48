"""`cairn renew`: the same award, until a later day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from issuer.access.policy import Apart, Kind
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.publication import publish_due
from issuer.renewal import renew as renew_award


def renew(
    ctx: typer.Context,
    award_ref: Annotated[str, typer.Argument(help="The reference of the award that ends.")],
    *,
    until: Annotated[str, typer.Option(help="The day through which it holds now, such as 2029-04-17.")],
    by: Annotated[str, typer.Option(help="The reference of the higher award that renewed it.")] = "",
) -> None:
    """Issue the badge of an award that its certifying body has renewed, with its evidence and its day earned.

    The badge before it stays true until its own last day. Run again, nothing is issued twice.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    try:
        last_day = date.fromisoformat(until)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{until!r} is not a day such as 2029-04-17") from fault
    desk.two_people(Kind.ISSUE_BATCH, award_ref, pair=Apart.RECORD_AND_ISSUE)
    signer = desk.signer(district)
    made = renew_award(
        desk.store(),
        district.id,
        award_ref,
        last_day=last_day,
        by=by,
        signer=signer,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    publish_due(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    said = "is renewed" if made.first else "was renewed before"
    desk.data(
        {"award_ref": made.award_ref, "credential_id": made.credential_id, "first": made.first},
        f"{award_ref} {said} until {last_day}: {made.credential_id} ({made.award_ref})",
    )
