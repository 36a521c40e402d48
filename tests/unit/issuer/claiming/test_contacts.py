"""Addresses of students out of a roster: read, bounded, and never in the place of the student's own."""

from __future__ import annotations

from issuer.claiming import contacts
from issuer.claiming.codes import MOST_SHARING
from issuer.claiming.contacts import Addresses
from issuer.store import audit
from issuer.store.contacts import StudentContact
from tests.house import House

MAYA = "maya@riverbend.example"


def take(house: House, emails: dict[str, str], *, dry_run: bool = False) -> Addresses:
    with house.store.of(house.district.id).transaction() as session:
        return contacts.take_addresses(
            session, house.district.id, emails, now=house.time, actor="test", dry_run=dry_run
        )


def known(house: House) -> dict[str, StudentContact]:
    with house.store.of(house.district.id).reading() as session:
        return {row.student_id: row for row in session.query(StudentContact)}


def test_addresses_are_taken_once_and_a_blank_one_takes_none_away(house: House) -> None:
    assert take(house, {"one": "Maya@Riverbend.example"}, dry_run=True) == Addresses(1, 0)
    assert known(house) == {}
    assert take(house, {"one": "Maya@Riverbend.example", "two": ""}) == Addresses(1, 0)
    assert {number: row.school_email for number, row in known(house).items()} == {"one": MAYA}
    assert take(house, {"one": MAYA, "two": "sam@riverbend.example"}) == Addresses(1, 0)
    assert take(house, {"one": "", "two": ""}) == Addresses(0, 0)
    assert known(house)["one"].school_email == MAYA
    with house.store.of(house.district.id).reading() as session:
        wanted = audit.Wanted(action="student-contacts.taken")
        assert [row.facts for row in audit.read(session, house.district.id, wanted)] == [{"changed": 1}] * 2


def test_language_teacher_and_the_students_own_address_stay(house: House) -> None:
    sheet = b"student_id,email,language,teacher\none,old@riverbend.example,es,Ms. Brook\n"
    contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")
    with house.store.of(house.district.id).transaction() as session:
        session.query(StudentContact).one().own_email = "maya@home.example"
    take(house, {"one": MAYA})
    row = known(house)["one"]
    assert (row.school_email, row.own_email, row.address) == (MAYA, "maya@home.example", "maya@home.example")
    assert (row.language, row.teacher) == ("es", "Ms. Brook")


def test_what_is_no_address_is_counted_and_not_taken(house: House) -> None:
    texts = {"one": "none", "two": "a@b", "three": "a" * 300 + "@example.edu", "four": "x@example.edu\ny"}
    assert take(house, texts) == Addresses(0, 4)
    assert known(house) == {}


def test_an_address_that_stands_for_everybody_is_nobodys(house: House) -> None:
    family = {f"f{number}": "family@home.example" for number in range(MOST_SHARING)}
    filled = {f"s{number}": "noreply@riverbend.example" for number in range(MOST_SHARING + 1)}
    assert take(house, family | filled) == Addresses(MOST_SHARING, MOST_SHARING + 1)
    assert set(known(house)) == set(family)
