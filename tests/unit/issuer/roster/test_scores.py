"""A sheet of scores: each row with an outcome and a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from issuer.roster import Order, SheetError
from issuer.roster.scores import LONGEST, ScoreRow, read_scores

TODAY = date(2026, 6, 1)
HEAD = "external_id,assessment,part,value,date,kind\n"


def only(line: str, date_order: Order | None = None) -> ScoreRow | str:
    (report,) = read_scores((HEAD + line).encode(), run_date=TODAY, date_order=date_order)
    return report.row or report.code


def test_a_row_is_read() -> None:
    expected = ScoreRow("0200", "score", "SAT", "Math", "520", date(2026, 3, 1))
    assert only("0200,SAT,Math,520,2026-03-01,") == expected
    assert only(" 0200 , SAT ,Math,520,2026-03-01,Score") == expected
    assert only("0200,capstone,,,2026-03-01,attested") == ScoreRow(
        "0200", "attested", "capstone", "", "", date(2026, 3, 1)
    )
    assert only("0200,SAT,Math,520,03/01/2026,", date_order=Order.MONTH_FIRST) == expected


def test_columns_stand_in_any_order_and_may_be_left_out() -> None:
    (report,) = read_scores(b"Date;Value;Assessment;External ID\n2026-03-01;3.5;GPA;7\n", run_date=TODAY)
    assert report.row == ScoreRow("7", "score", "GPA", "", "3.5", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",SAT,Math,520,2026-03-01,", "MISSING_VALUE"),
        ("7,,Math,520,2026-03-01,", "MISSING_VALUE"),
        ("7,SAT,Math,,2026-03-01,", "MISSING_VALUE"),
        ("7,capstone,,5,2026-03-01,attested", "MISSING_VALUE"),
        ("7,capstone,one,,2026-03-01,attested", "MISSING_VALUE"),
        ("7,SAT,Math,520,2026-06-02,", "FUTURE_DATE"),
        ("7,SAT,Math,520,03/01/2026,", "AMBIGUOUS_DATE"),
        ("7,SAT,Math,520,soon,", "BAD_DATE"),
        ("7,SAT,Math,520,2026-03-01,rumour", "UNKNOWN_KIND"),
        ("7,=SAT,Math,520,2026-03-01,", "FORMULA_INJECTION"),
        ("7,S\u202eAT,Math,520,2026-03-01,", "BAD_CHARACTERS"),
        (f"7,{'x' * (LONGEST + 1)},Math,520,2026-03-01,", "TOO_LONG"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(line: str, code: str) -> None:
    assert only(line) == code


def test_the_longest_text() -> None:
    assert isinstance(only(f"7,{'x' * LONGEST},Math,520,2026-03-01,"), ScoreRow)


@pytest.mark.parametrize("head", ["external_id,assessment,date", "external_id,assessment,value,date,Value"])
def test_a_sheet_without_its_columns_is_not_taken(head: str) -> None:
    with pytest.raises(SheetError):
        read_scores(f"{head}\n7,SAT,2026-03-01,5,5\n".encode(), run_date=TODAY)
