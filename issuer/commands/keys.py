"""`cairn keys`: which keys sign, and what to do when one ends or is stolen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from issuer.commands.desk import SIGNING, Desk
from issuer.errors import IssuerError
from issuer.publication import publish_did
from issuer.signing_keys import affected, republish, sign_anew
from issuer.store.tables import District
from keys.key_record import KeyRecord
from keys.public import KeyType

app = typer.Typer(no_args_is_help=True, help="The district's signing keys.")


def _state(record: KeyRecord) -> str:
    if record.compromised_since is not None:
        return f"compromised since {record.compromised_since.isoformat()}"
    if record.retired is not None:
        return f"retired {record.retired.isoformat()}"
    return "in use"


def _row(record: KeyRecord) -> dict[str, Any]:
    return {
        "key": record.key_id,
        "type": record.public_key.key_type.value,
        "created": record.created.isoformat(),
        "state": _state(record),
        "verification_method": record.verification_method,
    }


def _show(desk: Desk, records: list[KeyRecord]) -> None:
    rows = [_row(record) for record in records]
    desk.data(rows, "\n".join(f"{row['key']}  {row['type']:<8} {row['state']}" for row in rows))


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List every key, the oldest first."""
    desk: Desk = ctx.obj
    _show(desk, list(desk.records(desk.district())))


@app.command()
def new(
    ctx: typer.Context,
    *,
    key_type: Annotated[KeyType, typer.Option("--type", help="Ed25519 or P-256.")] = KeyType.ED25519,
) -> None:
    """Make a key and publish it; it signs from now on, the others stay in use."""
    desk: Desk = ctx.obj
    district = desk.district()
    _check_signing(key_type)
    record = desk.keyring().create(district.did, key_type, secret=desk.secret(), now=desk.now())
    desk.records(district)
    publish_did(desk.store(), district.id, now=desk.now(), actor=desk.actor)
    _show(desk, [record])


@app.command()
def rotate(
    ctx: typer.Context,
    *,
    key_type: Annotated[KeyType, typer.Option("--type", help="Ed25519 or P-256.")] = KeyType.ED25519,
) -> None:
    """Make a new key and retire those of its kind. What they signed stays good and stays checkable."""
    desk: Desk = ctx.obj
    district = desk.district()
    _check_signing(key_type)
    record = desk.keyring().rotate(district.did, key_type, secret=desk.secret(), now=desk.now())
    _republish(desk, district)
    _show(desk, [record])


@app.command()
def retire(
    ctx: typer.Context, key: Annotated[str, typer.Argument(help="As `cairn keys list` names it.")]
) -> None:
    """End a key's use. Another one must be in use."""
    desk: Desk = ctx.obj
    district = desk.district()
    key = _own(desk, district, key).key_id
    others = [r for r in desk.records(district) if r.active and r.key_id != key]
    if not any(record.public_key.key_type in SIGNING for record in others):
        raise IssuerError("key_not_usable", "it is the last key in use: run `cairn keys rotate` instead")
    record = desk.keyring().retire(key, at=desk.now())
    _republish(desk, district)
    _show(desk, [record])


@app.command()
def compromised(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="As `cairn keys list` names it.")],
    *,
    since: Annotated[str, typer.Option(help="From when on others may have held it: 2026-05-01T08:00:00Z.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what is affected.")] = False,
) -> None:
    """Answer for a stolen key: end it, list what it had signed, sign all of that anew, publish.

    Every proof by that key stops counting, because whoever has it can write any date. What still lives is
    signed again by a new key: same id, same status position, same content. Badges that were handed out as
    files must be fetched again by their holders; links and codes give the new ones at once.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    moment = _moment(since)
    record = _own(desk, district, key)
    now = desk.now()
    hit = affected(desk.store(), district.id, record.verification_method, since=moment, now=now)
    signed: list[str] = []
    if not dry_run:
        secret = desk.secret()
        keyring = desk.keyring()
        # A new key stands ready before the old one ends: a crash between leaves an issuer that can go on.
        if not any(r.active and r.key_id != record.key_id for r in desk.records(district)):
            kind = record.public_key.key_type
            keyring.create(district.did, kind if kind in SIGNING else KeyType.ED25519, secret=secret, now=now)
        keyring.compromise(record.key_id, since=moment)
        signer = desk.signer(district)
        signed = sign_anew(
            desk.store(),
            district.id,
            [one.credential_id for one in hit],
            signer,
            now=desk.now(),
            actor=desk.actor,
        )
        republish(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    rows = [
        {
            "credential_id": one.credential_id,
            "form": one.form,
            "signed_at": one.signed_at.isoformat(),
            "after": one.after,
            "signed_anew": one.credential_id in signed,
        }
        for one in hit
    ]
    lines = [
        f"{row['credential_id']} {row['form']:<3} signed {row['signed_at']}"
        f"{' AFTER' if row['after'] else ''}{', signed anew' if row['signed_anew'] else ''}"
        for row in rows
    ]
    desk.data({"key": record.key_id, "since": moment.isoformat(), "affected": rows}, "\n".join(lines))
    after = sum(one.after for one in hit)
    desk.say(
        f"{len(hit)} live proofs by {record.key_id}, {after} of them made at or after {moment.isoformat()}; "
        + (
            "nothing was changed."
            if dry_run
            else f"{len(signed)} badges are signed anew and the lists published."
        )
    )
    if not dry_run:
        desk.say("Badges by this key that are not in this list were not issued here: tell whoever asks.")


def _own(desk: Desk, district: District, key: str) -> KeyRecord:
    """A key of this district."""
    record = desk.keyring().get(key)
    if record.controller != district.did:
        raise IssuerError("not_found", f"{key} is not a key of {district.name}")
    return record


def _check_signing(key_type: KeyType) -> None:
    if key_type not in SIGNING:
        raise IssuerError("bad_setting", "credentials are signed with an Ed25519 or a P-256 key")


def _republish(desk: Desk, district: District) -> None:
    signer = desk.signer(district)
    republish(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{text!r} is not a time such as 2026-05-01T08:00:00Z") from fault
    if moment.tzinfo is None:
        raise IssuerError("bad_time", "the time needs a zone, as in 2026-05-01T08:00:00Z")
    return moment
