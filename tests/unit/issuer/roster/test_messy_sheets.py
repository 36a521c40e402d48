"""Sheets as districts have them are read without a change to the file, or say in one sentence what to do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from issuer.catalog import default_catalogue, example_district
from issuer.roster import Outcome, SheetError, SheetQuestion, SheetReport, SheetRules, check, read_any
from issuer.roster.grid import SHEET_LIMITS
from issuer.roster.open_file import open_file
from tests.awards import RUN_DATE
from tests.unit.issuer.roster.sheets.build import FILES
from tests.unit.issuer.roster.sheets.messy import Award, Messy, messy

SHEETS = list(messy())
NAMES = [one.name for one in SHEETS]


def report(data: bytes, answers: Mapping[str, str]) -> SheetReport:
    against = SheetRules(RUN_DATE, default_catalogue(), example_district().schools)
    return check(read_any(data, known=against.known(), answers=answers), against).report


def awards(found: SheetReport) -> list[Award]:
    return [
        (
            one.student_id,
            one.given_name,
            one.family_name,
            one.school_code,
            one.credential_code,
            one.date_earned.isoformat(),
        )
        for one in found.ready
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_a_messy_sheet_is_read_as_it_is(sheet: Messy) -> None:
    data = (FILES / sheet.name).read_bytes()
    if sheet.refused:
        with pytest.raises(SheetError) as caught:
            report(data, {})
        assert caught.value.code == sheet.refused
        assert caught.value.message.endswith((".", "?"))
        return
    found = report(data, {})
    assert awards(found) == list(sheet.awards)
    assert [row.line for row in found.rows if row.outcome is Outcome.READY] == list(sheet.lines)
    assert [(row.line, row.code) for row in found.rows if row.outcome is not Outcome.READY] == list(
        sheet.problems
    )
    assert {one.key for one in found.remarks} >= set(sheet.notes)
    assert [one.key for one in found.questions] == list(sheet.questions)


@pytest.mark.parametrize("sheet", [one for one in SHEETS if one.answers], ids=lambda one: one.name)
def test_an_answer_is_all_that_it_needs(sheet: Messy) -> None:
    found = report((FILES / sheet.name).read_bytes(), sheet.answers)
    assert awards(found) == list(sheet.then)
    assert not {one.key for one in found.questions} & sheet.answers.keys()


@pytest.mark.parametrize(
    "sheet", [one for one in SHEETS if one.questions or one.refused], ids=lambda one: one.name
)
def test_every_question_is_asked_in_both_languages(sheet: Messy) -> None:
    try:
        questions = list(report(sheet.data, {}).questions)
    except SheetQuestion as asked:
        questions = [asked.question]
    except SheetError:
        return
    for one in questions:
        assert one.text("en").endswith("?") or "?" in one.text("en")
        assert "¿" in one.text("es")


@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_the_files_are_what_the_builder_writes(sheet: Messy) -> None:
    kept = (FILES / sheet.name).read_bytes()
    if sheet.name.endswith((".xlsx", ".ods")):
        # Packed bytes differ between versions of zlib: what is in them does not.
        assert open_file(kept, SHEET_LIMITS, {}) == open_file(sheet.data, SHEET_LIMITS, {})
    else:
        assert kept == sheet.data


def test_no_file_is_there_that_no_sheet_names() -> None:
    assert sorted(path.name for path in FILES.iterdir()) == sorted(NAMES)
