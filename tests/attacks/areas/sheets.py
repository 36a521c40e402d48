"""Hostile workbooks and archives (UPL-01, UPL-02, WEB-09, WEB-10): what unpacks, points out or hides."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from issuer.catalog import default_catalogue, example_district
from issuer.roster import Outcome, SheetError, SheetRules, check, read_any
from issuer.roster.columns import COLUMNS
from issuer.roster.oneroster import read_archive
from issuer.roster.people import read_people
from tests.attacks.framework import Case, Recipe
from tests.awards import GOOD_ROW, RUN_DATE, sheet
from tests.old_workbooks import ole2, record, stream, xls
from tests.rosters import BORN, ROLE, ROLES, STATES, USER, USERS, roster
from tests.workbooks import STRINGS, ods, package, part, restamped, shared, xlsx

AREA = "sheets"

HEADER = list(COLUMNS)
ROW = [GOOD_ROW.get(name, "") for name in COLUMNS]
TABLE = [HEADER, ROW]
STAMP = (2026, 6, 1, 12, 0, 0)
SHEET1 = "xl/worksheets/sheet1.xml"
TODAY = date(2026, 6, 1)


def judge(data: bytes, suffix: str) -> str:
    """The first code that stops a file or a row; `zip` is a roster, `people` a sheet of students."""
    try:
        if suffix == "zip":
            return _archive(data)
        if suffix == "people":
            refused = read_people(data, today=TODAY).refused
            return refused[0].code if refused else "ok"
        if suffix == "recipe" and b"manifest.csv" in data[:200]:
            return _archive(data)
        against = SheetRules(RUN_DATE, default_catalogue(), example_district().schools)
        report = check(read_any(data, known=against.known()), against).report
    except SheetError as refused:
        return refused.code
    stopped = [row.code for row in report.rows if row.outcome is not Outcome.READY]
    return stopped[0] if stopped else "ok"


def _archive(data: bytes) -> str:
    archive = read_archive(data, today=TODAY)
    kept = {one.key for one in archive.notes} & {"roster.bad_row", "roster.twice", "roster.bad_birth_date"}
    return min(kept).removeprefix("roster.").upper() if kept else "ok"


# Large inputs, made when they are played


def bomb(size: int) -> bytes:
    """A workbook whose strings unpack to so many bytes."""
    made = shared(xlsx({"S": TABLE}))
    strings = part(made, STRINGS).replace(b"</sst>", b"<si><t>" + b"x" * size + b"</t></si></sst>")
    return restamped(made, {STRINGS: strings}, small=True)


def many_strings(count: int) -> bytes:
    """A workbook with so many shared strings that no cell names."""
    made = shared(xlsx({"S": TABLE}))
    strings = part(made, STRINGS).replace(b"</sst>", b"<si><t>x</t></si>" * count + b"</sst>")
    return restamped(made, {STRINGS: strings}, small=True)


def many_elements(count: int) -> bytes:
    """A sheet with so many elements that mean nothing."""
    return _with_sheet(b"<sheetData>", b"<x/>" * count + b"<sheetData>", small=True)


def many_parts(count: int) -> bytes:
    """A workbook with so many further parts."""
    return restamped(xlsx({"S": TABLE}), {f"xl/media/{n}.bin": b"" for n in range(count)}, small=True)


def many_sheets(count: int) -> bytes:
    """A workbook of so many sheets."""
    return xlsx({"S": TABLE} | {f"S{n}": [["x"]] for n in range(count - 1)})


def many_rows(count: int) -> bytes:
    """A workbook of so many rows for different students."""
    rows = []
    for n in range(count):
        values = GOOD_ROW | {"external_id": str(3 * 10**8 + n), "award_ref": ""}
        cells = (values.get(name, "") for name in COLUMNS)
        written = "".join(
            f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text else "<c/>" for text in cells
        )
        rows.append(f"<row>{written}</row>".encode())
    end = b"</sheetData>"
    made = xlsx({"S": [HEADER]})
    return restamped(made, {SHEET1: part(made, SHEET1).replace(end, b"".join(rows) + end)}, small=True)


def many_columns(count: int) -> bytes:
    """A workbook whose last column stands so far to the right."""
    return xlsx({"S": [HEADER, ROW + [""] * (count - len(ROW) - 1) + (["x"] if count > len(ROW) else [])]})


def many_entries(count: int) -> bytes:
    """A OneRoster archive with so many files beside those that are read."""
    return roster(**{f"extra{n}.csv": b"x" for n in range(count)})


def many_users(count: int) -> bytes:
    """A OneRoster archive of so many students."""
    users = b"".join(b"u-%d,,,true,n,,Odile,Hart,,%d,,,,,11,,,,,,,\r\n" % (n, n) for n in range(count))
    roles = b"".join(b"r-%d,,,u-%d,primary,student,,,org-1,\r\n" % (n, n) for n in range(count))
    return roster(**{"users.csv": USERS + users, "roles.csv": ROLES + roles})


def long_cell(length: int) -> bytes:
    """A workbook with an evaluator's name of so many letters."""
    return xlsx({"S": [HEADER, [GOOD_ROW.get(n, "x" * length if n == "evaluator" else "") for n in COLUMNS]]})


def repeated_rows(count: int) -> bytes:
    """An OpenDocument sheet whose last row is said to repeat so many times."""
    body = f'<table:table-row table:number-rows-repeated="{count}">{_ods_cell("x")}</table:table-row>'
    return ods({"S": TABLE}, body=body)


def repeated_columns(count: int) -> bytes:
    """An OpenDocument sheet with a cell that is said to repeat so many times."""
    row = _ods_cell("x").replace(">", f' table:number-columns-repeated="{count}">', 1)
    return ods({"S": TABLE}, body=f"<table:table-row>{row}</table:table-row>")


def streams(count: int) -> bytes:
    """An old workbook that is there so many times under one name."""
    content = stream({"S": TABLE})
    made = ole2({f"Workboo{'klmn'[n]}": content for n in range(count)})
    for other in "lmn":
        made = made.replace(f"Workboo{other}".encode("utf-16-le"), "Workbook".encode("utf-16-le"))
    return made


RECIPES: dict[str, Callable[..., bytes]] = {
    one.__name__: one
    for one in (
        bomb, many_strings, many_elements, many_parts, many_sheets, many_rows, many_columns, many_entries,
        many_users, long_cell, repeated_rows, repeated_columns, streams,
    )
}  # fmt: skip


def cases() -> Iterator[Case]:
    yield from _sizes()
    yield from _packages()
    yield from _far_cells()
    yield from _xml()
    yield from _formulas()
    yield from _kinds()
    yield from _archives()


def _sizes() -> Iterator[Case]:
    for name, key, over, within, expect in (
        ("bomb", "size", 68_000_000, 3_000, "PACKAGE_TOO_LARGE"),
        ("many_strings", "count", 4_000_000, 3_000, "PACKAGE_TOO_LARGE"),
        ("many_elements", "count", 17_000_000, 3_000, "PACKAGE_TOO_LARGE"),
        ("many_parts", "count", 2_001, 100, "PACKAGE_TOO_LARGE"),
        ("many_sheets", "count", 51, 50, "PACKAGE_TOO_LARGE"),
        ("many_rows", "count", 20_001, 200, "TOO_MANY_ROWS"),
        ("many_columns", "count", 101, 100, "TOO_MANY_COLUMNS"),
        ("many_entries", "count", 101, 50, "PACKAGE_TOO_LARGE"),
        ("many_users", "count", 200_100, 200, "TOO_MANY_ROWS"),
        ("long_cell", "length", 4_001, 199, "CELL_TOO_LONG"),
        ("repeated_rows", "count", 1_048_576, 100, "TOO_MANY_ROWS"),
        ("repeated_columns", "count", 1_000_000, 50, "TOO_MANY_COLUMNS"),
    ):
        yield Case(
            f"UPL-02-{name.replace('_', '-')}",
            Recipe(name, {key: over}),
            "recipe",
            expect,
            Recipe(name, {key: within}),
        )


def _packages() -> Iterator[Case]:
    good = xlsx({"S": TABLE})
    yield Case("UPL-02-cut-short", good[: len(good) // 2], "xlsx", "BAD_PACKAGE", good)
    yield Case("UPL-02-wrong-sum", _wrong_sum(good), "xlsx", "BAD_PACKAGE", good)
    yield Case("UPL-02-two-of-one-name", _two_parts(good), "xlsx", "BAD_PACKAGE", good)
    yield Case("UPL-02-password-on-parts", _flagged(good), "xlsx", "LOCKED", good)
    sealed = ole2({"EncryptedPackage": b"x" * 4_000})
    yield Case("UPL-02-password-on-workbook", sealed, "xlsx", "LOCKED", xls({"S": TABLE}))
    locked = xls({"S": TABLE}, more=record(0x2F, struct.pack("<HHHH", 1, 1, 1, 1)))
    yield Case("UPL-02-password-on-old-workbook", locked, "xls", "LOCKED", xls({"S": TABLE}))
    entry = (
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
        "</manifest:file-entry>"
    )
    plain = '<manifest:file-entry manifest:full-path="content.xml"/>'
    yield Case(
        "UPL-02-password-on-open-document",
        ods({"S": TABLE}, manifest=entry),
        "ods",
        "LOCKED",
        ods({"S": TABLE}, manifest=plain),
    )
    outside = part(good, "xl/_rels/workbook.xml.rels").replace(
        b"/xl/worksheets/sheet1.xml", b"../../../etc/passwd"
    )
    yield Case(
        "UPL-02-sheet-outside",
        restamped(good, {"xl/_rels/workbook.xml.rels": outside}),
        "xlsx",
        "EMPTY_FILE",
        good,
    )
    external = part(good, "xl/_rels/workbook.xml.rels").replace(
        b'Target="/xl/worksheets/sheet1.xml"', b'Target="/xl/worksheets/sheet1.xml" TargetMode="External"'
    )
    yield Case(
        "UPL-02-sheet-on-the-web",
        restamped(good, {"xl/_rels/workbook.xml.rels": external}),
        "xlsx",
        "EMPTY_FILE",
        good,
    )
    yield Case(
        "UPL-02-no-list-of-sheets",
        restamped(good, {"xl/_rels/workbook.xml.rels": None}),
        "xlsx",
        "BAD_PACKAGE",
        good,
    )
    with_more = {
        "xl/externalLinks/externalLink1.xml": b'<!DOCTYPE x SYSTEM "http://evil.example/x"><x/>',
        "xl/vbaProject.bin": b"Sub Auto_Open",
        "../../../tmp/x": b"x",
    }
    broken = restamped(good, {"xl/workbook.xml": b"<workbook"})
    yield Case("UPL-02-workbook-cut", broken, "xlsx", "BAD_PACKAGE", restamped(good, with_more))
    old = xls({"S": TABLE})
    yield Case("UPL-02-loop-of-sectors", _looped(old), "xls", "BAD_PACKAGE", old)
    yield Case("UPL-02-old-cut-short", old[:600], "xls", "BAD_PACKAGE", old)
    yield Case("UPL-02-old-strange-sizes", old[:30] + b"\x1f\0" + old[32:], "xls", "BAD_PACKAGE", old)
    twice, once = Recipe("streams", {"count": 2}), Recipe("streams", {"count": 1})
    yield Case("UPL-02-old-two-of-one-name", twice, "recipe", "BAD_PACKAGE", once)


def _far_cells() -> Iterator[Case]:
    good = xlsx({"S": TABLE})
    for name, reference, expect in (
        ("last-corner", b"XFD1048576", "TOO_MANY_COLUMNS"),
        ("last-row", b"A1048576", "TOO_MANY_ROWS"),
        ("beyond-the-last", b"A99999999", "BAD_PACKAGE"),
        ("no-place", b"R1C1", "BAD_PACKAGE"),
        ("row-nought", b"A0", "BAD_PACKAGE"),
    ):
        more = b'<row><c r="%s"><v>1</v></c></row></sheetData>' % reference
        yield Case(
            f"UPL-02-cell-{name}",
            _with_sheet(b"</sheetData>", more),
            "xlsx",
            expect,
            good,
        )
    row = b'<row r="-5"></row></sheetData>'
    yield Case(
        "UPL-02-row-below-nought",
        _with_sheet(b"</sheetData>", row),
        "xlsx",
        "BAD_PACKAGE",
        good,
    )
    old = xls({"S": TABLE})
    corner = xls({"S": [*TABLE, *[[]] * 65_533, [*[""] * 255, "x"]]})
    yield Case("UPL-02-old-cell-last-corner", corner, "xls", "TOO_MANY_COLUMNS", old)
    below = xls({"S": [*TABLE, *[[]] * 65_533, [*[""] * 99, "x"]]})
    yield Case("UPL-02-old-cell-last-row", below, "xls", "TOO_MANY_ROWS", old)


def _xml() -> Iterator[Case]:
    good = shared(xlsx({"S": TABLE}))
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    file = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    outside = b'<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">'
    for name, declaration in (("laughs", laughs), ("file", file), ("outside", outside)):
        for where, target in (("sheet", SHEET1), ("strings", STRINGS), ("workbook", "xl/workbook.xml")):
            hostile = restamped(good, {target: declaration + _bare(part(good, target))})
            yield Case(f"UPL-02-xml-{name}-in-{where}", hostile, "xlsx", "BAD_PACKAGE", good)
    document = ods({"S": TABLE})
    hostile = restamped(document, {"content.xml": file + _bare(part(document, "content.xml"))})
    yield Case("UPL-02-xml-file-in-open-document", hostile, "ods", "BAD_PACKAGE", document)
    deep = b"<x>" * 100 + b"</x>" * 100
    yield Case(
        "UPL-02-xml-deep",
        _with_sheet(b"<sheetData>", deep + b"<sheetData>"),
        "xlsx",
        "BAD_PACKAGE",
        good,
    )


def _formulas() -> Iterator[Case]:
    good = xlsx({"S": TABLE})
    for at, name in enumerate(COLUMNS):
        cells = list(ROW)
        cells[at] = "=1+1"
        typed = _typed(cells)
        yield Case(f"WEB-09-workbook-{name}", typed, "xlsx", "FORMULA_INJECTION", good)
        if name in ("given_name", "external_id", "date_earned"):
            yield Case(
                f"WEB-09-never-saved-{name}", xlsx({"S": [HEADER, cells]}), "xlsx", "NOT_COMPUTED", good
            )
    turned = [GOOD_ROW.get(name, "") + ("\u202e" if name == "family_name" else "") for name in COLUMNS]
    yield Case("WEB-09-workbook-reversed-name", xlsx({"S": [HEADER, turned]}), "xlsx", "BAD_CHARACTERS", good)
    seven = sheet(GOOD_ROW | {"given_name": "+AD0-HYPERLINK(1)"})
    yield Case("WEB-09-utf7", seven, "csv", "FORMULA_INJECTION", sheet(GOOD_ROW))
    kept = sheet(GOOD_ROW | {"external_id": '="200000001"'})
    trick = sheet(GOOD_ROW | {"external_id": '="200000001"&A1'})
    yield Case("WEB-09-kept-as-text-and-more", trick, "csv", "FORMULA_INJECTION", kept)
    people = b"Student ID,First Name,Last Name\r\n1,%s,Hart\r\n"
    for name, text in (("formula", b"=1+1"), ("utf7", b"+AD0-1"), ("reversed", "Ode\u202e".encode())):
        yield Case(f"WEB-09-student-{name}", people % text, "people", "BAD_CHARACTERS", people % b"Odile")


def _kinds() -> Iterator[Case]:
    good = sheet(GOOD_ROW)
    book = xlsx({"S": TABLE})
    # What a file is, its content says: a text named .xlsx and a workbook named .xls are read.
    yield Case("UPL-01-picture-named-sheet", b"\x89PNG\r\n\x1a\n", "xlsx", "NOT_A_SHEET", good)
    yield Case("UPL-01-web-page-named-workbook", b"<html><table>", "xls", "NOT_A_SHEET", book)
    yield Case(
        "UPL-01-document-named-workbook", package({"word/document.xml": b"<x/>"}), "xlsx", "NOT_A_SHEET", book
    )
    yield Case("UPL-01-binary-workbook", package({"xl/workbook.bin": b"x"}), "xlsx", "NOT_A_SHEET", book)
    yield Case(
        "UPL-01-other-ole-file", ole2({"WordDocument": b"x" * 5_000}), "xls", "NOT_A_SHEET", xls({"S": TABLE})
    )
    yield Case("UPL-01-archive-of-students-as-sheet", roster(), "xlsx", "NOT_A_SHEET", book)
    macros = restamped(book, {"xl/vbaProject.bin": b"Sub Auto_Open()\nEnd Sub"})
    yield Case("UPL-01-packed-text", b"\x1f\x8b\x08\x00", "csv", "NOT_A_SHEET", macros)
    yield Case(
        "WEB-10-doubled-names-in-workbook",
        xlsx({"S": [[*HEADER, "Last Name"], ROW]}),
        "xlsx",
        "DUPLICATE_COLUMNS",
        book,
    )
    short = [list(GOOD_ROW), list(GOOD_ROW.values())]
    twice, once = xlsx({"A": short, "B": short}), xlsx({"A": short, "B": [["x"]]})
    yield Case("WEB-10-two-sheets", twice, "xlsx", "ASK_SHEET", once)

    def hide(book: Any) -> None:
        book.active.row_dimensions[2].hidden = True

    yield Case("WEB-10-hidden-row", xlsx({"S": TABLE}, hide), "xlsx", "HIDDEN_ROW", book)
    lost = [float(2 * 10**16) if name == "external_id" else GOOD_ROW.get(name, "") for name in COLUMNS]
    yield Case("WEB-10-number-beyond-exact", xlsx({"S": [HEADER, lost]}), "xlsx", "DAMAGED_ID", book)


def _archives() -> Iterator[Case]:
    good = roster()

    def case(name: str, expect: str, **changes: bytes) -> Case:
        return Case(f"UPL-02-roster-{name}", roster(**changes), "zip", expect, good)

    yield case("no-manifest", "NOT_A_ROSTER", **{"manifest.csv": b""})
    yield case("climbs", "NOT_A_ROSTER", **{"../users.csv": USERS})
    yield case("climbs-the-other-way", "NOT_A_ROSTER", **{"..\\users.csv": USERS})
    yield case("absolute", "NOT_A_ROSTER", **{"/etc/passwd": b"x"})
    yield case("drive", "NOT_A_ROSTER", **{"C:users.csv": b"x"})
    yield case("deep", "NOT_A_ROSTER", **{"/".join("d" * 300) + "/users.csv": b"x"})
    yield case("promises-a-file", "NOT_A_ROSTER", **{"demographics.csv": b""})
    yield case(
        "users-absent",
        "NOT_A_ROSTER",
        **{"manifest.csv": STATES.replace(b"file.users,bulk", b"file.users,absent")},
    )
    yield case(
        "version-2", "NOT_A_ROSTER", **{"manifest.csv": STATES.replace(b"version,1.2", b"version,2.0")}
    )
    yield case("column-twice", "NOT_A_ROSTER", **{"users.csv": USERS.replace(b"email", b"identifier") + USER})
    yield case("no-names", "NOT_A_ROSTER", **{"users.csv": USERS.replace(b"givenName", b"first") + USER})
    yield case("nul", "BAD_ENCODING", **{"users.csv": USERS + USER.replace(b"Hart", b"Ha\0rt")})
    yield case("formula", "BAD_ROW", **{"users.csv": USERS + USER.replace(b"Odile", b"=1+1")})
    yield case("reversed", "BAD_ROW", **{"users.csv": USERS + USER.replace(b"Odile", "Odi\u202ele".encode())})
    yield case("nameless", "BAD_ROW", **{"users.csv": USERS + USER.replace(b"Odile", b"")})
    two = USER.replace(b"u-1", b"u-2").replace(b"Odile", b"Ansel")
    roles = ROLES + ROLE + ROLE.replace(b"u-1", b"u-2").replace(b"r-1", b"r-2")
    yield case("number-shared", "TWICE", **{"users.csv": USERS + USER + two, "roles.csv": roles})
    yield case("born-tomorrow", "BAD_BIRTH_DATE", **{"demographics.csv": BORN + b"u-1,,,2026-06-02\r\n"})
    yield case(
        "born-on-30-february", "BAD_BIRTH_DATE", **{"demographics.csv": BORN + b"u-1,,,2009-02-30\r\n"}
    )
    yield Case("UPL-02-roster-not-packed", STATES, "zip", "BAD_PACKAGE", good)


# How the small ones are made


def _with_sheet(old: bytes, new: bytes, *, small: bool = False) -> bytes:
    made = xlsx({"S": TABLE})
    return restamped(made, {SHEET1: part(made, SHEET1).replace(old, new)}, small=small)


def _typed(cells: list[str]) -> bytes:
    """A workbook whose cells are texts, those that look like formulas too."""
    made = shared(xlsx({"S": [HEADER, ["EQUALS" if text.startswith("=") else text for text in cells]]}))
    return restamped(made, {STRINGS: part(made, STRINGS).replace(b"EQUALS", b"=1+1")})


def _bare(text: bytes) -> bytes:
    return text.partition(b"?>")[2] if text.startswith(b"<?xml") else text


def _ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _wrong_sum(data: bytes) -> bytes:
    """The sum of the sheet's part is not that of its content."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.getinfo(SHEET1).CRC
    packed = struct.pack("<I", at)
    return data.replace(packed, struct.pack("<I", at ^ 1))


def _two_parts(data: bytes) -> bytes:
    """Two parts of one name: the second says something else."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo("xl/worksheets/sheet2.xml", STAMP), b"<x/>")
    return out.getvalue().replace(b"xl/worksheets/sheet2.xml", SHEET1.encode())


def _flagged(data: bytes) -> bytes:
    """Every part is marked as encrypted, in the directory and before the part."""
    out = bytearray(data)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = out.find(mark)
        while start >= 0:
            out[start + at] |= 1
            start = out.find(mark, start + 4)
    return bytes(out)


def _looped(data: bytes) -> bytes:
    """The first sector of the workbook leads to itself."""
    (table,) = struct.unpack_from("<I", data, 76)
    at = (table + 1) * 512
    return data[:at] + struct.pack("<I", 0) + data[at + 4 :]
