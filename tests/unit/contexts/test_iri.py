from __future__ import annotations

import random

import pytest

from contexts.iri import is_identifier, is_iri


@pytest.mark.parametrize(
    "text",
    [
        "did:web:district.example",
        "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000001",
        "https://district.example/a?b=c&d#e",
        "HTTPS://DISTRICT.EXAMPLE/S/DEMO-ABC",
        "http://localhost:8000/x",
        "mailto:a@b.example",
        "tel:+1-970-555-0100",
        "data:text/plain;base64,aGk=",
        "https://ex.example/é/日本?ñ#ü",
        "urn:x:%41%7e",
        "urn:x:a'b(c)*+,;=!$&@~",
        "https://x",
    ],
)
def test_identifiers_of_the_allowed_schemes(text: str) -> None:
    assert is_identifier(text)
    assert is_iri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "/x",
        "//x/y",
        "#x",
        "?x",
        "did:",
        "urn:#x",
        "https:",
        "https:/x",
        "https://",
        "https:///x",
        "https://?x",
    ]
    + [
        "_:b0",
        "javascript:x",
        "file:///x",
        "ftp://x/y",
        "xsd:date",
        "httpſ://x",
        "urn:x\n",
        " urn:x",
        "urn:x ",
        "urn:a b",
    ]
    + [
        "urn:x#a#b",
        "urn:%",
        "urn:%4",
        "urn:%4g",
        "urn:x\x7f",
        "urn:x\x85",
        "urn:\u200e",
        "urn:\u202e",
        "urn:\u2028",
    ]
    + ["urn:\ue000", "urn:\ufeff", "urn:\ufffe", "urn:\U000f0000", "urn:[x]"]
    + [f"urn:x{one}y" for one in '<>"{}|\\^`'],
)
def test_what_is_no_identifier(text: str) -> None:
    assert not is_identifier(text)


def test_iris_of_contexts_may_have_any_scheme() -> None:
    assert is_iri("xsd:dateTime")
    assert not is_iri("1x:y")
    assert not is_iri("dateTime")


def test_a_long_identifier_is_read_in_little_time() -> None:
    rng = random.Random(1)
    text = "data:application/vc," + "".join(rng.choice("ab%41cd/+") for _ in range(45_000)).replace(
        "%", "%41"
    )
    assert is_identifier(text)
    assert not is_identifier(text + " ")
