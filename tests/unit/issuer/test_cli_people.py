"""People, single sign-on, the audit trail and the database's role, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from issuer.access import people
from issuer.access.provider import secret_from
from issuer.errors import IssuerError
from issuer.store.roles import standing
from issuer.store.session import Store
from tests.databases import DATABASES, Postgres, database_url
from tests.staff import PASSWORD
from tests.unit.issuer.test_cli import Desk

ADA = ("--email", "Ada@lakeside.example", "--name", "Ada Fenn", "--role", "administrator")
HEADERS = "https://badges.lakeside.example/staff/password/"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def test_the_first_administrator_gets_a_link_and_no_password(desk: Desk) -> None:
    made = desk.json("people", "add", *ADA)
    assert made["link"].startswith(HEADERS)
    (listed,) = desk.json("people", "list")
    assert (listed["email"], listed["role"], listed["password"]) == (
        "ada@lakeside.example",
        "administrator",
        False,
    )
    store = Store.open(desk.database)
    from issuer.app import utc_now

    people.set_password(store, "lake", made["link"].rpartition("/")[2], PASSWORD, now=utc_now())
    store.close()
    assert desk.json("people", "list")[0]["password"]
    said = desk.run("people", "list").stdout
    assert "Ada Fenn" in said
    assert PASSWORD not in said


def test_people_are_changed_from_the_command_line(desk: Desk) -> None:
    desk.json("people", "add", *ADA)
    for refused in (
        ("people", "disable", "ada@lakeside.example"),
        ("people", "role", "ada@lakeside.example", "auditor"),
        ("people", "add", *ADA),
        ("people", "reset", "nobody@lakeside.example"),
        ("people", "add", "--email", "c@lakeside.example", "--name", "Cleo", "--role", "clerk"),
    ):
        assert isinstance(desk.run(*refused).exception, IssuerError), refused
    desk.json(
        "people", "add", "--email", "b@lakeside.example", "--name", "Ben Ide", "--role", "administrator"
    )
    clerk = desk.json("people", "role", "b@lakeside.example", "clerk", "--school", "0187")
    assert clerk["role"] == "clerk"
    assert desk.json("people", "disable", "b@lakeside.example")["disabled"]
    assert "(disabled)" in desk.run("people", "list").stdout
    assert desk.json("people", "reset", "b@lakeside.example")["link"].startswith(HEADERS)
    assert not desk.json("people", "list")[1]["disabled"]


def test_single_sign_on_is_chosen_and_people_bound_to_it(desk: Desk) -> None:
    desk.json("people", "add", *ADA)
    bind = ("people", "bind", "ada@lakeside.example", "--subject", "248289761001")
    assert isinstance(desk.run(*bind).exception, IssuerError)
    chosen = desk.json("sign-on", "set", "--issuer", "https://login.lakeside.example", "--client-id", "cairn")
    assert chosen["redirect_uri"] == "https://badges.lakeside.example/staff/sign-on/back"
    desk.json(*bind)
    assert isinstance(desk.run(*bind).exception, IssuerError)
    assert desk.json("people", "list")[0]["sign_on"]
    for issuer in (
        "login.lakeside.example",
        "http://login.lakeside.example",
        "https://a@login.lakeside.example",
        "https://login.lakeside.example?x",
        "https://login.lakeside.example#x",
        "",
    ):
        refused = desk.run("sign-on", "set", "--issuer", issuer, "--client-id", "cairn")
        assert isinstance(refused.exception, IssuerError), issuer
    desk.json("sign-on", "set", "--issuer", "https://other.lakeside.example", "--client-id", "cairn")
    assert not desk.json("people", "list")[0]["sign_on"]  # another provider's names are other names
    desk.json("sign-on", "remove")
    assert isinstance(desk.run("sign-on", "check").exception, IssuerError)


def test_the_secret_of_a_provider_is_a_file_or_a_variable(tmp_path: Path) -> None:
    assert secret_from({}, None, "lake") == secret_from({}, tmp_path, "lake") == ""
    (tmp_path / "cairn_sign_on_lake_side").write_text("from a file\n")
    assert secret_from({}, tmp_path, "lake-side") == "from a file"
    named = {"CAIRN_SIGN_ON_SECRET_LAKE_SIDE": "from the environment", "CAIRN_SIGN_ON_SECRET_OTHER": "x"}
    assert secret_from(named, tmp_path, "lake-side") == "from the environment"
    assert secret_from(named, tmp_path, "lake") == ""


def test_the_audit_trail_is_read_and_checked(desk: Desk) -> None:
    desk.json("people", "add", *ADA)
    person = desk.json("people", "list")[0]["id"]
    plain = desk.json("audit")
    assert "records" not in plain
    found = desk.json("audit", "--action", "person")["records"]
    assert [(row["action"], row["subject"]) for row in found] == [("person.added", person)]
    assert desk.json("audit", "--subject", person)["records"] == found
    assert desk.json("audit", "--actor", "nobody")["records"] == []
    assert [row["number"] for row in desk.json("audit", "--last", "2")["records"]] == [
        plain["rows"],
        plain["rows"] - 1,
    ]
    assert desk.json("audit", "--since", "2100-01-01T00:00:00Z")["records"] == []
    assert isinstance(desk.run("audit", "--since", "yesterday").exception, IssuerError)
    said = desk.run("audit", "--action", "person.added").stdout
    assert "person.added" in said
    assert "holds" in said


def test_the_embedded_database_has_no_roles_to_make(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch, sqlite_database)
    desk.init()
    assert isinstance(desk.run("database", "role", "cairn_app").exception, IssuerError)
    assert desk.json("database", "check") == {"role": None, "bound": False}


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL comes as a wheel on Linux alone")
def test_a_database_is_set_up_by_its_owner_and_worked_on_by_another(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "cairn_by_command"
    postgres._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    owner = database_url(postgres.url.replace("/cairn?", "/postgres?"), name)
    made = Desk(tmp_path, monkeypatch, owner.replace("postgres:@", "cairn_program:a%20b@"))
    monkeypatch.setenv("CAIRN_DATABASE_OWNER_URL", owner)
    try:
        made.init()
        made.init()
        assert made.json("database", "check") == {"role": "cairn_program", "bound": True}
        made.json("people", "add", *ADA)
        assert len(made.json("people", "list")) == 1
        made.json("publish")
        made.json("audit")
        made.json("keys", "list")
        made.json("database", "role", "cairn_second")
        monkeypatch.setenv("CAIRN_DATABASE_URL", owner)
        assert made.json("database", "check", code=1) == {"role": "postgres", "bound": False}
        program = Store.open(owner.replace("postgres:@", "cairn_program:a%20b@"))
        found = standing(program)
        assert found is not None
        assert found.above == ""
        program.close()
    finally:
        postgres._run(f"DROP DATABASE {name} WITH (FORCE)")
