"""A district in a SQLite file of its own: made once, copied for each case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from issuer.store.migrations import migrate
from issuer.store.session import Store
from tests.house import House


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
def house() -> Iterator[tuple[House, Path]]:
    """A district and its file, for one case."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cairn.db")
        path.write_bytes(template())
        with opened(path) as made:
            yield made, path
