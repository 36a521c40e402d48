"""Whether a deployment is as it should be: each thing looked at, in a sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from issuer.errors import IssuerError
from issuer.health import look_at
from issuer.mail.errors import MailError
from issuer.mail.set_up import server_of
from issuer.mail.smtp import connected
from issuer.publication import list_path
from issuer.settings import Settings
from issuer.store import published, queries, status_lists
from issuer.store.migrations import check_migrated
from issuer.store.session import Store, is_answering
from keys.custody import Keyring
from keys.errors import KeyRefused
from keys.unlock import secret_from

ROOM: Final = 512 * 1_024 * 1_024
"""Bytes that must be free on the disk of the issuer's folder: below it a person should make room now."""
_SECRETS: Final = ("CAIRN_KEY_FILE", "CAIRN_KEY_PASSPHRASE_FILE")


class Finding(StrEnum):
    """How one thing is."""

    WELL = "well"
    WARN = "warn"
    """It works, and should be changed."""
    WRONG = "wrong"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at: what, how it is, and a sentence."""

    what: str
    finding: Finding
    said: str


def examine(settings: Settings, environ: Mapping[str, str], now: datetime) -> list[Looked]:
    """Look at everything that an issuer needs, and change nothing.

    Args:
        settings: The settings, which could be read.
        environ: The environment, for the secret of the keys.
        now: The time of this machine.
    """
    found = [Looked("settings", Finding.WELL, "the settings can be read"), *_files(settings, environ)]
    found.append(_room(settings.data))
    if settings.mail_host:
        found.append(_mail(settings))
    if not settings.database_url and not (settings.data / "cairn.db").exists():
        return [*found, _wrong("database", f"there is no issuer in {settings.data}: run `cairn init`")]
    store = Store.open(settings.database)
    try:
        found += _database(store, settings, environ, now)
    finally:
        store.close()
    return found


def _database(store: Store, settings: Settings, environ: Mapping[str, str], now: datetime) -> list[Looked]:
    if not is_answering(store):
        return [_wrong("database", "the database does not answer: look at CAIRN_DATABASE_URL and its server")]
    found = [Looked("database", Finding.WELL, "the database answers")]
    try:
        check_migrated(store)
    except IssuerError as fault:
        return [*found, _wrong("migrations", fault.message)]
    found.append(Looked("migrations", Finding.WELL, "the database has every step of this program"))
    with store.reading() as session:
        districts = queries.districts(session)
    if not districts:
        found.append(_wrong("district", "no district is set up: run `cairn init`"))
    for district in districts:
        found.append(_keys(settings, environ, district.did, district.id))
        with store.of(district.id).reading() as session:
            lists = look_at(session, district, now)["lists"]
            begins = [
                shown.valid_from
                for row in status_lists.all_lists(session, district.id)
                if (shown := published.current(session, district.id, list_path(row.id))) is not None
            ]
        said = "the published lists are fresh" if lists == "ok" else f"{lists}: run `cairn publish`, and see"
        found.append(
            Looked(
                f"lists of {district.id}",
                Finding.WELL if lists == "ok" else Finding.WRONG,
                said if lists == "ok" else f"{said} that `cairn serve` runs",
            )
        )
        found.append(_clock(max(begins, default=now), now))
    return found


def _clock(last: datetime, now: datetime) -> Looked:
    if now < last - timedelta(seconds=1):
        return _wrong("clock", "the clock is behind what was published: set it right before anything else")
    return Looked("clock", Finding.WELL, "the clock is not behind what was published")


def _keys(settings: Settings, environ: Mapping[str, str], did: str, name: str) -> Looked:
    """Open the newest key in use, and sign nothing with it."""
    what = f"keys of {name}"
    try:
        if not settings.keys.is_dir():
            return _wrong(what, f"there is no folder {settings.keys}: restore it from a backup")
        ring = Keyring(settings.keys)
        usable = [one for one in ring.keys(did) if one.active]
        if not usable:
            return _wrong(what, "no key is in use: run `cairn keys new`")
        ring.open(usable[-1].key_id, secret_from(environ, settings.secrets_dir))
    except (KeyRefused, OSError) as fault:
        return _wrong(what, f"the key cannot be opened: {fault}")
    return Looked(what, Finding.WELL, "the newest key opens")


def _files(settings: Settings, environ: Mapping[str, str]) -> list[Looked]:
    """Whether others than their owner can read secrets."""
    named = [Path(file) for name in _SECRETS if (file := environ.get(name, ""))]
    named += [
        Path(file)
        for name in Settings.model_fields
        if name.endswith(("_secret", "_url")) and (file := environ.get(f"CAIRN_{name.upper()}_FILE", ""))
    ]
    found = []
    for path in named:
        if not path.is_file():
            found.append(_wrong("secret files", f"{path} is not there: name the right file"))
        elif path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
            found.append(_wrong("secret files", f"others can read {path}: run `chmod 600 {path}`"))
    if settings.data.is_dir() and settings.data.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        said = f"others can open {settings.data}: run `chmod 700 {settings.data}`"
        found.append(Looked("folder", Finding.WARN, said))
    return found or [Looked("secret files", Finding.WELL, "only their owner can read the secret files")]


def _mail(settings: Settings) -> Looked:
    """Sign in at the mail server as the sender does, and send nothing."""
    try:
        server = server_of(settings)
        if server is not None:
            with connected(server):
                pass
    except MailError as fault:
        return _wrong("mail", fault.message)
    return Looked("mail", Finding.WELL, "the mail server answers")


def _room(folder: Path) -> Looked:
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if shutil.disk_usage(there).free < ROOM or not os.access(there, os.W_OK):
        return _wrong("disk", f"less than {ROOM >> 20} MiB are free at {there}: make room now")
    return Looked("disk", Finding.WELL, f"there is room at {there}")


def _wrong(what: str, said: str) -> Looked:
    return Looked(what, Finding.WRONG, said)
