"""A district in a database of its own for each case: a copied SQLite file, or a server's database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from issuer.store.migrations import migrate
from issuer.store.session import Store
from tests.databases import Fresh
from tests.house import House

_server: ContextVar[Fresh | None] = ContextVar("server", default=None)


@cache
def template() -> bytes:
    """A SQLite file with a district in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"{folder}/cairn.db")
        migrate(store)
        House.build(store)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return Path(folder, "cairn.db").read_bytes()


@contextmanager
def opened(path: Path) -> Iterator[House]:
    """The district whose file this is; founded anew where the file has only its tables."""
    store = Store.open(str(path))
    try:
        yield House.build(store)
    finally:
        store.close()


@contextmanager
def house() -> Iterator[tuple[House, str]]:
    """A district for one case, and the URL of its database: a file, except within `on_server`."""
    fresh = _server.get()
    if fresh is not None:
        with fresh() as store:
            yield (
                House.build(store),
                store.engine.url.render_as_string(hide_password=False).replace(
                    "postgresql+psycopg", "postgresql"
                ),
            )
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cairn.db")
        path.write_bytes(template())
        with opened(path) as made:
            yield made, f"sqlite:///{path}"


@contextmanager
def on_server(fresh: Fresh) -> Iterator[None]:
    """Whatever asks for a house in here gets one in a server's database."""
    before = _server.set(fresh)
    try:
        yield
    finally:
        _server.reset(before)
