"""`cairn backup`, `cairn restore` and `cairn restored`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from issuer.backup import back_up, look_at_backup
from issuer.backup import restore as bring_back
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.places.folder import saved_in
from issuer.restoring import Returned, note_return
from issuer.store import queries
from issuer.store.roles import grant_to_program
from issuer.taking_back import TakenBack, go_on_without, take_back


def backup(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="A new folder for this backup.")],
) -> None:
    """Copy the database and the sealed keys to a folder, while the issuer goes on working.

    It is not encrypted, and it does not hold the secret that opens the keys: keep that apart.
    """
    desk: Desk = ctx.obj
    desk.every_district()
    made = back_up(desk.owner(), desk.settings.keys, out, now=desk.now())
    look_at_backup(out)
    desk.data(
        {"folder": str(out), "database": made.database, "files": len(made.files)},
        f"{out} holds a backup of {len(made.files)} files. It is not encrypted: keep it as closely as the "
        "database, and the secret of the keys apart from it",
    )


Published = Annotated[
    list[Path] | None,
    typer.Option(
        "--published",
        help="A folder with lists and notes that were published since the backup, as cairn archive keeps "
        "them; may be repeated. CAIRN_PUBLISH_TO is looked at anyway.",
    ),
]
Without = Annotated[
    bool,
    typer.Option(
        "--without-published",
        help="Publish lists although withdrawals made after the backup may be missing: badges that were "
        "withdrawn then VERIFY AS VALID again until you withdraw them again.",
    ),
]


def restore(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that cairn backup has made.")],
    *,
    published: Published = None,
    without_published: Without = False,
) -> None:
    """Bring a backup back into an empty database. No position and no version from before is used again.

    Lists that were published since are taken back in, so that what was withdrawn stays withdrawn. Without
    them no list is published.
    """
    desk: Desk = ctx.obj
    look_at_backup(folder)
    _look_at_folders(published)
    desk.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner, program = desk.owner(), desk.new_store()

    def granted() -> None:
        if owner is not program:
            grant_to_program(owner, desk.settings.database_url)

    done = bring_back(
        folder, owner, program, desk.settings.keys, now=desk.now(), actor=desk.actor, granted=granted
    )
    _settle(desk, done, published or [], without=without_published)


def restored(ctx: typer.Context, *, published: Published = None, without_published: Without = False) -> None:
    """After a restore by other means: close every open list, since its later positions may be in use.

    Run it again with --published where more is found of what was published since the backup.
    """
    desk: Desk = ctx.obj
    _look_at_folders(published)
    done = note_return(desk.store(), desk.district().id, now=desk.now(), actor=desk.actor)
    _settle(desk, [done], published or [], without=without_published)


def _look_at_folders(folders: list[Path] | None) -> None:
    for one in folders or []:
        if not one.is_dir():
            raise IssuerError("bad_setting", f"{one} is no folder: name one with lists that were published")


def _settle(desk: Desk, done: list[Returned], folders: list[Path], *, without: bool) -> None:
    """Take back in what was published, district by district, and say what became of it."""
    rows, words = [], [f"{len(done)} districts are back; their open lists are closed."]
    waiting = False
    for one in done:
        store = desk.every_district().of(one.district_id)
        with store.reading() as session:
            district = queries.district(session, one.district_id)
        fault = ""
        taken = TakenBack({}, 0, 0, ("?",))
        place = desk.place(district)
        if place is not None or folders:
            try:
                sources = [saved_in(folder) for folder in folders] + ([place.saved()] if place else [])
                taken = take_back(store, district.id, chain(*sources), now=desk.now(), actor=desk.actor)
            except IssuerError as refused:
                fault = str(refused)
        settled = taken.settles
        if not settled and without:
            go_on_without(store, district.id, now=desk.now(), actor=desk.actor)
        waiting = waiting or not (settled or without)
        rows.append(
            {
                "district": one.district_id,
                "closed": list(one.closed),
                "floor": one.floor,
                "lists": {name: at.isoformat() for name, at in taken.lists.items()},
                "withdrawn": taken.withdrawn,
                "unknown": taken.unknown,
                "settled": settled or without,
                "fault": fault,
            }
        )
        words += _said(one.district_id, taken, fault, without=without)
    desk.data(rows, "\n".join(words))
    desk.say("Lists wait to be published." if waiting else "Next: cairn publish, cairn doctor")


def _said(name: str, taken: TakenBack, fault: str, *, without: bool) -> list[str]:
    """What became of a district's withdrawals."""
    words = [f"{name}: {fault}"] if fault else []
    if taken.lists:
        oldest = min(taken.lists.values()).isoformat(timespec="seconds")
        words.append(
            f"{name}: {len(taken.lists)} published lists are taken back in; {taken.withdrawn} badges are "
            f"withdrawn again, and {taken.unknown} positions of badges unknown to the backup stay "
            f"withdrawn. What was withdrawn after {oldest} must be withdrawn again"
        )
    if taken.settles:
        return words
    if without:
        words.append(
            f"{name}: going on without published lists. Badges that were withdrawn after the backup VERIFY "
            "AS VALID until you withdraw them again: do that now"
        )
    else:
        words.append(
            f"{name}: NO LIST IS PUBLISHED, since badges that were withdrawn after the backup would verify "
            "as valid. Run `cairn restored --published FOLDER` with lists that were published since (the "
            "bucket, the CDN, a cairn archive); or, where there are none, `cairn restored "
            "--without-published`, and withdraw those badges again"
        )
    return words
