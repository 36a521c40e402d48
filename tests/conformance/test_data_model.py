"""Each MUST of Verifiable Credentials Data Model 2.0 that can be seen from outside (4, 5, 7, 11.1), of
issuers and of verifiers. Every bad document is one step away from a good one beside it.
"""

from __future__ import annotations

from typing import Any

import pytest

from contexts.pinned import CREDENTIALS_V1, CREDENTIALS_V2
from tests.conformance.client import Client
from tests.conformance.contexts import EXAMPLES
from tests.conformance.forging import STRANGER, forged, forged_token
from tests.conformance.samples import OF_2019, PLAIN

pytestmark = pytest.mark.network

WORD = {"Sighting": "urn:example:Sighting", "where": "urn:example:where"}
OWN = [CREDENTIALS_V2, WORD]


def made(**members: Any) -> dict[str, Any]:
    """The plain credential with some members changed; None for one that is left out."""
    return {name: part for name, part in (PLAIN | members).items() if part is not None}


def titled(title: Any, name: str = "name") -> dict[str, Any]:
    return made(**{name: title})


NAMED = {"@value": "Bees", "@language": "en"}
DIGEST = {"digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"}
"""Of the base context, which stands here as it is published."""
RESOURCE = {"id": "https://bees.example/r", **DIGEST}

GOOD: dict[str, dict[str, Any]] = {
    "4.3 several context addresses": made(**{"@context": [CREDENTIALS_V2, EXAMPLES]}),
    "4.3 an object among the contexts": made(
        **{"@context": OWN, "type": ["VerifiableCredential", "Sighting"]}
    ),
    "4.4 no id": made(id=None),
    "4.4 an id that is no web address": made(id="did:example:credential"),
    "4.4 a subject without an id": made(credentialSubject={"name": "Noor"}),
    "4.5 a type alone": made(type="VerifiableCredential"),
    "4.5 a type by its address": made(type=["VerifiableCredential", "https://bees.example/#Sighting"]),
    "4.5 types in another order": made(type=["https://bees.example/#Sighting", "VerifiableCredential"]),
    "4.6 a name": titled("Bees"),
    "4.6 a name in a language": titled(NAMED),
    "4.6 a name in two languages": titled([NAMED, {"@value": "Bienen", "@language": "de"}]),
    "4.6 a description": titled("Bees", "description"),
    "4.6 a description in a language": titled(NAMED, "description"),
    "4.6 a name of the issuer": made(issuer={"id": "did:example:keeper", "name": NAMED}),
    "4.7 an issuer by its address": made(issuer="https://bees.example/keeper"),
    "4.7 an issuer as an object": made(issuer={"id": "https://bees.example/keeper"}),
    "4.8 a subject by its id alone": made(credentialSubject={"id": "did:example:noor"}),
    "4.8 several subjects": made(credentialSubject=[{"name": "Noor"}, {"name": "Ivo"}]),
    "4.9 from when": made(validFrom="2024-01-01T00:00:00Z"),
    "4.9 a fraction of a second": made(validFrom="2024-01-01T00:00:00.125Z"),
    "4.9 another time zone": made(validFrom="2024-01-01T00:00:00-07:00"),
    "4.9 until when": made(validUntil="2077-01-01T00:00:00Z"),
    "4.9 from and until the same": made(
        validFrom="2024-01-01T00:00:00Z", validUntil="2077-01-01T00:00:00+01:00"
    ),
    "4.11 a schema": made(credentialSchema={"id": "https://bees.example/s", "type": "JsonSchema"}),
    "5.3 a digest": made(relatedResource=[RESOURCE]),
    "5.3 a digest of what stands here": made(relatedResource=[{"id": CREDENTIALS_V2, **DIGEST}]),
    "5.3 a bare hash of what stands here": made(
        relatedResource={
            "id": CREDENTIALS_V2,
            "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ",
        }
    ),
    "5.4 a refresh service": made(refreshService={"type": "https://bees.example/#R", "id": "did:example:r"}),
    "5.4 several": made(refreshService=[{"type": "https://bees.example/#R"}, {"type": "urn:x:S"}]),
    "5.5 terms of use": made(termsOfUse={"type": "urn:example:T", "id": "https://bees.example/t"}),
    "5.6 evidence": made(**{"@context": OWN, "evidence": [{"type": "Sighting", "where": "hive 4"}]}),
}

BAD: dict[str, dict[str, Any]] = {
    "4.3 no context": made(**{"@context": None}),
    "4.3 not the base context": made(**{"@context": [EXAMPLES]}),
    "4.3 the base context second": made(**{"@context": [EXAMPLES, CREDENTIALS_V2]}),
    "4.3 no list": made(**{"@context": CREDENTIALS_V2}),
    "4.3 a context nobody knows": made(**{"@context": [CREDENTIALS_V2, "https://bees.example/context"]}),
    "4.3 what is no address": made(**{"@context": [CREDENTIALS_V2, "https ://bees.example"]}),
    "4.3 a number": made(**{"@context": [CREDENTIALS_V2, 123]}),
    "4.4 an id that is no address": made(id="urn of mine"),
    "4.4 two ids": made(id=["urn:x:1", "urn:x:2"]),
    "4.4 null": made() | {"id": None},
    "4.4 two ids of the subject": made(credentialSubject={"id": ["urn:x:1", "urn:x:2"], "name": "Noor"}),
    "4.4 an id of the subject that is no address": made(credentialSubject={"id": "Noor", "name": "Noor"}),
    "4.5 no type": made(type=None),
    "4.5 not VerifiableCredential": made(**{"@context": OWN, "type": ["Sighting"]}),
    "4.5 a word without a meaning": made(type=["VerifiableCredential", "Sighting"]),
    "4.5 a word without a meaning, where meanings are taken away": made(
        **{"@context": [CREDENTIALS_V2, {"@vocab": None}], "type": ["VerifiableCredential", "Sighting"]}
    ),
    "4.5 a word that means no address": made(
        **{
            "@context": [CREDENTIALS_V2, {"Sighting": "https ://bees.example#Sighting"}],
            "type": ["VerifiableCredential", "Sighting"],
        }
    ),
    "4.6 a name with more beside it": titled({**NAMED, "url": "did:example:x"}),
    "4.6 a name that is a number": titled(7),
    "4.6 a language that is none": titled({"@value": "Bees", "@language": "not a language"}),
    "4.6 a description with more beside it": titled({**NAMED, "url": "did:example:x"}, "description"),
    "4.6 a name of the issuer with more": made(
        issuer={"id": "did:example:keeper", "name": {**NAMED, "url": "did:example:x"}}
    ),
    "4.6 a description of the issuer with more": made(
        issuer={"id": "did:example:keeper", "description": {**NAMED, "url": "did:example:x"}}
    ),
    "4.7 null": made() | {"issuer": None},
    "4.7 an issuer that is no address": made(issuer="the keeper"),
    "4.7 an object with a null": made(issuer={"id": None}),
    "4.7 an object with what is no address": made(issuer={"id": "the keeper"}),
    "4.8 no subject": made(credentialSubject=None),
    "4.8 an empty one": made(credentialSubject={}),
    "4.8 none in a list": made(credentialSubject=[]),
    "4.8 one of two is empty": made(credentialSubject=[{"name": "Noor"}, {}]),
    "4.8 two ids alone": made(credentialSubject={"id": ["urn:x:1", "urn:x:2"]}),
    "4.8 an id alone that is no address": made(credentialSubject=[{"id": "Noor"}]),
    "4.8 a text": made(credentialSubject="did:example:noor"),
    "4.9 from a day": made(validFrom="2024-01-01"),
    "4.9 from no moment": made(validFrom="soon"),
    "4.9 until no moment": made(validUntil="later"),
    "4.9 until a month that is none": made(validUntil="2077-13-01T00:00:00Z"),
    "4.9 until before from": made(validFrom="2025-01-01T00:00:00Z", validUntil="2024-01-01T00:00:00Z"),
    "4.10 a status without a type": made(credentialStatus={"id": "https://bees.example/1"}),
    "4.10 a status with two ids": made(credentialStatus={"id": ["urn:x:1", "urn:x:2"], "type": "urn:x:S"}),
    "4.11 a schema without a type": made(credentialSchema={"id": "https://bees.example/s"}),
    "4.11 a schema without an id": made(credentialSchema={"type": "JsonSchema"}),
    "4.11 a schema whose id is no address": made(credentialSchema={"id": "mine", "type": "JsonSchema"}),
    "5.2 a word of the base with another meaning": made(
        **{"@context": [CREDENTIALS_V2, {"VerifiableCredential": "https://bees.example/#VC"}]}
    ),
    "5.2 another": made(**{"@context": [CREDENTIALS_V2, {"description": "https://bees.example/#d"}]}),
    "5.2 a word without a meaning": made(hives=4),
    "5.3 texts": made(relatedResource=["https://bees.example/r"]),
    "5.3 no id": made(relatedResource=[DIGEST]),
    "5.3 one id twice": made(relatedResource=[RESOURCE, RESOURCE]),
    "5.3 no digest": made(relatedResource=[{"id": "https://bees.example/r"}]),
    "5.3 another digest": made(
        relatedResource=[
            {"id": CREDENTIALS_V2, "digestMultibase": "uEiCZlVztZpfWHgPyslVv6-UwirFoQoRvW1h9H963sknNNA"}
        ]
    ),
    "5.3 another bare hash": made(
        relatedResource={
            "id": CREDENTIALS_V2,
            "digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0",
        }
    ),
    "5.3 another SRI": made(
        relatedResource=[
            {"id": CREDENTIALS_V2, "digestSRI": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
        ]
    ),
    "5.4 a refresh service without a type": made(refreshService={"id": "https://bees.example/r"}),
    "5.5 terms without a type": made(termsOfUse=[{"id": "https://bees.example/t"}]),
    "5.6 evidence without a type": made(evidence=[{"id": "https://bees.example/e"}]),
    "5.10 a render method without a type": made(renderMethod={"id": "https://bees.example/r"}),
    "5.10 a confidence method without a type": made(confidenceMethod={"id": "https://bees.example/c"}),
}

BYTES = ("eddsa-jcs-2022", "ecdsa-jcs-2019-p256")
MEANING = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019-p384", "ecdsa-sd-2023")


@pytest.mark.parametrize("case", GOOD)
def test_what_conforms_is_issued_and_verifies(client: Client, case: str) -> None:
    for suite in (*MEANING, *BYTES):
        assert client.verify(client.issued(suite, GOOD[case])).status_code == 200, suite


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_is_not_issued(client: Client, case: str) -> None:
    """VCDM 1.3, conforming issuer implementation."""
    for suite in (*MEANING, *BYTES, "Ed25519Signature2020", "jose", "bitstring"):
        answer = client.issue(suite, BAD[case])
        assert answer.status_code == 400, suite
        assert answer.json()["problemDetails"][0]["type"].startswith("https://www.w3.org/TR/vc-data-model#")


# By a signature over bytes anybody can sign anything, so the rules alone can refuse it.
SIGNABLE = sorted(
    set(BAD) - {"4.3 a context nobody knows", "4.5 a word without a meaning", "5.2 a word without a meaning"}
)


@pytest.mark.parametrize("case", SIGNABLE)
def test_what_does_not_is_not_verified_although_somebody_signed_it(client: Client, case: str) -> None:
    """VCDM 1.3, conforming verifier implementation; 7.1."""
    value = {name: part for name, part in BAD[case].items() if part is not None}
    context = value.get("@context")
    signed = forged({**value, "@context": context or [CREDENTIALS_V2]}, suite="eddsa-jcs-2022") | BAD[case]
    if "@context" not in value:
        del signed["@context"]
    answer = client.verify(signed)
    assert answer.status_code == 400
    assert answer.json()["problemDetails"][0]["title"] not in ("bad_signature", "proof_missing")


@pytest.mark.parametrize("case", ["4.5 a word without a meaning", "5.2 a word without a meaning"])
def test_a_word_without_a_meaning_is_not_lost_where_every_byte_is_signed(client: Client, case: str) -> None:
    signed = forged(BAD[case], suite="eddsa-jcs-2022")
    assert client.verify(signed).status_code == 200
    assert client.verify(signed | {"hives": 5}).status_code == 400


def test_a_base_direction_is_issued_where_a_signature_covers_it_and_nowhere_else(client: Client) -> None:
    """VCDM 11.1. RDF has no place for it, so the other suites would sign the text without it."""
    value = titled({"@value": "Bees", "@language": "en", "@direction": "ltr"})
    for suite in (*BYTES, "jose"):
        issued = client.issued(suite, value)
        assert client.verify(issued).status_code == 200
    for suite in MEANING:
        assert client.issue(suite, value).status_code == 400


@pytest.mark.parametrize(
    ("end", "status"),
    [("2001-01-01T00:00:00Z", 400), ("2077-01-01T00:00:00Z", 200), ("2077-01-01T00:00:00", 200)],
)
@pytest.mark.parametrize("begin", [None, "1999-01-01T00:00:00Z"])
def test_the_end_decides_at_the_time_of_the_check(
    client: Client, begin: str | None, end: str, status: int
) -> None:
    """VCDM 4.9; a time without a zone is read as UTC."""
    issued = client.issued("eddsa-rdfc-2022", made(validFrom=begin, validUntil=end))
    assert client.verify(issued).status_code == status


def test_what_does_not_hold_yet_does_not_verify_yet(client: Client) -> None:
    issued = client.issued("eddsa-rdfc-2022", made(validFrom="2077-01-01T00:00:00Z"))
    answer = client.verify(issued)
    assert answer.status_code == 400
    assert answer.json()["problemDetails"][0]["type"] == "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"


@pytest.mark.parametrize(
    "change",
    [
        {"issuanceDate": None},
        {"issuanceDate": "soon"},
        {"credentialStatus": {"type": "urn:example:S"}},
        {"issuer": "the keeper"},
        {"credentialSubject": {}},
        {"type": ["BeeCredential"]},
        {"@context": [CREDENTIALS_V1, CREDENTIALS_V1]},
    ],
)
def test_the_data_model_of_2019_is_held_to_its_own_rules(client: Client, change: dict[str, Any]) -> None:
    assert client.issue("eddsa-rdfc-2022", OF_2019).status_code == 201
    value = {name: part for name, part in (OF_2019 | change).items() if part is not None}
    assert client.issue("eddsa-rdfc-2022", value).status_code == 400


@pytest.mark.parametrize(
    "sent", [{"type": ["NonconformingDocument"]}, {}, [], "", "text", "ey.ey.ey", None, 7, True, [PLAIN]]
)
def test_what_is_no_credential_is_refused_as_that(client: Client, sent: Any) -> None:
    for answer in (client.verify(sent), client.verify_presentation(sent), client.derive(sent, [])):
        assert answer.status_code == 400
        assert answer.json()["problemDetails"]
    assert client.issue("eddsa-rdfc-2022", sent).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"verifiableCredential": {"a": 1, "a": 2}}',
        b'{"verifiableCredential": NaN}',
        b'{"verifiableCredential": {}, "options": []}',
        b"\xff\xfe",
        b"[" * 2_000,
    ],
)
def test_a_request_is_read_strictly(client: Client, body: bytes) -> None:
    for path in ("/credentials/verify", "/presentations/verify", "/credentials/derive"):
        assert client.http.post(path, content=body).status_code == 400
    assert client.http.post("/issuers/jose/credentials/issue", content=body).status_code == 400


def test_a_request_has_a_size(client: Client) -> None:
    assert client.http.post("/credentials/verify", content=b" " * 9_000_000).status_code == 400


def test_options_of_other_peoples_tests_change_nothing(client: Client) -> None:
    issued = client.issued("eddsa-rdfc-2022", PLAIN)
    assert client.verify(issued, checks=["proof"], anything=1).status_code == 200


def test_a_credential_in_an_envelope_says_the_same(client: Client) -> None:
    """VCDM 4.13, enveloped verifiable credentials."""
    issued = client.issued("jose", PLAIN)
    assert client.verify(issued).status_code == 200
    assert client.verify(issued["id"].partition(",")[2]).status_code == 200
    wrong = [
        issued | {"@context": []},
        issued | {"@context": EXAMPLES},
        issued | {"type": "VerifiableCredential"},
        {name: part for name, part in issued.items() if name != "type"},
        issued | {"id": issued["id"].partition(",")[2]},
        issued | {"id": issued["id"].replace("vc+jwt", "vc+cose")},
        issued | {"name": "beside it"},
    ]
    for one in wrong:
        assert client.verify(one).status_code == 400, one


@pytest.mark.parametrize(
    "case", ["4.5 no type", "4.8 no subject", "4.9 until no moment", "5.6 evidence without a type"]
)
def test_a_token_is_held_to_the_same_rules(client: Client, case: str) -> None:
    token = forged_token({"issuer": STRANGER.controller} | BAD[case])
    assert client.verify(token).status_code == 400
