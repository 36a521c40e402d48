from __future__ import annotations

from datetime import date, timedelta

import pytest

from issuer.roster.days import DayError, Order, coming_of_age, read_day, years_between


@pytest.mark.parametrize(
    "text", ["2026-04-18", "2026-4-18", "4/18/2026", "18.4.2026", "2026-04-18T00:00:00", "04-18-2026"]
)
def test_one_day_in_many_spellings(text: str) -> None:
    assert read_day(text) == date(2026, 4, 18)


def test_a_day_that_reads_alike_both_ways_is_not_ambiguous() -> None:
    assert read_day("5/5/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-29", "BAD_DATE"),
        ("2026-13-01", "BAD_DATE"),
        ("13/13/2026", "BAD_DATE"),
        ("1826-04-18", "BAD_DATE"),
        ("2026-04-18T06:00:00", "BAD_DATE"),
        ("2026-W16-6", "BAD_DATE"),
        ("٢٠٢٦-٠٤-١٨", "BAD_DATE"),
        ("46130", "BAD_DATE"),
        ("4/18/26", "BAD_DATE"),
        ("", "BAD_DATE"),
        ("3/4/2026", "AMBIGUOUS_DATE"),
    ],
)
def test_what_is_no_day_is_refused(text: str, code: str) -> None:
    with pytest.raises(DayError) as caught:
        read_day(text)
    assert caught.value.code == code


def test_the_order_decides() -> None:
    assert read_day("3/4/2026", Order.MONTH_FIRST) == date(2026, 3, 4)
    assert read_day("3/4/2026", Order.DAY_FIRST) == date(2026, 4, 3)
    with pytest.raises(DayError):
        read_day("4/18/2026", Order.DAY_FIRST)


def test_birthdays_on_the_leap_day() -> None:
    assert years_between(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert years_between(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_the_day_of_coming_of_age_is_the_first_with_eighteen_years() -> None:
    for born in (date(2008, 2, 29), date(2008, 3, 1), date(2007, 12, 31), date(2010, 2, 28)):
        day = coming_of_age(born)
        assert (years_between(born, day - timedelta(days=1)), years_between(born, day)) == (17, 18)
