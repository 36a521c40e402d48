"""The demonstration's sheet tells the same story on every day of every year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from issuer.catalog import default_catalogue, example_district
from issuer.roster import Outcome, read_sheet
from tests.demo.sheet import lapsed_sheet, mixed_sheet

DAYS = [date(2027, 1, 1) + timedelta(days=59 * number) for number in range(20)] + [date(2028, 2, 29)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sheet_is_as_mixed_on_every_day(today: date) -> None:
    schools = dict(example_district().schools)
    report = read_sheet(
        mixed_sheet(today), run_date=today, catalogue=default_catalogue(), schools=schools, issued={}
    )
    counts = [report.count(one) for one in (Outcome.READY, Outcome.REJECT, Outcome.SKIP)]
    assert counts == [9, 6, 1]
    adults = [row.award_ref for row in report.rows if row.award is not None and not row.award.minor]
    assert len(adults) == 7
    assert "R-0001" in adults


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_lapsed_award_was_ready_three_years_ago(today: date) -> None:
    then = today - timedelta(days=1_095)
    schools = dict(example_district().schools)
    report = read_sheet(
        lapsed_sheet(today), run_date=then, catalogue=default_catalogue(), schools=schools, issued={}
    )
    assert report.count(Outcome.READY) == 1
