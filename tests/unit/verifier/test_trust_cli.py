"""`cairn-verify trust`, as an operator uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CliRunner, Result
from tests.trust_lists import KEY, MALLORY, issuer, later, other, signed
from verifier.cli import app
from verifier.fetch import FetchedBytes, Fetcher

SOON: dict[str, Any] = {
    "starts": datetime.now(UTC) - timedelta(hours=1),
    "ends": datetime.now(UTC) + timedelta(days=9),
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["trust", *words])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old.jwt"
    file.write_bytes(signed(issuer(), **SOON))
    return file


def write(old: Path, body: bytes) -> str:
    file = old.with_name("new.jwt")
    file.write_bytes(body)
    return str(file)


def test_a_list_is_checked(old: Path) -> None:
    done = run("check", str(old), "--key", KEY)
    assert done.exit_code == 0, done.output
    assert "State list, version 1" in done.stdout
    assert "Riverbend School District (Riverbend, CO): Recognized." in done.stdout
    told = json.loads(run("check", str(old), "--key", KEY, "--json", "--lang", "es").stdout)
    assert told[0]["issuers"][0]["name"] == "Distrito Escolar Riverbend"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--key"),
        (("--key", "nonsense"), 2, "bad_key"),
        (("--key", MALLORY.public_key.multikey()), 20, "foreign_key"),
        (("--key", KEY, "--lang", "fr"), 2, "--lang"),
    ],
)
def test_what_cannot_be_checked_is_said_in_the_exit_code(
    old: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("check", str(old), *words)
    assert (done.exit_code, said in done.stderr) == (code, True), done.output


def test_an_ended_list_is_refused_with_its_date(old: Path) -> None:
    gone = datetime.now(UTC) - timedelta(days=1)
    done = run("check", write(old, signed(starts=gone - timedelta(days=1), ends=gone)), "--key", KEY)
    assert done.exit_code == 20
    assert "This list ended on" in done.stdout


def test_a_plain_list_needs_no_key_and_is_called_unsigned(old: Path) -> None:
    plain = old.with_name("plain.json")
    plain.write_text(
        '{"version": 1, "name": "Ours", "entries": [{"id": "did:web:a.example", "name": "A"}]}', "utf-8"
    )
    done = run("check", str(plain))
    assert done.exit_code == 0
    assert "Not signed" in done.stdout
    assert run("compare", str(plain), str(old), "--key", KEY).exit_code == 2
    assert run("check", str(plain.with_name("none.json"))).exit_code == 2


def test_a_following_version_is_compared(old: Path) -> None:
    new = write(old, later(old.read_bytes(), issuer(), other(), **SOON))
    done = run("compare", str(old), new, "--key", KEY)
    assert (done.exit_code, "added      Cedar Mesa" in done.stdout) == (0, True), done.output
    found = json.loads(run("compare", str(old), new, "--key", KEY, "--json").stdout)
    assert (found["follows"], found["added"][0]["name"]) == (True, "Cedar Mesa School District")
    unchanged = write(old, later(old.read_bytes(), issuer(), **SOON))
    assert "nothing else differs" in run("compare", str(old), unchanged, "--key", KEY).stdout


@pytest.mark.parametrize(
    ("issuers", "changes", "said"),
    [
        ((other(),), {}, "gone       Riverbend"),
        ((issuer(ids=(*issuer().ids, "did:web:more.example")),), {}, "WIDER Riverbend"),
        ((issuer(),), {"id": "https://lists.state.example/other"}, "NOT the same list"),
    ],
)
def test_what_a_person_should_look_at_has_an_exit_code(
    old: Path, issuers: tuple[Any, ...], changes: dict[str, Any], said: str
) -> None:
    new = write(old, later(old.read_bytes(), *issuers, **SOON, **changes))
    done = run("compare", str(old), new, "--key", KEY)
    assert (done.exit_code, said in done.stdout) == (21, True), done.output
    assert "does NOT rise" in run("compare", new, str(old), "--key", KEY).stdout


def test_a_fork_does_not_follow(old: Path) -> None:
    new = write(old, later(signed(other(), **SOON), issuer(), **SOON))
    done = run("compare", str(old), new, "--key", KEY)
    assert (done.exit_code, "does NOT name" in done.stdout) == (21, True)


def test_lists_in_use_are_shown_and_fetched(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "every issuer is unknown" in run("show").stdout
    assert run("fetch").exit_code == 3
    url = "https://lists.state.example/trust/list.jwt"
    monkeypatch.setenv("CAIRN_VERIFY_TRUST_LISTS", json.dumps([{"place": url, "key": KEY}]))
    assert run("show").exit_code == 3
    assert run("fetch").exit_code == 3
    monkeypatch.setenv("CAIRN_VERIFY_DATA", str(tmp_path / "data"))
    assert "We do not have this list now." in run("show").stdout
    answers = [old.read_bytes(), b"<html>"]

    async def fetch(_self: Fetcher, asked: str, **_how: Any) -> FetchedBytes:
        return FetchedBytes(asked, 200, "application/vc+jwt", answers.pop(0))

    monkeypatch.setattr(Fetcher, "fetch", fetch)
    assert "version 1" in run("fetch").stdout
    refused = run("fetch", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)[0]["code"]) == (20, "trust_list_malformed")
    shown = run("show", "--json")
    assert json.loads(shown.stdout)[0]["issuers"][0]["name"] == "Riverbend School District"
