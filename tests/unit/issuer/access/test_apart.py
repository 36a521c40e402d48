"""One person with two accounts is still one person, for as long as nobody else has had the time to see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from issuer.access import approvals, people
from issuer.access.apart import SEEN_BY_THEN, is_anothers, other_administrators
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.policy import Kind
from issuer.access.roles import Role
from tests.staff import Staff

Step = Callable[[Staff, Person, Person], object]


def disable(staff: Staff, one: Person, by: Person) -> object:
    return people.disable(staff.house.store, staff.district, one.id, now=staff.house.time, actor=by.actor)


def reset(staff: Staff, one: Person, by: Person) -> object:
    return people.reset(
        staff.house.store,
        staff.district,
        one.id,
        now=staff.house.time,
        entropy=staff.house.entropy,
        actor=by.actor,
    )


def demote(staff: Staff, one: Person, by: Person) -> object:
    return change(staff, one, by, Role.AUDITOR)


def change(staff: Staff, one: Person, by: Person, role: Role) -> object:
    return people.change_role(
        staff.house.store,
        staff.district,
        one.id,
        role=role,
        school=None,
        now=staff.house.time,
        actor=by.actor,
    )


def demote_and_disable(staff: Staff, one: Person, by: Person) -> object:
    demote(staff, one, by)
    return disable(staff, one, by)


def others(staff: Staff, person: Person) -> frozenset[str]:
    with staff.house.store.of(staff.district).reading() as session:
        return other_administrators(session, staff.district, person.id, now=staff.house.time)


def apart(staff: Staff, one: Person, other: Person) -> bool:
    with staff.house.store.of(staff.district).reading() as session:
        return is_anothers(session, staff.district, one.id, other.id, now=staff.house.time)


@pytest.mark.parametrize("step", [disable, reset, demote, demote_and_disable])
def test_who_locks_a_colleague_out_is_not_alone_at_once(staff: Staff, step: Step) -> None:
    first, second = staff.person(Role.ADMINISTRATOR), staff.person(Role.ADMINISTRATOR, 2)
    staff.house.later(days=30)
    assert others(staff, first) == {second.id}
    step(staff, second, first)
    assert others(staff, first) == {second.id}
    staff.house.time += SEEN_BY_THEN
    assert others(staff, first) == {second.id}
    staff.house.time += timedelta(seconds=1)
    assert others(staff, first) == frozenset()


def test_who_never_was_an_administrator_or_never_had_a_password_does_not_count(staff: Staff) -> None:
    first = staff.person(Role.ADMINISTRATOR)
    registrar = staff.person(Role.REGISTRAR)
    change(staff, registrar, first, Role.COORDINATOR)
    staff.link(Role.ADMINISTRATOR, 2)
    assert others(staff, first) == frozenset()
    change(staff, registrar, first, Role.ADMINISTRATOR)
    assert others(staff, first) == {registrar.id}


def test_an_account_that_one_has_had_in_hand_is_nobody_elses(staff: Staff) -> None:
    first, second = staff.person(Role.ADMINISTRATOR), staff.person(Role.ADMINISTRATOR, 2)
    assert apart(staff, first, second)
    reset(staff, second, first)
    assert not apart(staff, first, second)
    assert not apart(staff, second, first)
    staff.house.time += SEEN_BY_THEN
    assert not apart(staff, first, second)
    staff.house.time += timedelta(seconds=1)
    assert apart(staff, first, second)


def added(staff: Staff, by: Person) -> Person:
    link = people.add(
        staff.house.store,
        staff.district,
        email="nobody.else@riverbend.example",
        name="Nobody Else",
        role=Role.ADMINISTRATOR,
        now=staff.house.time,
        entropy=staff.house.entropy,
        actor=by.actor,
    )
    staff.set_password(link)
    return people.find(staff.house.store, staff.district, link.person.id)


@pytest.mark.parametrize("kind", [Kind.POLICY, Kind.ERASE])
def test_nobody_confirms_with_an_account_that_they_made(staff: Staff, kind: Kind) -> None:
    first = staff.person(Role.ADMINISTRATOR)
    puppet, house = added(staff, first), staff.house
    request = approvals.ask(house.store, first, kind, {}, now=house.time, entropy=house.entropy)
    back = approvals.ask(house.store, puppet, kind, {}, now=house.time, entropy=house.entropy)
    for asked, other in ((request, puppet), (back, first)):
        with pytest.raises(AccessError, match=r"same_person.*set up the other's account"):
            approvals.confirm(house.store, other, asked.id, seen_sha256=asked.sha256, now=house.time)
    colleague = staff.person(Role.ADMINISTRATOR, 2)
    done = approvals.confirm(house.store, colleague, request.id, seen_sha256=request.sha256, now=house.time)
    assert done.outcome == "confirmed"


def test_who_was_made_an_administrator_by_who_asks_confirms_nothing_of_theirs(staff: Staff) -> None:
    first, approver, house = staff.person(Role.ADMINISTRATOR), staff.person(Role.APPROVER), staff.house
    change(staff, approver, first, Role.ADMINISTRATOR)
    promoted = people.find(house.store, staff.district, approver.id)
    request = approvals.ask(house.store, first, Kind.POLICY, {}, now=house.time, entropy=house.entropy)
    with pytest.raises(AccessError, match="same_person"):
        approvals.confirm(house.store, promoted, request.id, seen_sha256=request.sha256, now=house.time)


def test_a_district_of_a_registrar_and_who_added_them_still_issues(staff: Staff) -> None:
    first, house = staff.person(Role.ADMINISTRATOR), staff.house
    registrar = staff.person(Role.REGISTRAR)
    reset_link = reset(staff, registrar, first)
    assert isinstance(reset_link, people.Link)
    request = approvals.ask(
        house.store, registrar, Kind.ISSUE_BATCH, {}, now=house.time, entropy=house.entropy
    )
    done = approvals.confirm(house.store, first, request.id, seen_sha256=request.sha256, now=house.time)
    assert done.outcome == "confirmed"
