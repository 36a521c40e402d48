"""For any part of a badge: it passes as it was made, and no change of its proof passes."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.document import Document, compose
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.cbor import decode
from credential.proof.data_integrity import check_proof
from credential.proof.enveloped import enveloped_token
from credential.proof.sd_value import read_base, read_derived
from credential.proof.selective import add_base_proof, derive_proof
from keys.multibase import base64url_decode, base64url_encode
from keys.one_time import OneTimeKey
from tests.attacks.badges import CREATED, P256
from tests.world import World

MODEST = settings(max_examples=60, deadline=None)
POINTERS = [
    "/id",
    "/name",
    "/validFrom",
    "/validUntil",
    "/credentialStatus",
    "/credentialStatus/statusListIndex",
    "/credentialSubject",
    "/credentialSubject/identifier",
    "/credentialSubject/identifier/0/identityHash",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/criteria",
    "/credentialSubject/achievement/creator/name",
    "/issuer/name",
]


@lru_cache(maxsize=1)
def base() -> Document:
    value = World().badge_value()
    value["issuer"]["id"] = P256.controller
    one_time = OneTimeKey(lambda count: b"k" * count)
    return add_base_proof(compose(value), P256, one_time, hmac_key=b"h" * 32, created=CREATED)


@MODEST
@given(st.lists(st.sampled_from(POINTERS), max_size=6))
def test_any_choice_of_parts_passes_and_shows_no_other_statement(pointers: list[str]) -> None:
    part = derive_proof(base(), pointers)
    verified = check_proof(part, lambda _: P256.public_key)
    whole = base().value
    for name, value in verified.document.value.items():
        assert name in whole
        if not isinstance(value, dict):
            assert value == whole[name]


@MODEST
@given(st.data())
def test_no_changed_octet_of_a_proof_passes(data: st.DataObject) -> None:
    part = derive_proof(base(), ["/name", "/credentialSubject"])
    proof = part.value["proof"]
    octets = bytearray(base64url_decode(proof["proofValue"][1:]))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    changed = proof | {"proofValue": "u" + base64url_encode(bytes(octets))}
    with pytest.raises((CredentialError, DocumentError)):
        check_proof(compose(part.value | {"proof": changed}), lambda _: P256.public_key)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=64))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for read in (decode, read_base, read_derived, lambda o: read_derived(b"\xd9\x5d\x01" + o)):
        try:
            read(octets)
        except CredentialError:
            continue


@MODEST
@given(
    st.dictionaries(
        st.sampled_from(["@context", "id", "type", "x"]), st.text(max_size=60) | st.integers() | st.none()
    )
)
def test_any_object_is_an_envelope_or_is_refused(value: dict[str, object]) -> None:
    for kind in (value.get("type"), "EnvelopedVerifiableCredential"):
        try:
            enveloped_token(value | {"type": kind})
        except CredentialError:
            continue
