from __future__ import annotations

from datetime import date, timedelta

import pytest

from issuer.roster import Order
from issuer.roster.dates import from_serial, is_serial, order_of, plain, slashed


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-18", "2026/4/18", "2026.04.18", "20260418", "2026-04-18T23:59:59", "2026-04-18 11:59 PM",
        "April 18, 2026", "Apr 18 2026", "18 April 2026", "18-Apr-26", "Saturday, April 18th, 2026",
        "18 de abril de 2026", "18 abr. 2026", "sábado 18 de abril del 2026", "2026 April 18",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert plain(text) == "2026-04-18"


@pytest.mark.parametrize(
    "text",
    [
        "4/18/2026", "2026-04-18T23:59:59Z", "2026-04-18T02:00:00-06:00", "46130", "April 2026", "soon", "",
        "April May 2026", "18 2026", "Apr 118 2026", "18 Apr 026", "2026-04", "April 18, 2026 to May 2, 2026",
    ],
)  # fmt: skip
def test_what_can_be_two_days_or_none_is_left_alone(text: str) -> None:
    assert plain(text) is None


def test_days_with_slashes_know_what_they_prove() -> None:
    for text, says, either in (
        ("4/18/2026", Order.MONTH_FIRST, False),
        ("18.4.2026", Order.DAY_FIRST, False),
        ("3/4/26", None, True),
        ("5/5/2026", None, False),
        ("13/13/2026", None, False),
        ("12/12/2026 11:59 PM", None, False),
    ):
        found = slashed(text)
        assert found is not None
        assert (found.says, found.either) == (says, either), text
    assert slashed("3/4-2026") is None
    assert slashed("3/4/026") is None


def test_years_of_two_figures_turn_at_69() -> None:
    assert [slashed(f"1/1/{year}").year for year in ("00", "26", "68", "69", "99")] == [  # type: ignore[union-attr]
        2000, 2026, 2068, 1969, 1999,
    ]  # fmt: skip


def test_one_day_decides_and_two_that_disagree_do_not() -> None:
    assert order_of(["3/4/2026", "4/18/2026"]) == (Order.MONTH_FIRST, "4/18/2026", False)
    assert order_of(["3/4/2026"]) == (None, "", False)
    assert order_of(["4/18/2026", "18/4/2026"])[::2] == (None, True)


@pytest.mark.parametrize(
    ("number", "epoch", "day"),
    [
        ("46130", 1900, "2026-04-18"),
        ("46130.75", 1900, "2026-04-18"),
        ("44668", 1904, "2026-04-18"),
        ("39507", 1900, "2008-02-29"),
    ],
)
def test_numbers_of_spreadsheets_are_their_days(number: str, epoch: int, day: str) -> None:
    assert is_serial(number)
    assert from_serial(number, epoch) == day


def test_every_day_of_a_century_comes_back_from_its_number() -> None:
    for step in range(0, 36_000, 7):
        day = date(1961, 1, 1) + timedelta(days=step)
        assert from_serial(str((day - date(1899, 12, 30)).days), 1900) == day.isoformat()
        assert from_serial(str((day - date(1904, 1, 1)).days), 1904) == day.isoformat()
