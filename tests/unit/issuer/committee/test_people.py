"""The committee and its quorum, in a database."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from issuer.committee import people
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import MemberKind, Policy
from issuer.errors import IssuerError
from issuer.store import audit, decisions
from tests.committee import ENDORSER, Committee
from tests.house import House
from tests.signers import did_key_signer, public_key

NUMBERS = itertools.count(1)


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee(house)


def add(committee: Committee, **changes: Any) -> str:
    given: dict[str, Any] = {
        "kind": "industry",
        "name": f"Rosa Quill {next(NUMBERS)}",
        "since": date(2026, 1, 1),
    }
    return people.add_member(
        committee.house.store,
        committee.house.district.id,
        now=committee.house.time,
        actor="test",
        **(given | changes),
    ).id


def test_members_are_named_by_kind_and_number_and_the_audit_names_nobody(committee: Committee) -> None:
    assert [add(committee), add(committee), add(committee, kind="faculty")] == [
        "industry-1",
        "industry-2",
        "faculty-1",
    ]
    from sqlalchemy import select

    from issuer.store.tables import Audit

    with committee.house.store.reading() as session:
        written = "".join(f"{row.subject} {row.facts}" for row in session.scalars(select(Audit)))
        audit.check_chain(session, committee.house.district.id)
    assert "industry-2" in written
    assert "Quill" not in written


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "mayor"},
        {"name": ""},
        {"name": "x" * (people.LONGEST_NAME + 1)},
        {"name": "Rosa\u202e Quill"},
        {"organization": " "},
        {"endorser": "not a did"},
        {"endorser": "did:example:1"},
        {"endorser_key": public_key("any").multikey()},
        {"endorser": "did:web:a.example", "endorser_key": "zNonsense"},
        {"endorser": ENDORSER.controller, "endorser_key": ENDORSER.public_key.multikey()},
    ],
)
def test_who_cannot_be_written_down_so(committee: Committee, changes: dict[str, Any]) -> None:
    with pytest.raises(DecisionRefused, match="bad_member"):
        add(committee, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * people.LONGEST_NAME},
        {"organization": "Quail Creek Care Home"},
        {"endorser": ENDORSER.controller},
        {"endorser": "did:web:a.example"},
        {"endorser": "did:web:a.example", "endorser_key": public_key("any").multikey()},
    ],
)
def test_who_can(committee: Committee, changes: dict[str, Any]) -> None:
    assert add(committee, **changes) == "industry-1"


def test_two_members_never_sign_under_one_name(committee: Committee) -> None:
    add(committee, endorser=ENDORSER.controller)
    with pytest.raises(DecisionRefused, match="bad_member"):
        add(committee, kind="faculty", endorser=ENDORSER.controller)
    other = add(committee, kind="faculty")
    usual: dict[str, Any] = {"now": committee.house.time, "actor": "test"}
    place = (committee.house.store, committee.house.district.id)
    with pytest.raises(DecisionRefused, match="bad_member"):
        people.give_key(*place, other, endorser=ENDORSER.controller, **usual)
    new = did_key_signer("faculty 1").controller
    assert people.give_key(*place, other, endorser=new, **usual).endorser == new
    assert people.give_key(*place, other, endorser=new, **usual).endorser == new
    with pytest.raises(DecisionRefused, match="bad_member"):
        people.give_key(*place, other, endorser=did_key_signer("another").controller, **usual)
    with pytest.raises(IssuerError, match="not_found"):
        people.give_key(*place, "faculty-9", endorser=new, **usual)


def test_nobody_has_two_places_and_so_two_votes(committee: Committee) -> None:
    first = add(committee, name="Rosa Quill")
    for spelling in ("Rosa Quill", "rosa  QUILL", "Rosa\u00a0Quill"):
        for kind in ("faculty", "industry"):
            with pytest.raises(DecisionRefused, match="industry-1 has this name already"):
                add(committee, kind=kind, name=spelling)
    add(committee, name="Rosa M. Quill")
    people.end_member(
        committee.house.store,
        committee.house.district.id,
        first,
        last_day=date(2026, 5, 31),
        now=committee.house.time,
        actor="test",
    )
    with pytest.raises(DecisionRefused, match="bad_member"):
        add(committee, kind="faculty", name="Rosa Quill", since=date(2026, 5, 31))
    assert add(committee, kind="faculty", name="Rosa Quill", since=date(2026, 6, 1)) == "faculty-1"


def test_a_district_does_not_endorse_itself(committee: Committee) -> None:
    own = committee.house.district.did
    with pytest.raises(DecisionRefused, match="a district does not endorse itself"):
        add(committee, endorser=own)
    other = add(committee)
    usual: dict[str, Any] = {"now": committee.house.time, "actor": "test"}
    with pytest.raises(DecisionRefused, match="a district does not endorse itself"):
        people.give_key(committee.house.store, committee.house.district.id, other, endorser=own, **usual)


def test_who_leaves_approves_nothing_more(committee: Committee) -> None:
    house = committee.house
    for kind in ("cte", "administrator", "faculty", "industry"):
        committee.add(kind)
    ref = committee.propose()
    usual: dict[str, Any] = {"now": house.time, "actor": "test"}
    with pytest.raises(DecisionRefused, match="bad_member"):
        people.end_member(house.store, house.district.id, "industry-1", last_day=date(2025, 12, 31), **usual)
    people.end_member(house.store, house.district.id, "industry-1", last_day=date(2026, 5, 31), **usual)
    with pytest.raises(DecisionRefused, match="not_an_approver"):
        committee.approve(ref, "industry-1")
    committee.approve(ref, "industry-1", on=date(2026, 5, 31))


def test_the_quorum_that_was_asked_for_last_counts(committee: Committee) -> None:
    house = committee.house
    with house.store.reading() as session:
        assert decisions.policy(session, house.district.id) == (0, Policy())
    larger = Policy(4, 3, frozenset({MemberKind.FACULTY}))
    for policy in (Policy(2, 2), larger):
        people.set_policy(house.store, house.district.id, policy, now=house.time, actor="test")
    with house.store.reading() as session:
        assert decisions.policy(session, house.district.id) == (2, larger)


def test_a_committee_has_a_bound(committee: Committee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_MEMBERS", 2)
    add(committee)
    add(committee)
    with pytest.raises(DecisionRefused, match="too_many"):
        add(committee)
