"""base58btc and base64url have one spelling each."""

from __future__ import annotations

import pytest

from keys.errors import KeyRefused
from keys.multibase import (
    LONGEST_BASE58,
    base58btc_decode,
    base58btc_encode,
    base64url_decode,
    base64url_encode,
)


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"", ""),
        (b"\0", "1"),
        (b"\0\0\1", "112"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_base58btc_agrees_with_published_examples(octets: bytes, text: str) -> None:
    assert base58btc_encode(octets) == text
    assert base58btc_decode(text) == octets


@pytest.mark.parametrize("text", ["0", "O", "I", "l", " 2", "2\n", "é", "+", "\ud800"])
def test_base58btc_refuses_another_alphabet(text: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        base58btc_decode(text)


def test_base58btc_reads_the_longest_text_and_no_longer_one() -> None:
    assert base58btc_decode("1" * LONGEST_BASE58) == bytes(LONGEST_BASE58)
    with pytest.raises(KeyRefused, match="malformed_key"):
        base58btc_decode("1" * (LONGEST_BASE58 + 1))


@pytest.mark.parametrize("text", ["AA==", "AA=", "A", "AAAAA", "+/AA", "AA\n", " AA", "AAé", "AB"])
def test_base64url_refuses_a_second_spelling(text: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_key"):
        base64url_decode(text)


def test_base64url_reads_what_it_writes() -> None:
    assert base64url_decode(base64url_encode(b"\xff\xfe\xfd\xfc")) == b"\xff\xfe\xfd\xfc"
    assert base64url_encode(b"\xff\xfe") == "__4"
