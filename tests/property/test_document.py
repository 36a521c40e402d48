"""What holds for every JSON text, not only for those that somebody thought of."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.document import LARGEST_INTEGER, Limits, compose, parse
from contexts.errors import DocumentError

TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cn", "Cs"]), max_size=20
)
NUMBER = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.floats(-1e15, 1e15).map(
    lambda number: int(number) if number.is_integer() else number
)
SCALAR = TEXT | NUMBER | st.booleans() | st.none()
VALUE = st.recursive(
    SCALAR,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)
OBJECT = st.dictionaries(TEXT, VALUE, max_size=5)
FRAGMENT = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"\\",
        b"\\u",
        b"d800",
        b"1e9",
        b"-",
        b"0",
        b"NaN",
        b"null",
        b"\xff",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.lists(FRAGMENT, max_size=60).map(b"".join))
def test_no_bytes_make_parse_raise_anything_but_its_own_error(data: bytes) -> None:
    try:
        document = parse(data)
    except DocumentError:
        return
    assert isinstance(document.value, dict)


@settings(max_examples=100, deadline=None)
@given(OBJECT, st.data())
def test_nor_does_a_good_text_with_one_byte_changed(value: dict[str, Any], data: st.DataObject) -> None:
    text = bytearray(json.dumps(value, ensure_ascii=False).encode())
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        parse(bytes(text))
    except DocumentError:
        return


@settings(max_examples=150, deadline=None)
@given(OBJECT)
def test_parse_undoes_every_way_of_writing(value: dict[str, Any]) -> None:
    assert compose(value).value == value
    assert parse(compose(value).raw).raw == compose(value).raw
    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert parse(text.encode()).value == value


@settings(max_examples=100, deadline=None)
@given(OBJECT)
def test_parse_agrees_with_the_standard_reader(value: dict[str, Any]) -> None:
    text = json.dumps(value)
    assert parse(text.encode()).value == json.loads(text)


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_comes_back_equal_or_not_at_all(number: float) -> None:
    try:
        back = parse(f'{{"n":{number!r}}}'.encode()).value["n"]
    except DocumentError:
        back = None
    if back is None:
        assert not math.isfinite(number) or abs(number) > LARGEST_INTEGER
        return
    assert back == number
    assert isinstance(back, float) != float(back).is_integer()


ODD = st.sampled_from(
    [
        "\x00",
        "\ufdd0",
        "\ufdef",
        "\ufffe",
        "\uffff",
        "\U0001fffe",
        "\U0010ffff",
        "\U0001f600",
        "¿",
        "\ufdcf",
        "x",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ODD, max_size=4), st.sampled_from([(True, True), (True, False), (False, True), (False, False)])
)
def test_the_quick_look_misses_no_character_that_is_not_carried(
    odd: list[str], spelling: tuple[bool, bool]
) -> None:
    ascii_only, name = spelling
    text = "".join(odd)
    data = json.dumps({text: 1} if name else {"a": text}, ensure_ascii=ascii_only).encode()
    carried = not any(ord(one) in (0, 0xFDD0, 0xFDEF) or ord(one) & 0xFFFE == 0xFFFE for one in odd)
    code = "ok"
    try:
        parse(data)
    except DocumentError as error:
        code = error.code
    assert code == ("ok" if carried else "bad_encoding")


@settings(max_examples=60, deadline=None)
@given(VALUE, st.integers(1, 6), st.integers(1, 12))
def test_within_limits_a_value_passes_and_beyond_it_does_not(value: Any, depth: int, nodes: int) -> None:
    def measure(one: Any) -> tuple[int, int]:
        inside = list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []
        measured = [measure(child) for child in inside]
        own = isinstance(one, dict | list)
        return max((d for d, _ in measured), default=0) + own, sum(n for _, n in measured) + 1

    deepest, count = measure({"v": value})
    within = deepest <= depth and count <= nodes
    code = "ok"
    try:
        compose({"v": value}, Limits(max_depth=depth, max_nodes=nodes))
    except DocumentError as error:
        code = error.code
    assert code in ({"ok"} if within else {"too_deep", "too_many_nodes"})
