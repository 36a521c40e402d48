from __future__ import annotations

import json
from typing import Any

import pytest

from contexts.document import (
    CREDENTIAL_LIMITS,
    LARGEST_INTEGER,
    STATUS_LIST_LIMITS,
    Limits,
    appended,
    compose,
    compose_texts,
    extended,
    parse,
    without,
)
from contexts.errors import DocumentError


def refusal(data: bytes, limits: Limits = CREDENTIAL_LIMITS) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse(data, limits)
    return caught.value


def test_the_bytes_are_kept_as_they_came() -> None:
    data = b' {"b" : 1, "a": "\\u00e9"}\n'
    document = parse(data)
    assert document.raw == data
    assert document.value == {"b": 1, "a": "é"}


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("3.0", 3), ("3e0", 3), ("30E-1", 3), ("-0", 0), ("-0.0", 0), ("0.5", 0.5), ("5e-1", 0.5)],
)
def test_one_number_has_one_value_however_it_is_spelled(text: str, number: float) -> None:
    value = parse(b'{"n":' + text.encode() + b"}").value["n"]
    assert value == number
    assert type(value) is type(number)


def test_the_largest_integers_pass_and_the_next_do_not() -> None:
    for sign in ("", "-"):
        assert abs(parse(f'{{"n":{sign}{LARGEST_INTEGER}}}'.encode()).value["n"]) == LARGEST_INTEGER
        assert refusal(f'{{"n":{sign}{LARGEST_INTEGER + 1}}}'.encode()).code == "bad_number"


@pytest.mark.parametrize(
    ("limits", "good", "bad", "code"),
    [
        (Limits(max_bytes=7), b'{"a":1}', b'{"a":12}', "too_large"),
        (Limits(max_depth=2), b'{"a":[1]}', b'{"a":[[]]}', "too_deep"),
        (Limits(max_depth=2), b'{"a":{"b":1}}', b'{"a":{"b":{}}}', "too_deep"),
        (Limits(max_nodes=3), b'{"a":[1]}', b'{"a":[1,2]}', "too_many_nodes"),
        (Limits(max_nodes=2), b'{"a":1}', b'{"a":1,"b":2}', "too_many_nodes"),
        (Limits(max_string=2), b'{"a":"bb"}', b'{"a":"bbb"}', "string_too_long"),
        (Limits(max_string=2), b'{"aa":"b"}', b'{"aaa":"b"}', "string_too_long"),
    ],
)
def test_each_limit_is_inclusive(limits: Limits, good: bytes, bad: bytes, code: str) -> None:
    parse(good, limits)
    assert refusal(bad, limits).code == code


def test_the_place_of_a_bad_string_is_named() -> None:
    assert refusal(b'{"a":[{"b":"\\u0000"}]}').pointer == "/a/0/b"


def test_embedded_evidence_of_45000_characters_fits() -> None:
    assert len(parse(b'{"id":"data:application/vc,' + b"x" * 45_000 + b'"}').value["id"]) > 45_000


def test_a_status_list_of_a_million_characters_fits_its_own_limits_only() -> None:
    data = b'{"encodedList":"u' + b"x" * 900_000 + b'"}'
    assert parse(data, STATUS_LIST_LIMITS).raw == data
    assert refusal(data).code == "too_large"


def test_compose_writes_compact_utf_8_in_the_order_of_the_members() -> None:
    document = compose({"b": 1, "a": ["é", {"c": True}], "t": (1, 2)})
    assert document.raw == '{"b":1,"a":["é",{"c":true}],"t":[1,2]}'.encode()
    assert document.value == {"b": 1, "a": ["é", {"c": True}], "t": [1, 2]}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": object()}, "not_json"),
        ({"a": b"x"}, "not_json"),
        ({"a": float("nan")}, "bad_number"),
        ({"a": float("inf")}, "bad_number"),
        ({"a": 2**53}, "bad_number"),
        ({"a": "\ud800"}, "bad_encoding"),
        ({"a": "\x00"}, "bad_encoding"),
        ({"a": "x" * 300_000}, "too_large"),
    ],
)
def test_compose_refuses_what_parse_would_refuse(value: dict[str, Any], code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        compose(value)
    assert caught.value.code == code


def test_compose_refuses_a_value_that_holds_itself() -> None:
    value: dict[str, Any] = {}
    value["a"] = value
    with pytest.raises(DocumentError):
        compose(value)


def test_compose_refuses_endless_depth() -> None:
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"a": value}
    with pytest.raises(DocumentError) as caught:
        compose(value)
    assert caught.value.code == "too_deep"


def test_a_document_less_one_member() -> None:
    document = parse(b' {"a": 1, "b": {"a": 2}, "c": [3]} ')
    assert without(document, "a") == compose({"b": {"a": 2}, "c": [3]})
    assert without(document, "x") is document
    assert document.value == {"a": 1, "b": {"a": 2}, "c": [3]}


def test_a_document_with_one_more_member_keeps_its_bytes() -> None:
    document = parse(b' {"a": 1,  "b": "\\u00e9"}\n')
    more = extended(document, "c", {"é": 2.0})
    assert more.raw == ' {"a": 1,  "b": "\\u00e9","c":{"é":2.0}}'.encode()
    assert more == parse(more.raw)
    assert document.value == {"a": 1, "b": "é"}
    assert extended(parse(b"{ }"), "c", 1).value == {"c": 1}
    assert parse(extended(parse(b"{ }"), "c", 1).raw).value == {"c": 1}


def levels(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(levels, inside), default=0)


@pytest.mark.parametrize("filling", ["{}", "[]", "1", '{"a":1}', "[[]]"])
def test_depth_is_counted_alike_whatever_fills_the_deepest(filling: str) -> None:
    limits = Limits(max_depth=6)
    for depth in range(1, 9):
        text = '{"a":' + "[" * (depth - 1) + filling + "]" * (depth - 1) + "}"
        if levels(json.loads(text)) <= 6:
            parse(text.encode(), limits)
        else:
            with pytest.raises(DocumentError, match="too_deep"):
                parse(text.encode(), limits)


@pytest.mark.parametrize("space", ["", " "])
def test_a_member_that_stands_twice_is_refused_however_it_is_written(space: str) -> None:
    for text in ('{"a":1,"a":1}', '{"b":{"a":1,"a":2}}', '{"b":[{"a":"x","a":"x"}]}', '{"\\u0061":1,"a":1}'):
        with pytest.raises(DocumentError, match="duplicate_key"):
            parse(text.replace(":", ":" + space).encode())


def test_null_and_what_is_no_number_are_told_apart_when_writing() -> None:
    assert compose({"a": None}).raw == b'{"a":null}'
    assert compose({"a": "null", "b": float(1)}).value == {"a": "null", "b": 1}
    for number in (float("nan"), float("inf")):
        with pytest.raises(DocumentError, match="bad_number"):
            compose({"a": [number]})


@pytest.mark.parametrize(
    "value",
    [
        {"a": "x", "b": {"c": ["y", True, {}], "d": []}, "e": 'quote " \\ \n é 😀'},
        {"a": None},
        {"a": ("x", "y")},
    ],
)
def test_texts_are_composed_alike_by_the_quick_reader(value: dict[str, Any]) -> None:
    assert compose_texts(value) == compose(value)


def test_the_quick_reader_keeps_every_limit() -> None:
    for value, limits, code in (
        ({"a": "x" * 20}, Limits(max_bytes=27), "too_large"),
        ({"a": ["x", "y"]}, Limits(max_nodes=3), "too_many_nodes"),
        ({"a": [["x"]]}, Limits(max_depth=2), "too_deep"),
        ({"a": "xyz"}, Limits(max_string=2), "string_too_long"),
        ({"a": "\0"}, Limits(), "bad_encoding"),
        ({"a": "\ud800"}, Limits(), "bad_encoding"),
        ({"a": object()}, Limits(), "not_json"),
    ):
        with pytest.raises(DocumentError) as caught:
            compose_texts(value, limits)
        assert caught.value.code == code
    with pytest.raises(DocumentError, match="duplicate_key"):
        compose_texts({1: "a", "1": "b"})  # type: ignore[dict-item]  # a name that is no text becomes one
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    with pytest.raises(DocumentError, match="too_deep"):
        compose_texts({"a": deep})


def test_a_member_is_appended_once_and_within_the_size() -> None:
    document = parse(b'{"a": "x" }')
    assert appended(document, "b", ["y"]).value == {"a": "x", "b": ["y"]}
    assert parse(appended(document, "b", ["y"]).raw).value == {"a": "x", "b": ["y"]}
    with pytest.raises(DocumentError, match="duplicate_key"):
        appended(document, "a", "y")
    with pytest.raises(DocumentError, match="too_large"):
        appended(document, "b", "y" * 20, Limits(max_bytes=20))


def test_one_more_member_stays_within_the_limits() -> None:
    document = parse(b'{"a":[[1]]}')
    for limits, code in (
        (Limits(max_bytes=17), "too_large"),
        (Limits(max_nodes=4), "too_many_nodes"),
        (Limits(max_depth=2), "too_deep"),
        (Limits(max_string=2), "string_too_long"),
    ):
        with pytest.raises(DocumentError) as caught:
            extended(document, "b", "ccc", limits)
        assert caught.value.code == code
    for name, value, code in (
        ("a", 1, "duplicate_key"),
        ("b", float("nan"), "bad_number"),
        ("b", "\0", "bad_encoding"),
    ):
        with pytest.raises(DocumentError) as caught:
            extended(document, name, value)
        assert caught.value.code == code


def test_what_another_writer_writes_reads_the_same() -> None:
    value = {"name": "Ada Łukasz 😀", "list": [1, 2.5, True], "text": 'quote " and \\ and \n'}
    spellings = [
        json.dumps(value).encode(),
        json.dumps(value, indent=2, ensure_ascii=False).encode(),
        json.dumps(value, sort_keys=True).encode(),
    ]
    assert all(parse(one).value == compose(value).value for one in spellings)
