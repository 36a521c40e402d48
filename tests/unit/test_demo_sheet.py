"""The demonstration's sheet tells the same story on every day of every year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from issuer.catalog import default_catalogue, example_district
from issuer.roster import Outcome, read_sheet
from issuer.roster.oneroster import read_archive
from issuer.roster.scores import read_scores
from tests.demo.sheet import (
    STUDENTS,
    lapsed_sheet,
    mixed_sheet,
    nurse_aides,
    roster_archive,
    scores_sheet,
)

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


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_is_recorded_after_the_decision_is_ready_on_every_day(today: date) -> None:
    schools = dict(example_district().schools)
    report = read_sheet(
        nurse_aides(today), run_date=today, catalogue=default_catalogue(), schools=schools, issued={}
    )
    assert report.count(Outcome.READY) == len(report.rows) == 2
    assert all(row.award is not None and not row.award.minor for row in report.rows)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_roster_says_when_everybody_was_born(today: date) -> None:
    found = read_archive(roster_archive(today), today=today, schools=example_district().schools)
    assert len(found.students) == len(STUDENTS)
    assert found.notes == ()
    assert found.birth_dates
    names = {one.student.student_id: one.student.name for one in found.students}
    assert names["200000015"] == ("Cleo", "Marsh")  # the name that she goes by


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_score_can_be_recorded(today: date) -> None:
    rows = read_scores(scores_sheet(today), run_date=today)
    assert [one.row.value for one in rows if one.row] == ["560", "510"]
