"""Two people who are named on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from issuer.access import people, policy
from issuer.access.errors import AccessError
from issuer.access.named import take_names
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from tests.house import House
from tests.staff import Staff


@pytest.fixture
def staff(house: House) -> Staff:
    made = Staff(house)
    for role in Role:
        made.person(role)
    return made


def ask_for(staff: Staff, *kinds: Kind, apart: tuple[Apart, ...] = ()) -> None:
    rules = Policy(frozenset(kinds), frozenset(apart))
    policy.change(staff.house.store, staff.district, rules, now=staff.house.time, actor="test")


def take(staff: Staff, first: str = "", second: str = "", **changes: Any) -> None:
    given: dict[str, Any] = {"kind": Kind.WITHDRAW, "actor": "cli:operator"} | changes
    kind = given.pop("kind")
    take_names(
        staff.house.store,
        staff.district,
        kind,
        subject="A-1",
        asked_by=first,
        confirmed_by=second,
        now=staff.house.time,
        **given,
    )


def email(staff: Staff, role: Role) -> str:
    return staff.person(role).email


def test_where_nobody_asks_for_two_nobody_is_named(staff: Staff) -> None:
    ask_for(staff, Kind.DECIDE)
    before = staff.audited()
    take(staff)
    assert staff.audited() == before


def test_two_people_are_named_and_recorded_by_their_ids(staff: Staff) -> None:
    ask_for(staff, Kind.WITHDRAW)
    take(staff, email(staff, Role.REGISTRAR).upper(), email(staff, Role.APPROVER))
    assert staff.audited()[-1][1] == "two-people.named"


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("", "", "two_people"),
        ("registrar1@riverbend.example", "", "two_people"),
        ("registrar1@riverbend.example", "nobody@riverbend.example", "two_people"),
        ("registrar1@riverbend.example", "registrar1@riverbend.example", "same_person"),
        ("clerk1@riverbend.example", "approver1@riverbend.example", "not_allowed"),
        ("registrar1@riverbend.example", "clerk1@riverbend.example", "not_allowed"),
    ],
)
def test_who_cannot_be_the_two_is_refused(staff: Staff, first: str, second: str, code: str) -> None:
    ask_for(staff, Kind.WITHDRAW)
    before = staff.audited()
    with pytest.raises(AccessError) as refused:
        take(staff, first, second)
    assert refused.value.code == code
    assert staff.audited() == before


def test_somebody_who_may_no_longer_sign_in_is_nobody(staff: Staff) -> None:
    ask_for(staff, Kind.WITHDRAW)
    house, gone = staff.house, staff.person(Role.APPROVER, 2)
    people.disable(house.store, staff.district, gone.id, now=house.time, actor="test")
    with pytest.raises(AccessError, match="--confirmed-by"):
        take(staff, email(staff, Role.REGISTRAR), gone.email)


def test_who_did_the_first_step_does_not_do_the_second(staff: Staff) -> None:
    ask_for(staff, apart=(Apart.PROPOSE_AND_DECIDE,))
    second = staff.person(Role.APPROVER, 2)
    first = staff.person(Role.APPROVER)
    step = {"kind": Kind.DECIDE, "pair": Apart.PROPOSE_AND_DECIDE}
    with pytest.raises(AccessError, match="proposes a certification does not decide"):
        take(staff, **step)
    for before in (first.actor, "cli:operator"):
        with pytest.raises(AccessError) as refused:
            take(staff, first.email, second.email, before=before, **step)
        assert refused.value.code == "same_person"
    take(staff, first.email, second.email, before=staff.person(Role.COORDINATOR).actor, **step)
