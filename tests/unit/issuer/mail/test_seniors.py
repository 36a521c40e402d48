"""Who is asked in January to add an address of their own: once a year, and nobody runs anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from issuer.consents import choose_policy, record_agreement, record_opt_out
from issuer.mail.looking import Mark
from issuer.mail.seniors import is_last
from issuer.roster.report import Student
from issuer.sharing.policy import Audience, Minors, Policy
from issuer.store import contacts
from issuer.store.outbox import OutboxMail, Purpose
from issuer.store.students import Incoming, take
from tests.house import House
from tests.unit.issuer.mail.test_sending import Posted, rows, send

MAYA, SAM = "100000001", "100000002"
JANUARY = datetime(2027, 1, 4, 15, tzinfo=UTC)


def enrol(house: House, number: str, *, grade: str = "12", born: date | None, active: bool = True) -> None:
    one = Student(number, "Maya", "Okafor", birth_date=born, grade=grade, active=active)
    with house.store.transaction() as session:
        take(session, house.district.id, [Incoming(one)], source="sheet", now=house.time, actor="test")


def asked(house: House) -> list[OutboxMail]:
    return [one for one in rows(house) if one.purpose == Purpose.SENIOR]


@pytest.fixture
def senior(told: House) -> House:
    """Maya is in the last grade, of age, and has a badge; the district is in Denver."""
    choose_policy(told.store, told.district.id, Policy(zone="America/Denver"), now=told.time, actor="test")
    enrol(told, MAYA, born=date(2008, 3, 2))
    told.issue()
    return told


def test_a_senior_is_asked_once_a_year_in_her_language(senior: House) -> None:
    senior.time = JANUARY
    server = Posted()
    assert send(senior, server).sent == 1
    senior.later(days=2)
    assert send(senior, server).sent == 0
    (mail,) = server.mails
    assert mail["To"] == "maya@riverbend.example"
    assert mail["Subject"] == "Antes de dejar la escuela: conserva tus insignias"
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "https://badges.riverbend.example/my/ways-back?lang=es" in part
        assert "Okafor" not in part
        assert MAYA not in part
        assert "Maya" in part
    assert "Okafor" not in mail.as_string()
    senior.time = datetime(2028, 1, 10, 12, tzinfo=UTC)
    assert send(senior, server).sent == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2027, 1, 1, 6, 59, tzinfo=UTC), False),  # the last minute of December in Denver
        (datetime(2027, 1, 1, 7, tzinfo=UTC), True),
        (datetime(2027, 2, 1, 6, 59, tzinfo=UTC), True),
        (datetime(2027, 2, 1, 7, tzinfo=UTC), False),
        (datetime(2026, 12, 15, tzinfo=UTC), False),
    ],
)
def test_only_in_january_where_the_district_is(senior: House, now: datetime, *, due: bool) -> None:
    senior.time = now
    send(senior, Posted())
    assert [one.about for one in asked(senior)] == ([f"2027 {MAYA}"] if due else [])


def test_the_turn_of_the_year_is_noticed_by_a_sender_that_runs(senior: House) -> None:
    senior.time = datetime(2027, 1, 1, 6, 30, tzinfo=UTC)
    marks: dict[str, Mark] = {}
    server = Posted()
    assert send(senior, server, marks=marks).sent == 0
    senior.later(minutes=10)
    assert send(senior, server, marks=marks).sent == 0
    senior.later(minutes=50)
    assert send(senior, server, marks=marks).sent == 1


@pytest.mark.parametrize("grade", ["11", "", "9"])
def test_who_is_no_senior_is_not_asked(senior: House, grade: str) -> None:
    enrol(senior, MAYA, grade=grade, born=date(2008, 3, 2))
    senior.time = JANUARY
    assert send(senior, Posted()).sent == 0


def test_who_has_left_or_has_no_badge_or_an_address_is_not_asked(senior: House) -> None:
    enrol(senior, SAM, born=date(2008, 3, 2))
    enrol(senior, MAYA, born=date(2008, 3, 2), active=False)
    senior.time = JANUARY
    assert send(senior, Posted()).sent == 0
    enrol(senior, MAYA, born=date(2008, 3, 2))
    own(senior, "maya@home.example")
    senior.later(hours=2)
    assert send(senior, Posted()).sent == 0


def own(house: House, address: str) -> None:
    with house.store.transaction() as session:
        row = contacts.contact(session, house.district.id, MAYA)
        assert row is not None
        row.own_email, row.own_since = address, house.time


def test_who_adds_an_address_while_the_mail_waits_gets_none(senior: House) -> None:
    senior.time = JANUARY
    assert send(senior, Posted("mail_later")).later == 1
    own(senior, "maya@home.example")
    senior.later(hours=1)
    server = Posted()
    assert (send(senior, server).failed, server.mails) == (1, [])


def test_of_somebody_under_18_the_rule_of_sharing_is_obeyed(senior: House) -> None:
    enrol(senior, MAYA, born=date(2009, 1, 20))
    senior.time = JANUARY
    said: dict[str, Any] = {
        "how": "paper",
        "given_on": date(2027, 1, 2),
        "now": senior.time,
        "entropy": senior.entropy,
    }
    name = senior.district.id

    def is_asked(policy: Policy) -> bool:
        choose_policy(senior.store, name, policy, now=senior.time, actor="test")
        server = Posted("down")  # it stays in line
        send(senior, server)
        return bool(asked(senior))

    zone = "America/Denver"
    assert not is_asked(Policy(zone=zone))
    assert not is_asked(Policy(Minors.OFF, zone=zone))
    record_opt_out(senior.store, name, MAYA, actor="test", **said)
    assert not is_asked(Policy(Minors.ALLOWED, zone=zone))
    record_agreement(senior.store, name, MAYA, [Audience.EMPLOYER], actor="test", **said)
    assert not is_asked(Policy(Minors.OFF, zone=zone))
    assert is_asked(Policy(zone=zone))


def test_who_comes_of_age_in_january_is_asked_then(senior: House) -> None:
    enrol(senior, MAYA, born=date(2009, 1, 20))
    senior.time = datetime(2027, 1, 20, 6, 59, tzinfo=UTC)
    server = Posted()
    assert send(senior, server).sent == 0
    senior.later(minutes=1)
    assert send(senior, server).sent == 1


def test_an_unknown_age_is_a_minors(senior: House) -> None:
    enrol(senior, SAM, born=None)
    senior.issue("S-1", student_id=SAM, number="NA-7", adult_on=None)
    senior.time = JANUARY
    send(senior, Posted())
    assert [one.student_id for one in asked(senior)] == [MAYA]


def test_what_is_left_over_follows_in_the_next_round(senior: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.mail.seniors.MOST_AT_ONCE", 1)
    enrol(senior, SAM, born=date(2008, 3, 2))
    senior.issue("S-1", student_id=SAM, number="NA-7")
    senior.time = JANUARY
    marks: dict[str, Mark] = {}
    server = Posted()
    assert send(senior, server, marks=marks).sent == 1
    senior.time += timedelta(seconds=5)
    assert send(senior, server, marks=marks).sent == 1
    assert sorted(one.student_id for one in asked(senior)) == [MAYA, SAM]


@pytest.mark.parametrize(
    ("grade", "last"),
    [
        ("12", True), ("12th", True), ("Grade 12", True), ("12th grade", True), ("Senior", True),
        ("twelfth", True), ("G12", True), ("11", False), ("112", False), ("120", False), ("", False),
        ("12a", False), ("seniority", False),
    ],
)  # fmt: skip
def test_the_last_grade_however_a_school_writes_it(grade: str, *, last: bool) -> None:
    assert is_last(grade) is last
