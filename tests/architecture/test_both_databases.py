"""Whatever touches the database is tested on both kinds; what is not says why, and no other test gets by."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from issuer.store.session import Store
from tests import both_databases
from tests.both_databases import is_alone, told

ROOT = Path(__file__).parents[2]
STARTS = re.compile(r'"CAIRN_DATA"|import issuer\.cli|from issuer(\.cli)? import (app|cli)\b|"issuer\.cli"')
"""What a module says that runs the command line or the server, in this process or another."""
KINDS = {"database", "bare_database", "sqlite_database", "fresh", "store", "house"}
"""The fixtures of which each gives a database of a kind."""


def on_one_alone(name: str, source: str, listed: set[str]) -> bool:
    """Whether a module starts an issuer and gives it no database of a kind."""
    if not STARTS.search(source) or name in listed:
        return False
    if '"CAIRN_DATA"' in source and "CAIRN_DATABASE_URL" not in source:
        return True
    arguments = {one.arg for one in ast.walk(ast.parse(source)) if isinstance(one, ast.arg)}
    return not arguments & KINDS


def modules() -> dict[str, str]:
    found = sorted((ROOT / "tests").rglob("test_*.py"))
    return {one.relative_to(ROOT).as_posix(): one.read_text("utf-8") for one in found}


NO_DATABASE = {"tests/unit/issuer/test_start.py", "tests/architecture/test_both_databases.py"}
"""These speak of it, and open none."""


def test_every_module_that_starts_an_issuer_gives_it_a_database_of_each_kind() -> None:
    listed = set(told()) | NO_DATABASE
    assert [name for name, source in modules().items() if on_one_alone(name, source, listed)] == []


def test_a_new_module_that_starts_one_on_its_own_is_noticed() -> None:
    new = 'SETTINGS = {"CAIRN_DATA": "x"}\ndef test_a(tmp_path): ...\n'
    assert on_one_alone("tests/unit/issuer/test_new.py", new, set(told()))
    assert on_one_alone("tests/unit/issuer/test_new.py", new.replace("tmp_path", "database"), set(told()))
    told_where = new.replace("tmp_path", "database").replace('"x"', '"x", "CAIRN_DATABASE_URL": "y"')
    assert not on_one_alone("tests/unit/issuer/test_new.py", told_where, set(told()))


def test_a_new_test_that_opens_one_on_its_own_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This one has no kind among its parameters, and is not on the list."""
    with pytest.raises(pytest.fail.Exception, match="opens a database of one kind alone"):
        Store.open(str(tmp_path / "cairn.db"))
    monkeypatch.setattr(both_databases, "_running", "")
    Store.open(str(tmp_path / "cairn.db")).close()


def test_a_kind_among_the_parameters_or_a_line_of_the_list_lets_a_test_open() -> None:
    new = "tests/unit/issuer/test_new.py::test_a"
    assert is_alone(new, {})
    assert is_alone(f"{new}[mail]", {"form": "mail"})
    assert not is_alone(f"{new}[sqlite]", {"database": "sqlite"})
    assert not is_alone(f"{new}[postgresql]", {"fresh": "postgresql"})
    one = next(name for name in told() if "::" in name)
    assert not is_alone(f"{one}[x]", {})
    assert is_alone(f"{one}_too", {})


@pytest.mark.parametrize("named", told())
def test_what_is_on_the_list_is_there_and_says_why(named: str) -> None:
    file, _, function = named.partition("::")
    source = (ROOT / file).read_text("utf-8")
    assert not function or f"def {function}(" in source
    assert len(told()[named].split()) > 3
