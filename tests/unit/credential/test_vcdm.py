"""Each rule of VC Data Model 2.0 that can be seen in a document, as its test suite states it: a good one and
a bad.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import published
from credential.embedded import data_uri
from credential.errors import CODES
from credential.proof.enveloped import enveloped
from credential.related import MOST_RESOURCES
from credential.vcdm import (
    check_presentation_model,
    check_vcdm,
)
from keys.multibase import base58btc_encode, base64url_encode
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
PLAIN: dict[str, Any] = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "issuer": "https://issuer.example/1",
    "credentialSubject": {"id": "did:example:1", "alumniOf": "Example School"},
}
"""About nothing that Open Badges knows."""

PRESENTATION: dict[str, Any] = {
    "@context": [V2],
    "type": ["VerifiablePresentation"],
    "holder": "did:example:1",
    "verifiableCredential": [PLAIN],
}
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
ENVELOPE = enveloped(TOKEN)


def faults(**members: Any) -> list[tuple[str, str]]:
    made = {name: one for name, one in (copy.deepcopy(PLAIN) | members).items() if one is not ...}
    found = check_vcdm(made)
    assert {fault.code for fault in found} <= CODES.keys()
    return [(fault.code, fault.pointer) for fault in found]


@pytest.mark.parametrize("document", [PLAIN, CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT])
def test_a_good_credential_of_any_kind_has_no_fault(document: dict[str, Any]) -> None:
    assert check_vcdm(document) == check_vcdm(compose(document)) == ()


@pytest.mark.parametrize(
    "members",
    [
        {"@context": [V2, {"ex": "https://ex.example/"}, "https://ex.example/c"]},
        {"type": ["VerifiableCredential", "https://ex.example/Type", "ex_Type"]},
        {"id": "urn:uuid:1"},
        {
            "issuer": {
                "id": "did:example:2",
                "name": {"@value": "École", "@language": "fr", "@direction": "ltr"},
            }
        },
        {"name": "A"},
        {
            "name": [
                {"@value": "A", "@language": "en"},
                {"@value": "ب", "@language": "ar", "@direction": "rtl"},
            ]
        },
        {"description": {"@value": "A"}},
        {"credentialSubject": [{"a": 1}, {"id": "urn:x:1", "b": 2}]},
        {"validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
        {"validUntil": "2026-01-01T00:00:00+01:00"},
        {"credentialStatus": {"type": "T"}},
        {"credentialStatus": [{"id": "urn:x:1", "type": "T"}, {"type": ["T", "U"]}]},
        {"credentialSchema": {"id": "https://ex.example/s", "type": "JsonSchema"}},
        {"termsOfUse": {"type": "T"}, "evidence": [{"type": ["Evidence"]}], "refreshService": {"type": "T"}},
    ],
)
def test_what_the_data_model_allows(members: dict[str, Any]) -> None:
    assert faults(**members) == []


@pytest.mark.parametrize(
    ("members", "code", "pointer"),
    [
        ({"@context": ...}, "context_order", "/@context"),
        ({"@context": V2}, "context_order", "/@context"),
        ({"@context": []}, "context_order", "/@context"),
        ({"@context": ["https://ex.example/c", V2]}, "context_order", "/@context"),
        ({"@context": [V2, 7]}, "context_order", "/@context/1"),
        ({"@context": [V2, "not a url"]}, "context_order", "/@context/1"),
        ({"@context": [V2, "https://a.example/", "https://a.example/"]}, "context_order", "/@context/2"),
        ({"@context": [V2, V2]}, "context_order", "/@context/1"),
        ({"type": ...}, "bad_type", "/type"),
        ({"type": ["Other"]}, "bad_type", "/type"),
        ({"type": ["VerifiableCredential", 7]}, "bad_type", "/type/1"),
        ({"type": ["VerifiableCredential", "not a term"]}, "bad_type", "/type/1"),
        ({"id": "not a url"}, "bad_member", "/id"),
        ({"id": ["urn:x:1"]}, "bad_member", "/id"),
        ({"id": None}, "bad_member", "/id"),
        ({"issuer": ...}, "bad_member", "/issuer"),
        ({"issuer": "District 7"}, "bad_member", "/issuer"),
        ({"issuer": ["urn:x:1"]}, "bad_member", "/issuer"),
        ({"issuer": {"name": "District 7"}}, "bad_member", "/issuer/id"),
        ({"issuer": {"id": "7"}}, "bad_member", "/issuer/id"),
        ({"issuer": {"id": "urn:x:1", "name": {"@value": 7}}}, "bad_member", "/issuer/name"),
        ({"credentialSubject": ...}, "subject_empty", "/credentialSubject"),
        ({"credentialSubject": {}}, "subject_empty", "/credentialSubject"),
        ({"credentialSubject": {"id": "did:example:1"}}, "subject_empty", "/credentialSubject"),
        ({"credentialSubject": []}, "subject_empty", "/credentialSubject"),
        ({"credentialSubject": "did:example:1"}, "subject_empty", "/credentialSubject"),
        ({"credentialSubject": [{"a": 1}, {}]}, "subject_empty", "/credentialSubject/1"),
        ({"credentialSubject": {"id": "me", "a": 1}}, "bad_member", "/credentialSubject/id"),
        ({"validFrom": "2026-01-01"}, "bad_date", "/validFrom"),
        ({"validUntil": 1767225600}, "bad_date", "/validUntil"),
        (
            {"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
            "valid_period",
            "/validUntil",
        ),
        ({"name": 7}, "bad_member", "/name"),
        ({"name": {"en": "A"}}, "bad_member", "/name"),
        ({"name": {"@value": "A", "@language": "not a tag"}}, "bad_member", "/name/@language"),
        ({"name": {"@value": "A", "@direction": "up"}}, "bad_member", "/name/@direction"),
        ({"name": {"@value": "A", "url": "B"}}, "bad_member", "/name/url"),
        ({"description": ["A", {"@language": "en"}]}, "bad_member", "/description/1"),
        ({"credentialStatus": {"id": "urn:x:1"}}, "bad_member", "/credentialStatus"),
        ({"credentialStatus": "urn:x:1"}, "bad_member", "/credentialStatus"),
        ({"credentialStatus": {"id": "x", "type": "T"}}, "bad_member", "/credentialStatus/id"),
        ({"credentialSchema": {"type": "T"}}, "bad_member", "/credentialSchema/id"),
        ({"credentialSchema": [{"id": "urn:x:1"}]}, "bad_member", "/credentialSchema/0"),
        ({"termsOfUse": {"id": "urn:x:1"}}, "bad_member", "/termsOfUse"),
        ({"termsOfUse": {"type": []}}, "bad_member", "/termsOfUse"),
        ({"evidence": [{"type": ["E"]}, {}]}, "bad_member", "/evidence/1"),
        ({"refreshService": {"id": "urn:x:1"}}, "bad_member", "/refreshService"),
        ({"renderMethod": [7]}, "bad_member", "/renderMethod/0"),
        ({"confidenceMethod": {"type": 7}}, "bad_member", "/confidenceMethod"),
    ],
)
def test_what_it_does_not_allow(members: dict[str, Any], code: str, pointer: str) -> None:
    assert (code, pointer) in faults(**members)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("issuanceDate", ..., "bad_date"),
        ("expirationDate", "2020-01-01T00:00:00Z", "valid_period"),
        ("credentialStatus", {"type": "T"}, "bad_member"),
        ("refreshService", {"type": "T"}, "bad_member"),
    ],
)
def test_data_model_1_1_has_its_own_names_and_asks_for_more_ids(name: str, value: Any, code: str) -> None:
    made = {member: one for member, one in (CREDENTIAL_2019 | {name: value}).items() if one is not ...}
    assert code in [fault.code for fault in check_vcdm(made)]


# Related resources, 5.3.

TEXT = data_uri("text/plain", b"Hi")
CONTEXT = published(V2) or b""


def sri(data: bytes, name: str = "sha384") -> str:
    return f"{name}-" + base64.b64encode(hashlib.new(name, data).digest()).decode()


def multihash(data: bytes) -> bytes:
    return b"\x12\x20" + hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    "resource",
    [
        {"id": V2, "digestSRI": sri(CONTEXT)},
        {"id": V2, "digestSRI": [sri(CONTEXT), sri(CONTEXT, "sha512")]},
        {"id": V2, "digestMultibase": "u" + base64url_encode(multihash(CONTEXT))},
        {"id": V2, "digestMultibase": "z" + base58btc_encode(multihash(CONTEXT))},
        {"id": V2, "digestMultibase": "u" + base64url_encode(b"\x16\x20" + bytes(32))},
        {"id": V2, "digestMultibase": "u" + base64url_encode(b"\x16\x1e" + bytes(30))},
        {"id": V2, "digestMultibase": "u" + base64url_encode(hashlib.sha256(CONTEXT).digest())},
        {"id": V2, "digestMultibase": "z" + base58btc_encode(hashlib.sha384(CONTEXT).digest())},
        {"id": TEXT, "digestSRI": sri(b"Hi", "sha256")},
        {"id": "https://elsewhere.example/", "digestSRI": sri(b"whatever")},
        {"id": V1, "digestSRI": sri(b"another spacing of the same context")},
    ],
)
def test_a_resource_at_hand_is_what_its_digest_says_and_no_other_is_asked_for(
    resource: dict[str, Any],
) -> None:
    assert faults(relatedResource=[resource]) == []
    assert faults(relatedResource=resource) == []


@pytest.mark.parametrize(
    "resource",
    [
        {"id": V2, "digestSRI": sri(CONTEXT + b" ")},
        {"id": V2, "digestMultibase": "u" + base64url_encode(multihash(CONTEXT + b" "))},
        {"id": V2, "digestMultibase": "z" + base58btc_encode(multihash(b""))},
        {"id": V2, "digestSRI": sri(CONTEXT), "digestMultibase": "z" + base58btc_encode(multihash(b""))},
        {"id": V2, "digestMultibase": "u" + base64url_encode(hashlib.sha256(b"").digest())},
        {"id": V2, "digestMultibase": "z" + base58btc_encode(hashlib.sha512(b"").digest())},
        {"id": V2, "digestSRI": [sri(CONTEXT), sri(b"")]},
        {"id": TEXT, "digestSRI": sri(b"Ho")},
    ],
)
def test_a_resource_at_hand_that_differs_is_a_fault(resource: dict[str, Any]) -> None:
    assert [code for code, _ in faults(relatedResource=[resource])] == ["related_resource_digest"]


@pytest.mark.parametrize(
    "resources",
    [
        ["https://ex.example/"],
        [{"digestSRI": sri(b"")}],
        [{"id": "https://ex.example/"}],
        [{"id": "https://ex.example/", "digestSRI": "md5-AAAA"}],
        [{"id": "https://ex.example/", "digestSRI": "sha256-AAAA"}],
        [{"id": "https://ex.example/", "digestSRI": 7}],
        [{"id": "https://ex.example/", "digestMultibase": "u" * 513}],
        [{"id": "https://ex.example/", "digestSRI": sri(b"")}] * 2,
    ],
)
def test_a_resource_without_a_name_or_a_digest_of_its_own_is_a_fault(resources: list[Any]) -> None:
    assert {code for code, _ in faults(relatedResource=resources)} == {"related_resource"}


def test_there_is_an_end_to_related_resources() -> None:
    many = [{"id": f"urn:x:{number}", "digestSRI": sri(b"")} for number in range(MOST_RESOURCES + 1)]
    assert faults(relatedResource=many[:-1]) == []
    assert faults(relatedResource=many) == [("related_resource", "/relatedResource")]


# Presentations and envelopes, 4.13.


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"holder": {"id": "did:example:1"}},
        {"holder": ...},
        {"verifiableCredential": ...},
        {"verifiableCredential": PLAIN},
        {"verifiableCredential": [PLAIN, ENVELOPE]},
        {"id": "urn:uuid:1"},
        {"@context": [V1], "verifiableCredential": [TOKEN]},
    ],
)
def test_a_good_presentation_has_no_fault(members: dict[str, Any]) -> None:
    made = {name: one for name, one in (PRESENTATION | members).items() if one is not ...}
    assert check_presentation_model(made) == check_presentation_model(compose(made)) == ()


@pytest.mark.parametrize(
    ("members", "code", "pointer"),
    [
        ({"@context": [V2, 1]}, "context_order", "/@context/1"),
        ({"type": ["VerifiableCredential"]}, "bad_type", "/type"),
        ({"id": "x"}, "bad_member", "/id"),
        ({"holder": "me"}, "bad_member", "/holder"),
        ({"holder": {"name": "me"}}, "bad_member", "/holder/id"),
        ({"verifiableCredential": []}, "bad_member", "/verifiableCredential"),
        ({"verifiableCredential": [TOKEN]}, "bad_member", "/verifiableCredential/0"),
        ({"verifiableCredential": "https://ex.example/1"}, "bad_member", "/verifiableCredential"),
        ({"verifiableCredential": [{"type": "Other"}]}, "bad_type", "/verifiableCredential/0/type"),
        (
            {"verifiableCredential": [ENVELOPE | {"id": "urn:x:1"}]},
            "envelope_malformed",
            "/verifiableCredential/0/id",
        ),
        (
            {"verifiableCredential": [ENVELOPE | {"@context": [V1]}]},
            "envelope_malformed",
            "/verifiableCredential/0/@context",
        ),
    ],
)
def test_a_bad_presentation_says_where(members: dict[str, Any], code: str, pointer: str) -> None:
    assert (code, pointer) in [
        (one.code, one.pointer) for one in check_presentation_model(PRESENTATION | members)
    ]


def test_an_envelope_of_what_nobody_here_reads_breaks_no_rule() -> None:
    held = ENVELOPE | {"id": "data:application/vc+sd-jwt,eyJ"}
    assert check_presentation_model(PRESENTATION | {"verifiableCredential": [held]}) == ()
