"""No bytes make `read_sheet` raise anything but its own error, and no row is lost."""

from __future__ import annotations

import csv
import io
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.roster import FILE_CODES, NOTE_CODES, ROW_CODES, Outcome, SheetError, SheetReport, report_csv
from issuer.roster.columns import COLUMNS
from issuer.roster.report import FORMULA_STARTS
from tests.awards import GOOD_ROW, read, sheet

HEADER = ",".join(COLUMNS)
CELL = st.text(max_size=20)
LIKELY = st.sampled_from(
    [
        *GOOD_ROW.values(), "", "CPT", "AWS", "CO-CNA", "OSHA 10", "NHA", "4/8/2026", "2027-01-01", "9999",
        "=1+1",
        "1E+9", "2026-02-30", "National Healthcareer Association", "https://pinon-mesa.example/e",
        "x\u202ey", "\u0301", "'",
    ]
)  # fmt: skip
ROW = st.fixed_dictionaries(GOOD_ROW.fromkeys(GOOD_ROW, LIKELY | CELL)) | st.just(dict(GOOD_ROW))


def attempt(data: bytes) -> tuple[SheetReport | None, str]:
    """The report, or the code with which the file was refused."""
    try:
        return read(data), ""
    except SheetError as refused:
        return None, refused.code


@given(data=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "ignore")))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for one in (data, HEADER.encode() + b"\r\n" + data):
        report, code = attempt(one)
        assert code in FILE_CODES or (report is not None and report.rows)


@given(rows=st.lists(ROW, min_size=1, max_size=6))
@settings(deadline=None, max_examples=120)
def test_every_row_has_one_outcome_and_a_sentence(rows: list[dict[str, str]]) -> None:
    report, code = attempt(sheet(*rows))
    if report is None:
        assert code in FILE_CODES
        return
    assert len(report.rows) + len(report.blank_rows) <= len(rows)
    for one in report.rows:
        assert one.why.endswith((".", "?"))
        assert one.code in ROW_CODES or (one.code == "" and one.outcome is Outcome.READY)
        assert (one.award is None) == (one.outcome is not Outcome.READY)
        assert all(note.code in NOTE_CODES for note in one.notes)


@given(rows=st.lists(ROW, min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_what_is_ready_is_ready_once(rows: list[dict[str, str]]) -> None:
    first, _ = attempt(sheet(*rows))
    if first is None:
        return
    issued = {award.award_ref: award.fingerprint for award in first.ready}
    assert len(issued) == len(first.ready)
    assert read(sheet(*rows), issued=issued).ready == ()


@given(rows=st.lists(ROW, min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_no_cell_of_the_report_is_a_formula(rows: list[dict[str, str]]) -> None:
    report, _ = attempt(sheet(*rows))
    if report is None:
        return
    written = list(csv.reader(io.StringIO(report_csv(report), newline="")))
    assert len(written) == 1 + len(report.rows)
    for line in written[1:]:
        assert not any(cell.lstrip().startswith(FORMULA_STARTS) for cell in line)


@given(letters=st.text(string.printable, max_size=60))
@settings(deadline=None, max_examples=60)
def test_a_separator_never_changes_what_a_quoted_cell_says(letters: str) -> None:
    row = GOOD_ROW | {"evaluator": letters}
    for delimiter in ",;\t":
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerow(row)
        assert [(one.code, one.why) for one in read(out.getvalue().encode()).rows] == [
            (one.code, one.why) for one in read(sheet(row)).rows
        ]
