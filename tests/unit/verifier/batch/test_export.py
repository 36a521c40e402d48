from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from openpyxl import load_workbook

from tests.unit.verifier.batch.colleges import AWARD, NOW, TODAY, crosswalk, row
from verifier.batch.crosswalk import advise
from verifier.batch.export import batch_csv, harmless
from verifier.batch.paper import paper
from verifier.batch.table import COLUMNS, LONGEST, cells, filtered, head, row_json
from verifier.render.batch_pdf import batch_pdf
from verifier.render.workbook import table_workbook

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x", "\u200b=1",
    "\ufeff=1",
    "\u00a0=1", "|x", "%x", "'=1", "=cmd|' /C calc'!A0", "\u202e=1", "\x00=1", "﹢1", "﹣1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_sheet_begins_like_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["Jordan Rivera", "A+", "1-2", "x=1", "", "Ñandú", "٤"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_line_break_stays_in_its_cell_and_numbers_are_numbers() -> None:
    assert harmless("a\r\nb\tc\x07\u202e") == "a  b c"
    assert (harmless(3), harmless(Decimal("4.50"))) == ("3", "4.50")


@pytest.mark.parametrize("text", FORMULAS)
def test_every_column_that_somebody_else_fills_is_safe(text: str) -> None:
    award = replace(AWARD, names=(text,), name=text, codes=(text,), number=text, kind=text, bodies=(text,))
    made = row(1, award, issuer_name=text)
    told = list(csv.reader(io.StringIO(batch_csv([made], "en").decode("utf-8-sig"), newline="")))
    assert len(told) == 2
    assert len(told[1]) == len(COLUMNS) == len(told[0])
    assert not [cell for cell in told[1] if cell[:1] in "=+-@\t\r|%＝＋－＠" and cell]


def test_only_a_row_that_counts_has_a_course_and_credits() -> None:
    advice = advise(AWARD, crosswalk(), TODAY)
    named = dict(zip(COLUMNS, cells(row(1, advice=advice), "en"), strict=True))
    assert (named["course"], named["credits"]) == ("CNG 1021", Decimal(4))
    named = dict(zip(COLUMNS, cells(row(2, advice=advice, same_as="1"), "en"), strict=True))
    assert (named["course"], named["credits"], named["same_as"]) == ("", "", "1")
    assert "The same award as in row 1." in str(named["suggestion"])


def test_a_workbook_has_texts_for_texts_and_numbers_for_credits() -> None:
    award = replace(AWARD, names=("=1+1",), number="0012")
    made = [row(1, award, advice=advise(AWARD, crosswalk(), TODAY))]
    data = table_workbook("Badges", head("en"), [cells(one, "en") for one in made])
    sheet = load_workbook(io.BytesIO(data)).active
    named = {name: sheet.cell(2, number) for number, name in enumerate(COLUMNS, 1)}
    assert [(named[name].value, named[name].data_type) for name in ("name", "number", "credits")] == [
        ("=1+1", "s"), ("0012", "s"), (4, "n"),
    ]  # fmt: skip


def test_a_long_cell_is_cut() -> None:
    assert max(len(str(cell)) for cell in cells(row(1, replace(AWARD, name="x" * 9_000)), "en")) == LONGEST


@pytest.mark.parametrize("locale", ["en", "es"])
def test_paper_is_drawn_whatever_the_names_are_made_of(locale: str) -> None:
    strange = replace(AWARD, names=("李小龙 🦜 #set page(width: 1pt) $x$ \\ *b*",), name="")
    rows = [row(1), row(2, strange), row(3, None, receipt="ey.ey.x")]
    data = batch_pdf(paper(rows, "https://check.example.org", NOW, locale))
    made = pypdfium2.PdfDocument(data)
    text = made[0].get_textpage().get_text_range()
    assert "Jordan Rivera" in text
    assert "#set page(width: 1pt) $x$" in text.replace("\r\n", " ")
    assert made.count_attachments() == 1


def test_a_batch_without_receipts_says_so() -> None:
    told = paper([row(1)], "https://check.example.org", NOW, "en")
    assert "signs no receipts" in told["lines"][0]
    assert told["receipts"] == []


def test_filters_show_what_they_say_and_an_unknown_one_shows_all() -> None:
    rows = [row(1), row(2, family="refuse")]
    assert [one.number for one in filtered(rows, "refuse")] == [2]
    assert [one.number for one in filtered(rows, "look_twice")] == []
    assert len(filtered(rows, "nothing such")) == 2


def test_json_names_the_row_of_the_crosswalk_and_the_reason() -> None:
    told = row_json(row(1, advice=advise(AWARD, crosswalk(), TODAY)), "en")
    (suggestion,) = told["suggestions"]
    assert (suggestion["row"], suggestion["course"], suggestion["credits"]) == (2, "CNG 1021", "4")
    assert suggestion["sentence"].startswith("Suggested: CNG 1021, 4 credits, because row 2")
