from __future__ import annotations

import json

import pytest
from _pytest.mark.structures import ParameterSet
from lxml import etree

from credential.baking.svg import CREDENTIAL, MAX_BYTES, MAX_DEPTH, NAMESPACE, bake_svg, extract_svg
from credential.errors import CredentialError
from tests.pictures import svg, svg_badge

JSON = '{"name":"Soldadura, nivel 2 ✓"}'
ESCAPES = '{"a":"]]>","b":"<!-- --> <script>alert(1)</script>","c":"&lt;&amp;\\u2028"}'


def named(*faults: tuple[str, bytes]) -> list[ParameterSet]:
    """Parameters whose ids are the faults' names."""
    return [pytest.param(fault, data, id=fault) for fault, data in faults]


def code_of(data: bytes) -> str:
    with pytest.raises(CredentialError) as refused:
        extract_svg(data)
    return refused.value.code


@pytest.mark.parametrize("text", [JSON, "abc.def.ghi-_1"])
def test_a_baked_picture_gives_back_the_credential(text: str) -> None:
    assert extract_svg(bake_svg(svg(), text)) == text


def test_a_picture_without_a_badge_gives_none() -> None:
    assert extract_svg(svg()) is None


def test_json_cannot_end_its_cdata_early_nor_become_markup() -> None:
    baked = bake_svg(svg(), ESCAPES)
    found = extract_svg(baked)
    assert found is not None
    assert json.loads(found) == json.loads(ESCAPES)
    assert len(etree.fromstring(baked)) == 2
    assert baked.count(b">") == svg().count(b">") + len(b"><") + 2  # declaration, start, CDATA's end, end tag


def test_the_element_stands_directly_after_the_start_tag_with_the_namespace_declared_there() -> None:
    root = etree.fromstring(bake_svg(svg(), JSON))
    assert root.nsmap["openbadges"] == NAMESPACE
    assert root[0].tag == CREDENTIAL
    assert root.text is None
    assert "verify" not in root[0].attrib


def test_a_token_stands_in_the_attribute_and_the_body_is_empty() -> None:
    root = etree.fromstring(bake_svg(svg(), "a.b.c"))
    assert dict(root[0].items()) == {"verify": "a.b.c"}
    assert root[0].text is None


def test_baking_again_replaces_the_badge_wherever_it_stood() -> None:
    first = svg(f"<g>{svg_badge(JSON)}</g>")
    second = bake_svg(bake_svg(first, JSON), "a.b.c")
    assert extract_svg(second) == "a.b.c"
    assert second.count(b"credential") == 1


def test_the_rest_of_the_picture_stays() -> None:
    drawn = svg("<title>A badge</title>", attributes=' width="9"', before="<!-- drawn by Ana -->")
    baked = bake_svg(drawn, JSON)
    assert b"<!-- drawn by Ana -->" in baked
    assert [element.tag.rpartition("}")[2] for element in etree.fromstring(baked)] == [
        "credential",
        "title",
        "circle",
    ]
    assert b'width="9"' in baked


@pytest.mark.parametrize("prefix", ["openbadges", "ob", "x"])
def test_the_namespace_counts_and_not_the_prefix(prefix: str) -> None:
    badge = f'<{prefix}:credential xmlns:{prefix}="{NAMESPACE}" verify="a.b.c"/>'
    assert extract_svg(svg(badge)) == "a.b.c"


def test_the_same_name_in_another_namespace_is_no_badge() -> None:
    assert (
        extract_svg(svg('<openbadges:credential xmlns:openbadges="https://evil.example" verify="a.b.c"/>'))
        is None
    )


@pytest.mark.parametrize(
    "text", ["", "a.b", "not json", '{"a":1', "[]", '{"a":1,"a":2}', "a.b.c>", '{"a":NaN}']
)
def test_only_a_token_or_a_json_object_is_baked(text: str) -> None:
    with pytest.raises(CredentialError, match="badge_not_bakeable"):
        bake_svg(svg(), text)


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE svg>",
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        '<?xml version="1.0"?>\n<!-- a comment --> <?app x?><!DOCTYPE svg [<!ENTITY a "b">]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_any_document_type_is_refused(before: str) -> None:
    assert code_of(svg(svg_badge(JSON), before=before)) == "svg_doctype"


def test_the_words_of_a_document_type_inside_a_badge_are_only_words() -> None:
    text = '{"narrative":"We taught <!DOCTYPE html> and <!ENTITY a>"}'
    found = extract_svg(bake_svg(svg(), text))
    assert found is not None
    assert json.loads(found) == json.loads(text)


@pytest.mark.parametrize(
    ("fault", "data"),
    named(
        ("a style sheet", svg(before='<?xml-stylesheet href="http://evil.example/x.css"?>')),
        ("XInclude", svg('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>')),
    ),
)
def test_a_picture_that_asks_for_other_files_is_refused(fault: str, data: bytes) -> None:
    assert code_of(data) == "svg_include"


@pytest.mark.parametrize(
    ("fault", "data"),
    named(
        ("UTF-16", svg().decode().encode("utf-16")),
        ("Latin-1", svg("<title>é</title>").decode().encode("latin-1")),
        ("a declared Latin-1", svg(before='<?xml version="1.0" encoding="ISO-8859-1"?>')),
        ("not well-formed", svg()[:-1]),
        ("HTML", b"<html><body></body></html>"),
        ("an svg of no namespace", b"<svg/>"),
        ("an entity that nobody declared", svg("&secret;")),
        ("a processing instruction that hides what follows", svg(before="<?\u00e9 ?>")),
        ("empty", b""),
        ("neither token nor text", svg("<openbadges:credential/>")),
        ("both", svg('<openbadges:credential verify="a.b.c">{}</openbadges:credential>')),
        ("markup in the badge", svg("<openbadges:credential>{}<a/></openbadges:credential>")),
        ("a badge in a group", svg(f"<g>{svg_badge(JSON)}</g>")),
        ("a badge in a nested picture", svg(f"<svg>{svg_badge(JSON)}</svg>")),
    ),
)
def test_a_picture_that_is_not_put_together_right_is_refused(fault: str, data: bytes) -> None:
    assert code_of(data) == "svg_malformed"


def test_two_badges_are_refused() -> None:
    assert code_of(svg(svg_badge(JSON) + svg_badge(JSON))) == "multiple_badges"
    assert code_of(svg(svg_badge(JSON) + f"<g>{svg_badge(JSON)}</g>")) == "multiple_badges"


@pytest.mark.parametrize("depth", [MAX_DEPTH, 100_000])
def test_a_picture_nested_too_deep_is_refused(depth: int) -> None:
    assert code_of(svg("<g>" * depth + "</g>" * depth)) == "svg_too_deep"


def test_a_picture_as_deep_as_allowed_is_read() -> None:
    depth = MAX_DEPTH - 1
    assert extract_svg(svg("<g>" * depth + "</g>" * depth)) is None


def test_the_largest_picture_is_read_and_one_byte_more_is_not() -> None:
    room = MAX_BYTES - len(svg("<!---->"))
    assert extract_svg(svg(f"<!--{'x' * room}-->")) is None
    assert code_of(svg(f"<!--{'x' * (room + 1)}-->")) == "svg_too_large"


def test_a_badge_does_not_take_the_picture_over_its_bounds() -> None:
    room = MAX_BYTES - len(svg("<!---->"))
    with pytest.raises(CredentialError, match="svg_too_large"):
        bake_svg(svg(f"<!--{'x' * room}-->"), JSON)


def test_a_picture_with_a_byte_order_mark_is_read() -> None:
    assert extract_svg(b"\xef\xbb\xbf" + svg(svg_badge(JSON))) == JSON
