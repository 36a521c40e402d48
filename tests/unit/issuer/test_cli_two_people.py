"""Commands where the district asks two people, and what new operators are told."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuer.access import people, policy
from issuer.access.errors import AccessError
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.commands.serving import USUAL_PORT, _own_port
from issuer.store import queries
from issuer.store.session import Store
from tests.unit.issuer.test_cli import Desk, sheet

NAMES = ("--asked-by", "rosa@lake.example", "--confirmed-by", "piet@lake.example")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.init()
    return made


def ask_for(desk: Desk, rules: Policy) -> None:
    """Let the district ask for two people, of whom there are two."""
    store = Store.open(str(desk.folder / "data" / "cairn.db"))
    now = datetime.now(UTC)
    with store.reading() as session:
        (district,) = queries.districts(session)
    for role, name in ((Role.REGISTRAR, "rosa"), (Role.APPROVER, "piet")):
        people.add(
            store,
            district.id,
            email=f"{name}@lake.example",
            name=name.title(),
            role=role,
            school=None,
            now=now,
            entropy=secrets.token_bytes,
            actor="test",
        )
    policy.change(store, district.id, rules, now=now, actor="test")
    store.close()


@pytest.mark.parametrize(
    "rules",
    [Policy(frozenset({Kind.ISSUE_BATCH})), Policy(apart=frozenset({Apart.RECORD_AND_ISSUE}))],
    ids=["two people", "apart"],
)
def test_a_sheet_is_issued_in_the_name_of_two_people_or_not_at_all(desk: Desk, rules: Policy) -> None:
    ask_for(desk, rules)
    assert desk.json("issue", "-", "--dry-run", data=sheet({})) is not None
    refused = desk.run("issue", "-", data=sheet({}))
    assert isinstance(refused.exception, AccessError)
    assert refused.exception.code == "two_people"
    assert "name them by e-mail" in refused.exception.message
    assert desk.run(*NAMES, "issue", "-", data=sheet({})).exit_code == 0
    same = (*NAMES[:3], "rosa@lake.example")
    assert desk.run(*same, "issue", "-", data=sheet({})).exit_code == 1


def test_a_badge_is_withdrawn_in_the_name_of_two_people_or_not_at_all(desk: Desk) -> None:
    assert desk.run("issue", "-", data=sheet({})).exit_code == 0
    ask_for(desk, Policy(frozenset({Kind.WITHDRAW})))
    step = ("revoke", "R-1", "--reason", "issued-in-error")
    correct = desk.run("correct", "R-1", "--name", "Maya Lind")
    for refused in (desk.run(*step), correct):
        assert isinstance(refused.exception, AccessError)
        assert refused.exception.code == "two_people"
    assert desk.run(*NAMES, *step).exit_code == 0


def test_what_comes_next_is_said_when_a_district_is_founded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Desk(tmp_path, monkeypatch).run(
        "init", "--name", "Lakeside", "--tag", "LAKE", "--origin", "https://badges.lakeside.example",
        "--url", "https://lakeside.example", "--school", "0187=High",
    )  # fmt: skip
    for command in ("catalog menu", "students import", "people add", "issue SHEET", "serve"):
        assert f"cairn {command}" in said.stderr, said.output


def test_the_port_is_that_of_a_district_of_this_machine() -> None:
    assert _own_port(["http://localhost:8123"]) == 8123
    assert _own_port(["http://localhost:8123", "https://badges.example.edu"]) == 8123
    assert _own_port(["https://badges.example.edu:444"]) == USUAL_PORT
    assert _own_port(["http://localhost:8123", "http://localhost:8124"]) == USUAL_PORT
    assert _own_port([]) == USUAL_PORT
