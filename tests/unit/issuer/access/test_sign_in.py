"""Signing in, and how often it may fail."""

from __future__ import annotations

from datetime import timedelta

import argon2
import pytest

from issuer.access import attempts
from issuer.access.attempts import ALLOWANCES
from issuer.access.errors import AccessError
from issuer.access.roles import Role
from issuer.access.sign_in import sign_in
from issuer.store import people as rows
from issuer.store.access_tables import SignInRate
from tests.staff import ADDRESS, PASSWORD, Staff


def attempt(staff: Staff, email: str, password: str = "not the password", address: str = ADDRESS) -> str:
    """What came of it."""
    try:
        sign_in(
            staff.house.store,
            staff.district,
            email=email,
            password=password,
            address=address,
            now=staff.house.time,
            entropy=staff.house.entropy,
        )
    except AccessError as refused:
        return refused.code
    return "signed in"


def test_one_answer_for_whoever_may_not_come_in(staff: Staff) -> None:
    person, waiting = staff.person(), staff.link(Role.CLERK).person
    said = set()
    for email, password in (
        (person.email, "not the password"),
        (person.email, ""),
        (person.email, "x" * 100_000),
        (waiting.email, ""),
        (waiting.email, "not the password"),
        ("nobody@example.edu", PASSWORD),
        ("no address", PASSWORD),
        ("\x00\ud800", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ):
        staff.house.later(hours=2)
        with pytest.raises(AccessError) as refused:
            sign_in(
                staff.house.store,
                staff.district,
                email=email,
                password=password,
                address=ADDRESS,
                now=staff.house.time,
                entropy=staff.house.entropy,
            )
        said.add(str(refused.value))
    assert len(said) == 1
    assert attempt(staff, person.email.upper(), PASSWORD) == "signed in"


def test_after_some_failures_the_waits_double_and_end(staff: Staff) -> None:
    person, allowed = staff.person(), ALLOWANCES["pair"]
    for _ in range(allowed.free):
        assert attempt(staff, person.email) == "sign_in_refused"
    wait = allowed.first
    for _ in range(12):
        assert attempt(staff, person.email, PASSWORD) == "sign_in_slowed"
        staff.house.time += min(wait, allowed.longest) - timedelta(seconds=1)
        assert attempt(staff, person.email, PASSWORD) == "sign_in_slowed"
        staff.house.time += timedelta(seconds=1)
        assert attempt(staff, person.email) == "sign_in_refused"
        wait *= 2
    staff.house.time += allowed.longest
    assert attempt(staff, person.email, PASSWORD) == "signed in"
    assert attempt(staff, person.email) == "sign_in_refused"
    assert attempt(staff, person.email, PASSWORD) == "signed in"


def test_a_stranger_holds_the_owner_up_for_a_minute_at_most(staff: Staff) -> None:
    person, longest = staff.person(), ALLOWANCES["account"].longest
    for number in range(200):
        attempt(staff, person.email, address=f"198.51.100.{number}")
    assert attempt(staff, person.email, PASSWORD) == "sign_in_slowed"
    staff.house.time += longest
    assert attempt(staff, person.email, PASSWORD) == "signed in"


def test_who_tries_many_accounts_from_one_network_waits(staff: Staff) -> None:
    person, allowed = staff.person(), ALLOWANCES["address"]
    for number in range(allowed.free):
        assert attempt(staff, f"p{number}@example.edu", address=f"2001:db8::{number:x}") == "sign_in_refused"
    assert attempt(staff, person.email, PASSWORD, address="2001:db8::ffff") == "sign_in_slowed"
    assert attempt(staff, person.email, PASSWORD, address="2001:db8:0:1::1") == "signed in"


def test_a_school_behind_one_address_signs_in_as_often_as_it_likes(staff: Staff) -> None:
    person = staff.person()
    for _ in range(ALLOWANCES["address"].free + 5):
        attempts.take(staff.house.store, staff.district, person.email, ADDRESS, now=staff.house.time)
        with staff.house.store.transaction() as session:
            attempts.succeeded(session, staff.district, person.email, ADDRESS)


def test_an_attempt_counts_before_it_is_tried(staff: Staff) -> None:
    for _ in range(ALLOWANCES["pair"].free):
        attempts.take(staff.house.store, staff.district, "a@example.edu", ADDRESS, now=staff.house.time)
    with pytest.raises(AccessError, match="sign_in_slowed"):
        attempts.take(staff.house.store, staff.district, "a@example.edu", ADDRESS, now=staff.house.time)


def test_a_clock_that_went_back_locks_nobody_out(staff: Staff) -> None:
    for _ in range(ALLOWANCES["pair"].free + 1):
        attempt(staff, "a@example.edu")
    staff.house.time -= timedelta(seconds=30)
    assert attempt(staff, "a@example.edu") == "sign_in_slowed"
    staff.house.time -= timedelta(days=365)
    assert attempt(staff, "a@example.edu") == "sign_in_refused"


def test_what_is_counted_says_neither_who_nor_where_and_is_forgotten(staff: Staff) -> None:
    attempt(staff, "somebody@example.edu", address="203.0.113.77")
    with staff.house.store.reading() as session:
        counted = [row.bucket for row in session.query(SignInRate).all()]
    assert len(counted) == 3
    assert not any("somebody" in bucket or "203.0" in bucket for bucket in counted)
    staff.house.time += attempts.KEPT + timedelta(seconds=1)
    attempt(staff, "other@example.edu", address="203.0.113.78")
    with staff.house.store.reading() as session:
        assert not set(counted) & {row.bucket for row in session.query(SignInRate).all()}


def test_slowing_somebody_down_is_recorded_once(staff: Staff) -> None:
    for _ in range(ALLOWANCES["pair"].free + 3):
        attempt(staff, "a@example.edu")
    assert [action for _, action, _ in staff.audited()].count("sign-in.slowed") == 1


@pytest.mark.usefixtures("true_hashes")
def test_a_hash_with_old_parameters_is_made_anew(staff: Staff) -> None:
    person = staff.person()
    old = argon2.PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash(PASSWORD)
    with staff.house.store.transaction() as session:
        rows.person(session, staff.district, person.id).password_hash = old
    staff.sign_in(person)
    with staff.house.store.reading() as session:
        kept = rows.person(session, staff.district, person.id).password_hash
    assert kept is not None
    assert "m=19456" in kept
    staff.sign_in(person)
