"""CBOR in its one shortest form; the attacks are in `tests.attacks.areas.suites`."""

from __future__ import annotations

import cbor2
import pytest

from credential.errors import CredentialError
from credential.proof.cbor import DEEPEST, decode, encode

TAGS = [
    0,
    1,
    2,
    3,
    4,
    5,
    25,
    28,
    29,
    30,
    35,
    36,
    37,
    52,
    54,
    100,
    256,
    258,
    260,
    261,
    1004,
    43000,
    55799,
    99999,
]


def test_what_is_written_is_read_back() -> None:
    value = [b"x" * 64, {0: b"y", 1: b"z"}, [1, 23, 24, 65536], "text"]
    assert decode(encode(value)) == value


@pytest.mark.parametrize("tag", TAGS)
def test_no_tag_is_acted_upon(tag: int) -> None:
    for value in (1, "x", b"x", [1, 2], []):
        with pytest.raises(CredentialError, match=r"^proof_malformed"):
            decode(cbor2.dumps([cbor2.CBORTag(tag, value)]))


def nested(depth: int) -> bytes:
    return b"\x81" * depth + b"\x01"


def test_so_deep_and_no_deeper() -> None:
    assert decode(nested(DEEPEST)) == [[1]]
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        decode(nested(DEEPEST + 1))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x01\x00",
        b"\x18\x01",
        b"\x9f\xff",
        b"\xa2\x00\x01\x00\x02",
        b"\xff",
        b"\x61\xff",
    ],
    ids=bytes.hex,
)
def test_a_second_spelling_of_a_value_is_refused(octets: bytes) -> None:
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        decode(octets)
