"""Sessions begin, last, and end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from issuer.access import sessions
from issuer.access.sessions import IDLE, LONGEST, MOST_SESSIONS
from issuer.access.tokens import fits_form, form_token, is_token
from issuer.store.access_tables import StaffSession
from tests.house import House
from tests.staff import Staff

SECOND = timedelta(seconds=1)


def found(staff: Staff, token: str) -> bool:
    return sessions.find(staff.house.store, staff.district, token, now=staff.house.time) is not None


def test_a_session_says_who_is_signed_in(staff: Staff) -> None:
    person = staff.person()
    token = staff.sign_in(person)
    signed_in = sessions.find(staff.house.store, staff.district, token, now=staff.house.time)
    assert signed_in is not None
    assert (signed_in.person, signed_in.method) == (person, "password")
    assert is_token(token)
    assert len(set(token)) > 20


def test_every_sign_in_has_a_token_of_its_own_and_none_is_kept(staff: Staff) -> None:
    person = staff.person()
    tokens = {staff.sign_in(person) for _ in range(3)}
    assert len(tokens) == 3
    with staff.house.store.reading() as session:
        rows = session.query(StaffSession).all()
        assert {len(row.token_hash) for row in rows} == {32}
        assert not any(token.encode() in row.token_hash for row in rows for token in tokens)


def test_a_session_without_use_ends(staff: Staff) -> None:
    token = staff.sign_in(staff.person())
    staff.house.time += IDLE - SECOND
    assert found(staff, token)  # which is a use
    staff.house.time += IDLE - SECOND
    assert found(staff, token)
    staff.house.time += IDLE
    assert not found(staff, token)


def test_a_session_in_use_ends_too(staff: Staff) -> None:
    token = staff.sign_in(staff.person())
    began = staff.house.time
    while staff.house.time + IDLE / 2 < began + LONGEST:
        staff.house.time += IDLE / 2
        assert found(staff, token)
    staff.house.time = began + LONGEST - SECOND
    assert found(staff, token)
    staff.house.time = began + LONGEST
    assert not found(staff, token)


def test_a_clock_that_went_back_makes_no_session_longer(staff: Staff) -> None:
    token = staff.sign_in(staff.person())
    staff.house.time -= timedelta(hours=1)
    assert not found(staff, token)


def test_a_session_that_was_ended_is_no_session(staff: Staff) -> None:
    token = staff.sign_in(staff.person())
    for _ in range(2):
        sessions.end(staff.house.store, staff.district, token, now=staff.house.time)
        assert not found(staff, token)
    assert [action for _, action, _ in staff.audited()].count("session.ended") == 1


@pytest.mark.parametrize("token", ["", "x" * 43, "a" * 42, "a" * 44, "a" * 42 + "=", "ü" * 43, "a" * 100_000])
def test_what_nobody_was_given_is_nobodys(staff: Staff, token: str) -> None:
    staff.sign_in(staff.person())
    assert not found(staff, token)
    sessions.end(staff.house.store, staff.district, token, now=staff.house.time)


def test_another_district_does_not_know_the_session(staff: Staff) -> None:
    token = staff.sign_in(staff.person())
    eastfield = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    assert not found(eastfield, token)
    sessions.end(staff.house.store, "eastfield", token, now=staff.house.time)
    assert found(staff, token)


def test_a_person_has_so_many_sessions_and_no_more(staff: Staff) -> None:
    person = staff.person()
    tokens = []
    for _ in range(MOST_SESSIONS + 1):
        tokens.append(staff.sign_in(person))
        staff.house.time += SECOND
    assert [found(staff, token) for token in tokens] == [False] + [True] * MOST_SESSIONS


def test_a_form_belongs_to_its_session(staff: Staff) -> None:
    person = staff.person()
    one, other = staff.sign_in(person), staff.sign_in(person)
    assert fits_form(one, form_token(one))
    for given in (form_token(other), "", one, form_token(one)[:-1], "ü"):
        assert not fits_form(one, given)
