"""Keys of programs and webhooks, from the command line."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from issuer.access.errors import AccessError
from issuer.access.policy import Kind, Policy
from issuer.api.errors import ApiError
from tests.unit.issuer.test_cli import Desk
from tests.unit.issuer.test_cli_two_people import ask_for

KEY = ("api-keys", "create", "--name", "Student system", "--scope", "read", "--scope", "issue")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def test_a_key_is_printed_once_listed_and_ended(desk: Desk) -> None:
    made = desk.json(*KEY)
    (listed,) = desk.json("api-keys", "list")
    assert (listed["id"], listed["scopes"], listed["state"]) == (made["id"], ["issue", "read"], "in use")
    assert made["key"] not in desk.run("api-keys", "list").stdout
    desk.json("api-keys", "revoke", made["id"])
    assert desk.json("api-keys", "list")[0]["state"] == "revoked"
    assert isinstance(desk.run("api-keys", "revoke", "nothing").exception, ApiError)


def test_two_people_are_named_where_the_district_asks_them_for_what_the_key_could_do(desk: Desk) -> None:
    ask_for(desk, Policy(frozenset({Kind.ISSUE_BATCH})))
    assert isinstance(desk.run(*KEY).exception, AccessError)
    desk.json("api-keys", "create", "--name", "Reader", "--scope", "read")
    assert len(desk.json("api-keys", "list")) == 1


def test_webhooks_are_added_listed_and_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add = ("webhooks", "add", "https://hooks.lakeside.example/", "--event", "credential.issued")
    monkeypatch.delenv("CAIRN_WEBHOOK_KEY", raising=False)
    assert isinstance(desk.run(*add).exception, ApiError)
    monkeypatch.setenv("CAIRN_WEBHOOK_KEY", secrets.token_urlsafe(32))
    made = desk.json(*add)
    assert made["secret"].startswith("whsec_")
    assert desk.json("webhooks", "rotate", made["id"])["secret"] != made["secret"]
    assert [one["id"] for one in desk.json("webhooks", "list")] == [made["id"]]
    assert desk.json("webhooks", "deliver") == {"taken": 0, "sent": 0, "heard": 0}
    assert not desk.json("webhooks", "enable", made["id"])["disabled"]
    desk.json("webhooks", "remove", made["id"])
    assert desk.json("webhooks", "list") == []
