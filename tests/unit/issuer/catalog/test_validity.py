from __future__ import annotations

from datetime import date

import pytest

from issuer.catalog.validity import Shape, Validity, add_months, months_in


@pytest.mark.parametrize(("text", "months"), [("P2Y", 24), ("P6M", 6), ("P24M", 24), ("P1Y", 12)])
def test_periods_of_years_or_months(text: str, months: int) -> None:
    assert months_in(text) == months


@pytest.mark.parametrize(
    "text", ["", "P", "P0Y", "P2W", "P1Y6M", "2Y", "P-1Y", "P1.5Y", "PT1M", "P100Y", "P٢Y"]
)
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        months_in(text)


def test_months_end_where_the_month_is_short() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
    with pytest.raises(ValueError, match="9999"):
        add_months(date(9999, 12, 1), 1)


def test_a_term_ends_the_day_before_its_anniversary() -> None:
    assert Validity(Shape.FIXED, 24, confirmed=True).last_day(date(2026, 4, 18)) == date(2028, 4, 17)


def test_a_term_may_run_to_the_end_of_its_month() -> None:
    validity = Validity(Shape.FIXED, 24, to_month_end=True, confirmed=True)
    assert validity.last_day(date(2026, 2, 3)) == date(2028, 2, 29)


def test_no_end_is_claimed_that_nobody_confirmed() -> None:
    assert Validity(Shape.FIXED, 24).last_day(date(2026, 4, 18)) is None


@pytest.mark.parametrize("shape", [Shape.NONE, Shape.CONTINUITY, Shape.CURRENCY])
def test_other_shapes_have_no_last_day(shape: Shape) -> None:
    assert Validity(shape, 6, confirmed=True).last_day(date(2026, 4, 18)) is None
    assert Validity(shape, 6).ask_the_body == (shape is not Shape.NONE)
