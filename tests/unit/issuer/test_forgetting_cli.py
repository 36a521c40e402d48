"""`cairn students erase` and what belongs to it, as a person and as a script use it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from issuer.access import policy
from issuer.access.policy import Kind, Policy
from issuer.errors import IssuerError
from issuer.store import queries
from issuer.store.session import Store
from tests.house import NOW
from tests.rosters import USERS
from tests.unit.issuer.test_cli import Desk
from tests.unit.issuer.test_students_cli import archive

NUMBER = "500000001"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    made.json("students", "import", "-", data=archive())
    return made


def test_trying_destroys_nothing_and_yes_does_with_a_certificate(desk: Desk, tmp_path: Path) -> None:
    tried = desk.run("students", "erase", NUMBER)
    assert "Nothing was destroyed" in tried.output
    assert "Backups are not touched" in tried.stdout
    assert desk.json("students", "show", NUMBER)["name"] == "Odile Hart"
    done = desk.json("students", "erase", NUMBER, "--yes", "--out", str(tmp_path / "proof"))
    assert [one["table"] for one in done["destroyed"]] == ["student"]
    assert desk.json("students", "list") == []
    stem = done["id"].removeprefix("urn:uuid:")
    token = tmp_path / "proof" / f"{stem}.jws"
    assert desk.json("students", "certificate", str(token))["student"] == NUMBER
    assert "Odile" not in (tmp_path / "proof" / f"{stem}.txt").read_text()
    assert [one["id"] for one in desk.json("students", "certificate")] == [done["id"]]
    token.write_text(token.read_text()[:-4] + "AAAA")
    with pytest.raises(IssuerError, match="signature_failed"):
        raise desk.run("students", "certificate", str(token)).exception or AssertionError
    if desk.database.startswith("sqlite"):  # PostgreSQL's files are the server's own
        assert b"Odile" not in Path(desk.database.removeprefix("sqlite:///")).read_bytes()
    assert desk.run("audit").exit_code == 0


def test_a_hold_blocks_until_it_is_released(desk: Desk) -> None:
    assert desk.json("students", "hold", NUMBER, "--why", "A court")["new"]
    assert not desk.json("students", "hold", NUMBER, "--why", "A court")["new"]
    assert "legal hold" in desk.run("students", "erase", NUMBER).stdout
    with pytest.raises(IssuerError, match="on_hold"):
        raise desk.run("students", "erase", NUMBER, "--yes").exception or AssertionError
    desk.json("students", "release", NUMBER)
    desk.json("students", "erase", NUMBER, "--yes")


def test_an_export_is_written_once_for_its_owner(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "odile.zip"
    desk.json("students", "export", NUMBER, "--out", str(out))
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as packed:
        assert json.loads(packed.read("everything.json"))["student"] == NUMBER
    with pytest.raises(IssuerError, match="is there already"):
        raise desk.run("students", "export", NUMBER, "--out", str(out)).exception or AssertionError


def test_what_is_due_is_said_and_done_by_one_command(desk: Desk, tmp_path: Path) -> None:
    assert desk.json("students", "retention")["students"] == []
    own = tmp_path / "own.json"
    rules = json.loads((Path(policy.__file__).parents[1] / "catalog/data/retention.json").read_text())
    rules["ruleSet"] |= {"version": "own-1", "effectiveFrom": "2026-01-01"}
    rules["classes"]["roster"]["months"] = 0
    own.write_text(json.dumps(rules))
    desk.json("catalog", "load", str(own))
    left = archive(**{"users.csv": USERS})
    desk.json("students", "import", "-", data=left)
    assert [one["student"] for one in desk.json("students", "retention")["students"]] == [NUMBER]
    assert len(desk.json("students", "retention", "--yes")["destroyed"]) == 1
    assert desk.json("students", "retention", "--yes")["destroyed"] == []


def test_two_people_are_asked_for_in_the_console(desk: Desk) -> None:
    store = Store.open(desk.database)
    with store.reading() as session:
        district = queries.districts(session)[0].id
    policy.change(store, district, Policy(frozenset({Kind.ERASE})), now=NOW, actor="test")
    store.close()
    with pytest.raises(IssuerError, match="two people"):
        raise desk.run("students", "erase", NUMBER, "--yes").exception or AssertionError


@pytest.mark.parametrize("form", ["csv", "json", "html"])
def test_the_inventory_is_written(desk: Desk, tmp_path: Path, form: str) -> None:
    shown = desk.run("inventory", "--format", form)
    assert "Birth date" in shown.stdout
    out = tmp_path / "list"
    desk.run("inventory", "--format", form, "--out", str(out))
    assert out.read_bytes().decode().replace("\r\n", "\n") == shown.stdout.replace("\r\n", "\n")


def test_the_file_is_written_anew(desk: Desk) -> None:
    assert desk.json("database", "sweep")["swept"]
