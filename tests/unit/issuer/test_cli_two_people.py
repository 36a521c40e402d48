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
from issuer.store import audit, queries
from issuer.store.session import Store
from tests.staff import PASSWORD
from tests.unit.issuer.test_cli import Desk, sheet

NAMES = ("--asked-by", "rosa@lake.example", "--confirmed-by", "piet@lake.example")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def ask_for(desk: Desk, rules: Policy) -> None:
    """Let the district ask for two people, of whom there are two."""
    store = Store.open(desk.database)
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


def administrators(desk: Desk) -> None:
    """Two of them, who can sign in, beside a registrar and an approver."""
    ask_for(desk, Policy())
    store = Store.open(desk.database)
    now = datetime.now(UTC)
    with store.reading() as session:
        (district,) = queries.districts(session)
    for name in ("ada", "abe"):
        link = people.add(
            store,
            district.id,
            email=f"{name}@lake.example",
            name=name.title(),
            role=Role.ADMINISTRATOR,
            school=None,
            now=now,
            entropy=secrets.token_bytes,
            actor="test",
        )
        people.set_password(store, district.id, link.url.rpartition("/")[2], PASSWORD, now=now)
    store.close()


def code_of(desk: Desk, *command: str) -> str:
    fault = desk.run(*command).exception
    return getattr(fault, "code", "") if isinstance(fault, Exception) else ""


def named(desk: Desk) -> list[str]:
    """The kinds of thing for which two people were named."""
    store = Store.open(desk.database)
    with store.reading() as session:
        (district,) = queries.districts(session)
        found = audit.read(session, district.id, audit.Wanted(action="two-people.named"))
    store.close()
    return [one.facts["kind"] for one in found]


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


@pytest.mark.parametrize(
    "rules",
    [Policy(frozenset({Kind.ISSUE_BATCH})), Policy(apart=frozenset({Apart.RECORD_AND_ISSUE}))],
    ids=["two people", "apart"],
)
@pytest.mark.parametrize(
    "step", [("determine", "--all"), ("renew", "R-1", "--until", "2029-04-17")], ids=["determine", "renew"]
)
def test_renewals_and_determinations_are_issued_in_the_name_of_two_people_or_not_at_all(
    desk: Desk, rules: Policy, step: tuple[str, ...]
) -> None:
    assert desk.run("issue", "-", data=sheet({})).exit_code == 0
    ask_for(desk, rules)
    assert code_of(desk, *step) == "two_people"
    # With two names it goes on to what it does, whatever comes of that.
    assert code_of(desk, *NAMES, *step) != "two_people"
    assert named(desk) == ["issue_batch"]


def test_judging_without_issuing_needs_nobody_else(desk: Desk) -> None:
    ask_for(desk, Policy(frozenset({Kind.ISSUE_BATCH})))
    assert desk.run("determine", "--all", "--dry-run").exit_code == 0


def test_a_correction_that_broke_off_is_finished_in_the_name_of_two_people_or_not_at_all(desk: Desk) -> None:
    assert desk.run("issue", "-", data=sheet({})).exit_code == 0
    ask_for(desk, Policy(frozenset({Kind.WITHDRAW})))
    assert code_of(desk, "correct", "R-1") == "two_people"
    assert code_of(desk, *NAMES, "correct", "R-1") == "not_found"


def test_a_lower_quorum_takes_two_administrators_where_there_are_two(desk: Desk) -> None:
    assert desk.run("decisions", "policy", "--approvals", "4").exit_code == 0
    administrators(desk)
    lower = ("decisions", "policy", "--approvals", "3")
    assert code_of(desk, *lower) == "two_people"
    assert code_of(desk, *NAMES, *lower) == "not_allowed"
    named_two = ("--asked-by", "ada@lake.example", "--confirmed-by", "abe@lake.example")
    assert code_of(desk, *named_two[:3], "piet@lake.example", *lower) == "not_allowed"
    assert desk.json("decisions", "policy")["approvals"] == 4
    assert desk.run(*named_two, *lower).exit_code == 0
    assert desk.json("decisions", "policy")["approvals"] == 3
    assert desk.run("decisions", "policy", "--approvals", "5").exit_code == 0


def test_what_comes_next_is_said_when_a_district_is_founded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    said = Desk(tmp_path, monkeypatch, database).run(
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
