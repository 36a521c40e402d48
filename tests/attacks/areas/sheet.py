"""Hostile and broken sheets of awards (WEB-10), and cells that would run as formulas (WEB-09)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from issuer.roster import Outcome, RowReport, SheetError, SheetReport, report_csv
from tests.attacks.framework import Case, Recipe
from tests.awards import GOOD_ROW, read, sheet

AREA = "sheet"
GOOD = sheet(GOOD_ROW)
ROW = GOOD.split(b"\r\n")[1]
HEADER = GOOD.split(b"\r\n")[0]


def judge(data: bytes, suffix: str) -> str:
    """The first code that stops a file or a row; for a cell, whether our report still begins with it."""
    if suffix == "cell":
        return _written(data.decode())
    try:
        report = read(data)
    except SheetError as refused:
        return refused.code
    stopped = [row.code for row in report.rows if row.outcome is not Outcome.READY]
    return stopped[0] if stopped else "ok"


def _written(cell: str) -> str:
    report = SheetReport((RowReport(2, cell, Outcome.REJECT, "MISSING_NAME", cell),))
    _, written = list(csv.reader(io.StringIO(report_csv(report), newline="")))
    assert written[1].endswith(cell)
    return "ok" if (written[1], written[4]) == (cell, cell) else "neutralised"


def many_rows(count: int) -> bytes:
    """A sheet of so many rows for different students."""
    rows = (GOOD_ROW | {"external_id": str(3 * 10**8 + n), "award_ref": f"B-{n}"} for n in range(count))
    return sheet(*rows)


def long_field(length: int) -> bytes:
    """A sheet with an evaluator's name of so many letters."""
    return sheet(GOOD_ROW | {"evaluator": "x" * length})


def many_columns(count: int) -> bytes:
    """A sheet of so many columns, of which we read the first."""
    more = count - len(HEADER.split(b","))
    names = b"".join(b",c%d" % n for n in range(more))
    return HEADER + names + b"\r\n" + ROW + b"," * more + b"\r\n"


def padded(size: int) -> bytes:
    """A sheet with blank rows to so many bytes."""
    return (GOOD + (b"," * 90 + b"\n") * (size // 91 + 1))[:size]


def blank_rows(count: int) -> bytes:
    """A sheet with so many blank rows below."""
    return GOOD + b",\n" * count


RECIPES = {
    "many_rows": many_rows,
    "long_field": long_field,
    "many_columns": many_columns,
    "padded": padded,
    "blank_rows": blank_rows,
}


def changed(**cells: str) -> bytes:
    return sheet(GOOD_ROW | cells)


def cases() -> Iterator[Case]:
    yield from _formulas()
    yield from _files()
    yield from _rows()
    yield from _sizes()


def _formulas() -> Iterator[Case]:
    starts = {
        "equals": "=1+1",
        "plus": "+1+1",
        "minus": "-1+1",
        "at": "@SUM(1)",
        "tab": "\t=1+1",
        "return": "\r=1+1",
        "wide-equals": "＝1+1",
        "wide-plus": "＋1",
        "wide-minus": "－1",
        "wide-at": "＠1",
        "space": " =1+1",
        "dde": "=cmd|' /C calc'!A0",
        "link": '=HYPERLINK("http://x";"y")',
        "newline": "\n=1",
    }
    for name, text in starts.items():
        yield Case(f"WEB-09-report-{name}", text.encode(), "cell", "neutralised", b"B-1")
        if name not in ("return", "newline"):
            hostile = changed(given_name=text)
            yield Case(
                f"WEB-09-import-{name}", hostile, "csv", "FORMULA_INJECTION", changed(given_name="Inés")
            )
    for column in ("external_id", "award_ref", "evaluator", "number", "credential_name", "school_code"):
        hostile = changed(**{column: "=1+1"})
        yield Case(f"WEB-09-import-in-{column}", hostile, "csv", "FORMULA_INJECTION", GOOD)
    yield Case("WEB-09-import-in-score", changed(score="=1"), "csv", "FORMULA_INJECTION", changed(score="-1"))


def _files() -> Iterator[Case]:
    mark = b"\xef\xbb\xbf"
    wide = GOOD.decode()
    yield Case(
        "WEB-10-duplicate-column",
        HEADER.replace(b"score", b"number") + b"\r\n" + ROW,
        "csv",
        "DUPLICATE_COLUMNS",
        GOOD,
    )
    synonym = HEADER.replace(b"score", b"Last Name") + b"\r\n" + ROW
    yield Case("WEB-10-duplicate-by-synonym", synonym, "csv", "DUPLICATE_COLUMNS", GOOD)
    without = tuple(name for name in GOOD_ROW if name not in ("external_id", "date_earned"))
    yield Case("WEB-10-missing-columns", sheet(GOOD_ROW, columns=without), "csv", "MISSING_COLUMNS", GOOD)
    semicolons = GOOD.replace(b",", b";")
    yield Case(
        "WEB-10-mixed-separators", HEADER.replace(b",", b";") + b"\r\n" + ROW, "csv", "TOO_LONG", semicolons
    )
    yield Case(
        "WEB-10-unterminated-quote",
        GOOD.replace(b"Farrow", b'"Farrow'),
        "csv",
        "BAD_QUOTES",
        GOOD.replace(b"Farrow", b'"Farrow"'),
    )
    yield Case("WEB-10-text-after-quote", GOOD.replace(b"Farrow", b'"Far"row'), "csv", "BAD_QUOTES", GOOD)
    yield Case("WEB-10-nul", GOOD.replace(b"Farrow", b"Far\x00row"), "csv", "BAD_ENCODING", GOOD)
    wider = wide.encode("utf-16")
    yield Case("WEB-10-utf16-cut", wider[:-1], "csv", "BAD_ENCODING", wider)
    bare = wide.encode("utf-16-be")
    yield Case("WEB-10-utf16-no-mark-cut", bare[:-1], "csv", "BAD_ENCODING", bare)
    yield Case("WEB-10-utf32", wide.encode("utf-32"), "csv", "BAD_ENCODING", mark + GOOD)
    yield Case(
        "WEB-10-broken-utf8",
        GOOD.replace("é".encode(), b"\xc3\x81\x8d"[1:]),
        "csv",
        "BAD_ENCODING",
        wide.encode("cp1252"),
    )
    yield Case("WEB-10-workbook", b"PK\x03\x04\x14\x00" + GOOD, "csv", "BAD_PACKAGE", GOOD)
    yield Case("WEB-10-old-workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "csv", "BAD_PACKAGE", GOOD)
    yield Case("WEB-10-pdf", b"%PDF-1.7\n", "csv", "NOT_A_SHEET", GOOD)
    yield Case("WEB-10-html", mark + b"<table><tr><td>external_id", "csv", "NOT_A_SHEET", GOOD)
    yield Case("WEB-10-empty", b"", "csv", "EMPTY_FILE", GOOD)
    yield Case("WEB-10-only-mark", mark, "csv", "EMPTY_FILE", GOOD)
    yield Case("WEB-10-header-only", HEADER + b"\r\n", "csv", "HEADER_ONLY", GOOD)
    yield Case("WEB-10-blank-rows-only", HEADER + b"\r\n" + b"," * 14 + b"\r\n", "csv", "HEADER_ONLY", GOOD)
    twice = HEADER + b"\r\n" + HEADER + b"\r\n"
    yield Case("WEB-10-headers-only-twice", twice, "csv", "HEADER_ONLY", twice + ROW)


def _rows() -> Iterator[Case]:
    def case(name: str, expect: str, twin: bytes = GOOD, **cells: str) -> Case:
        return Case(f"WEB-10-{name}", changed(**cells), "csv", expect, twin)

    yield Case(
        "WEB-10-extra-cells", GOOD.rstrip() + b",more\r\n", "csv", "EXTRA_CELLS", GOOD.rstrip() + b",\r\n"
    )
    yield Case(
        "WEB-10-same-row-twice",
        GOOD + ROW,
        "csv",
        "DUPLICATE_REF",
        GOOD + ROW.replace(b"200000001", b"200000002").replace(b"B-1", b"B-2"),
    )
    again = changed(award_ref="B-2").split(b"\r\n")[1]
    yield Case(
        "WEB-10-same-student-twice",
        GOOD + again,
        "csv",
        "DUPLICATE_AWARD",
        GOOD + changed(award_ref="B-2", credential_code="NIMS-MMS").split(b"\r\n")[1],
    )
    reused = changed(external_id="200000002").split(b"\r\n")[1]
    yield Case("WEB-10-reference-reused", GOOD + reused, "csv", "REF_REUSED", GOOD)
    yield case("birth-2099", "FUTURE_DATE", birth_date="2099-01-01")
    yield case("birth-30-february", "BAD_DATE", changed(birth_date="2008-02-29"), birth_date="2008-02-30")
    yield case("birth-year-0000", "BAD_DATE", birth_date="0000-01-01")
    yield case("newborn", "DATES_DISAGREE", birth_date="2026-01-01")
    yield case("earned-tomorrow", "FUTURE_DATE", changed(date_earned="2026-06-01"), date_earned="2026-06-02")
    yield case("earned-year-99999", "BAD_DATE", date_earned="99999-01-01")
    yield case("earned-serial", "BAD_DATE", date_earned="46130")
    yield case("earned-ambiguous", "AMBIGUOUS_DATE", changed(date_earned="4/18/2026"), date_earned="4/8/2026")
    yield case("earned-arabic-figures", "BAD_DATE", date_earned="٢٠٢٦-٠٤-١٨")
    yield case("id-in-powers", "DAMAGED_ID", external_id="2E+08")
    yield case("id-missing", "MISSING_STUDENT_ID", external_id="")
    yield case("error-cell", "DAMAGED_ID", number="#REF!")
    yield case("name-missing", "MISSING_NAME", family_name="")
    yield case("name-reversed", "BAD_CHARACTERS", family_name="Far\u202erow")
    yield case("name-isolated", "BAD_CHARACTERS", family_name="Far\u2067row")
    yield case("name-invisible", "BAD_CHARACTERS", family_name="Far\u200brow")
    yield case("name-tags", "BAD_CHARACTERS", family_name="Farrow\U000e0041")
    yield case(
        "name-joiner-alone", "BAD_CHARACTERS", changed(family_name="क\u200dष"), family_name="Farrow \u200d x"
    )
    yield case("name-line-separator", "BAD_CHARACTERS", family_name="Far\u2028row")
    yield case("name-escape", "BAD_CHARACTERS", family_name="\x1b[31mFarrow")
    yield case("name-line-break", "BAD_CHARACTERS", family_name="Far\nrow")
    yield case("name-piled-marks", "BAD_CHARACTERS", family_name="F" + "\u0336" * 40)
    yield case("name-too-long", "TOO_LONG", changed(family_name="F" * 100), family_name="F" * 101)
    yield case("school-total", "UNKNOWN_SCHOOL", school_code="9999")
    yield case("school-zero-lost", "UNKNOWN_SCHOOL", school_code="187")
    yield case("code-unknown", "UNKNOWN_CODE", credential_code="NO-SUCH")
    yield case("code-look-alike", "UNKNOWN_CODE", credential_code="СOMPTIA-A+")
    body = changed(credential_code="CPT", certifying_body="National Healthcareer Association")
    yield case("code-ambiguous", "AMBIGUOUS_CODE", body, credential_code="CPT")
    yield case("code-of-another-body", "BODY_DIFFERS", body, credential_code="CPT", certifying_body="NASM")
    yield case(
        "code-against-name",
        "NAME_DIFFERS",
        changed(credential_name="CompTIA A+"),
        credential_name="IT Specialist",
    )
    nurse = {"credential_code": "CO-CNA", "expires_on": "2028-01-31"}
    yield case("licence-without-number", "MISSING_NUMBER", changed(**nurse), **nurse, number="")
    yield case("licence-without-end", "MISSING_EXPIRY", changed(**nurse), credential_code="CO-CNA")
    office = changed(credential_code="CERTIPORT-MOS")
    yield case(
        "end-of-the-endless",
        "EXPIRY_NOT_ALLOWED",
        office,
        credential_code="CERTIPORT-MOS",
        expires_on="2027-01-01",
    )
    yield case("ended", "ALREADY_EXPIRED", changed(expires_on="2026-06-01"), expires_on="2026-05-31")
    yield case("ended-before-earned", "DATES_DISAGREE", expires_on="2026-01-01")
    link = changed(evidence_url="https://pinon-mesa.example/e")
    for name, address in {
        "script": "javascript:alert(1)",
        "http": "http://pinon-mesa.example/e",
        "file": "file:///etc/passwd",
        "userinfo": "https://pinon-mesa.example@evil.example/",
        "no-dot": "https://localhost/e",
        "space": "https://pinon-mesa.example/a b",
        "upper": "HTTPS://PINON-MESA.EXAMPLE/E",
    }.items():
        yield case(f"link-{name}", "BAD_LINK", link, evidence_url=address)


def _sizes() -> Iterator[Case]:
    for name, recipe, key, over, within, expect in (
        ("too-many-rows", "many_rows", "count", 20_001, 200, "TOO_MANY_ROWS"),
        ("too-many-columns", "many_columns", "count", 101, 100, "TOO_MANY_COLUMNS"),
        ("cell-beyond-library", "long_field", "length", 131_073, 200, "CELL_TOO_LONG"),
        ("cell-too-long", "long_field", "length", 4_001, 199, "CELL_TOO_LONG"),
        ("text-too-long", "long_field", "length", 201, 198, "TOO_LONG"),
        ("file-too-large", "padded", "size", 8_388_609, 8_000, "FILE_TOO_LARGE"),
        ("too-many-blank-rows", "blank_rows", "count", 100_001, 1_000, "TOO_MANY_ROWS"),
    ):
        hostile, twin = Recipe(recipe, {key: over}), Recipe(recipe, {key: within})
        yield Case(f"WEB-10-{name}", hostile, "recipe", expect, twin)
