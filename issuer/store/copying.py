"""A whole database into a file and back: SQLite by its online copy, PostgreSQL by its own two programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import inspect

from issuer.errors import IssuerError
from issuer.store.session import Store, driver

LONGEST: Final = 6 * 3_600
"""Seconds that a dump or its return may take."""


def is_empty(store: Store) -> bool:
    """Whether a database has no table at all."""
    with store.reading() as session:
        return not inspect(session.connection()).get_table_names()


def copy_out(store: Store, file: Path) -> None:
    """Copy one state of the database to a file, while others go on writing.

    Raises:
        IssuerError: `backup_failed`.
    """
    if not store.is_sqlite:
        _run("pg_dump", store, "--format=custom", "--no-owner", "--no-acl", f"--file={file}")
        return
    pooled = store.engine.raw_connection()
    target = driver().connect(str(file))
    try:
        source = pooled.driver_connection
        if source is None:
            raise IssuerError("backup_failed", "the database is not open")
        source.backup(target)
        # A copy of a database in WAL mode is in it too; one file is easier to keep than three.
        target.execute("PRAGMA journal_mode=DELETE").close()
        if target.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise IssuerError("backup_failed", "the copy of the database is damaged: look at its disk")
    finally:
        target.close()
        pooled.close()


def copy_in(store: Store, file: Path) -> None:
    """Fill an empty database from such a file.

    Raises:
        IssuerError: `backup_failed`.
    """
    if not store.is_sqlite:
        _run(
            "pg_restore",
            store,
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            "--single-transaction",
            str(file),
        )
        return
    pooled = store.engine.raw_connection()
    source = driver().connect(f"file:{file}?mode=ro", uri=True)
    try:
        target = pooled.driver_connection
        if target is None:
            raise IssuerError("backup_failed", "the database is not open")
        source.backup(target)
    finally:
        source.close()
        pooled.close()


def _run(program: str, store: Store, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. The password goes by the environment: others see arguments."""
    found = shutil.which(program)
    if found is None:
        raise IssuerError(
            "backup_failed",
            f"{program} is not on this machine: install PostgreSQL's client programs of the server's version",
        )
    url = store.engine.url.set(drivername="postgresql")
    environ = dict(os.environ)
    if url.password:
        environ["PGPASSWORD"] = str(url.password)
    parts = urlsplit(url.set(password=None).render_as_string(hide_password=False))
    command = [found, *arguments, f"--dbname={urlunsplit(parts)}"]
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments of our own
        command, env=environ, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if done.returncode == 0:
        return
    why = "look at the server's log"
    if "row-level security" in done.stderr:
        why = "the role must see every district: see docs/operate/backup.md"
    elif "server version" in done.stderr:
        why = "install the client programs of the server's own version"
    elif "could not connect" in done.stderr or "connection to server" in done.stderr:
        why = "the server does not answer: look at CAIRN_DATABASE_OWNER_URL"
    raise IssuerError("backup_failed", f"{program} failed: {why}")
