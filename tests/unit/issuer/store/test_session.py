"""Opening a database, and what a transaction promises."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.errors import IssuerError
from issuer.store import session as session_module
from issuer.store.session import LOOKS_AGAIN, WAIT_SECONDS, Store, driver, is_answering, wal_is_safe
from tests.house import attempt


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 3), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_wal_only_where_it_keeps_commits(version: tuple[int, int, int], safe: bool) -> None:  # noqa: FBT001 - a table's column
    assert wal_is_safe(version) is safe


def test_the_driver_is_the_systems_where_it_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 53, 0))
    assert driver() is sqlite3


def test_the_bundled_driver_is_taken_only_where_it_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    for version, taken in (((3, 53, 4), True), ((3, 51, 1), False)):
        bundled: Any = SimpleNamespace(sqlite_version_info=version)
        with monkeypatch.context() as patch:
            patch.setattr(session_module, "import_module", lambda _, found=bundled: found)
            assert (driver() is bundled) is taken


def test_without_the_bundled_driver_the_systems_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ImportError

    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(session_module, "import_module", missing)
    assert driver() is sqlite3


def pragmas(store: Store) -> dict[str, object]:
    with store.reading() as session:
        return {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }


def test_sqlite_keeps_every_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "wal_is_safe", lambda _: True)
    fast = Store.open(str(tmp_path / "wal.db"))
    assert pragmas(fast) == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    fast.close()
    monkeypatch.setattr(session_module, "wal_is_safe", lambda _: False)
    safe = Store.open(str(tmp_path / "truncate.db"))
    assert pragmas(safe) | {"foreign_keys": 1} == {
        "journal_mode": "truncate",
        "synchronous": 3,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }
    safe.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(IssuerError, match="bad_setting"):
        Store.open(url)


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("CREATE TABLE probe (n INTEGER)"))
    with pytest.raises(DBAPIError):
        attempt(store, "INSERT INTO probe VALUES (1)", "INSERT INTO no_such_table VALUES (1)")
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM probe")).scalar() == 0


def test_no_exception_repeats_what_was_to_be_stored(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught, store.transaction() as session:
        session.execute(text("INSERT INTO no_such_table VALUES (:name)"), {"name": "Maya Okafor"})
    assert "Okafor" not in str(caught.value)


def test_sqlite_takes_the_write_lock_at_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "WAIT_SECONDS", 0.1)
    first, second = Store.open(str(tmp_path / "a.db")), Store.open(str(tmp_path / "a.db"))
    with first.transaction():
        with pytest.raises(IssuerError, match="database_busy"), second.transaction():
            raise AssertionError("the lock is taken")
        with second.reading() as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
    first.close()
    second.close()


def test_who_waits_for_sqlites_write_lock_looks_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Store.open(str(tmp_path / "a.db")), Store.open(str(tmp_path / "a.db"))
    waited: list[float] = []
    with ExitStack() as held:
        held.enter_context(first.transaction())

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                held.close()

        monkeypatch.setattr(time, "sleep", sleep)
        with second.transaction() as session:
            # Whatever else waits, such as a checkpoint, waits as long as it did.
            assert session.execute(text("PRAGMA busy_timeout")).scalar() == WAIT_SECONDS * 1000
    assert waited == [LOOKS_AGAIN] * 3
    first.close()
    second.close()


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("CREATE TABLE probe (n INTEGER)"))
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM probe")).scalar() == 0

        def write() -> None:
            with store.transaction() as other:
                other.execute(text("INSERT INTO probe VALUES (1)"))

        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert session.execute(text("SELECT count(*) FROM probe")).scalar() == 0
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM probe")).scalar() == 1


def test_a_database_that_does_not_answer_is_noticed(tmp_path: Path) -> None:
    assert not is_answering(Store.open(f"postgresql://nobody@/none?host={tmp_path}"))


def fill(store: Store, pragma: str) -> None:
    with store.transaction() as session:
        session.execute(text(f"PRAGMA {pragma}"))
        for number in range(200):
            session.execute(text("INSERT INTO kept VALUES (:value)"), {"value": f"{number}" * 500})


def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cairn.db").write_text("this is a letter to the registrar, and no database at all\n" * 20)
    broken = Store.open(str(tmp_path / "cairn.db"))
    with pytest.raises(IssuerError, match=r"database_failed: .*restore it from a backup"):
        fill(broken, "query_only=OFF")
    broken.close()


@pytest.mark.parametrize(
    ("pragma", "why"), [("query_only=ON", "rights of its file"), ("max_page_count=1", "disk is full")]
)
def test_a_database_that_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, pragma: str, why: str
) -> None:
    store = Store.open(str(tmp_path / "cairn.db"))
    with store.transaction() as session:
        session.execute(text("CREATE TABLE kept (value TEXT)"))
    with pytest.raises(IssuerError, match=f"database_failed: .*{why}"):
        fill(store, pragma)
    store.close()
