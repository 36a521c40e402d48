"""What is written in any of the formats is read back alike, and no day ever moves."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.render.workbook import text_workbook
from issuer.roster import FILE_CODES, SHEET_LIMITS, Order, SheetError, read_any
from issuer.roster.columns import COLUMNS
from issuer.roster.grid import Grid
from issuer.roster.oneroster import read_archive
from issuer.roster.open_file import open_file
from tests.awards import GOOD_ROW
from tests.old_workbooks import xls
from tests.rosters import roster
from tests.workbooks import ods, shared, xlsx

# A letter first and last: what stands around a text is trimmed, and a number would be one in a workbook.
INNER = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
TEXT = st.builds(
    lambda first, rest, last: f"{first}{rest}{last}",
    st.sampled_from("aZéñ0"),
    st.text(INNER, max_size=12),
    st.sampled_from("xÑ9"),
)
CELL = st.just("") | TEXT
TABLES = (
    st.integers(1, 5)
    .flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6))
    .filter(lambda rows: any(map(any, rows)))
)
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))


def texts(grid: Grid) -> list[list[str]]:
    """Rows without the empty cells and rows at their ends."""
    return trimmed(grid.rows)


def trimmed(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    kept = [list(row) for row in rows]
    for row in kept:
        while row and not row[-1]:
            row.pop()
    while kept and not kept[-1]:
        kept.pop()
    return kept


def opened(data: bytes) -> list[list[str]]:
    return texts(open_file(data, SHEET_LIMITS, {}).grids[0])


def delimited(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def attempt(read: Callable[[bytes], object], data: bytes) -> str:
    """The code with which bytes are refused, or ""."""
    try:
        read(data)
    except SheetError as refused:
        return refused.code
    return ""


@given(rows=TABLES)
@settings(deadline=None, max_examples=60)
def test_any_grid_comes_back_from_every_kind_of_workbook(rows: list[list[str]]) -> None:
    wanted = trimmed(rows)
    assert opened(xlsx({"S": rows})) == wanted
    assert opened(shared(xlsx({"S": rows}))) == wanted
    assert opened(ods({"S": rows})) == wanted
    assert opened(xls({"S": rows})) == wanted
    assert opened(text_workbook("S", rows)) == wanted


@given(
    rows=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(deadline=None, max_examples=100)
def test_any_grid_comes_back_from_text(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    # A row of column names in front: by it the separator is told, as in a sheet of people.
    whole = [list(COLUMNS[:5]), *rows]
    assert opened(delimited(whole, delimiter).encode(encoding)) == trimmed(whole)


def awards(day: Any) -> list[list[Any]]:
    return [list(COLUMNS), [day if name == "date_earned" else GOOD_ROW.get(name, "") for name in COLUMNS]]


def day_of(data: bytes, **answers: str) -> str:
    return read_any(data, answers=answers).records[0].values["date_earned"]


@given(day=DAYS)
@settings(deadline=None, max_examples=60)
def test_no_day_of_a_workbook_ever_moves(day: date) -> None:
    wanted = day.isoformat()
    table = awards(day)
    assert day_of(xlsx({"S": table})) == wanted
    assert day_of(ods({"S": table})) == wanted
    assert day_of(xls({"S": table})) == wanted
    assert day_of(xls({"S": table}, epoch=1904)) == wanted


@given(day=DAYS)
@settings(deadline=None, max_examples=100)
def test_no_day_that_is_written_out_ever_moves(day: date) -> None:
    month = (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    )[day.month - 1]
    for written, order in (
        (f"{day.month}/{day.day}/{day.year}", Order.MONTH_FIRST),
        (f"{day:%d.%m.%Y}", Order.DAY_FIRST),
        (f"{day:%d/%m/%Y} 23:59", Order.DAY_FIRST),
        (f"{day:%B %d, %Y}", None),
        (f"{day.day} de {month} de {day.year}", None),
        (f"{day:%Y%m%d}", None),
        (f"{day.isoformat()}T23:59:59", None),
    ):
        data = delimited([[str(cell) for cell in row] for row in awards(written)], ",").encode()
        answers = {"dates": order.value} if order else {}
        assert day_of(data, **answers) == day.isoformat(), written


@given(
    data=st.binary(max_size=600),
    start=st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b""]),
)
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_read_or_refused_with_a_code(data: bytes, start: bytes) -> None:
    for read in (read_any, lambda one: read_archive(one, today=date(2026, 6, 1))):
        assert attempt(read, start + data) in {"", *FILE_CODES}


WHOLE = [
    xlsx({"S": awards(date(2026, 4, 18))}),
    ods({"S": awards(date(2026, 4, 18))}),
    xls({"S": awards("2026-04-18")}),
    roster(),
]


@given(
    which=st.integers(0, len(WHOLE) - 1), at=st.integers(0, 20_000), changes=st.binary(min_size=1, max_size=8)
)
@settings(deadline=None, max_examples=300)
def test_a_damaged_workbook_is_read_or_refused_with_a_code(which: int, at: int, changes: bytes) -> None:
    whole = WHOLE[which]
    at %= len(whole)
    data = whole[:at] + changes + whole[at + len(changes) :]
    for read in (read_any, lambda one: read_archive(one, today=date(2026, 6, 1))):
        assert attempt(read, data) in {"", *FILE_CODES}
