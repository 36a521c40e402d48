"""The state's file: what can be filled is filled as it is, and what cannot is named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from issuer.catalog import CatalogueError, default_catalogue
from issuer.errors import IssuerError
from issuer.reports.state_file import (
    FIELDS,
    LARGEST_TEMPLATE,
    MOST_CODES,
    MOST_COLUMNS,
    Line,
    load_mapping,
    packaged,
    roster_rows,
    state_file,
    template_columns,
)
from issuer.roster.table import read_table
from issuer.store.report_queries import Standing
from tests.unit.issuer.reports.year import earned

ENTRY = default_catalogue().get("CO-CNA")
ROSTER = {"300000001": {"sasid": "0012345678", "district_code": "0870"}}


def line(student: int = 1, **changes: Any) -> Line:
    one = replace(earned("A-1", student, "CO-CNA", "0187"), **changes)
    assert ENTRY is not None
    standing = Standing(
        one.award_ref, one.student_id, one.code, one.earned_on, date(2028, 1, 31), "", "NA-1", one.school_code
    )
    return Line(one, standing, ENTRY, "Piñon Mesa Example School District", 2026)


def mapping(columns: Mapping[str, Any], **form: Any) -> bytes:
    return json.dumps(
        {
            "mapping": {"name": "Test", "version": "1", "about": "For a test."},
            "file": {"delimiter": "comma", "kinds": ["STATE_LICENSE"]} | form,
            "columns": columns,
        }
    ).encode()


def written(columns: Mapping[str, Any], *lines: Line, roster: Mapping[str, Any] = ROSTER) -> list[list[str]]:
    rules = load_mapping(mapping(columns))
    text = state_file(rules, tuple(rules.columns), lines or (line(),), roster)
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_example_for_colorado() -> None:
    rules = packaged("colorado-guidelines")
    header = (
        b"\xef\xbb\xbfSchoolYear,DistrictCode,SchoolCode,SASID,LASID,GuidelineType,CredentialCode,"
        b"CredentialName,DateMet\r\n"
    )
    names = template_columns(header, rules)
    assert state_file(rules, names, [line()], ROSTER) == (
        "SchoolYear,DistrictCode,SchoolCode,SASID,LASID,GuidelineType,CredentialCode,CredentialName,DateMet\r\n"
        "2026,0870,0187,0012345678,300000001,INDUSTRY_CERT,CO-CNA,Colorado Certified Nurse Aide,05122026\r\n"
    )


def test_the_example_says_that_its_columns_are_not_confirmed() -> None:
    rules = packaged("colorado-guidelines")
    assert "/columns" in rules.unverified
    assert "NOT confirmed" in rules.about


def test_the_fields_of_ed_fi() -> None:
    rules = packaged("ed-fi-diploma")
    (row,) = csv.DictReader(io.StringIO(state_file(rules, tuple(rules.columns), [line()], {}), newline=""))
    assert row["DiplomaType"] == "Occupational License"
    assert row["AchievementCategory"] == "License Earned"
    assert row["DiplomaAwardDate"] == "2026-05-12"
    assert row["DiplomaAwardExpiresDate"] == "2028-01-31"
    assert row["IssuerName"] == (ENTRY.body.name if ENTRY else "")
    assert row["PostSecondaryEventCategory"] == "Certification Received"


@pytest.mark.parametrize("name", ["nothing", "../data/colorado-guidelines", "", "Colorado"])
def test_another_name_is_no_mapping(name: str) -> None:
    with pytest.raises(IssuerError, match="not_found"):
        packaged(name)


def test_leading_zeros_stay_and_are_filled_up() -> None:
    assert written({"S": {"field": "school.code"}, "W": {"field": "school.code", "width": 6}})[1] == [
        "0187",
        "000187",
    ]


def test_a_line_is_for_the_kinds_that_the_state_asks_for() -> None:
    assert len(written({"C": {"field": "award.code"}}, line(), line(kind="COURSE"))) == 2


def test_every_field_can_be_written() -> None:
    full = line(evaluator="Lina Ferrer")
    (_, row) = written({name: {"field": name} for name in FIELDS}, full)
    assert all(row)


UNFILLED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing recorded": ({"field": "award.evaluator"}, {}, "nothing is recorded"),
    "no code": ({"field": "award.code", "codes": {"NCCER-CORE": "1"}}, {}, "no code for 'CO-CNA'"),
    "not in the roster": ({"roster": "sasid"}, {"student_id": "9"}, "not in the roster file"),
    "no such roster column": ({"roster": "grade"}, {}, "no column 'grade'"),
    "too wide": ({"field": "school.code", "width": 3}, {}, "more than 3 characters"),
    "a formula": ({"field": "award.evaluator"}, {"evaluator": "=1+1"}, "like a formula"),
}


@pytest.mark.parametrize("name", UNFILLED)
def test_a_column_that_cannot_be_filled_is_named_and_nothing_is_written(name: str) -> None:
    column, changes, why = UNFILLED[name]
    with pytest.raises(IssuerError, match="not_filled") as caught:
        written({"Good": {"value": "1"}, "Bad": column}, line(**changes))
    assert "column Bad: " in caught.value.message
    assert why in caught.value.message
    assert "A-1" in caught.value.message
    assert "Good" not in caught.value.message


def test_an_empty_cell_is_written_where_the_state_takes_one() -> None:
    column = {"field": "award.evaluator", "mayBeEmpty": True}
    assert written({"E": column, "V": {"value": "1"}})[1] == ["", "1"]


def test_all_columns_that_cannot_be_filled_are_named_at_once_with_a_few_of_their_lines() -> None:
    lines = [line(student, award_ref=f"A-{student}") for student in range(10, 18)]
    with pytest.raises(IssuerError) as caught:
        written({"One": {"roster": "sasid"}, "Two": {"field": "award.evaluator"}}, *lines)
    assert caught.value.message.count("column ") == 2
    assert caught.value.message.count("and 3 more") == 2


TEMPLATES = {
    "a column that is not known": (b"A,B,C\r\n", "how to fill: C"),
    "a column that is gone": (b"A\r\n", "no column for what the mapping fills: B"),
    "a column twice": (b"A,B,A\r\n", "twice: A"),
    "two rows": (b"A,B\r\n1,2\r\n", "2 rows"),
    "nothing": (b"\r\n", "0 rows"),
    "not text": (b"\xff\xfe\x00", "cannot be read"),
    "too large": (b"A,B" + b" " * LARGEST_TEMPLATE, "larger"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_does_not_fit_is_refused(name: str) -> None:
    rules = load_mapping(mapping({"A": {"value": "1"}, "B": {"value": "2"}}))
    data, why = TEMPLATES[name]
    with pytest.raises(IssuerError, match="not_filled") as caught:
        template_columns(data, rules)
    assert why in caught.value.message
    assert template_columns(b"B, A", rules) == ("B", "A")


def test_the_order_is_the_template_s() -> None:
    rules = load_mapping(mapping({"A": {"value": "1"}, "B": {"value": "2"}}))
    assert state_file(rules, ("B", "A"), [line()], {}) == "B,A\r\n2,1\r\n"


TOO_MANY = dict.fromkeys(map(str, range(MOST_CODES + 1)), "x")
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing said": ({}, "/columns/A"),
    "two things said": ({"field": "award.code", "value": "1"}, "/columns/A"),
    "an unknown field": ({"field": "student.race"}, "/columns/A/field"),
    "an unknown member": ({"value": "1", "colour": "red"}, "/columns/A/colour"),
    "a date with more": ({"field": "award.earned_on", "date": "%c"}, "/columns/A/date"),
    "no width": ({"value": "1", "width": 0}, "/columns/A/width"),
    "too much width": ({"value": "1", "width": 101}, "/columns/A/width"),
    "a code that is no text": ({"value": "1", "codes": {"x": 1}}, "/columns/A/codes/x"),
    "too many codes": ({"value": "1", "codes": TOO_MANY}, "/columns/A/codes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mapping_s_fault_is_named_with_its_place(name: str) -> None:
    column, pointer = WRONG[name]
    with pytest.raises(CatalogueError) as caught:
        load_mapping(mapping({"A": column}), file="ours.json")
    assert (caught.value.file, caught.value.pointer) == ("ours.json", pointer)


def test_bounds_of_a_mapping() -> None:
    load_mapping(mapping({str(n): {"value": "1"} for n in range(MOST_COLUMNS)}))
    load_mapping(
        mapping({"A": {"value": "1", "width": 100, "codes": {str(n): "x" for n in range(MOST_CODES)}}})
    )
    with pytest.raises(CatalogueError, match="bad_value"):
        load_mapping(mapping({str(n): {"value": "1"} for n in range(MOST_COLUMNS + 1)}))
    with pytest.raises(CatalogueError, match="unknown_reference"):
        load_mapping(mapping({"A": {"value": "1"}}, delimiter="colon"))


def test_the_district_s_own_file_is_joined_by_the_student_s_number() -> None:
    cells = read_table(b"local,sasid\n300000001,0012345678\n")
    assert roster_rows(cells, "local")["300000001"]["sasid"] == "0012345678"
    with pytest.raises(IssuerError, match="no column 'id'"):
        roster_rows(cells, "id")
    with pytest.raises(IssuerError, match="twice"):
        roster_rows(read_table(b"local,sasid\n1,2\n1,3\n"), "local")
