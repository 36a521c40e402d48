from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from issuer.roster import SHEET_LIMITS, Limits, SheetError
from issuer.roster.grid import Grid, How, Merge
from issuer.roster.open_file import open_file
from issuer.roster.package import open_package
from issuer.roster.xml_parts import DEEPEST, walk
from tests.old_workbooks import record, stream, xls
from tests.workbooks import ods, package, part, restamped, shared, xlsx

ROWS: list[list[Any]] = [["a", "Zoë & co", "x"], [1, 2.5, date(2026, 4, 18)], ["0012", "", 100000001]]
TEXTS = (("a", "Zoë & co", "x"), ("1", "2.5", "2026-04-18"), ("0012", "", "100000001"))


def grids(data: bytes, limits: Limits = SHEET_LIMITS) -> tuple[Grid, ...]:
    return open_file(data, limits, {}).grids


def refusal(data: bytes, limits: Limits = SHEET_LIMITS) -> str:
    with pytest.raises(SheetError) as caught:
        grids(data, limits)
    return caught.value.code


KINDS = {
    "xlsx": xlsx({"S & ü": ROWS}),
    "shared": shared(xlsx({"S & ü": ROWS})),
    "ods": ods({"S & ü": ROWS}),
    "xls": xls({"S & ü": ROWS}),
    "xls-1904": xls({"S & ü": ROWS}, epoch=1904),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_workbook_says_the_same(kind: str) -> None:
    (found,) = grids(KINDS[kind])
    assert (found.name, found.rows) == ("S & ü", TEXTS)
    assert found.origin(2, 2) is How.DATE
    assert found.origin(2, 0) is How.NUMBER
    assert found.origin(3, 0) is How.TYPED
    assert found.epoch == (1904 if kind == "xls-1904" else 1900)


def test_the_epoch_of_a_workbook_moves_no_day() -> None:
    def epoch(book: Any) -> None:
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - an epoch is a day

    (found,) = grids(xlsx({"S": ROWS}, epoch))
    assert (found.epoch, found.rows[1][2]) == (1904, "2026-04-18")


def test_a_number_that_has_lost_figures_is_written_as_one() -> None:
    (found,) = grids(xlsx({"S": [["id"], [2**53 - 1], [2.0**53], [1e20]]}))
    assert [row[0] for row in found.rows[1:]] == ["9007199254740991", "9.007199E+15", "1.000000E+20"]


def test_errors_merges_and_what_is_hidden_are_seen() -> None:
    def arrange(book: Any) -> None:
        sheet = book.active
        sheet["A4"].value, sheet["A4"].data_type = "#N/A", "e"
        sheet.merge_cells("B2:B3")
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        other = book.create_sheet("Old")
        other["A1"] = "x"
        other.sheet_state = "veryHidden"

    found, old = grids(xlsx({"S": [*ROWS, ["error"]]}, arrange))
    assert (found.rows[3][0], found.origin(4, 0)) == ("#N/A", How.ERROR)
    assert found.merged == (Merge(2, 3, 1, 1),)
    assert (found.hidden_rows, found.hidden_columns) == (frozenset({3}), frozenset({2}))
    assert (found.visible, old.visible) == (True, False)


def test_an_open_document_says_what_is_merged_hidden_and_computed() -> None:
    kind = 'office:value-type="float" office:value="3" table:formula="of:=1+2"'
    cell = f"<table:table-cell {kind}><text:p>3</text:p>"
    body = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        f"<table:table-row>{cell}</table:table-cell></table:table-row>"
        '<table:table-row table:visibility="filter"><table:table-cell office:value-type="string" '
        'table:number-rows-spanned="2"><text:p>m</text:p></table:table-cell></table:table-row>'
        "<table:table-row><table:covered-table-cell/></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    _, found = grids(ods({"S": ROWS}, body=body))
    assert found.rows == (("3",), ("m",))
    assert (found.origin(1, 0), found.hidden_rows, found.hidden_columns) == (
        How.COMPUTED, frozenset({2}), frozenset({1}),
    )  # fmt: skip
    assert found.merged == (Merge(2, 3, 0, 0),)


def test_an_old_workbook_says_what_is_hidden() -> None:
    row = record(0x208, b"\x01\x00" + bytes(10) + b"\x20\x00" + bytes(2))
    column = record(0x7D, b"\x02\x00\x02\x00" + bytes(4) + b"\x01\x00" + bytes(2))
    from tests.old_workbooks import ole2

    plain = stream({"S": ROWS})
    at = plain.index(record(0x809, b"\x00\x06\x10\x00" + bytes(12))) + 20
    (found,) = grids(ole2({"Workbook": plain[:at] + row + column + plain[at:]}))
    assert (found.hidden_rows, found.hidden_columns) == (frozenset({2}), frozenset({2}))
    assert found.rows == TEXTS


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_columns=2), "TOO_MANY_COLUMNS"),
        (Limits(max_rows=1, max_blank=1), "TOO_MANY_ROWS"),
        (Limits(max_area=8), "TOO_MANY_ROWS"),
        (Limits(max_cell=8), "CELL_TOO_LONG"),
        (Limits(max_sheets=0), "PACKAGE_TOO_LARGE"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_each_limit_refuses_one_more(kind: str, limits: Limits, code: str) -> None:
    if code == "CELL_TOO_LONG":
        limits = Limits(max_cell=9)
    assert refusal(KINDS[kind], limits) == code


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_each_limit_is_itself_accepted(kind: str) -> None:
    limits = Limits(max_columns=3, max_rows=2, max_blank=1, max_area=9, max_cell=10, max_sheets=1)
    assert grids(KINDS[kind], limits)[0].rows == TEXTS


def test_what_unpacks_is_counted_and_not_believed() -> None:
    data = package({"a": b"x" * 100, "b": b"y" * 100})
    opened = open_package(data, Limits(max_unpacked=200, max_parts=2))
    assert {name: len(content) for name, content in opened.read("a", "b", "c").items()} == {
        "a": 100,
        "b": 100,
    }
    with pytest.raises(SheetError) as caught:
        open_package(data, Limits(max_unpacked=199)).read("a", "b")
    assert caught.value.code == "PACKAGE_TOO_LARGE"
    with pytest.raises(SheetError) as caught:
        open_package(data, Limits(max_parts=1))
    assert caught.value.code == "PACKAGE_TOO_LARGE"


class _Nobody:
    def start(self, name: str, attributes: Any) -> None:
        """Nothing."""

    def end(self, name: str, text: str) -> None:
        """Nothing."""


def test_elements_stand_so_deep_and_no_deeper() -> None:
    walk(b"<a>" * DEEPEST + b"</a>" * DEEPEST, _Nobody())
    with pytest.raises(SheetError):
        walk(b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1), _Nobody())


def test_the_reader_of_values_is_given_no_part_that_was_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io
    import zipfile

    from issuer.roster import package as package_module
    from issuer.roster import workbook

    seen: list[list[str]] = []
    real = package_module.packed

    def spy(parts: Any) -> bytes:
        made = real(parts)
        seen.append(zipfile.ZipFile(io.BytesIO(made)).namelist())
        return made

    monkeypatch.setattr(workbook, "packed", spy)
    extra = {
        "xl/vbaProject.bin": b"x",
        "xl/externalLinks/externalLink1.xml": b"<x/>",
        "customXml/item1.xml": b"x",
    }
    assert grids(restamped(KINDS["shared"], extra))[0].rows == TEXTS
    assert sorted(seen[0]) == [
        "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
        "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml",
    ]  # fmt: skip


def test_cells_without_a_place_stand_behind_each_other() -> None:
    made = xlsx({"S": [["a", "b"], ["c", "d"]]})
    name = "xl/worksheets/sheet1.xml"
    import re

    bare = re.sub(rb' r="[A-Z]?[0-9]+"', b"", part(made, name))
    assert grids(restamped(made, {name: bare}))[0].rows == (("a", "b"), ("c", "d"))
