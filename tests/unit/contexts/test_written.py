from __future__ import annotations

import copy
from typing import Any

import pytest

from contexts import reference
from contexts.canonical import canonical_quads, undefined_terms
from contexts.document import compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING, ContextSet
from contexts.refusal import Refusal
from contexts.written import written_context

V2 = "https://www.w3.org/ns/credentials/v2"
ANY = ContextSet("any", {url: CHECKING.get(url) for url in CHECKING.urls}, written_in=True)
OWN = {"BeeCredential": "urn:example:BeeCredential", "hives": "urn:example:hives"}
DOCUMENT: dict[str, Any] = {
    "@context": [V2, OWN],
    "type": ["VerifiableCredential", "BeeCredential"],
    "issuer": "did:example:keeper",
    "credentialSubject": {"id": "did:example:noor", "hives": 4},
}
SCOPED: dict[str, Any] = {
    "@protected": True,
    "Hive": {
        "@id": "urn:example:Hive",
        "@context": {
            "frames": {"@id": "urn:example:frames", "@context": {"year": "urn:example:year"}},
            "year": "urn:example:hive-year",
        },
    },
    "hives": {"@id": "urn:example:hives", "@type": "@id"},
}


def under(context: Any, subject: dict[str, Any] | None = None, *types: str) -> dict[str, Any]:
    changed = copy.deepcopy(DOCUMENT) | {"@context": [V2, context]}
    changed["type"] = ["VerifiableCredential", *types]
    changed["credentialSubject"] = {"id": "did:example:noor", **(subject or {"hives": 4})}
    return changed


GOOD = {
    "words of its own": DOCUMENT,
    "a vocabulary": under({"@vocab": "https://bees.example/#"}, {"hives": 4, "wax": "much"}, "Anything"),
    "contexts of types and of members": under(
        SCOPED, {"hives": [{"type": "Hive", "year": 2020, "frames": [{"year": 2024}, {"year": 2025}]}]}
    ),
    "a list": under({"order": {"@id": "urn:example:order", "@container": "@list"}}, {"order": ["b", "a"]}),
    "a number of a type": under(
        {"age": {"@id": "urn:example:age", "@type": "http://www.w3.org/2001/XMLSchema#unsignedInt"}},
        {"age": 21},
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_a_written_context_says_is_signed_as_anybody_reads_it(case: str) -> None:
    document = compose(GOOD[case])
    assert canonical_quads(document, contexts=ANY) == reference.canonical_quads(document, contexts=ANY)
    assert undefined_terms(document, contexts=ANY) == ()


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("contexts", [ISSUING, CHECKING], ids=["issuing", "checking"])
def test_the_sets_of_the_product_take_none(case: str, contexts: ContextSet) -> None:
    assert not contexts.written_in
    for read in (canonical_quads, undefined_terms):
        with pytest.raises(DocumentError, match=r"^inline_context"):
            read(compose(GOOD[case]), contexts=contexts)


def test_two_contexts_that_differ_are_two_meanings() -> None:
    other = under({**OWN, "hives": "urn:example:bee-hives"}, {"hives": 4}, "BeeCredential")
    first, second = (canonical_quads(compose(one), contexts=ANY) for one in (DOCUMENT, other))
    assert b"<urn:example:hives>" in first
    assert b"<urn:example:bee-hives>" in second


def test_the_order_of_a_contexts_members_means_nothing() -> None:
    assert written_context(OWN) == written_context(dict(reversed(OWN.items())))


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"@base": "https://bees.example/"}, "unsupported_meaning"),
        ({"@language": "en"}, "unsupported_meaning"),
        ({"@direction": "ltr"}, "unsupported_meaning"),
        ({"@import": V2}, "unsupported_meaning"),
        ({"@vocab": None}, "unsupported_meaning"),
        ({"hives": {"@id": []}}, "unsupported_meaning"),
        ({"hives": "x", "@vocab": "@nothing"}, "unsupported_meaning"),
        ({"@vocab": "@nothing"}, "unsupported_meaning"),
        ({"hives": {"@id": "urn:x:h", "@context": {"@vocab": None}}}, "unsupported_meaning"),
        ({"@propagate": False, "hives": "urn:example:hives"}, "unsupported_meaning"),
        ({"hives": {"@id": "urn:x:h", "@context": {"@propagate": False}}}, "unsupported_meaning"),
        ({"VerifiableCredential": "urn:example:Other"}, "unsupported_meaning"),
        ({"hives": {"@id": "urn:example:hives", "@language": "en"}}, "unsupported_meaning"),
        ({"hives": {"@reverse": "urn:example:hives"}}, "unsupported_meaning"),
        ({"hives": "not an address"}, "unsupported_meaning"),
        ({"hives": None}, "undefined_term"),
        ({"nothing": "urn:example:nothing"}, "undefined_term"),
        (OWN | {"Hive": {"@id": "urn:x:H", "@context": "https://bees.example/c"}}, "context_not_allowed"),
        ("https://bees.example/context", "context_not_allowed"),
        (7, "inline_context"),
        (None, "inline_context"),
        (OWN | {"hives": {"@id": "urn:example:hives", "@context": V2 + "/other"}}, "context_not_allowed"),
    ],
)
def test_the_same_rules_hold_as_for_a_pinned_context(context: Any, code: str) -> None:
    with pytest.raises(DocumentError, match=rf"^{code}"):
        canonical_quads(compose(under(context)), contexts=ANY)


def test_a_context_twice_is_refused_however_it_is_written() -> None:
    twice = DOCUMENT | {"@context": [V2, OWN, dict(reversed(OWN.items()))]}
    with pytest.raises(DocumentError, match=r"^context_not_allowed"):
        canonical_quads(compose(twice), contexts=ANY)


def test_a_keyword_deep_in_a_context_is_found() -> None:
    with pytest.raises(Refusal, match="@propagate"):
        written_context({"a": [{"b": {"@propagate": True}}]})
