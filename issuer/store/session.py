"""Open the database, and run transactions on it. SQLite by default, PostgreSQL for many workers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from issuer.errors import IssuerError

__all__ = ["Session", "Store", "driver", "wal_is_safe"]

WAIT_SECONDS = 30
"""How long a statement waits for another transaction's lock before the answer is `database_busy`."""

# The WAL-reset bug can lose committed writes when two connections share a database. It was repaired in 3.51.3
# and in these older lines (sqlite.org/wal.html, "The WAL-Reset Bug").
_REPAIRED = (3, 51, 3)
_REPAIRED_LINES = {(3, 50): 7, (3, 44): 6}
_READ_ONLY = "cairn_read_only"
_BROKEN = {
    "readonly database": "it may only be read: look at the rights of its file and folder",
    "disk is full": "its disk is full: make room, then go on",
    "No space left": "its disk is full: make room, then go on",
    "disk I/O error": "its disk gives errors: look at it before anything else is written",
    "unable to open database file": "its file cannot be opened: look at the rights of its folder",
    "file is not a database": "its file is no database: restore it from a backup, then run `cairn restored`",
    "image is malformed": "its file is damaged: restore it from a backup, then run `cairn restored`",
    "connection failed": "its server does not answer: look at CAIRN_DATABASE_URL and at the server",
}
"""What SQLite and PostgreSQL say of a database that cannot be used, and what a person does about it."""
LOOKS_AGAIN = 0.001
"""Seconds between two looks whether the write lock of an embedded database is free."""
_LOCKED = "database is locked"
_DISTRICT = text("SELECT set_config('cairn.district', :district, true)")
_BUSY = (_LOCKED, "lock timeout", "deadlock detected", "pool")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite keeps committed writes in WAL mode with several connections."""
    line = _REPAIRED_LINES.get((version[0], version[1]))
    return version >= _REPAIRED or (line is not None and version[2] >= line)


def driver() -> ModuleType:
    """The SQLite to use: Python's own unless only `pysqlite3` has the repair."""
    if wal_is_safe(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        bundled = import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3
    return bundled if wal_is_safe(bundled.sqlite_version_info) else sqlite3


class Store:
    """One database and its transactions.

    On PostgreSQL the rows of a district are there only for transactions of a store that was told the district
    with `of`, and no others are: row-level security holds what a query may have forgotten. A store that was
    told none sees which districts there are, and nothing of theirs.

    Args:
        engine: A SQLAlchemy engine that `Store.open` has set up.
        district: The district whose rows its transactions may see and write; None for none.
    """

    def __init__(self, engine: Engine, district: str | None = None) -> None:
        self.engine = engine
        self.district = district
        options = {_READ_ONLY: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = engine.execution_options(**options)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open `sqlite:///FILE` or `postgresql://...`; a path alone is a SQLite file.

        Raises:
            IssuerError: `bad_setting` for another kind of database.
        """
        if "://" not in url:
            url = f"sqlite:///{Path(url).absolute()}"
        if url.startswith("sqlite:///"):
            return cls(_sqlite(url))
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                url = "postgresql+psycopg://" + url.removeprefix(scheme)
        if not url.startswith("postgresql+psycopg://"):
            raise IssuerError("bad_setting", "the database is sqlite:///FILE or postgresql://USER@HOST/NAME")
        return cls(
            create_engine(
                url,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={
                    "connect_timeout": 10,
                    "options": f"-c lock_timeout={WAIT_SECONDS}s -c timezone=UTC",
                },
            )
        )

    def of(self, district_id: str) -> Self:
        """The same database, for the work of one district."""
        return self if district_id == self.district else type(self)(self.engine, district_id)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that may write: all of it is kept, or nothing.

        On SQLite it takes the one write lock at its beginning, so it cannot fail half-way for want of it.

        Raises:
            IssuerError: `database_busy` when another transaction held its lock for `WAIT_SECONDS`;
                `database_failed` when it cannot be used at all.
        """
        with self._session(self.engine) as session:
            session.connection()
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: it sees one state of the database and waits for nobody.

        Raises:
            IssuerError: `database_busy` as above.
        """
        with self._session(self._reader) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                if self.district is not None and not self.is_sqlite:
                    # For this transaction alone: the connection goes back to the pool without it.
                    session.execute(_DISTRICT, {"district": self.district})
                yield session
        except (StatementError, PoolTimeout) as fault:
            # A column that refuses a value does so inside SQLAlchemy, which wraps the refusal.
            if isinstance(fault, StatementError) and isinstance(fault.orig, IssuerError):
                raise fault.orig from None
            said = str(fault.orig) if isinstance(fault, StatementError) else "pool"
            if any(words in said for words in _BUSY):
                raise IssuerError("database_busy", "the database did not answer: try again") from fault
            if "irreversible" in said:
                raise IssuerError("irreversible", "this record cannot be changed or taken back") from fault
            if said_plainly := next((plain for words, plain in _BROKEN.items() if words in said), ""):
                raise IssuerError(
                    "database_failed", f"the database cannot be used: {said_plainly}"
                ) from fault
            raise

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    """A SQLite engine whose transactions are ours to begin."""
    module = driver()
    journal, synchronous = (
        ("WAL", "FULL") if wal_is_safe(module.sqlite_version_info) else ("TRUNCATE", "EXTRA")
    )
    # Parameters hold names of students: no exception and no log may repeat them.
    engine = create_engine(url, module=module, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver would begin a deferred transaction by itself, at the first write: too late for the lock.
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={journal}",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_READ_ONLY):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection, module.OperationalError)

    return engine


def _begin_writing(connection: Connection, refused: type[Exception]) -> None:
    """Take the one write lock of an embedded database, soon after whoever has it gives it back.

    SQLite's own waiting looks ten times a second once it has waited for a while: two workers that take turns
    at the lock would mostly sleep. The last look is SQLAlchemy's, so that its refusal is one of those that
    `Store` knows.
    """
    own: Any = connection.connection.dbapi_connection
    end = time.monotonic() + WAIT_SECONDS
    own.execute("PRAGMA busy_timeout=0").close()
    try:
        while time.monotonic() < end:
            try:
                own.execute("BEGIN IMMEDIATE").close()
            except refused as fault:
                if _LOCKED not in str(fault):
                    break
                time.sleep(LOOKS_AGAIN)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        own.execute(f"PRAGMA busy_timeout={int(WAIT_SECONDS * 1000)}").close()


def is_answering(store: Store) -> bool:
    """Whether the database answers at all."""
    try:
        with store.reading() as session:
            session.execute(text("SELECT 1"))
    except (DBAPIError, IssuerError):
        return False
    return True
