"""A backup: one state of the database and the sealed keys, with a manifest that says what belongs to it.

It is not encrypted: it holds what the database holds about students, so it must be kept as closely. The
secret that opens the keys is not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from issuer.errors import IssuerError
from issuer.restoring import Returned, note_return
from issuer.store import audit, queries
from issuer.store.copying import copy_in, copy_out, is_empty
from issuer.store.migrations import HEAD, migrate
from issuer.store.session import Store

FORM: Final = 1
MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 1_048_576
"""Bytes of a manifest."""
DATABASES: Final = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
_KEY: Final = re.compile(r"keys/key-[A-Za-z0-9_-]{43}\.json")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a manifest says.

    Attributes:
        made: When.
        database: `sqlite` or `postgresql`.
        step: The migration that the database was at.
        files: Name below the folder to SHA-256.
    """

    made: datetime
    database: str
    step: str
    files: dict[str, str]


def back_up(store: Store, keys: Path, out: Path, *, now: datetime) -> Backup:
    """Make a backup while the issuer goes on working. The manifest comes last: without it there is none.

    Args:
        store: The database, as a role that sees every district.
        keys: The folder of sealed keys.
        out: A folder that is not there yet, or is empty.
        now: The time.

    Raises:
        IssuerError: `backup_failed`.
    """
    if out.exists() and any(out.iterdir()):
        raise IssuerError("backup_failed", f"{out} is not empty: name a new folder for each backup")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    (out / "keys").mkdir(mode=0o700)
    # Keys first: a key that is made meanwhile has signed nothing that this backup knows.
    for file in sorted(keys.glob("key-*.json")):
        shutil.copyfile(file, out / "keys" / file.name)
    kind = "sqlite" if store.is_sqlite else "postgresql"
    copy_out(store, out / DATABASES[kind])
    files = [path for path in sorted(out.rglob("*")) if path.is_file()]
    for path in files:
        path.chmod(0o600)
        _keep(path)
    made = Backup(now, kind, HEAD, {str(path.relative_to(out)): _digest(path) for path in files})
    written = out / f"{MANIFEST}.new"
    written.write_text(json.dumps(_manifest(made), indent=2), "utf-8")
    _keep(written)
    written.replace(out / MANIFEST)
    _keep(out)
    return made


def look_at_backup(folder: Path) -> Backup:
    """Read a backup's manifest, and hold every file against it.

    Raises:
        IssuerError: `backup_failed`.
    """
    try:
        with (folder / MANIFEST).open("rb") as file:
            read = file.read(LARGEST_MANIFEST + 1)
    except OSError as fault:
        raise IssuerError("backup_failed", f"{folder} has no {MANIFEST}: it is no finished backup") from fault
    try:
        if len(read) > LARGEST_MANIFEST:
            raise ValueError  # noqa: TRY301 - the same answer for every fault
        found = _backup(json.loads(read))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise IssuerError("backup_failed", f"{folder / MANIFEST} is damaged: take another backup") from fault
    for name, digest in found.files.items():
        path = folder / name
        if not path.is_file() or path.is_symlink() or _digest(path) != digest:
            raise IssuerError("backup_failed", f"{path} is not what the manifest says: take another backup")
    return found


def restore(
    folder: Path,
    owner: Store,
    program: Store,
    keys: Path,
    *,
    now: datetime,
    actor: str,
    granted: Callable[[], None] = lambda: None,
) -> list[Returned]:
    """Bring a backup back into an empty database, and see to it that nothing is used twice.

    Args:
        folder: The backup.
        owner: The empty database, as the owner of its tables.
        program: The same, as the role that the program works as.
        keys: The folder of sealed keys, empty or not there.
        now: The time.
        actor: Who restores.
        granted: Gives the program's role what it needs, once the tables are there.

    Returns:
        For each district what was closed.

    Raises:
        IssuerError: `backup_failed`; `audit_broken`.
    """
    found = look_at_backup(folder)
    if found.database != ("sqlite" if owner.is_sqlite else "postgresql"):
        raise IssuerError("backup_failed", f"this is a backup of {found.database}: restore it into that")
    if not is_empty(owner):
        raise IssuerError("backup_failed", "the database is not empty: restore into a new one")
    if keys.exists() and any(keys.glob("key-*.json")):
        raise IssuerError("backup_failed", f"{keys} already holds keys: move them away, then restore")
    copy_in(owner, folder / DATABASES[found.database])
    migrate(owner)
    granted()
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in found.files:
        if _KEY.fullmatch(name):
            shutil.copyfile(folder / name, keys / Path(name).name)
            (keys / Path(name).name).chmod(0o600)
    return note_returns(program, now=now, actor=actor)


def note_returns(store: Store, *, now: datetime, actor: str) -> list[Returned]:
    """Look through every district's audit chain, and note the return of each.

    Raises:
        IssuerError: `audit_broken`.
    """
    with store.reading() as session:
        names = [one.id for one in queries.districts(session)]
    for name in names:
        with store.of(name).reading() as session:
            audit.check_chain(session, name)
    return [note_return(store.of(name), name, now=now, actor=actor) for name in names]


def _manifest(backup: Backup) -> dict[str, Any]:
    return {
        "form": FORM,
        "made": backup.made.isoformat(),
        "database": backup.database,
        "step": backup.step,
        "files": backup.files,
    }


def _backup(read: Any) -> Backup:
    """Raises: ValueError, KeyError, TypeError, AttributeError."""
    database = str(read["database"])
    files = {str(name): str(digest) for name, digest in read["files"].items()}
    allowed = all(name == DATABASES[database] or _KEY.fullmatch(name) for name in files)
    if read["form"] != FORM or not allowed or DATABASES[database] not in files:
        raise ValueError
    return Backup(datetime.fromisoformat(read["made"]), database, str(read["step"]), files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(path: Path) -> None:
    """See that a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
