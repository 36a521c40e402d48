"""The worked year in `year.py`, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from issuer.catalog import default_catalogue
from issuer.errors import IssuerError
from issuer.reports.facts import Earned, Outcome, OutcomeKind, ends, school_year
from issuer.reports.figures import Figures, Rate, margin
from issuer.reports.gather import clusters_of
from issuer.reports.metrics import (
    CATEGORIES,
    CREDIT,
    NO_SCHOOL,
    PATHWAY,
    WORK,
    certificates,
    of_year,
    outcomes,
)
from tests.unit.issuer.reports.year import SCHOOLS, awards, earned, rows
from tests.unit.issuer.reports.year import outcomes as told

CLUSTERS = clusters_of(default_catalogue())


def counted(*found: Earned, students: int | None = 400, year: int = 2026) -> Figures:
    return certificates(found or awards(), year, schools=SCHOOLS, clusters=CLUSTERS, students=students)


def rate(figures: Figures, name: str) -> Rate:
    return next(one for one in figures.rates if one.name == name)


@pytest.mark.parametrize(
    ("day", "year"),
    [("2025-06-30", 2025), ("2025-07-01", 2026), ("2026-06-30", 2026), ("2026-07-01", 2027)],
)
def test_a_school_year_runs_from_july_to_june(day: str, year: int) -> None:
    assert school_year(date.fromisoformat(day)) == year
    assert school_year(ends(year)) == year


def test_the_worked_year() -> None:
    made = counted()
    assert made.people == 60
    table = made.tables[0]
    assert sum(margin(table, "school")) == 75
    assert dict(zip(made.axes["school"].labels, made.axes["school"].people or (), strict=True)) == {
        "Piñon Mesa High School": 36,
        "Two Rivers Technical Campus": 20,
        "Lantern Hill Early College": 4,
    }
    assert dict(zip(made.axes["school"].labels, margin(table, "school"), strict=True)) == {
        "Piñon Mesa High School": 46,
        "Two Rivers Technical Campus": 25,
        "Lantern Hill Early College": 4,
    }
    by_code = {item.label.rpartition("(")[2].rstrip(")"): item.count for item in made.listings[0].items}
    assert by_code == {"NCCER-CORE": 30, "COMPTIA-A+": 16, "CO-CNA": 24, "OSHA10-GI": 5}
    assert {item.label[:5]: item.sort for item in made.listings[0].items}["Color"] == "License"


def test_the_worked_year_s_indicators() -> None:
    made = counted()
    found = {one.name: (one.met, one.of) for one in made.rates}
    assert found == {"pathway": (None, 400), "work": (None, 400), "credit": (12, 400), "certified": (60, 400)}


def test_an_award_counts_in_one_year_only() -> None:
    """So that years share no figures: no number of one tells about another."""
    years = [of_year(awards(), year) for year in range(2024, 2029)]
    refs = [one.award_ref for year in years for one in year]
    assert len(refs) == len(set(refs))
    assert [len(year) for year in years] == [0, 2, 75 + 12, 0, 0]


def test_a_student_counts_once_for_a_kind_by_its_first_day() -> None:
    first, again = (
        earned(ref, 1, "NCCER-CORE", "0187", date(2026, 3, day)) for ref, day in (("B", 1), ("A", 20))
    )
    assert [one.award_ref for one in of_year([again, first], 2026)] == ["B"]
    assert len(of_year([first, replace(again, earned_on=date(2026, 9, 1))], 2026)) == 1
    assert counted(first, again).people == 1


def test_somebody_who_moved_counts_at_the_last_school_with_all_of_the_year() -> None:
    early = earned("A", 1, "NCCER-CORE", "0187", date(2025, 9, 1))
    late = earned("B", 1, "COMPTIA-A+", "0242", date(2026, 3, 1))
    unsaid = earned("C", 1, "CO-CNA", "", date(2026, 5, 1))
    assert {one.school_code for one in of_year([early, late, unsaid], 2026)} == {"0242"}
    made = counted(early, late)
    assert dict(zip(made.axes["school"].labels, made.axes["school"].people or (), strict=True)) == {
        "Piñon Mesa High School": 0,
        "Two Rivers Technical Campus": 1,
        "Lantern Hill Early College": 0,
    }


def test_an_award_without_a_known_school_is_counted_and_says_so() -> None:
    for school in ("", "9876"):
        made = counted(earned("A", 1, "NCCER-CORE", school))
        assert made.axes["school"].labels[-1] == NO_SCHOOL
        assert (made.axes["school"].people or ())[-1] == 1


def test_two_schools_of_one_name_are_told_apart() -> None:
    twins = {"0001": "Central", "0002": "Central"}
    made = certificates(
        [earned("A", 1, "NCCER-CORE", "0002")], 2026, schools=twins, clusters=CLUSTERS, students=None
    )
    assert made.axes["school"].labels == ("Central (0001)", "Central (0002)")


def test_a_college_certificate_is_no_industry_certification() -> None:
    made = counted(earned("A", 1, "COLLEGE_CERTIFICATE", "0187"))
    assert made.people == 0
    assert (rate(made, "credit").met, rate(made, "certified").met) == (1, None)


def test_work_counts_where_somebody_assessed_it() -> None:
    alone = earned("A", 1, "WBL", "0187")
    assessed = replace(alone, award_ref="B", student_id="2", evaluator="Lina Ferrer, Mesa Builders")
    assert rate(counted(alone), "work").met == 0
    assert rate(counted(alone, assessed), "work").met == 1
    assert rate(counted(earned("A", 1, "APPRENTICESHIP_CERT", "0187", evaluator="M. Ruiz")), "work").met == 1


def test_a_completed_pathway_counts() -> None:
    assert rate(counted(earned("A", 1, "PROGRAM_OF_STUDY", "0187")), "pathway").met == 1


def test_a_year_without_anything_has_no_numbers_and_no_noughts() -> None:
    made = counted(year=2030)
    assert made.people == 0
    assert {one.met for one in made.rates} == {None}


def test_fewer_students_than_have_a_record_are_refused() -> None:
    counted(students=60)
    with pytest.raises(IssuerError, match="bad_setting"):
        counted(students=59)


def test_kinds_are_in_one_indicator_each() -> None:
    groups = [frozenset(CATEGORIES), CREDIT, PATHWAY, WORK]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))
    assert frozenset().union(*groups) <= set(default_catalogue().kinds)


# Outcomes.


def after(*found: Outcome) -> dict[str, tuple[int | None, int | None]]:
    made = outcomes(awards(), found or told(), 2026)
    return {one.name: (one.met, one.of) for one in made.rates}


def test_the_worked_year_s_outcomes() -> None:
    assert after() == {"hired": (8, 24), "moved_on": (10, 24)}


HIRED = next(told())
LEFT_OUT = {
    "without consent": replace(HIRED, consent=" "),
    "consent withdrawn": replace(HIRED, withdrawn=True),
    "not certified in this year": replace(HIRED, student_id="99"),
    "before the certification": replace(HIRED, on=date(2026, 5, 11)),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_may_not_be_counted_is_in_no_number(name: str) -> None:
    assert after(LEFT_OUT[name]) == {"hired": (None, 0), "moved_on": (None, 0)}
    assert after(HIRED) == {"hired": (1, 1), "moved_on": (0, 1)}
    assert after(HIRED, LEFT_OUT[name]) == {"hired": (1, 1), "moved_on": (0, 1)}


def test_work_in_another_industry_is_an_answer_and_no_hit() -> None:
    assert after(replace(HIRED, cluster=next(c for c in CLUSTERS if c != HIRED.cluster)))["hired"] == (0, 1)


def test_somebody_can_work_and_study_and_is_one_answer() -> None:
    both = replace(HIRED, kind=OutcomeKind.ENROLLED, cluster="")
    assert after(HIRED, both, both) == {"hired": (1, 1), "moved_on": (1, 1)}


def test_the_worked_rows_are_what_the_report_takes() -> None:
    assert len(rows().earned) == 75 + 12 + 2
