"""`cairn students erase`, `hold`, `release`, `export`, `retention`, `certificate`, and `cairn inventory`."""

from __future__ import annotations

import hashlib
import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.access import policy
from issuer.access.policy import Kind
from issuer.catalog.retention import CLASS_NAMES
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.publication import publish_due
from issuer.retention import certificate, inventory
from issuer.retention.due import Today, due, throw_sheets
from issuer.retention.erasure import Destroyed, erase, preview
from issuer.retention.export import export
from issuer.retention.holding import hold, release
from issuer.retention.plan import Plan, words
from issuer.rule_sets import retention_on
from issuer.store import holds, personal
from issuer.store.tables import District
from keys.public import PublicKey
from keys.signer import Signer

_NUMBER = typer.Argument(help="The student's number.")
_YES = typer.Option("--yes", help="Do it. Without it, only say what would be done.")
_NOTICE = (
    "This file is everything about one student. Give it to the student, or to a parent where the student is "
    "under 18, and delete it here. The audit trail says that it was written."
)
PARTIAL = 4


class Format(StrEnum):
    """How an inventory is written."""

    CSV = "csv"
    JSON = "json"
    HTML = "html"


def erase_(
    ctx: typer.Context,
    student_id: Annotated[str, _NUMBER],
    *,
    yes: Annotated[bool, _YES] = False,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the certificate of destruction, as JWS, JSON and text.")
    ] = None,
) -> None:
    """Say what would be destroyed of a student's records and what stays; with --yes, destroy it."""
    desk: Desk = ctx.obj
    district = desk.district()
    found = preview(desk.store(), district.id, student_id, now=desk.now())
    if not yes:
        desk.data(_plan_json(found), words(found))
        desk.say("Nothing was destroyed. With --yes it is, and it cannot be taken back.")
        return
    _check_alone(desk, district)
    found.check()
    signer = desk.signer(district)
    done = erase(
        desk.store(),
        district.id,
        student_id,
        signer=signer,
        now=desk.now(),
        entropy=desk.entropy,
        actors=[desk.actor],
        seen=found.digest,
    )
    _after(desk, district, signer, withdrawn=bool(found.standing))
    if out is not None:
        _write_certificate(out, done.token, done.value)
    desk.data(done.value | {"certificate": done.token}, certificate.text(done.value))


def hold_(
    ctx: typer.Context,
    student_id: Annotated[str, _NUMBER],
    *,
    why: Annotated[str, typer.Option(help="Why, for the district's own eyes.")],
) -> None:
    """Place a legal hold: nothing of the student is destroyed until it is released."""
    desk: Desk = ctx.obj
    new = hold(desk.store(), desk.district().id, student_id, why=why, now=desk.now(), actor=desk.actor)
    said = "are under a legal hold now" if new else "were under a legal hold already"
    desk.data({"student": student_id, "held": True, "new": new}, f"The records of {student_id} {said}.")


def release_(ctx: typer.Context, student_id: Annotated[str, _NUMBER]) -> None:
    """Release a legal hold: the student's records may go again."""
    desk: Desk = ctx.obj
    release(desk.store(), desk.district().id, student_id, now=desk.now(), actor=desk.actor)
    desk.data({"student": student_id, "held": False}, f"The records of {student_id} are released.")


def export_(
    ctx: typer.Context,
    student_id: Annotated[str, _NUMBER],
    *,
    out: Annotated[Path, typer.Option(help="The ZIP file to write; it must not be there yet.")],
) -> None:
    """Write everything that is held about one student: records, badges, evidence, and who did what."""
    desk: Desk = ctx.obj
    if out.exists():
        raise IssuerError("bad_setting", f"{out} is there already: name another file, or move it away")
    data = export(desk.store(), desk.district().id, student_id, now=desk.now(), actor=desk.actor)
    _write(out, data)
    desk.data(
        {"out": str(out), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)},
        f"Everything about {student_id} is in {out}",
    )
    desk.say(_NOTICE)


def retention_(ctx: typer.Context, *, yes: Annotated[bool, _YES] = False) -> None:
    """Say whose records' periods are over today; with --yes, destroy them. Run it as often as you like."""
    desk: Desk = ctx.obj
    district, now = desk.district(), desk.now()
    with desk.store().reading() as session:
        schedule = retention_on(session, district.id, now.astimezone().date())
        today = due(session, district.id, schedule, now.astimezone().date())
    if not yes:
        desk.data(_today_json(today), _today_words(today))
        return
    _check_alone(desk, district)
    signer = desk.signer(district)
    done: list[Destroyed] = []
    refused: list[tuple[str, str]] = []
    for one in today.students:
        try:
            done.append(
                erase(
                    desk.store(),
                    district.id,
                    one.student_id,
                    signer=signer,
                    now=desk.now(),
                    entropy=desk.entropy,
                    actors=[desk.actor],
                    only=one.classes,
                )
            )
        except IssuerError as fault:
            if fault.code not in {"on_hold", "not_erasable"}:
                raise
            refused.append((one.student_id, fault.message))
    throw_sheets(desk.store(), district.id, today, now=desk.now(), actor=desk.actor)
    if done or today.sheets:
        _after(desk, district, signer, withdrawn=any(one.plan.standing for one in done))
    value = {
        "destroyed": [one.value for one in done],
        "refused": [{"student": number, "why": why} for number, why in refused],
        "sheets": len(today.sheets),
    }
    lines = [f"{one.plan.student_id:<14} destroyed: {one.id}" for one in done]
    lines += [f"{number:<14} stays: {why}" for number, why in refused]
    lines.append(f"{len(done)} students, {len(today.sheets)} sheets; {len(refused)} stay")
    desk.data(value, "\n".join(lines))
    if refused:
        raise typer.Exit(PARTIAL)


def certificate_(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="A certificate to check; without one, all of the district's are listed."),
    ] = None,
) -> None:
    """Check a certificate of destruction, or list them all: what to destroy again after a restore."""
    desk: Desk = ctx.obj
    district = desk.district()
    if file is not None:
        value = certificate.read(file.read_text("ascii", "replace"), lambda kid: _key(desk, district, kid))
        desk.data(value, certificate.text(value))
        return
    with desk.store().reading() as session:
        rows = [
            {"id": one.id, "student": one.student_id, "at": one.done_at.isoformat(), "by": one.done_by}
            for one in holds.erasures(session, district.id)
        ]
    desk.data(rows, "\n".join(f"{one['at'][:19]}  {one['student']:<14} {one['id']}" for one in rows))


def inventory_(
    ctx: typer.Context,
    *,
    form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.CSV,
    out: Annotated[Path | None, typer.Option(help="A file to write instead of standard output.")] = None,
) -> None:
    """Write the list of data elements and purposes that a district posts."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        schedule = retention_on(session, district.id, desk.now().astimezone().date())
    found = inventory.elements(schedule)
    if form is Format.CSV:
        text = inventory.as_csv(found)
    elif form is Format.JSON:
        value = inventory.as_json(found, district.name, schedule)
        text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    else:
        text = inventory.as_html(found, district.name, schedule)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_bytes(text.encode("utf-8"))
    desk.say(f"{len(found)} elements are in {out}")


def _check_alone(desk: Desk, district: District) -> None:
    with desk.store().reading() as session:
        asks = policy.read(session, district.id)
    if Kind.ERASE in asks.two_people:
        raise IssuerError(
            "not_erasable",
            "the district wants two people for this: open the student's page in the console, choose Erase, "
            "and let a colleague confirm",
        )


def _after(desk: Desk, district: District, signer: Signer, *, withdrawn: bool) -> None:
    if withdrawn:
        publish_due(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    if not personal.sweep(desk.owner()):
        desk.say(
            "The records are gone. Their bytes may stand in the database's file until it is written anew: "
            "stop `cairn serve`, and run `cairn database sweep`."
        )


def _key(desk: Desk, district: District, key_id: str) -> PublicKey:
    for record in desk.records(district):
        if record.verification_method == key_id:
            return record.public_key
    raise IssuerError("signature_failed", "the certificate names a key that this district does not have")


def _write_certificate(folder: Path, token: str, value: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem = str(value["id"]).removeprefix("urn:uuid:")
    _write(folder / f"{stem}.jws", token.encode("ascii"))
    _write(folder / f"{stem}.json", (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())
    _write(folder / f"{stem}.txt", certificate.text(value).encode())


def _write(out: Path, data: bytes) -> None:
    """A file for its owner's eyes."""
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _plan_json(found: Plan) -> dict[str, Any]:
    return {
        "student": found.student_id,
        "schedule": found.schedule,
        "goes": certificate.lines_json(found.going),
        "stays": certificate.lines_json(found.staying),
        "withdraws": list(found.standing),
        "obstacles": [one.message for one in found.obstacles],
    }


def _today_json(today: Today) -> dict[str, Any]:
    return {
        "day": today.day.isoformat(),
        "schedule": today.schedule,
        "students": [
            {"student": one.student_id, "classes": sorted(one.classes), "held": one.held}
            for one in today.students
        ],
        "sheets": list(today.sheets),
    }


def _today_words(today: Today) -> str:
    lines = [f"Due on {today.day} by the rules {today.schedule}:"]
    for one in today.students:
        named = "; ".join(CLASS_NAMES[name] for name in sorted(one.classes))
        lines.append(f"{one.student_id:<14} {named}{'  (legal hold: stays)' if one.held else ''}")
    lines.append(f"{len(today.students)} students, {len(today.sheets)} sheets in work")
    return "\n".join(lines)
