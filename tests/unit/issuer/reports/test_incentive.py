"""The worksheet of an incentive programme over what the records hold."""

from __future__ import annotations

import pytest

from issuer.catalog.incentive_file import default_incentives
from issuer.catalog.incentives import ProgrammeYear, worksheet
from issuer.catalog.school_year import SchoolYear
from issuer.errors import IssuerError
from issuer.reports.incentive import RosterColumns, category_of, completions, worksheet_rows
from tests.unit.issuer.reports.year import awards, earned

GRADES = {f"3000{student:05}": {"g": "11", "frl": "Y" if student == 1 else "N"} for student in range(300)}
COLUMNS = RosterColumns("g", "frl")


def programme(code: str = "CDIP", first: int = 2025) -> ProgrammeYear:
    return default_incentives().in_year(code, SchoolYear(first))


def test_the_worked_year() -> None:
    found = completions(awards(), programme(), roster=GRADES, columns=COLUMNS, provider="EX01")
    assert len(found) == 75
    rows = worksheet_rows(worksheet(programme(), found))
    assert sum(row[5] == "claimed" for row in rows) == 75
    uplifted = [row for row in rows if row[0] == "300000001"]
    assert [(row[7], row[8]) for row in uplifted] == [("1.2", "1200.0")]
    total = next(row for row in rows if row[0].startswith("All in Qualified industry credential"))
    assert total[5:] == ("75 claimed", "", "75.2", "75200.0")


def test_a_programme_that_pays_for_the_year_before_is_given_that_year() -> None:
    found = completions(
        awards(), programme("PWR_SUSTAIN", 2026), roster=GRADES, columns=COLUMNS, provider="EX01"
    )
    assert len(found) == 75 + 12
    assert {row.outcome.value for row in worksheet(programme("PWR_SUSTAIN", 2026), found).rows} == {"claimed"}


def test_each_programme_has_its_own_names() -> None:
    old, new = programme().programme, programme("PWR_SUSTAIN", 2026).programme
    assert [category_of(kind, old) for kind in ("EXAM_ONLY", "WBL", "COURSE", "DIPLOMA")] == [
        "credential",
        "workplace-training",
        None,
        None,
    ]
    assert [category_of(kind, new) for kind in ("STATE_LICENSE", "WBL", "COURSE")] == [
        "credential",
        "work-based-learning",
        "postsecondary-credit",
    ]


@pytest.mark.parametrize("grade", ["", "eleven", "111", "¹¹"])
def test_a_student_without_a_grade_is_named_by_the_award(grade: str) -> None:
    rules = programme()

    def one(said: str) -> int:
        roster = {"300000001": {"g": said}}
        columns = RosterColumns("g")
        award = [earned("A-1", 1, "CO-CNA", "0187")]
        return len(completions(award, rules, roster=roster, columns=columns, provider="EX01"))

    assert one("11") == 1
    with pytest.raises(IssuerError, match=r"not_filled.*A-1"):
        one(grade)
