"""RFC 8785: the examples of its own text, and what the specification's appendix B says of numbers."""

from __future__ import annotations

import struct

import pytest

from contexts.document import compose, parse
from contexts.pinned import CHECKING
from credential.proof.jcs import canonical_json


def written(text: str) -> str:
    return canonical_json(parse(text.encode()), contexts=CHECKING, digest="sha256").decode()


def test_members_are_sorted_by_their_utf_16_code_units() -> None:
    text = '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}'
    names = [line.split(":")[0].strip('"') for line in written(text)[1:-1].split(",")]
    assert names == ["\\r", "1", "\u0080", "ö", "€", "\U0001f600", "\ufb33"]


def test_white_space_goes_and_escapes_are_the_shortest() -> None:
    assert written('{ "a" : [ 1 , "\\u0041\\/\\n\\u001f" ] }') == '{"a":[1,"A/\\n\\u001f"]}'


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        # RFC 8785, appendix B, of the numbers that a document may hold
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("3e7ad7f29abcaf48", "1e-7"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555556", "333333333.3333334"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
    ],
)
def test_numbers_are_written_as_javascript_does(bits: str, expected: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    document = compose({"n": number})
    assert canonical_json(document, contexts=CHECKING, digest="sha256") == f'{{"n":{expected}}}'.encode()


def test_a_whole_number_is_one_number_however_it_is_spelled() -> None:
    assert {written(f'{{"n":{spelled}}}') for spelled in ("3", "3.0", "3e0", "0.3e1")} == {'{"n":3}'}
