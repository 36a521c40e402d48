from __future__ import annotations

import pytest

from credential.qr import code_url, format_code, new_code, new_token, share_url
from verifier.intake.links import MAX_LIST, MOST_ROWS, Cell, read_list

CODES = [new_code(bytes([n] * 7)) for n in range(4)]
LINKS = [share_url("check.example.org", "RIVER", new_token(bytes([n] * 20))) for n in range(4)]
JWT = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"


def cells(text: str) -> list[tuple[int, str]] | None:
    found = read_list(text.encode())
    return None if found is None else [(cell.row, cell.text) for cell in found.cells]


def test_a_link_on_each_line_is_a_list() -> None:
    assert cells("\n".join(LINKS)) == list(enumerate(LINKS, 1))
    assert cells("\r\n".join(["", LINKS[0], "", LINKS[1], ""])) == [(2, LINKS[0]), (4, LINKS[1])]
    assert cells(f"RIVER-{format_code(CODES[0])}\nriver {CODES[1]}") == [
        (1, f"RIVER-{format_code(CODES[0])}"),
        (2, f"river {CODES[1]}"),
    ]
    assert cells(f"{JWT}\n{LINKS[0]}") == [(1, JWT), (2, LINKS[0])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_column_of_links_is_found_in_a_sheet(delimiter: str) -> None:
    rows = [["name", "note", "badge link"], ["Rivera", "a", LINKS[0]], ["Okafor", "b", LINKS[1]]]
    sheet = "\n".join(delimiter.join(row) for row in rows)
    assert cells("\ufeff" + sheet) == [(2, LINKS[0]), (3, LINKS[1])]


def test_a_row_without_a_link_is_kept_with_its_number() -> None:
    assert cells(f"name,link\nA,{LINKS[0]}\nB,\nC,lost it\nD,{LINKS[1]}") == [
        (2, LINKS[0]),
        (3, ""),
        (4, "lost it"),
        (5, LINKS[1]),
    ]


def test_a_name_with_a_line_break_does_not_shift_the_rows() -> None:
    assert cells(f'name,link\n"A\nB",{LINKS[0]}\nC,{LINKS[1]}') == [(3, LINKS[0]), (4, LINKS[1])]


def test_codes_among_words_need_a_head_that_says_so() -> None:
    with_head = f"name,code\nA,{CODES[0]}\nB,mistyped"
    assert cells(with_head) == [(2, CODES[0]), (3, "mistyped")]
    assert cells(with_head.replace("code", "word")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        LINKS[0],
        "Dear Ms. Rivera,\nplease open\nhttps://check.example.org/x today\nthank you\n",
        f"name,grade\nA,5\nB,6\nC,{LINKS[0]}",
        "a,b\nc,d",
        "\0\n\0",
    ],
)
def test_what_is_no_list_is_none(text: str) -> None:
    assert cells(text) is None


def test_another_alphabet_and_a_long_text_are_none() -> None:
    assert read_list("\n".join(LINKS).encode("utf-16")) is None
    assert read_list((LINKS[0] + "\n").encode() * (MAX_LIST // len(LINKS[0]) + 1)) is None


def test_so_many_rows_are_read_and_it_says_whether_there_are_more() -> None:
    enough = read_list(b"\n".join([LINKS[0].encode()] * MOST_ROWS))
    assert enough is not None
    assert (len(enough.cells), enough.whole) == (MOST_ROWS, True)
    more = read_list(b"\n".join([LINKS[0].encode()] * (MOST_ROWS + 1)))
    assert more is not None
    assert (len(more.cells), more.whole) == (MOST_ROWS, False)
    assert more.cells[-1] == Cell(MOST_ROWS, LINKS[0])


def test_a_thousand_quotes_take_no_time() -> None:
    assert cells('"' * 100_000 + "\n" + '"' * 100_000) is None
    printed = code_url("check.example.org", "RIVER", CODES[0])
    assert cells(f'"{printed}"\n"{printed}') == [(1, printed), (2, printed)]
