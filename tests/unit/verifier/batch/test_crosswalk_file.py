from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from verifier.batch.crosswalk import Basis, Crosswalk
from verifier.batch.crosswalk_file import MOST_FOR_ONE, MOST_LINES, load_crosswalk
from verifier.batch.sheet import LONGEST_CELL, MAX_SHEET, MOST_COLUMNS, MOST_FAULTS, SheetRefused
from verifier.batch.words import BATCH, say_fault

HEAD = (
    "credential_code,course,credits,min_score,valid_if_earned_within,valid_from,valid_to,status,source_url\n"
)


def faults(text: str | bytes) -> list[tuple[str, int, str]]:
    """Code, row and column of each fault; and each can be said in every language."""
    with pytest.raises(SheetRefused) as refused:
        load_crosswalk(text.encode() if isinstance(text, str) else text)
    for fault in refused.value.faults:
        for locale in BATCH:
            assert say_fault(fault, locale)
    return [(fault.code, fault.row, fault.column) for fault in refused.value.faults]


def only(crosswalk: Crosswalk) -> object:
    (line,) = crosswalk.lines
    return line


def test_a_sheet_with_every_column_is_read() -> None:
    text = (
        "college_ipeds_or_name,credential_code,course_prefix,course_number,course_title,credits,min_score,"
        "valid_if_earned_within,valid_from,valid_to,evidence_required,source_url,decision_ref\r\n"
        "Example CC,EXA-A+,CNG,1021,Computing,4.5,75,18 months,2026-01-01,2026-12-31,proof,https://c.example,D-1\r\n"
    )
    (line,) = load_crosswalk(text.encode("utf-8-sig"), Basis.TODAY).lines
    assert (line.row, line.college, line.code, line.course, line.title) == (
        2, "Example CC", "EXA-A+", "CNG 1021", "Computing",
    )  # fmt: skip
    assert (line.credits, line.minimum) == (Decimal("4.5"), Decimal(75))
    assert line.within is not None
    assert (line.within.months, line.starts, line.ends) == (18, date(2026, 1, 1), date(2026, 12, 31))
    assert (line.evidence, line.source, line.decision) == ("proof", "https://c.example", "D-1")


def test_json_rows_are_read_whatever_else_the_file_holds() -> None:
    rows = [{"credential_code": "EXA-A+", "course": "CNG 1021", "credits": 4, "status": "unverified"}]
    made = load_crosswalk(json.dumps({"_about": "x", "rows": rows, "ctdl": {"a": [1]}}).encode())
    (line,) = made.lines
    assert (line.row, line.credits, line.unverified) == (1, Decimal(4), True)


@pytest.mark.parametrize("text", ["3 years", "36 months", "P3Y", "P36M", "3 años", "36 meses", "3y"])
def test_a_length_of_time_is_a_number_and_a_unit(text: str) -> None:
    (line,) = load_crosswalk(f"{HEAD}A,C,1,,{text},,,,\n".encode()).lines
    assert line.within is not None
    assert line.within.months == 36


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_of_the_usual_delimiters_will_do(delimiter: str) -> None:
    text = f"{HEAD}A,C,1,,,,,,\n".replace(",", delimiter)
    assert len(load_crosswalk(text.encode()).lines) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",C,1,,,,,,", ("cell_empty", 2, "credential_code")),
        ("A,,1,,,,,,", ("cell_empty", 2, "course")),
        ("A,C,,,,,,,", ("cell_empty", 2, "credits")),
        ("A,C,0,,,,,,", ("bad_credits", 2, "credits")),
        ("A,C,60.01,,,,,,", ("bad_credits", 2, "credits")),
        ("A,C,-4,,,,,,", ("bad_credits", 2, "credits")),
        ("A,C,four,,,,,,", ("bad_credits", 2, "credits")),
        ("A,C,٤,,,,,,", ("bad_credits", 2, "credits")),
        ("A,C,1,pass,,,,,", ("bad_score", 2, "min_score")),
        ("A,C,1,1e9,,,,,", ("bad_score", 2, "min_score")),
        ("A,C,1,,3,,,,", ("bad_within", 2, "valid_if_earned_within")),
        ("A,C,1,,0 years,,,,", ("bad_within", 2, "valid_if_earned_within")),
        ("A,C,1,,51 years,,,,", ("bad_within", 2, "valid_if_earned_within")),
        ("A,C,1,,,4/18/2026,,,", ("bad_day", 2, "valid_from")),
        ("A,C,1,,,,2026-02-30,,", ("bad_day", 2, "valid_to")),
        ("A,C,1,,,2026-02-01,2026-01-31,,", ("ends_before", 2, "valid_to")),
        ("A,C,1,,,,,maybe,", ("bad_status", 2, "status")),
        ("A,C,1,,,,,,javascript://x", ("bad_source", 2, "source_url")),
        ("A,C,1,,,,,,,x", ("row_too_wide", 2, "")),
        ('"A,C,1', ("not_csv", 2, "")),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(row: str, expected: tuple[str, int, str]) -> None:
    assert faults(f"{HEAD}{row}\n") == [expected]


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    text = f'{HEAD}A,C,1,,,,,,\n\n"B\nB",C,1,,,,,,\nD,C,none,,,,,,\n'
    assert faults(text) == [("bad_credits", 5, "credits")]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("credential_code,course,credits,minscor", ("column_unknown", 0, "minscor")),
        ("course,credits", ("column_missing", 0, "credential_code")),
        ("credential_code,credits", ("column_missing", 0, "course")),
        ("credential_code,course", ("column_missing", 0, "credits")),
        ("credential_code,code,course,credits", ("column_twice", 1, "code")),
    ],
)
def test_no_column_is_passed_over_and_none_may_be_missing(head: str, expected: tuple[str, int, str]) -> None:
    assert faults(f"{head}\nA,B,1,1\n"[: len(head) + 1] + ",".join("A" * (head.count(",") + 1))) == [expected]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD.encode(), "no_rows"),
        (HEAD.encode("utf-16"), "not_utf8"),
        ("credential_code,course,credits\nñ,C,1\n".encode("latin-1"), "not_utf8"),
        (b"credential_code,course,credits\nA\0,C,1\n", "not_utf8"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (b'{"rows": []}', "no_json_rows"),
        (b'{"rows": [1]}', "row_no_object"),
        (b'{"rows": [{"credential_code": ["A"], "course": "C", "credits": 1}]}', "cell_no_text"),
        (b'{"rows": [{"credential_code": true, "course": "C", "credits": 1}]}', "cell_no_text"),
        (b'{"rows": [{"code": "A", "credential_code": "B", "course": "C", "credits": 1}]}', "column_twice"),
        (b'{"rows": [{"code": "A", "code": "B", "course": "C", "credits": 1}]}', "not_json"),
        (b"[1]", "not_json"),
        (b"x" * (MAX_SHEET + 1), "too_large"),
    ],
)
def test_what_is_no_crosswalk_is_said(data: bytes, code: str) -> None:
    assert [one[0] for one in faults(data)] == [code]


def test_every_bound_holds_at_its_limit_and_one_past_it() -> None:
    def lines(count: int) -> str:
        return HEAD + "".join(f"A{number},C,1,,,,,,\n" for number in range(count))

    assert len(load_crosswalk(lines(MOST_LINES).encode()).lines) == MOST_LINES
    assert faults(lines(MOST_LINES + 1)) == [("too_many_rows", MOST_LINES + 2, "")]
    rows = [{"code": f"A{number}", "course": "C", "credits": 1} for number in range(MOST_LINES + 1)]
    assert len(load_crosswalk(json.dumps({"rows": rows[:-1]}).encode()).lines) == MOST_LINES
    assert faults(json.dumps({"rows": rows})) == [("too_many_rows", MOST_LINES + 1, "")]
    same = HEAD + "".join(f"A,C{number},1,,,,,,\n" for number in range(MOST_FOR_ONE))
    assert len(load_crosswalk(same.encode()).lines) == MOST_FOR_ONE
    assert [one[0] for one in faults(f"{same}A,D,1,,,,,,\n")] == ["too_many_for_one"]
    notes = "credential_code,course,credits,note" + "," * (MOST_COLUMNS - 4)
    assert len(load_crosswalk(f"{notes}\nA,C,1\n".encode()).lines) == 1
    assert faults(f"{notes},\nA,C,1\n") == [("too_many_columns", 1, "")]
    long = "credential_code,course,credits,note\nA,C,1,"
    assert len(load_crosswalk(f"{long}{'x' * LONGEST_CELL}\n".encode()).lines) == 1
    assert faults(f"{long}{'x' * (LONGEST_CELL + 1)}\n") == [("cell_too_long", 2, "")]
    assert len(faults(HEAD + "A,C,none,,,,,,\n" * 50)) == MOST_FAULTS


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (",", ",", True),
        ("2026-01-01,2026-06-30", "2026-07-01,", False),
        ("2026-01-01,2026-06-30", "2026-06-30,", True),
        ("2026-07-01,", ",2026-06-30", False),
    ],
)
def test_two_rows_that_say_the_same_may_not_hold_on_one_day(first: str, second: str, *, meet: bool) -> None:
    text = f"{HEAD}A,C,3,,,{first},,\nA,C,4,,,{second},,\n"
    if meet:
        assert faults(text) == [("rows_overlap", 3, "")]
    else:
        assert len(load_crosswalk(text.encode()).lines) == 2


def test_tiers_and_other_courses_of_one_certification_are_no_contradiction() -> None:
    text = f"{HEAD}A,C,3,75,,,,,\nA,C,4,90,,,,,\nA,D,1,75,,,,,\nB,C,1,75,,,,,\n"
    assert len(load_crosswalk(text.encode()).lines) == 4
