"""A test that opens a database runs on both kinds, or `tests/one_database.toml` says why it does not.

The kind that a test runs on is one of its parameters: the fixtures of `tests.databases` give it. What a test
opens without one fails it. A process that a test starts opens out of sight: its settings are looked for in
`tests/architecture/test_both_databases.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from issuer.store.session import Store
from tests.databases import DATABASES, OneFile

LIST = Path(__file__).with_name("one_database.toml")

_running = ""
"""The test that is set up, run or torn down; empty where it runs on both kinds or is on the list."""


@cache
def told() -> Mapping[str, str]:
    """File, or file and function as pytest writes them, to why it is on one kind alone."""
    listed: dict[str, str] = tomllib.loads(LIST.read_text("utf-8"))["alone"]
    return listed


def is_alone(nodeid: str, parameters: Mapping[str, Any]) -> bool:
    """Whether this test has no kind of database among its parameters and is not on the list."""
    named = nodeid.partition("[")[0]
    if any(value in {"sqlite", "postgresql"} for value in parameters.values() if isinstance(value, str)):
        return False
    return named not in told() and named.partition("::")[0] not in told()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember which test opens what is opened next."""
    global _running  # noqa: PLW0603 - pytest runs one test at a time
    parameters: Mapping[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    _running = item.nodeid if is_alone(item.nodeid, parameters) else ""


@pytest.fixture(scope="session", autouse=True)
def _opened_on_both() -> Iterator[None]:
    """Look at every opening of this process."""
    true = Store.open

    def look(url: str) -> Store:
        if _running:
            pytest.fail(
                f"{_running} opens a database of one kind alone: take its URL from the fixture `database` "
                f"(kinds: {', '.join(DATABASES)}), or say in {LIST.name} why one is enough"
            )
        return OneFile.hurry(true(url), url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "open", look)
        yield
