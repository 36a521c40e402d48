from __future__ import annotations

import csv
import dataclasses
from datetime import date
from pathlib import Path

import pytest

from issuer.roster import NOTE_CODES, ROW_CODES, Outcome, SheetReport, report_csv
from tests.awards import GOOD_ROW, read, row, sheet

MIXED = (
    "external_id,given_name,family_name,birth_date,school_code,credential_code,credential_name,certifying_body,"
    "date_earned,expires_on,number,score,evidence_url,evaluator,award_ref\n"
    "300000001,Imani,Brightwater,2008-05-11,0187,CO-CNA,,,2026-03-20,2028-01-31,NA-000777,,,,M-01\n"
    "300000002,Tomás,Quillfeather,2007-10-02,0242,OSHA 10,,,2026-01-15,,36-009876543,,,,M-02\n"
    "300000003,Juniper,Vale,2009-04-09,0187,CPT,,National Healthcareer Association,2026-04-30,,,,,,M-03\n"
    "300000003,Juniper,Vale,2009-04-09,0187,CPT,,,2026-04-30,,,,,,M-04\n"
    "300000001,Imani,Brightwater,2008-05-11,0187,CO-CNA,,,2026-03-20,2028-01-31,NA-000777,,,,M-01\n"
    ",Odalys,Frost,2008-06-06,0187,COMPTIA-A+,,,2026-02-02,,COMP00X,,,,M-06\n"
    "300000005,Pax,Ironwood,2008-06-31,0187,COMPTIA-A+,,,2026-02-02,,COMP00Y,,,,M-07\n"
    "300000006,Chloë,D’Amber,2007-12-12,0318,SERVSAFE-MGR,,,2027-01-02,,,,,,M-08\n"
    "300000007,Rory,Lark,2008-07-07,9999,WCA-SAWBLADE,,,2026-05-04,,,11 points,,T. Holloway,M-09\n"
    '300000008,"=IMPORTXML(""http://x"")",Lark,2008-07-07,0187,AWS,,,2026-05-04,,,,,,M-10\n'
    "300000002,Tomás,Quillfeather,2007-10-02,0242,CERTIPORT-MOS,,,2026-05-05,,EfGh-5678,790,,,M-11\n"
).encode()

OUTCOMES = [
    (2, "M-01", "ready", ""),
    (3, "M-02", "ready", "WARN_ALIAS"),
    (4, "M-03", "ready", ""),
    (5, "M-04", "reject", "AMBIGUOUS_CODE"),
    (6, "M-01", "skip", "DUPLICATE_REF"),
    (7, "M-06", "reject", "MISSING_STUDENT_ID"),
    (8, "M-07", "reject", "BAD_DATE"),
    (9, "M-08", "reject", "FUTURE_DATE"),
    (10, "M-09", "reject", "UNKNOWN_SCHOOL"),
    (11, "M-10", "reject", "FORMULA_INJECTION"),
    (12, "M-11", "ready", ""),
]


def outcomes(report: SheetReport) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.award_ref, one.outcome.value, one.code) for one in report.rows]


def test_each_row_of_a_mixed_sheet_has_the_outcome_that_a_registrar_expects() -> None:
    assert outcomes(read(MIXED)) == OUTCOMES


@pytest.mark.specs
def test_the_sample_sheet_has_exactly_its_expected_outcome(specs: Path) -> None:
    samples = specs / ".." / "data" / "colorado" / "samples"
    if not samples.is_dir():
        pytest.skip("CAIRN_SPECS has no sample sheet beside it")
    report = read((samples / "awards_import_mixed.csv").read_bytes())
    with (samples / "awards_import_mixed.expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [(int(r["line"]), r["award_ref"], r["outcome"], r["code"]) for r in csv.DictReader(file)]
    assert outcomes(report) == expected


def test_every_row_says_in_a_sentence_what_to_do() -> None:
    report = read(MIXED)
    assert all(one.why.endswith(".") for one in report.rows)
    assert {one.code for one in report.rows} - {""} <= ROW_CODES.keys()
    assert {note.code for one in report.rows for note in one.notes} <= NOTE_CODES.keys()


def test_a_formula_row_tells_its_other_faults_too() -> None:
    assert "AWS can mean 2 credentials" in read(MIXED).rows[9].why


def test_only_ready_rows_carry_an_award() -> None:
    for one in read(MIXED).rows:
        assert (one.award is not None) == (one.outcome is Outcome.READY)


def test_a_provisional_award_is_one_and_a_minor_is_noted() -> None:
    provisional = read(MIXED).rows[2]
    assert provisional.award is not None
    assert provisional.award.provisional
    assert {note.code for note in provisional.notes} >= {"MINOR", "PROVISIONAL", "TERM_UNCONFIRMED"}


def test_the_report_as_csv_runs_no_formula() -> None:
    written = list(csv.reader(report_csv(read(sheet(GOOD_ROW | {"award_ref": "=1+1"}))).splitlines()))
    assert written[0] == ["line", "award_ref", "outcome", "code", "why"]
    assert written[1][1] == "'=1+1"


def test_the_same_reference_with_other_content_is_refused() -> None:
    report = read(sheet(GOOD_ROW, GOOD_ROW | {"number": "COMP-8"}))
    assert [one.code for one in report.rows] == ["", "REF_REUSED"]


def test_a_row_below_a_rejected_twin_is_skipped_and_points_to_it() -> None:
    bad = GOOD_ROW | {"school_code": "9999"}
    report = read(sheet(bad, bad))
    assert [(one.outcome, one.code) for one in report.rows] == [
        (Outcome.REJECT, "UNKNOWN_SCHOOL"),
        (Outcome.SKIP, "DUPLICATE_REF"),
    ]
    assert "row 2" in report.rows[1].why


def test_the_same_award_under_another_reference_is_skipped() -> None:
    report = read(sheet(GOOD_ROW, GOOD_ROW | {"award_ref": "B-2"}))
    assert [one.code for one in report.rows] == ["", "DUPLICATE_AWARD"]
    assert report.rows[1].outcome is Outcome.SKIP


def test_the_same_award_with_other_details_needs_a_person() -> None:
    report = read(sheet(GOOD_ROW, GOOD_ROW | {"award_ref": "B-2", "number": "COMP-9"}))
    assert (report.rows[1].outcome, report.rows[1].code) == (Outcome.REJECT, "DUPLICATE_AWARD")


def test_two_versions_of_one_certification_on_one_day_are_two_awards() -> None:
    office = GOOD_ROW | {"credential_code": "CERTIPORT-MOS", "number": "word-1"}
    report = read(sheet(office, office | {"award_ref": "B-2", "number": "excel-1"}))
    assert [one.outcome for one in report.rows] == [Outcome.READY, Outcome.READY]


def test_a_row_that_was_issued_is_not_issued_again() -> None:
    award = row().award
    assert award is not None
    again = row({"issued": {"B-1": award.fingerprint}})
    assert (again.outcome, again.code) == (Outcome.SKIP, "ALREADY_ISSUED")
    assert row({"issued": {"B-1": "0" * 64}}).code == "REF_REUSED"


def test_a_sheet_without_references_gets_the_same_ones_every_time() -> None:
    columns = tuple(name for name in GOOD_ROW if name != "award_ref")
    report = read(sheet(GOOD_ROW, columns=columns))
    assert report.rows[0].award_ref == "200000001/COMPTIA-A+/2026-04-18"
    assert [note.code for note in report.rows[0].notes if note.code == "REF_MADE"] == ["REF_MADE"]


def test_blank_rows_are_named_and_do_not_shift_the_numbers() -> None:
    second = sheet(GOOD_ROW | {"award_ref": "B-2"}).split(b"\r\n")[1]
    data = sheet(GOOD_ROW) + b",,,\r\n\r\n" + second
    report = read(data)
    assert [one.line for one in report.rows] == [2, 5]
    assert report.blank_rows == (3, 4)


def test_a_quoted_line_break_counts_as_one_row() -> None:
    data = sheet(GOOD_ROW | {"evaluator": "T.\nHolloway"}, GOOD_ROW | {"award_ref": "B-2", "date_earned": ""})
    assert [one.line for one in read(data).rows] == [2, 3]


def test_counts_add_up() -> None:
    report = read(MIXED)
    assert [report.count(outcome) for outcome in Outcome] == [4, 6, 1]
    assert len(report.ready) == report.count(Outcome.READY)


def test_no_row_shares_its_award_with_another() -> None:
    first, *others = read(MIXED).ready
    assert all(dataclasses.astuple(first) != dataclasses.astuple(other) for other in others)


def test_a_day_is_the_day_that_was_written() -> None:
    award = row(date_earned="2026-01-01").award
    assert award is not None
    assert award.date_earned == date(2026, 1, 1)
