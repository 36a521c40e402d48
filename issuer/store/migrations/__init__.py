"""Bring a database to the tables of this program. Every step is kept; none is ever edited after a release."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from issuer.errors import IssuerError
from issuer.store.session import Store

_LOCK = 0x6361_6972_6E00
"""The advisory lock under which two processes that start at once migrate one after the other (PostgreSQL)."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def migrate(store: Store) -> None:
    """Run every step that this database has not had. Safe to run again, and from several processes."""
    config = _config()
    with store.engine.begin() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_migrated(store: Store) -> None:
    """Refuse to work on a database that another version of the program made.

    Raises:
        IssuerError: `migrations_missing`.
    """
    with store.reading() as session:
        have = MigrationContext.configure(session.connection()).get_current_revision()
    want = ScriptDirectory.from_config(_config()).get_current_head()
    if have != want:
        raise IssuerError(
            "migrations_missing",
            f"the database is at step {have or 'none'} and this program needs {want}: run `cairn init`",
        )
