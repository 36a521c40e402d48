from __future__ import annotations

import pytest

from credential.qr import new_token, share_url
from verifier.batch.numbers import LONGEST_NUMBER, MAX_LIST, key_of, take_numbers
from verifier.intake import read_all

TOKEN = new_token(bytes(range(20)))
LINK = share_url("check.example.org", "RIVER", TOKEN)
KEY = f"RIVER-{TOKEN}"


@pytest.mark.parametrize("link", [LINK, LINK.lower(), LINK.replace("HTTPS", "https")])
def test_a_number_at_the_end_of_a_link_is_taken_off_and_kept(link: str) -> None:
    data, numbers = take_numbers(f"{link}?applicant=A%2F1\n".encode())
    assert data == f"{link}\n".encode()
    assert numbers == {KEY: ("A/1",)}
    (item,) = read_all(data)
    assert key_of(item.presented) == KEY


@pytest.mark.parametrize("head", ["link,applicant", "Applicant ID,Share link", "link;applicant"])
def test_a_number_stands_beside_a_link(head: str) -> None:
    delimiter = ";" if ";" in head else ","
    first_is_link = head.lower().startswith("link")
    cells = (LINK, "A-1") if first_is_link else ("A-1", LINK)
    text = f"{head}\n{delimiter.join(cells)}\n"
    data, numbers = take_numbers(text.encode())
    assert data == text.encode()
    assert numbers == {KEY: ("A-1",)}


def test_two_numbers_for_one_link_are_both_kept() -> None:
    _, numbers = take_numbers(f"link,applicant\n{LINK},A-1\n{LINK},A-2\n{LINK},A-1\n".encode())
    assert numbers == {KEY: ("A-1", "A-2")}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"applicant": "A-1"}',
        b"\xff\xfe applicant",
        f"{LINK}?other=A-1\n".encode(),
        f"https://elsewhere.example/x?applicant=1\nname,applicant\n{LINK},A-1\n".encode(),
        b"name,applicant\nJordan,A-1\n",
        b'link,applicant\n"',
        b"link,applicant\n" + b"x" * MAX_LIST,
    ],
)
def test_anything_else_comes_back_as_it_is(data: bytes) -> None:
    assert take_numbers(data) == (data, {})


def test_a_number_is_not_longer_than_a_number() -> None:
    _, numbers = take_numbers(f"{LINK}?applicant={'9' * 200}\n".encode())
    assert numbers == {KEY: ("9" * LONGEST_NUMBER,)}
