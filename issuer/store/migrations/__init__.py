"""Bring a database to the tables of this program. Every step is kept; none is ever edited after a release."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from issuer.errors import IssuerError
from issuer.store import all_tables  # noqa: F401 - what the steps are held against is every table
from issuer.store.session import Store

HEAD = "0020"
"""The newest step. It stands here so that a command that only looks need not load Alembic."""

_LOCK = 0x6361_6972_6E00
"""The advisory lock under which two processes that start at once migrate one after the other (PostgreSQL)."""


def migrate(store: Store) -> None:
    """Run every step that this database has not had. Safe to run again, and from several processes.

    Raises:
        IssuerError: `migrations_missing` where the database has steps that this program does not know.
    """
    from alembic import command  # noqa: PLC0415 - a fifth of a second that only `cairn init` has use for
    from alembic.config import Config  # noqa: PLC0415 - likewise
    from alembic.util import CommandError  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with store.engine.begin() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as fault:
            raise _other(_steps(connection)) from fault


def check_migrated(store: Store) -> None:
    """Refuse to work on a database that another version of the program made.

    Raises:
        IssuerError: `migrations_missing`.
    """
    with store.reading() as session:
        steps = _steps(session.connection())
    if steps != [HEAD]:
        raise _other(steps)


def _steps(connection: Connection) -> list[str]:
    """The step at which a database is; none where it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _other(steps: list[str]) -> IssuerError:
    """What is said of a database that is at another step than this program's."""
    have = ", ".join(steps) or "none"
    todo = "run `cairn init`"
    if max(steps, default="") > HEAD:
        todo = "a newer program has brought it there, so start that one"
    return IssuerError(
        "migrations_missing", f"the database is at step {have} and this program needs {HEAD}: {todo}"
    )
