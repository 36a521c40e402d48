from __future__ import annotations

import pytest

from contexts.canonical import undefined_terms
from contexts.document import parse
from contexts.errors import DocumentError
from tests.documents import ENDORSEMENT, OB, V2, changed


def test_places_are_found_at_every_depth_and_only_where_they_are() -> None:
    other = ENDORSEMENT | {"credentialSubject": {"type": ["EndorsementSubject", "Nope"], "@x": 1}, "gpa": 1}
    document = parse(changed((), endorsement=[ENDORSEMENT, other], Profile="x"))
    assert undefined_terms(document) == (
        "/endorsement/1/credentialSubject/type/1",
        "/endorsement/1/credentialSubject/@x",
        "/endorsement/1/gpa",
        "/Profile",
    )


def test_what_signs_nothing_is_not_looked_into() -> None:
    document = parse(changed((), name={"@value": "x", "@language": "en"}, validUntil=None, gpa={"more": 1}))
    assert undefined_terms(document) == ("/gpa",)
    schema = {"type": "JsonSchema", "jsonSchema": {"$id": "x", "properties": {}}}
    assert undefined_terms(parse(changed((), credentialSchema=[schema]))) == ()


@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        ([V2, {"gpa": "urn:x:gpa"}], "inline_context"),
        ([V2, OB, OB], "context_not_allowed"),
        (["https://other.example/"], "context_not_allowed"),
        ([V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"], "unsupported_meaning"),
    ],
)
def test_without_contexts_that_are_known_and_fit_nothing_is_said(contexts: list[object], code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        undefined_terms(parse(changed((), **{"@context": contexts})))
    assert caught.value.code == code


def test_a_document_without_contexts_has_no_words() -> None:
    with pytest.raises(DocumentError) as caught:
        undefined_terms(parse(b'{"name": "x"}'))
    assert caught.value.code == "context_missing"
