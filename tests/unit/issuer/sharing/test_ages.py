"""Ages on the district's calendar: nobody is of age a second early, and nothing has to be run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import IssuerError
from issuer.roster.days import coming_of_age
from issuer.sharing.ages import LAST_ON_EARTH, age_on, day_in, end_of_day, is_adult, zone_named

ZONES = (
    "America/Denver", "America/New_York", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
    "America/Phoenix", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London", "America/St_Johns",
    "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tokyo",
)  # fmt: skip
BIRTHS = st.dates(date(1990, 1, 1), date(2030, 12, 31)) | st.just(date(2008, 2, 29))


@given(born=BIRTHS, zone=st.sampled_from(ZONES), off=st.integers(0, 86_399))
def test_the_right_moves_at_midnight_of_the_birthday_where_the_district_is(
    born: date, zone: str, off: int
) -> None:
    there = ZoneInfo(zone)
    midnight = end_of_day(coming_of_age(born) - timedelta(days=1), there)
    assert not is_adult(born, midnight - timedelta(seconds=1 + off), there)
    assert is_adult(born, midnight + timedelta(seconds=off), there)


@given(born=BIRTHS, zone=st.sampled_from(ZONES), seconds=st.integers(-100_000, 100_000))
def test_a_district_that_has_not_said_where_it_is_never_takes_a_birthday_early(
    born: date, zone: str, seconds: int
) -> None:
    near = datetime.combine(coming_of_age(born), time(), UTC) + timedelta(seconds=seconds)
    if is_adult(born, near, LAST_ON_EARTH):
        assert is_adult(born, near, ZoneInfo(zone))


@given(born=BIRTHS, day=st.dates(date(2031, 1, 1), date(2060, 12, 31)))
def test_age_and_right_agree(born: date, day: date) -> None:
    age = age_on(born, day)
    assert age is not None
    noon = datetime.combine(day, time(12), UTC)
    assert (age >= 18) is is_adult(born, noon, UTC)


def test_who_was_born_on_29_february_is_of_age_on_1_march() -> None:
    denver = ZoneInfo("America/Denver")
    born = date(2008, 2, 29)
    assert not is_adult(born, datetime(2026, 3, 1, 6, 59, 59, tzinfo=UTC), denver)
    assert is_adult(born, datetime(2026, 3, 1, 7, tzinfo=UTC), denver)


def test_nobody_of_whom_no_birth_date_is_known_is_of_age() -> None:
    assert not is_adult(None, datetime(2090, 1, 1, tzinfo=UTC), UTC)
    assert age_on(None, date(2090, 1, 1)) is None
    assert age_on(date(2091, 1, 1), date(2090, 1, 1)) is None


@given(day=st.dates(date(2000, 1, 1), date(2060, 12, 31)), zone=st.sampled_from(ZONES))
def test_what_ends_with_a_day_is_open_through_its_last_second(day: date, zone: str) -> None:
    there = ZoneInfo(zone)
    end = end_of_day(day, there)
    assert day_in(end - timedelta(seconds=1), there) == day
    assert day_in(end, there) == day + timedelta(days=1)


@pytest.mark.parametrize(
    "name", ["Denver", "/etc/passwd", "../etc/passwd", "America/Nowhere", "x" * 65, "A/\0"]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(IssuerError, match="bad_setting"):
        zone_named(name)
