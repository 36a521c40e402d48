"""Check-ups: what is due is listed with the place where it is mended, to whoever may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest

from issuer.access.roles import Role
from issuer.health import look
from issuer.revocation import revoke
from issuer.store.expiring import ending
from tests.committee import Committee
from tests.house import House
from tests.signers import SeededSigner
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
PLACE = "/staff/check-ups"


def test_nothing_is_due_in_a_district_that_is_in_order(at: At, house: House) -> None:
    house.publish()
    text = at().get(PLACE).text
    for said in (
        "Nothing has to be looked at",
        "No certification on a badge ends",
        "Keys and lists are in order",
    ):
        assert said in text, said
    assert "card empty" in at().get("/staff/").text


def test_reviews_ended_standards_and_ends_are_listed_with_their_proposal(at: At, house: House) -> None:
    committee = Committee.build(house)
    ref = committee.approved()
    committee.decide(ref, effective_until=date(2026, 7, 1))
    committee.review(ref, row=1, next_review=date(2026, 6, 20))
    committee.review(ref, row=2, next_review=date(2027, 6, 1), item_ended=date(2026, 5, 31))
    browser = at(Role.COORDINATOR)
    text = unescape(browser.get(PLACE).text)
    for said in ("row 1", "its framework ends it on 2026-05-31", "Its last day comes", "By July 1, 2026."):
        assert said.casefold() in text.casefold(), said
    assert f'href="/staff/certifications/proposals/{ref}"' in text
    home = browser.get("/staff/").text
    assert "Reviews that are overdue: 1." in home
    assert "Reviews that are due soon: 2." in home
    assert "Keys and lists" not in text
    assert "Reviews that are overdue" not in at(Role.REGISTRAR).get("/staff/").text


def test_badges_whose_certification_ends_soon_are_counted(at: At, house: House) -> None:
    soon = house.time.date() + timedelta(days=60)
    house.issue("A-1", last_day=soon)
    gone = house.issue("A-2", last_day=soon, number="NA-2")
    house.issue("A-3", last_day=house.time.date() + timedelta(days=200), number="NA-3")
    revoke(
        house.store, "riverbend", gone.credential_id, reason="issued-in-error", note="",
        now=house.time, actor="test",
    )  # fmt: skip
    house.publish()
    text = at(Role.REGISTRAR).get(PLACE).text
    assert "1 badge for" in text
    assert "that end within 90 days: 1." in at(Role.REGISTRAR).get("/staff/").text
    for role in (Role.CLERK, Role.AUDITOR):  # one school's clerk, and one who sees no students
        assert "badge for" not in at(role).get(PLACE).text


@pytest.mark.parametrize(("seconds", "count"), [(-1, 0), (0, 1), (1, 1)])
def test_the_last_moment_is_counted_and_no_later_one(house: House, seconds: int, count: int) -> None:
    made = house.issue(last_day=date(2026, 7, 31))
    end = house.row(made.credential_id).valid_until
    assert end is not None
    with house.store.reading() as session:
        found = ending(session, "riverbend", house.time, end + timedelta(seconds=seconds))
        assert sum(one.count for one in found) == count
        assert ending(session, "riverbend", end + timedelta(seconds=1), end + timedelta(days=1)) == ()
        assert ending(session, "eastfield", house.time, end + timedelta(days=1)) == ()


def test_keys_and_lists_are_told_to_whoever_may_read_checks(at: At, house: House) -> None:
    text = at().get(PLACE).text
    assert "The DID document is not published." in text
    assert "cairn publish" in text
    assert "need mending: 1." in at().get("/staff/").text
    assert "not published" not in at(Role.COORDINATOR).get(PLACE).text


def test_what_is_wrong_in_another_district_is_not_told(at: At, house: House) -> None:
    house.publish()
    eastfield = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    assert not look(house.store, house.time).ready
    assert "Keys and lists are in order" in at().get(PLACE).text
    eastfield.take_key(SeededSigner("eastfield 2", eastfield.district.did))
