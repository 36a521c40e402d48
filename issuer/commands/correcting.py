"""`cairn correct`: a badge that says something wrong gives way to one that says it right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from issuer.access.policy import Kind
from issuer.award import Award
from issuer.commands.desk import Desk
from issuer.correction import Correction, Replaced, finish, preview
from issuer.correction import correct as correct_badge
from issuer.errors import IssuerError
from issuer.publication import publish_due
from issuer.store import queries
from issuer.store.tables import District


def correct(
    ctx: typer.Context,
    award_ref: Annotated[str, typer.Argument(help="The reference of the award whose badge is wrong.")],
    *,
    name: Annotated[str | None, typer.Option(help="The right name.")] = None,
    date_: Annotated[str | None, typer.Option("--date", help="The day earned, such as 2026-04-18.")] = None,
    until: Annotated[
        str | None, typer.Option(help="The last day on which it holds; needed with --date where it has one.")
    ] = None,
    number: Annotated[str | None, typer.Option(help="The certifying body's number; '' for none.")] = None,
    score: Annotated[str | None, typer.Option(help="The result; '' for none.")] = None,
    evaluator: Annotated[str | None, typer.Option(help="Who assessed; '' for nobody.")] = None,
    note: Annotated[str, typer.Option(help="Why, for the district's own eyes.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and issue nothing.")] = False,
) -> None:
    """Issue the right badge, then withdraw the wrong one as corrected, and publish that.

    The day earned and the evidence carry over. Run it again with the same options: what is done is not done
    twice. Without options it finishes a correction that broke off.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    given: dict[str, Any] = {
        "recipient_name": name,
        "date_earned": _day(date_),
        "last_day": _day(until),
        "number": number,
        "score": score,
        "evaluator": evaluator,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        if dry_run:
            raise IssuerError("bad_setting", "say what is right, such as --name or --date")
        desk.two_people(Kind.WITHDRAW, award_ref)
        _done(desk, district, award_ref, _finish(desk, district, award_ref))
        return
    right = replace(_now_says(desk, district, award_ref, changes), **changes)
    if dry_run:
        preview(desk.store(), district.id, award_ref, right, now=desk.now())
        desk.data({"award_ref": award_ref, "ready": True}, f"{award_ref} can be corrected; nothing was done")
        return
    desk.two_people(Kind.WITHDRAW, award_ref)
    done = correct_badge(
        desk.store(),
        district.id,
        award_ref,
        right,
        signer=desk.signer(district),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
        note=note,
    )
    _done(desk, district, award_ref, done)


def _now_says(desk: Desk, district: District, award_ref: str, changes: dict[str, Any]) -> Correction:
    with desk.store().reading() as session:
        known = queries.award(session, district.id, award_ref)
    if known is None:
        raise IssuerError("not_found", f"there is no award {award_ref!r}")
    said = Correction.of(Award.from_json(known.facts))
    if "date_earned" in changes and "last_day" not in changes and said.last_day is not None:
        raise IssuerError(
            "bad_setting",
            f"it holds through {said.last_day}, which may follow from the day earned: say the right last day "
            "with --until",
        )
    return said


def _finish(desk: Desk, district: District, award_ref: str) -> Replaced:
    return finish(
        desk.store(),
        district.id,
        award_ref,
        signer=desk.signer(district),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )


def _done(desk: Desk, district: District, award_ref: str, done: Replaced) -> None:
    publish_due(desk.store(), district.id, desk.signer(district), clock=desk.now, actor=desk.actor)
    said = "is replaced" if done.first else "was replaced before"
    desk.data(
        {
            "award_ref": done.made.award_ref,
            "credential_id": done.made.credential_id,
            "replaces": done.old_id,
            "first": done.first,
        },
        f"{award_ref} {said} by {done.made.credential_id} ({done.made.award_ref}); {done.old_id} is "
        "withdrawn as corrected, and the list that says so is published",
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{text!r} is not a day such as 2026-04-18") from fault
