"""People are added, changed and disabled, and their links work once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from issuer.access import people, sessions
from issuer.access.errors import AccessError
from issuer.access.people import LINK_LASTS, LONGEST_NAME, Person, normal_email
from issuer.access.roles import Role
from issuer.errors import IssuerError
from issuer.store import access_tables, audit
from tests.house import House
from tests.staff import PASSWORD, SCHOOL, Staff


def change(staff: Staff, person: Person, role: Role, actor: str = "test") -> Person:
    school = SCHOOL if role is Role.CLERK else None
    return people.change_role(
        staff.house.store,
        staff.district,
        person.id,
        role=role,
        school=school,
        now=staff.house.time,
        actor=actor,
    )


def disable(staff: Staff, person: Person, actor: str = "test") -> Person:
    return people.disable(staff.house.store, staff.district, person.id, now=staff.house.time, actor=actor)


def reset(staff: Staff, person: Person) -> people.Link:
    return people.reset(
        staff.house.store,
        staff.district,
        person.id,
        now=staff.house.time,
        entropy=staff.house.entropy,
        actor="test",
    )


def is_signed_in(staff: Staff, token: str) -> bool:
    return sessions.find(staff.house.store, staff.district, token, now=staff.house.time) is not None


def test_a_link_sets_a_password_once(staff: Staff) -> None:
    link = staff.link()
    assert link.url.startswith("https://badges.riverbend.example/staff/password/")
    person = staff.set_password(link)
    assert is_signed_in(staff, staff.sign_in(person))
    with pytest.raises(AccessError, match="link_ended"):
        staff.set_password(link, "another four plain words")


def test_a_link_ends(staff: Staff) -> None:
    link = staff.link()
    staff.house.time += LINK_LASTS - timedelta(seconds=1)
    token = link.url.rpartition("/")[2]
    assert people.whose_link(staff.house.store, staff.district, token, now=staff.house.time) == link.person
    staff.house.time += timedelta(seconds=1)
    with pytest.raises(AccessError, match="link_ended"):
        staff.set_password(link)


def test_a_refused_password_leaves_the_link(staff: Staff) -> None:
    link = staff.link()
    for password in ("short", "Rosa Delgado!", "RiverbendSchoolDistrict"):
        with pytest.raises(AccessError, match="password_refused"):
            staff.set_password(link, password)
    staff.set_password(link)


def test_neither_link_nor_password_is_kept(staff: Staff) -> None:
    link = staff.link()
    staff.set_password(link)
    token = link.url.rpartition("/")[2]
    with staff.house.store.reading() as session:
        kept = repr(
            [
                vars(row)
                for table in (access_tables.Person, access_tables.PersonLink)
                for row in session.query(table).all()
            ]
        )
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rosa",
        "rosa@",
        "@example.edu",
        "rosa@example",
        "a b@example.edu",
        "rosa@exa_mple.edu",
        "rösa@example.edu",
        "rosa@example.edu\r\nBcc: x@example.edu",
        "r" * 250 + "@example.edu",
    ],
)
def test_what_is_no_e_mail_is_refused(text: str) -> None:
    with pytest.raises(AccessError, match="person_refused"):
        normal_email(text)


def test_an_e_mail_has_one_spelling_and_one_person(staff: Staff) -> None:
    assert normal_email("  Rosa.Delgado+1@Example.EDU ") == "rosa.delgado+1@example.edu"
    first = staff.link().person
    with pytest.raises(AccessError, match="somebody has this e-mail already"):
        add(staff, email=first.email.upper())
    eastfield = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    assert add(eastfield, email=first.email).email == first.email


def add(staff: Staff, **changes: Any) -> Person:
    words: dict[str, Any] = {"email": "new@example.edu", "name": "Nia Brook", "role": Role.REGISTRAR}
    return people.add(
        staff.house.store,
        staff.district,
        now=staff.house.time,
        entropy=staff.house.entropy,
        actor="test",
        **(words | changes),
    ).person


def test_a_clerk_has_a_school_and_nobody_else_has(staff: Staff) -> None:
    for changes in (
        {"role": Role.CLERK},
        {"role": Role.CLERK, "school": "9999"},
        {"role": Role.REGISTRAR, "school": SCHOOL},
    ):
        with pytest.raises(AccessError) as refused:
            add(staff, **changes)
        assert refused.value.field == "school"
    assert add(staff, role=Role.CLERK, school=SCHOOL).school == SCHOOL


def test_a_name_is_bounded_and_can_be_read(staff: Staff) -> None:
    add(staff, name="N" * LONGEST_NAME)
    for name in ("", "N" * (LONGEST_NAME + 1), "Rosa\u202eDelgado", "Rosa\nDelgado"):
        with pytest.raises(AccessError) as refused:
            add(staff, name=name, email="other@example.edu")
        assert refused.value.field == "name"


def test_people_of_a_district_are_bounded(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_PEOPLE", 1)
    add(staff)
    with pytest.raises(AccessError, match="at most 1 people"):
        add(staff, email="other@example.edu")


def test_another_role_signs_one_out(staff: Staff) -> None:
    person = staff.person()
    token = staff.sign_in(person)
    assert change(staff, person, Role.REGISTRAR) == person
    assert is_signed_in(staff, token)
    assert change(staff, person, Role.CLERK).school == SCHOOL
    assert not is_signed_in(staff, token)


def test_who_is_disabled_is_out_at_once_and_for_good(staff: Staff) -> None:
    person = staff.person()
    token, link = staff.sign_in(person), staff.link(number=2)
    staff.set_password(link)
    assert disable(staff, person).disabled
    assert not is_signed_in(staff, token)
    with pytest.raises(AccessError, match="sign_in_refused"):
        staff.sign_in(person)


def test_a_reset_forgets_how_somebody_signed_in(staff: Staff) -> None:
    person = staff.person()
    token = staff.sign_in(person)
    disable(staff, person)
    first, second = reset(staff, person), reset(staff, person)
    assert not is_signed_in(staff, token)
    with pytest.raises(AccessError, match="sign_in_refused"):
        staff.sign_in(person)
    with pytest.raises(AccessError, match="link_ended"):
        staff.set_password(first)
    staff.set_password(second, "another four plain words")
    assert is_signed_in(staff, staff.sign_in(person, "another four plain words"))


def test_the_last_administrator_stays(staff: Staff) -> None:
    first = staff.person(Role.ADMINISTRATOR)
    with pytest.raises(AccessError, match="the last administrator"):
        disable(staff, first)
    with pytest.raises(AccessError, match="the last administrator"):
        change(staff, first, Role.AUDITOR)
    second = staff.person(Role.ADMINISTRATOR, 2)
    assert disable(staff, second).disabled
    with pytest.raises(AccessError, match="the last administrator"):
        disable(staff, first)


def test_nobody_changes_their_own_role(staff: Staff) -> None:
    first, _ = staff.person(Role.ADMINISTRATOR), staff.person(Role.ADMINISTRATOR, 2)
    with pytest.raises(AccessError, match="another administrator"):
        disable(staff, first, first.actor)
    with pytest.raises(AccessError, match="another administrator"):
        change(staff, first, Role.REGISTRAR, first.actor)


def test_changing_ones_password_ends_every_session(staff: Staff) -> None:
    person = staff.person()
    tokens = [staff.sign_in(person) for _ in range(2)]
    now, store = staff.house.time, staff.house.store
    with pytest.raises(AccessError) as refused:
        people.change_password(store, person, current="not it", password="other plain words", now=now)
    assert refused.value.field == "current"
    people.change_password(store, person, current=PASSWORD, password="other plain words", now=now)
    assert not any(is_signed_in(staff, token) for token in tokens)
    assert is_signed_in(staff, staff.sign_in(person, "other plain words"))


def test_people_of_another_district_are_not_there(staff: Staff) -> None:
    person = staff.person()
    eastfield = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    link = staff.link(number=2)
    with pytest.raises(IssuerError, match="not_found"):
        disable(eastfield, person)
    with pytest.raises(IssuerError, match="not_found"):
        reset(eastfield, person)
    with pytest.raises(IssuerError, match="not_found"):
        change(eastfield, person, Role.AUDITOR)
    with pytest.raises(IssuerError, match="not_found"):
        people.find(eastfield.house.store, "eastfield", person.id)
    with pytest.raises(AccessError, match="link_ended"):
        eastfield.set_password(link)
    with pytest.raises(AccessError, match="sign_in_refused"):
        eastfield.sign_in(person)


def test_everything_is_in_the_audit_trail_without_a_name(staff: Staff) -> None:
    person, administrator = staff.person(), staff.person(Role.ADMINISTRATOR)
    token = staff.sign_in(person)
    with pytest.raises(AccessError):
        staff.sign_in(person, "not it at all")
    sessions.end(staff.house.store, staff.district, token, now=staff.house.time)
    change(staff, person, Role.AUDITOR, administrator.actor)
    disable(staff, person, administrator.actor)
    about = [(actor, action) for actor, action, subject in staff.audited() if subject == person.id]
    assert about == [
        ("test", "person.added"),
        (person.actor, "person.password-set"),
        (person.actor, "session.begun"),
        ("sign-in", "sign-in.failed"),
        (person.actor, "session.ended"),
        (administrator.actor, "person.role-changed"),
        (administrator.actor, "person.disabled"),
    ]
    with staff.house.store.reading() as session:
        audit.check_chain(session, staff.district)
        rows = audit.read(session, staff.district, audit.Wanted())
        said = repr([(row.actor, row.subject, row.facts) for row in rows])
    assert "Delgado" not in said
    assert "@" not in said
