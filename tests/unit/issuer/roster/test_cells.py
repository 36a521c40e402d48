from __future__ import annotations

import pytest

from issuer.roster import SheetError
from issuer.roster.cells import Limits, read_cells

GOOD = "a,b\r\n1,Zoë\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (GOOD.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "utf-8"),
        (GOOD.encode("cp1252"), "cp1252"),
    ],
)
def test_the_encodings_of_excel_are_read(data: bytes, encoding: str) -> None:
    cells = read_cells(data)
    assert (cells.header, cells.lines[0].cells, cells.encoding) == (("a", "b"), ("1", "Zoë"), encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(delimiter: str) -> None:
    cells = read_cells(f'"x,;y"{delimiter}b\n1{delimiter}2\n'.encode())
    assert (cells.delimiter, cells.lines[0].cells) == (delimiter, ("1", "2"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b" \r\n\t\n", "EMPTY_FILE"),
        (b"\xef\xbb\xbf", "EMPTY_FILE"),
        (b"a,b\r\n", "HEADER_ONLY"),
        (b"a,b\r\n,\r\n", "HEADER_ONLY"),
        (b"PK\x03\x04rest", "NOT_A_SHEET"),
        (b"\xd0\xcf\x11\xe0rest", "NOT_A_SHEET"),
        (b"%PDF-1.7", "NOT_A_SHEET"),
        (b"\x89PNG\r\n", "NOT_A_SHEET"),
        (b'{"a":1}', "NOT_A_SHEET"),
        (b"<html>", "NOT_A_SHEET"),
        (GOOD.encode("utf-16"), "BAD_ENCODING"),
        (GOOD.encode("utf-16-le"), "BAD_ENCODING"),
        (b"a,b\n1,\x002\n", "BAD_ENCODING"),
        (b"a,b\n1,\x81\xff\n", "BAD_ENCODING"),
        (b'a,b\n1,"open\n', "BAD_QUOTES"),
        (b'a,b\n1,"x"y\n', "BAD_QUOTES"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_cells(data)
    assert caught.value.code == code


def test_a_workbook_is_told_how_to_become_a_sheet() -> None:
    with pytest.raises(SheetError, match="CSV UTF-8"):
        read_cells(b"PK\x03\x04")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=len(GOOD.encode()) - 1), "FILE_TOO_LARGE"),
        (Limits(max_columns=1), "TOO_MANY_COLUMNS"),
        (Limits(max_cell=2), "CELL_TOO_LONG"),
        (Limits(max_rows=0), "TOO_MANY_ROWS"),
    ],
)
def test_each_limit_refuses_one_more(limits: Limits, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_cells(GOOD.encode(), limits)
    assert caught.value.code == code


def test_each_limit_is_itself_accepted() -> None:
    limits = Limits(max_bytes=len(GOOD.encode()), max_columns=2, max_cell=3, max_rows=1)
    assert len(read_cells(GOOD.encode(), limits).lines) == 1


def test_a_field_beyond_the_librarys_own_bound_is_refused_in_our_words() -> None:
    with pytest.raises(SheetError) as caught:
        read_cells(b"a,b\n1," + b"x" * 131_073 + b"\n")
    assert caught.value.code == "CELL_TOO_LONG"


def test_cells_are_trimmed_and_trailing_blank_rows_are_forgotten() -> None:
    cells = read_cells(b"a , b\n 1,2 \n,\n,\n")
    assert (cells.header, cells.lines[0].cells, cells.blank) == (("a", "b"), ("1", "2"), ())


def test_a_quotation_mark_inside_a_plain_cell_is_a_letter() -> None:
    assert read_cells(b'a,b\n5" pipe,2\n').lines[0].cells == ('5" pipe', "2")


def test_old_line_ends_are_read() -> None:
    assert read_cells(b"a,b\r1,2\r3,4\r").lines[1].cells == ("3", "4")


def test_blank_rows_have_a_limit_of_their_own() -> None:
    assert read_cells(b"a\n1\n\n\n", Limits(max_blank=2)).lines
    with pytest.raises(SheetError) as caught:
        read_cells(b"a\n1\n\n\n\n", Limits(max_blank=2))
    assert caught.value.code == "TOO_MANY_ROWS"


def test_a_file_of_the_largest_size_is_read() -> None:
    data = b"a,b\n" + b"1,2\n" * 3
    assert len(read_cells(data, Limits(max_bytes=len(data))).lines) == 3
