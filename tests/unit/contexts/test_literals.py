from __future__ import annotations

import random
import struct

import pytest
from pyld.jsonld import _canonicalize_double

from contexts.literals import double_text, escape, escape_needed, fraction_text, tagged
from contexts.refusal import Refusal


def test_literals_are_escaped_as_canonical_n_quads_demand() -> None:
    assert "\b\t\n\f\r\"\\'".translate(escape) == "\\b\\t\\n\\f\\r\\\"\\\\'"
    assert "\x00\x01\x0b\x1f\x7f".translate(escape) == "\\u0000\\u0001\\u000B\\u001F\\u007F"
    assert "\x80\x85\u2028é😀".translate(escape) == "\x80\x85\u2028é😀"


def test_the_quick_look_finds_exactly_what_is_escaped() -> None:
    for code in range(0x300):
        assert bool(escape_needed(chr(code))) == (chr(code).translate(escape) != chr(code))


def test_doubles_are_written_as_pyld_writes_them() -> None:
    rng = random.Random(5)
    numbers = [0.5, 1.5, 123456.789, 1e-6, 9007199254740990.5, -2.25, 0.1, 100.25, 3.0, 10.0, 0.0]
    numbers += [rng.uniform(-1e6, 1e6) for _ in range(200)]
    numbers += [abs(struct.unpack("d", rng.randbytes(8))[0]) or 1.0 for _ in range(200)]
    for number in numbers:
        if number == number:  # noqa: PLR0124 - random bytes may be NaN
            assert double_text(number) == _canonicalize_double(number)


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-7, 1.5e-7, 123456789.123456789])
def test_a_number_finer_than_its_form_is_refused(number: float) -> None:
    with pytest.raises(Refusal) as caught:
        fraction_text(number)
    assert caught.value.code == "bad_number"


@pytest.mark.parametrize(
    ("number", "text"), [(0.3, "3.0E-1"), (2.5, "2.5E0"), (1e-6, "1.0E-6"), (-0.5, "-5.0E-1")]
)
def test_fractions_have_this_form(number: float, text: str) -> None:
    assert fraction_text(number) == text


def test_a_language_is_part_of_the_literal_without_regard_to_case() -> None:
    assert tagged({"@value": 'a"b', "@language": "de-CH"}) == '"a\\"b"@de-ch'
    assert tagged({"@value": "x"}) == '"x"'


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"@value": 1}, "wrong_value"),
        ({"@value": "x", "@language": "e"}, "wrong_value"),
        ({"@value": "x", "@language": "en "}, "wrong_value"),
        ({"@value": "x", "@language": None}, "wrong_value"),
        ({"@value": "x", "@direction": "ltr"}, "keyword_not_allowed"),
        ({"@value": "x", "@type": "urn:x:t"}, "keyword_not_allowed"),
        ({"@value": "x", "name": "y"}, "keyword_not_allowed"),
    ],
)
def test_other_tagged_values_are_refused(value: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        tagged(value)
    assert caught.value.code == code
