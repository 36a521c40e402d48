"""Reports as people and programs read them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from issuer.catalog.suppression import default_suppression
from issuer.reports.cells import csv_text, is_formula, plain, safe
from issuer.reports.gather import Rows
from issuer.reports.report import NAMES, NO_DATA, Report, make_report, year_name
from issuer.reports.suppression import Mode
from issuer.reports.written import WRITERS, Format, as_csv, as_html, as_json, as_text
from issuer.roster.table import read_table
from tests.unit.issuer.reports.year import SCHOOLS, earned, rows

EVIL = '=cmd|"/c calc"!A0<script>alert(1)</script>'


def report(
    name: str = "accountability",
    *,
    given_rows: Rows | None = None,
    year: int = 2026,
    mode: Mode = Mode.ASSESSMENT,
    students: int | None = 400,
    today: date = date(2026, 8, 1),
) -> Report:
    return make_report(
        name,
        given_rows or rows(),
        year,
        rules=default_suppression(),
        mode=mode,
        students=students,
        today=today,
    )


def test_the_report_of_the_worked_year() -> None:
    text = as_text(report())
    squeezed = re.sub(r" +", " ", text)
    for line in (
        "2025-26 60 75",
        "Piñon Mesa High School 36 46",
        "Together: Two Rivers Technical Campus; Lantern 24 29",
        "Earned college credit 12 400 3.0%",
        "Earned an industry certification 60 400 15.0%",
        f"Completed a career pathway {NO_DATA}",
        "Hired in the industry of their certification 8 24 33.3%",
        "Moved on to college or further training 10 24 41.7%",
    ):
        assert line in squeezed
    assert "Two Rivers Technical Campus 20" not in squeezed
    assert not re.search(r"[ \t]\n", text)


def test_no_student_and_no_reference_is_in_any_report() -> None:
    for name in NAMES:
        for form in Format:
            written = WRITERS[form](report(name))
            assert "3000" not in written
            assert "form " not in written.replace("form-action", "")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "accountability"])
def test_a_part_shows_nothing_that_the_whole_does_not(name: str) -> None:
    whole = {section.name: section for section in report().sections}
    part = report(name)
    assert part.sections
    for section in part.sections:
        assert whole[section.name] == section


def test_every_section_is_in_some_part() -> None:
    parts = {section.name for name in NAMES if name != "accountability" for section in report(name).sections}
    assert parts == {section.name for section in report().sections}


def test_a_year_that_is_not_over_is_not_to_be_published() -> None:
    assert any("not over" in note for note in report(today=date(2026, 6, 30)).notes)
    assert not any("not over" in note for note in report(today=date(2026, 7, 1)).notes)


def test_a_small_district_shows_nothing_of_its_own() -> None:
    few = replace(rows(), earned=tuple(one for one in rows().earned if one.school_code == "0318"))
    made = report(given_rows=few)
    assert {section.name for section in made.sections} == {"years", "indicators", "outcomes"}
    assert any("use the state's report" in note for note in made.notes)
    numbers = [value for section in made.sections for row in section.rows for value in row[1:]]
    assert not any(isinstance(value, int) for value in numbers)


def test_codes_that_nobody_knows_are_named() -> None:
    made = report(given_rows=replace(rows(), unknown=("READY-1",)))
    assert any("READY-1" in note for note in made.notes)


def test_in_graduation_mode_rates_are_the_state_s_tokens() -> None:
    made = {section.name: section for section in report(mode=Mode.GRADUATION).sections}
    assert made["outcomes"].rows[0][1:] == (None, "16-50", "33%")
    assert made["indicators"].rows[2][1:] == (None, "400", "3.0%")


def test_year_names() -> None:
    assert [year_name(year) for year in (2026, 2000, 2010)] == ["2025-26", "1999-00", "2009-10"]


def test_json_has_null_where_a_number_is_hidden() -> None:
    value = json.loads(as_json(report()))
    years = next(one for one in value["sections"] if one["name"] == "years")
    assert years["rows"][0] == ["2021-22", None, None]
    assert years["rows"][-1] == ["2025-26", 60, 75]
    assert value["school_year"] == "2025-26"


def test_csv_has_one_number_in_each_row() -> None:
    found = list(csv.DictReader(io.StringIO(as_csv(report()), newline="")))
    one = next(
        row for row in found if row["line"] == "Piñon Mesa High School" and row["column"] == "Students"
    )
    assert (one["section"], one["value"], one["school_year"]) == ("schools", "36", "2025-26")


def evil_rows() -> Rows:
    return replace(rows(), schools={**SCHOOLS, "0187": EVIL}, district=EVIL)


def test_a_page_stands_alone_and_runs_nothing() -> None:
    page = as_html(report(given_rows=evil_rows()))
    tree: Any = html.document_fromstring(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //form | //@onclick | //@style")
    assert {one for one in tree.xpath("//@href") if not one.startswith("#")} == set()
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert EVIL in tree.text_content()
    (policy,) = tree.xpath("//meta[@http-equiv]/@content")
    assert "default-src 'none'" in policy
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_each_chart_has_its_table() -> None:
    tree: Any = html.document_fromstring(as_html(report()))
    charts = tree.xpath("//figure")
    assert len(charts) >= 5
    for one in charts:
        assert one.xpath("../div//table")


# Table.

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\u00a0=1", "＝1", "＋1", "－1"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert is_formula(text)
    assert not is_formula(safe(text))
    assert plain(safe(text)) == text


@pytest.mark.parametrize("text", ["0187", "000", "A-1", "Núñez", "1 + 1", "", "x=1", "'quoted'"])
def test_ordinary_text_is_told_back(text: str) -> None:
    assert plain(safe(text)) == text
    assert not is_formula(safe(text))


def test_the_evil_school_is_text_in_csv() -> None:
    cells = [cell for row in csv.reader(io.StringIO(as_csv(report(given_rows=evil_rows())))) for cell in row]
    assert f"'{EVIL}" in cells
    assert not any(is_formula(cell) for cell in cells)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1))
def test_whatever_is_written_is_read_back(table: list[list[str]]) -> None:
    text = csv_text(table)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [[plain(cell) for cell in row] for row in read] == table
    assert not any(is_formula(cell) for row in read for cell in row)


def test_leading_zeros_come_back_through_the_sheets_reader() -> None:
    cells = read_table(csv_text([("school", "n"), ("0187", "007")]).encode())
    assert cells.lines[0].cells == ("0187", "007")


@st.composite
def any_rows(draw: st.DrawFn) -> Rows:
    codes = ["NCCER-CORE", "COMPTIA-A+", "CO-CNA", "OSHA10-GI", "WBL", "COURSE", "PROGRAM_OF_STUDY"]
    made = []
    for school in ("0187", "0242", "0318", ""):
        for code in codes:
            first = draw(st.integers(1, 8))
            last = first + draw(st.sampled_from([0, 1, 3, 4, 9, 20]))
            for student in range(first, last):
                ref = f"{school}-{code}-{student}"
                made.append(earned(ref, student + 1_000 * len(school), code, school, evaluator="L. Ferrer"))
    return replace(rows(), earned=tuple(made))


@settings(max_examples=60, deadline=None)
@given(any_rows(), st.sampled_from(list(Mode)), st.sampled_from([None, 150, 400]))
def test_whatever_was_earned_no_small_number_is_printed(
    found: Rows, mode: Mode, students: int | None
) -> None:
    made = report(given_rows=found, mode=mode, students=students)
    for section in made.sections:
        for row in section.rows:
            assert all(value >= 4 for value in row[1:] if isinstance(value, int)), section
            if section.name == "schools":
                assert isinstance(row[1], int)
                assert row[1] >= 16
    json.loads(as_json(made))
    html.document_fromstring(as_html(made))
