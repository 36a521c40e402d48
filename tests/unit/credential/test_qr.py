from __future__ import annotations

import itertools
import re

import pytest
from qrcode.util import MODE_ALPHA_NUM, optimal_mode

from credential.errors import CredentialError
from credential.qr import (
    ALPHABET,
    Code,
    Share,
    check_character,
    code_url,
    format_code,
    new_code,
    new_token,
    parse_qr,
    read_code,
    share_url,
)

CODE = new_code(bytes(range(7)))
TOKEN = new_token(bytes(range(20)))
TYPED = format_code(CODE)


def refusal(text: str) -> CredentialError:
    with pytest.raises(CredentialError) as refused:
        parse_qr(text)
    return refused.value


def test_a_code_has_twelve_characters_and_a_token_thirty_two() -> None:
    assert re.fullmatch(f"[{ALPHABET}]{{12}}", CODE)
    assert re.fullmatch(f"[{ALPHABET}]{{32}}", TOKEN)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", TYPED)


def test_every_random_bit_counts() -> None:
    assert new_code(bytes(6) + b"\x02") != new_code(bytes(7))
    assert new_code(b"\x80" + bytes(6)) != new_code(bytes(7))
    assert new_token(bytes(19) + b"\x01") != new_token(bytes(20))
    assert new_code(b"\xff" * 7)[:11] == new_token(b"\xff" * 20)[:11] == "Z" * 11


@pytest.mark.parametrize("length", [0, 6, 8, 20])
def test_a_code_is_made_from_seven_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="seven"):
        new_code(bytes(length))
    with pytest.raises(ValueError, match="twenty"):
        new_token(bytes(length if length != 20 else 21))


def test_links_stay_in_the_alphanumeric_mode_of_a_qr_code() -> None:
    for url in (code_url("check.example.org", "RIVER", CODE), share_url("check.example.org", "RIVER", TOKEN)):
        assert optimal_mode(url.encode()) == MODE_ALPHA_NUM


def test_a_link_reads_as_it_was_written() -> None:
    assert code_url("check.example.org", "RIVER", CODE) == f"HTTPS://CHECK.EXAMPLE.ORG/C/RIVER-{CODE}"
    assert parse_qr(code_url("check.example.org", "RIVER", CODE)) == Code("RIVER", CODE)
    assert parse_qr(share_url("check.example.org", "RIVER", TOKEN)) == Share("RIVER", TOKEN)
    assert parse_qr(share_url("localhost:8001", "RIVER", TOKEN, scheme="http")) == Share("RIVER", TOKEN)


@pytest.mark.parametrize(
    ("host", "tag"),
    [
        ("", "A"),
        ("a/b", "A"),
        ("a@b", "A"),
        ("a b", "A"),
        ("check.example", ""),
        ("check.example", "A-B"),
        ("check.example", "river"),
        ("é.example", "A"),
    ],
)
def test_a_link_that_nobody_could_read_is_not_written(host: str, tag: str) -> None:
    with pytest.raises(CredentialError):
        code_url(host, tag, CODE)


@pytest.mark.parametrize(
    "typed",
    [
        f"RIVER-{TYPED}",
        f"river-{TYPED.lower()}",
        f"  RIVER {TYPED.replace('-', ' ')}\n",
        f"RIVER{CODE}",
        f"RIVER-{CODE}",
        f"RIVER–{TYPED.replace('-', '–')}",
        f"RIVER_{TYPED.replace('-', '_')}",
        f"RIVER-{TYPED.replace('0', 'O').replace('1', 'l')}",
        f"RIVER-{TYPED.replace('0', 'o').replace('1', 'I')}",
        f"RIVER-{CODE[:4]}-{CODE[4:]}",
        f"RIVER--{TYPED}-",
        f"https://check.example.org/c/river-{TYPED}",
        f"HTTPS://CHECK.EXAMPLE.ORG/C/RIVER-{CODE}/",
    ],
)
def test_a_code_is_read_however_a_person_types_it(typed: str) -> None:
    assert parse_qr(typed) == Code("RIVER", CODE)


@pytest.mark.parametrize(
    "typed", [CODE, TYPED, TYPED.lower(), f"{CODE[:4]} {CODE[4:]}", f"{CODE[:8]} {CODE[8:]}"]
)
def test_a_code_without_the_district_is_read_without_it(typed: str) -> None:
    assert parse_qr(typed) == Code("", CODE)


def test_a_token_is_read_in_lower_case_too() -> None:
    assert parse_qr(f"https://check.example.org/s/river-{TOKEN.lower()}") == Share("RIVER", TOKEN)


def test_one_wrong_character_is_always_noticed() -> None:
    for at, other in itertools.product(range(12), ALPHABET):
        if other != CODE[at]:
            changed = CODE[:at] + other + CODE[at + 1 :]
            with pytest.raises(CredentialError, match="code_typo"):
                read_code(changed)


def test_two_characters_that_changed_places_are_always_noticed() -> None:
    spread = ALPHABET[3:14]
    code = spread + check_character(spread)
    for a, b in itertools.combinations(range(12), 2):
        letters = list(code)
        letters[a], letters[b] = letters[b], letters[a]
        if letters[a] != letters[b]:
            with pytest.raises(CredentialError, match="code_typo"):
                read_code("".join(letters))


@pytest.mark.parametrize(
    ("typed", "group"),
    [
        (f"{CODE[:4]}-{CODE[4:8]}-{CODE[8:11]}", "group 3"),
        (f"RIVER-{CODE[:4]}-{CODE[4:7]}-{CODE[8:]}", "group 2"),
        (f"{CODE[:4]}X-{CODE[4:8]}-{CODE[8:]}", "group 1"),
        (f"RIVER-{CODE[:4]}-U{CODE[5:8]}-{CODE[8:]}", "group 2"),
        (f"{CODE[:4]}-{CODE[4:8]}-{CODE[8:11]}!", "group 3"),
    ],
)
def test_a_fault_is_pointed_at_where_it_can_be(typed: str, group: str) -> None:
    error = refusal(typed)
    assert error.code == "code_malformed"
    assert group in error.message


@pytest.mark.parametrize(
    "typed", ["", "-", "ABC", CODE[:11], CODE * 3, "A-B-C-D-E", "1" * 11 + "٥", f"RIV€R{CODE}", "x" * 400]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert refusal(typed).code == "code_malformed"


@pytest.mark.parametrize(
    "text",
    [
        f"javascript:alert(1)//C/RIVER-{CODE}",
        f"ftp://check.example.org/C/RIVER-{CODE}",
        f"https://good@evil.example/C/RIVER-{CODE}",
        f"https://evil.example/x/C/RIVER-{CODE}",
        f"https://evil.example/D/RIVER-{CODE}",
        f"https://evil.example/C/RIVER-{CODE}?next=//evil",
        f"https://evil.example/C/RIVER-{CODE}#x",
        f"https:///C/RIVER-{CODE}",
        f"//check.example.org/C/RIVER-{CODE}",
        f"https://check.example.org/S/RIVER-{TOKEN[:-1]}",
        f"https://check.example.org/S/{TOKEN}",
        f"https://check.example.org/S/{'R' * 17}-{TOKEN}",
        f"https://check.example.org/S/A_B-{TOKEN}",
        f"https://check.example.org/S/RIVER-{TOKEN[:-1]}U",
        f"https://check.example.org/S/RIVER-{TOKEN[:-1]}%30",
        "https://check.example.org/",
        "x" * 401,
        "/" * 400,
    ],
)
def test_what_is_no_link_to_a_badge_is_refused(text: str) -> None:
    assert refusal(text).code == "link_malformed"
