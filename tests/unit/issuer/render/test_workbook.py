from __future__ import annotations

import io

import openpyxl

from issuer.catalog import default_catalogue, example_district
from issuer.render.workbook import problem_rows, text_workbook
from issuer.roster import SHEET_LIMITS, Checked, SheetRules, check, read_any
from issuer.roster.grid import How
from issuer.roster.open_file import open_file
from tests.awards import GOOD_ROW, RUN_DATE, sheet

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "＝1",
    '=HYPERLINK("http://x")',
    "0012",
    "1E+9",
    "4/18/2026",
)


def checked(*rows: dict[str, str]) -> Checked:
    against = SheetRules(RUN_DATE, default_catalogue(), example_district().schools)
    return check(read_any(sheet(*rows), known=against.known()), against)


def test_no_cell_is_anything_but_text() -> None:
    data = text_workbook("Title", [("a",), *[(text,) for text in FORMULAS]])
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [row[0] for row in book.active.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert all(cell.quotePrefix for cell in cells)
    assert [cell.value for cell in cells[1:]] == list(FORMULAS)
    (grid,) = open_file(data, SHEET_LIMITS, {}).grids
    assert How.COMPUTED not in grid.how.values()
    assert [row[0] for row in grid.rows[1:]] == [text.strip() for text in FORMULAS]


def test_only_rows_that_need_a_person_are_there_with_what_to_fix() -> None:
    found = checked(GOOD_ROW, GOOD_ROW | {"award_ref": "B-2", "school_code": "187"}, GOOD_ROW)
    for language, title, words in (
        ("en", "What to fix", "Write 0187"),
        ("es", "Qué corregir", "Escriba 0187"),
    ):
        book = openpyxl.load_workbook(io.BytesIO(problem_rows(found, language)))
        head, *rows = list(book.active.iter_rows(values_only=True))
        assert head[:3] == (title, "Row" if language == "en" else "Fila", "external_id")
        assert len(rows) == 1
        assert words in str(rows[0][0])
        assert rows[0][1:4] == ("3", GOOD_ROW["external_id"], GOOD_ROW["given_name"])


def test_the_workbook_can_be_corrected_and_given_back() -> None:
    data = problem_rows(checked(GOOD_ROW | {"school_code": "187"}))
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {cell.value: cell.column for cell in book.active[1]}
    book.active.cell(2, cells["school_code"]).value = "0187"
    out = io.BytesIO()
    book.save(out)
    against = SheetRules(RUN_DATE, default_catalogue(), example_district().schools)
    report = check(read_any(out.getvalue(), known=against.known()), against).report
    assert [award.school_code for award in report.ready] == ["0187"]
    assert [award.fingerprint for award in report.ready] == [checked(GOOD_ROW).report.ready[0].fingerprint]


def test_the_same_rows_give_the_same_bytes() -> None:
    found = checked(GOOD_ROW | {"school_code": "187"})
    assert problem_rows(found) == problem_rows(found)
    assert b"dcterms:created" not in problem_rows(found)


def test_characters_that_no_workbook_holds_are_marked() -> None:
    data = text_workbook("T", [("a\x00b\x0bc",)])
    assert openpyxl.load_workbook(io.BytesIO(data)).active["A1"].value == "a�b�c"
