from __future__ import annotations

import pytest

from issuer.roster import SHEET_LIMITS, Limits, SheetError, SheetQuestion
from issuer.roster.decode import decoded, mended
from issuer.roster.grid import Grid, letter
from issuer.roster.open_file import open_file

GOOD = "a,b\r\n1,Zoë\r\n"


def grid(data: bytes, limits: Limits = SHEET_LIMITS, **answers: str) -> Grid:
    (found,) = open_file(data, limits, answers).grids
    return found


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (GOOD.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "utf-8"),
        (GOOD.encode("cp1252"), "cp1252"),
        (GOOD.encode("mac_roman"), "mac_roman"),
        (GOOD.encode("utf-16"), "utf-16"),
        (GOOD.encode("utf-16-le"), "utf-16"),
        (GOOD.encode("utf-16-be"), "utf-16"),
    ],
)
def test_the_encodings_of_excel_are_read(data: bytes, encoding: str) -> None:
    found = grid(data)
    assert (found.rows, found.encoding) == ((("a", "b"), ("1", "Zoë")), encoding)


def test_a_guess_at_letters_is_shown_and_can_be_answered() -> None:
    opened = open_file("name\nJosé Núñez\n".encode("cp1252"), SHEET_LIMITS, {})
    (question,) = opened.questions
    assert question.text() == "Does José look right?"
    assert [(one.value, one.label) for one in question.choices] == [("cp1252", "José"), ("mac_roman", "JosÈ")]
    assert question.taken == "cp1252"
    answered = open_file("name\nJosé\n".encode("cp1252"), SHEET_LIMITS, {"encoding": "mac_roman"})
    assert (answered.grids[0].rows[1], answered.questions) == (("JosÈ",), ())


def test_letters_of_the_mac_are_told_from_those_of_windows() -> None:
    assert not decoded("x,García\n".encode("mac_roman")).decided
    assert decoded("x,O’Brien\n".encode("cp1252")).text == "x,O’Brien\n"
    for name in ("Núñez", "Zoë", "Renée D’Amber", "Müller", "García Núñez", "Begoña"):
        for encoding in ("cp1252", "mac_roman"):
            found = decoded(f"x,{name}\n".encode(encoding))
            assert (found.text, found.encoding) == (f"x,{name}\n", encoding), name


def test_where_both_readings_make_names_a_person_decides() -> None:
    data = "name\nÁngela\n".encode("mac_roman")
    with pytest.raises(SheetQuestion) as caught:
        grid(data)
    assert caught.value.code == "ASK_ENCODING"
    assert [one.label for one in caught.value.question.choices] == ["çngela", "Ángela"]
    assert grid(data, encoding="mac_roman").rows[1] == ("Ángela",)


def test_an_encoding_that_nobody_reads_is_no_answer() -> None:
    with pytest.raises(SheetError) as caught:
        grid(GOOD.encode("cp1252"), encoding="ebcdic")
    assert caught.value.code == "BAD_ANSWER"


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("JosÃ©", "José"),
        ("NÃºÃ±ez", "Núñez"),
        ("ZoÃ«", "Zoë"),
        ("Dâ€™Amber", "Dâ€™Amber"),
        ("Ãlvaro", "Ãlvaro"),
    ],
)
def test_letters_are_mended_only_where_all_of_a_text_can_be(broken: str, whole: str) -> None:
    assert mended(broken) == whole


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    found = grid(f'"x,;y"{delimiter}b\n1{delimiter}2\n'.encode())
    assert (found.delimiter, found.rows[1]) == (delimiter, ("1", "2"))


def test_a_title_with_commas_does_not_choose_the_separator() -> None:
    found = grid(b"Awards, spring, 2026, final\nStudent ID;First Name;Last Name\n1;A;B\n")
    assert found.delimiter == ";"


def test_the_hint_of_excel_is_taken_and_is_no_row() -> None:
    found = grid(b"sep=;\r\na;b,c\r\n1;2\r\n")
    assert found.rows == ((), ("a", "b,c"), ("1", "2"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b" \r\n\t\n", "EMPTY_FILE"),
        (b"\xef\xbb\xbf", "EMPTY_FILE"),
        (b"PK\x03\x04rest", "BAD_PACKAGE"),
        (b"PK\x05\x06" + bytes(18), "NOT_A_SHEET"),
        (b"\xd0\xcf\x11\xe0rest", "BAD_PACKAGE"),
        (b"%PDF-1.7", "NOT_A_SHEET"),
        (b"\x89PNG\r\n", "NOT_A_SHEET"),
        (b'{"a":1}', "NOT_A_SHEET"),
        (b"<html>", "NOT_A_SHEET"),
        (GOOD.encode("utf-16")[:-1], "BAD_ENCODING"),
        (b"a,b\n1,\x002\n", "BAD_ENCODING"),
        (b"a,b\n1,\x81\xff\n", "BAD_ENCODING"),
        (b'a,b\n1,"open\n', "BAD_QUOTES"),
        (b'a,b\n1,"x"y\n', "BAD_QUOTES"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        grid(data)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=len(GOOD.encode()) - 1), "FILE_TOO_LARGE"),
        (Limits(max_columns=1), "TOO_MANY_COLUMNS"),
        (Limits(max_cell=2), "CELL_TOO_LONG"),
    ],
)
def test_each_limit_refuses_one_more(limits: Limits, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        grid(GOOD.encode(), limits)
    assert caught.value.code == code


def test_each_limit_is_itself_accepted() -> None:
    limits = Limits(max_bytes=len(GOOD.encode()), max_columns=2, max_cell=3, max_rows=1)
    assert len(grid(GOOD.encode(), limits).rows) == 2


def test_a_field_beyond_the_librarys_own_bound_is_refused_in_our_words() -> None:
    with pytest.raises(SheetError) as caught:
        grid(b"a,b\n1," + b"x" * 131_073 + b"\n")
    assert caught.value.code == "CELL_TOO_LONG"


def test_cells_are_trimmed_and_trailing_blank_rows_are_forgotten() -> None:
    assert grid(b"a , b\n 1,2 \n,\n,\n").rows == (("a", "b"), ("1", "2"))


def test_a_quotation_mark_inside_a_plain_cell_is_a_letter() -> None:
    assert grid(b'a,b\n5" pipe,2\n').rows[1] == ('5" pipe', "2")


def test_old_line_ends_are_read() -> None:
    assert grid(b"a,b\r1,2\r3,4\r").rows[2] == ("3", "4")


def test_empty_columns_to_the_right_do_not_count() -> None:
    assert grid(b"a,,\n1,,\n", Limits(max_columns=1)).rows == (("a",), ("1",))


def test_blank_rows_have_a_limit_of_their_own() -> None:
    assert grid(b"a\n1\n\n\n", Limits(max_blank=2)).rows
    with pytest.raises(SheetError) as caught:
        grid(b"a\n1\n\n\n\n", Limits(max_blank=2))
    assert caught.value.code == "TOO_MANY_ROWS"


def test_columns_have_the_names_of_spreadsheets() -> None:
    assert [letter(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
