"""The documents that DIDs stand for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from keys.did import (
    PublishedKey,
    assertion_key,
    assertion_keys,
    did_jwk,
    did_jwk_document,
    did_key,
    did_key_document,
    did_web_document,
    verification_method_id,
)
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from keys.public import PublicKey
from tests.unit.keys.constants import (
    DID_KEY_ED25519,
    DID_KEY_P256,
    P256_JWK,
    RFC7638_N,
    RFC8037_THUMBPRINT,
    RFC8037_X,
    ed25519_key,
)

DISTRICT = "did:web:badges.district.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RSA = PublicKey.from_jwk({"kty": "RSA", "n": RFC7638_N, "e": "AQAB"})


@pytest.mark.parametrize("did", [DID_KEY_ED25519, DID_KEY_P256])
def test_a_did_key_stands_for_its_one_key(did: str) -> None:
    body = did.removeprefix("did:key:")
    document = did_key_document(did)
    assert document["id"] == did
    found = assertion_key(document, f"{did}#{body}")
    assert (found.id, found.controller) == (f"{did}#{body}", did)
    assert did_key(found.public_key) == did
    assert assertion_keys(document) == (found,)


def test_a_did_key_of_a_published_example_holds_the_published_jwk() -> None:
    body = DID_KEY_P256.removeprefix("did:key:")
    found = assertion_key(did_key_document(DID_KEY_P256), f"{DID_KEY_P256}#{body}")
    assert found.public_key.jwk() == P256_JWK


def test_documents_are_of_their_own_method_only() -> None:
    for make, did in (
        (did_key_document, DISTRICT),
        (did_jwk_document, DISTRICT),
        (did_key_document, "did:jwk:e30"),
    ):
        with pytest.raises(KeyRefused, match="malformed_did"):
            make(did)
    with pytest.raises(KeyRefused, match="malformed_did"):
        did_web_document(DID_KEY_P256, [])


def test_a_did_jwk_stands_for_its_one_key() -> None:
    # The example of the method's own text
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEg"
        "yVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    found = assertion_key(did_jwk_document(did), f"{did}#0")
    assert found.public_key.jwk()["x"] == "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0"
    assert did_jwk(found.public_key) == did


def test_every_key_has_a_did_jwk() -> None:
    for key in (ed25519_key(), PublicKey.from_jwk(P256_JWK), RSA):
        did = did_jwk(key)
        assert assertion_key(did_jwk_document(did), f"{did}#0").public_key == key


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '"x"',
        "{",
        '{"kty":"OKP","kty":"OKP"}',
        '{"a":NaN}',
        "[" * 1_400,
        "\ufeff{}",
        "\x00",
    ],
)
def test_a_did_jwk_that_holds_no_strict_json_object_is_refused(text: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        did_jwk_document("did:jwk:" + base64url_encode(text.encode()))


def test_a_did_jwk_that_is_not_utf_8_or_not_base64url_is_refused() -> None:
    for did in ("did:jwk:" + base64url_encode(b"\xff\xfe{}"), "did:jwk:e31"):
        with pytest.raises(KeyRefused, match="malformed_did"):
            did_jwk_document(did)


def test_a_did_jwk_with_a_private_key_is_refused() -> None:
    private = json.dumps(P256_JWK | {"d": "c2VjcmV0"}).encode()
    with pytest.raises(KeyRefused, match="private_material"):
        did_jwk_document("did:jwk:" + base64url_encode(private))


def test_a_did_web_document_lists_keys_by_their_thumbprints() -> None:
    key = PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": RFC8037_X})
    document = did_web_document(DISTRICT, [PublishedKey(key)])
    assert document == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DISTRICT,
        "verificationMethod": [
            {
                "id": f"{DISTRICT}#key-{RFC8037_THUMBPRINT}",
                "type": "Multikey",
                "controller": DISTRICT,
                "publicKeyMultibase": key.multikey(),
            }
        ],
        "assertionMethod": [f"{DISTRICT}#key-{RFC8037_THUMBPRINT}"],
    }


def test_an_rsa_key_is_published_as_a_jwk() -> None:
    document = did_web_document(DISTRICT, [PublishedKey(RSA), PublishedKey(ed25519_key())])
    assert document["@context"][1:] == [
        "https://w3id.org/security/multikey/v1",
        "https://w3id.org/security/jwk/v1",
    ]
    assert [key.public_key for key in assertion_keys(document)] == [RSA, ed25519_key()]


def test_a_retired_key_stays_listed_until_its_end() -> None:
    old = ed25519_key(1)
    east = timezone(timedelta(hours=-7))
    keys = [PublishedKey(old, expires=NOON.astimezone(east)), PublishedKey(ed25519_key(2))]
    document = did_web_document(DISTRICT, keys)
    assert document["verificationMethod"][0]["expires"] == "2026-03-01T12:00:00Z"
    found = assertion_key(document, verification_method_id(DISTRICT, old))
    assert found.expires == NOON
    assert len(document["assertionMethod"]) == 2


def test_a_compromised_key_is_named_and_asserts_nothing() -> None:
    lost = ed25519_key(1)
    document = did_web_document(DISTRICT, [PublishedKey(lost, revoked=NOON), PublishedKey(ed25519_key(2))])
    method = verification_method_id(DISTRICT, lost)
    assert document["verificationMethod"][0]["revoked"] == "2026-03-01T12:00:00Z"
    assert method not in document["assertionMethod"]
    with pytest.raises(KeyRefused, match="key_revoked"):
        assertion_key(document, method)


def test_one_key_is_not_published_twice() -> None:
    with pytest.raises(KeyRefused, match="ambiguous_key"):
        did_web_document(DISTRICT, [PublishedKey(ed25519_key()), PublishedKey(ed25519_key(), expires=NOON)])
