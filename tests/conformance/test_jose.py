"""Securing Verifiable Credentials using JOSE (VC-JOSE-COSE 1.0, 3.1 and 4.1), from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keys.multibase import base64url_decode
from tests.conformance.client import Client
from tests.conformance.forging import STRANGER, forged_token
from tests.conformance.samples import OF_2019, PLAIN

pytestmark = pytest.mark.network

VALUE = {"issuer": STRANGER.controller, **PLAIN}


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return json.loads(base64url_decode(header)), json.loads(base64url_decode(payload))


def test_what_is_issued_is_the_credential_itself_in_an_envelope(client: Client) -> None:
    issued = client.issued("jose", PLAIN)
    assert issued["type"] == "EnvelopedVerifiableCredential"
    media, _, token = issued["id"].partition(",")
    assert media == "data:application/vc+jwt"
    header, payload = parts(token)
    assert header["typ"] == "vc+jwt"
    assert header["cty"] == "vc"
    assert header["kid"].partition("#")[0] == payload["issuer"]
    assert {name: payload[name] for name in PLAIN} == PLAIN
    assert not {"vc", "vp", "nbf"} & payload.keys()


def test_a_credential_of_2019_stands_under_vc(client: Client) -> None:
    _, payload = parts(client.issued("jose", OF_2019)["id"].partition(",")[2])
    assert payload["vc"]["credentialSubject"] == OF_2019["credentialSubject"]
    assert payload["iss"] == payload["vc"]["issuer"]


def test_an_issuer_that_is_not_the_key_gets_no_token(client: Client) -> None:
    assert client.issue("jose", PLAIN | {"issuer": "https://bees.example/keeper"}).status_code == 400


@pytest.mark.parametrize(
    ("payload", "header", "status"),
    [
        ({}, {}, 200),
        ({"iss": STRANGER.controller}, {}, 200),
        ({"iss": "did:example:other"}, {}, 400),
        ({"jti": "urn:x:other"}, {}, 400),
        ({"sub": "did:example:other"}, {}, 400),
        ({"exp": 1}, {}, 400),
        ({"nbf": 1}, {}, 400),
        ({"vc": {}}, {}, 400),
        ({"vp": {}}, {}, 400),
        ({"hives": 4}, {}, 200),
        ({}, {"typ": None, "cty": None}, 400),
        ({}, {"typ": "application/vc+jwt"}, 200),
        ({}, {"typ": "vp+jwt"}, 400),
        ({}, {"typ": "vc+sd-jwt"}, 400),
        ({}, {"cty": "vp"}, 400),
        ({}, {"alg": "none"}, 400),
        ({}, {"alg": "HS256"}, 400),
        ({}, {"alg": "ES256"}, 400),
        ({}, {"kid": None}, 400),
        ({}, {"kid": "did:example:other#key"}, 400),
        ({}, {"crit": ["x"], "x": 1}, 400),
        ({}, {"b64": False}, 400),
    ],
)
def test_a_token_is_read_as_it_says_it_is(
    client: Client, payload: dict[str, Any], header: dict[str, Any], status: int
) -> None:
    assert client.verify(forged_token(VALUE | payload, header=header)).status_code == status


def test_one_letter_of_a_signature_decides(client: Client) -> None:
    token = forged_token(VALUE)
    start, _, signature = token.rpartition(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    for wrong in (f"{start}.{other}", f"{start}.", start, f"{token}.x", token + "=", f" {token} x"):
        assert client.verify(wrong).status_code == 400, wrong
