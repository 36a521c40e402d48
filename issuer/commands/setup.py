"""`cairn init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.catalog import example_district, load_schools
from issuer.commands.desk import Desk
from issuer.district import Founding, district_catalogue, found, offer
from issuer.errors import IssuerError
from issuer.publication import publish_did
from issuer.store.migrations import migrate
from issuer.store.roles import grant_to_program
from keys.public import KeyType


def init(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="The district's name, as badges give it.")],
    tag: Annotated[str, typer.Option(help="Up to 16 capitals and digits: what codes begin with.")],
    origin: Annotated[str, typer.Option(help="Where it publishes: https://HOST, or http://localhost:PORT.")],
    url: Annotated[str, typer.Option(help="The district's own pages.")],
    district: Annotated[str, typer.Option("--id", help="A short name in this store.")] = "",
    school: Annotated[list[str] | None, typer.Option(help="CODE=NAME; give it once for each.")] = None,
    schools: Annotated[Path | None, typer.Option(help="A file of districts and their schools.")] = None,
    state_code: Annotated[str, typer.Option(help="The district's code in that file.")] = "",
    example_schools: Annotated[
        bool, typer.Option("--example-schools", help="Take the schools of the fictional district.")
    ] = False,
    key_type: Annotated[KeyType, typer.Option(help="The kind of its first key.")] = KeyType.ED25519,
) -> None:
    """Set up an issuer: the folder, the database, the district, its catalogue and its first key.

    It may be run again: what is there stays, and the database is brought up to this program.
    """
    desk: Desk = ctx.obj
    desk.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = _schools(school or [], schools, state_code)
    if example_schools:
        listed |= dict(example_district().schools)
    secret = desk.secret()
    store, owner = desk.new_store(), desk.owner()
    migrate(owner)
    if owner is not store:
        from issuer.jobs.door import prepare_queue  # noqa: PLC0415 - only an owner apart has use for it

        role = grant_to_program(owner, desk.settings.database_url)
        prepare_queue(owner, role=role)
    made = found(
        store,
        Founding(district or tag.lower(), name, tag, origin, url, listed),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    store = store.of(made.id)
    with store.reading() as session:
        catalogue = district_catalogue(session, made.id)
    offer(store, made.id, catalogue.entries, now=desk.now(), actor=desk.actor)
    if not any(record.active for record in desk.records(made)):
        desk.keyring().create(made.did, key_type, secret=secret, now=desk.now())
    records = desk.records(made)
    publish_did(store, made.id, now=desk.now(), actor=desk.actor)
    desk.data(
        {
            "district": made.id,
            "did": made.did,
            "tag": made.tag,
            "origin": made.origin,
            "keys": [record.verification_method for record in records if record.active],
            "achievements": len(catalogue.entries),
            "schools": len(listed),
        },
        f"{made.name} issues as {made.did}\n"
        f"{len(catalogue.entries)} achievements, "
        f"{len(listed)} school{'s' if len(listed) != 1 else ''}, data in {desk.settings.data}",
    )
    desk.say(
        "Next: cairn catalog menu --template (what shows readiness), "
        "cairn students import FILE (the roster), "
        "cairn people add --role administrator --email YOU --name NAME (who opens the console), then "
        "cairn issue SHEET and cairn serve. Keep a copy of the keys folder and of its secret apart."
    )


def _schools(pairs: list[str], file: Path | None, state_code: str) -> dict[str, str]:
    """Schools from `CODE=NAME` pairs and from a file."""
    listed: dict[str, str] = {}
    if file is not None:
        found_there = load_schools(file.read_bytes(), file=file.name)
        if state_code not in found_there:
            raise IssuerError("bad_setting", f"{file} has no district {state_code!r}: see --state-code")
        listed |= dict(found_there[state_code].schools)
    for pair in pairs:
        code, _, name = pair.partition("=")
        if not code or not name:
            raise IssuerError("bad_setting", f"{pair!r} is not CODE=NAME")
        listed[code] = name
    return listed
