"""For any key and any octets: written and read are inverses, and bad input gives a refusal, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.controller_document import assertion_key, assertion_keys
from keys.did import did_jwk, did_jwk_document, did_key, did_key_document
from keys.did_syntax import did_web_location, parse_did, parse_did_url
from keys.errors import CODES, KeyRefused
from keys.multibase import base58btc_decode, base58btc_encode, base64url_decode, base64url_encode
from keys.public import KeyType, PublicKey
from keys.seal import SMALLEST_SCRYPT_COST, Hidden, Secret, seal, unseal
from tests.unit.keys.constants import P256_JWK, ec_key, ed25519_key, p1363

MODEST = settings(max_examples=60, deadline=None)
SECRET = Secret.from_key_file(Hidden(bytes(range(32))))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def public_keys(draw: st.DrawFn) -> PublicKey:
    number = draw(st.integers(1, 2**200))
    kind = draw(st.sampled_from([KeyType.ED25519, KeyType.P256, KeyType.P384]))
    if kind is KeyType.ED25519:
        return ed25519_key(number)
    curve = ec.SECP256R1() if kind is KeyType.P256 else ec.SECP384R1()
    return ec_key(ec.derive_private_key(number, curve), kind)


def refused_or_value(call: Any, *arguments: Any) -> None:
    """Whatever comes in, a value comes out or a refusal with a known code."""
    code = None
    try:
        call(*arguments)
    except KeyRefused as refused:
        code = refused.code
    assert code is None or code in CODES


@MODEST
@given(public_keys())
def test_a_key_is_read_as_it_was_written(key: PublicKey) -> None:
    assert PublicKey.from_multikey(key.multikey()) == key
    assert PublicKey.from_jwk(json.loads(json.dumps(key.jwk()))) == key
    (only,) = assertion_keys(did_key_document(did_key(key)))
    assert only.public_key == key
    (only,) = assertion_keys(did_jwk_document(did_jwk(key)))
    assert only.public_key == key


@MODEST
@given(public_keys(), st.data())
def test_one_changed_character_never_gives_the_same_key(key: PublicKey, data: st.DataObject) -> None:
    text = key.multikey()
    place = data.draw(st.integers(1, len(text) - 1))
    letter = data.draw(st.sampled_from("123ABCabcxyz").filter(lambda new: new != text[place]))
    try:
        other = PublicKey.from_multikey(text[:place] + letter + text[place + 1 :])
    except KeyRefused:
        return
    assert other != key
    assert other.thumbprint() != key.thumbprint()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80))
def test_octets_are_read_back_from_both_texts(octets: bytes) -> None:
    assert base58btc_decode(base58btc_encode(octets)) == octets
    assert base64url_decode(base64url_encode(octets)) == octets


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for call in (base58btc_decode, base64url_decode, parse_did, parse_did_url, did_web_location):
        refused_or_value(call, text)
    for prefix in ("z", "z6Mk", "zDna"):
        refused_or_value(PublicKey.from_multikey, prefix + text)
    for prefix in ("did:web:", "did:web:a.example:", "did:key:z", "did:jwk:"):
        refused_or_value(parse_did, prefix + text)
        refused_or_value(parse_did_url, prefix + text)


@MODEST
@given(st.binary(max_size=80), st.sampled_from(KeyType))
def test_any_octets_are_a_key_or_refused(octets: bytes, key_type: KeyType) -> None:
    refused_or_value(PublicKey, key_type, octets)
    for prefix in (b"", b"\xed\x01", b"\x80\x24", b"\x81\x24"):
        refused_or_value(PublicKey.from_multikey, "z" + base58btc_encode(prefix + octets))


@MODEST
@given(st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops"]), JSON))
def test_any_jwk_is_a_key_or_refused(members: dict[str, Any]) -> None:
    refused_or_value(PublicKey.from_jwk, members)
    refused_or_value(PublicKey.from_jwk, P256_JWK | members)
    refused_or_value(did_jwk_document, "did:jwk:" + base64url_encode(json.dumps(members).encode()))


@MODEST
@given(JSON, st.sampled_from(["verificationMethod", "assertionMethod", "authentication", "id", "controller"]))
def test_any_document_names_a_key_or_is_refused(value: Any, member: str) -> None:
    did, method = "did:web:a.example", "did:web:a.example#k"
    listed = {
        "id": method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": ed25519_key().multikey(),
    }
    document = {"id": did, "verificationMethod": [listed], "assertionMethod": [method]}
    refused_or_value(assertion_key, document | {member: value}, method)
    refused_or_value(assertion_keys, document | {member: value})
    for inner in ("type", "controller", "publicKeyMultibase", "publicKeyJwk", "expires", "revoked", "id"):
        broken = document | {"verificationMethod": [listed | {inner: value}]}
        refused_or_value(assertion_key, broken, method)


@MODEST
@given(public_keys(), st.binary(max_size=160), st.binary(max_size=20))
def test_any_signature_is_known_or_not(key: PublicKey, signature: bytes, message: bytes) -> None:
    assert key.verify(signature, message) is False


@MODEST
@given(st.integers(1, 2**250), st.binary(max_size=40), st.integers(0, 511))
def test_a_signature_with_one_bit_changed_is_not_known(number: int, message: bytes, bit: int) -> None:
    private = ec.derive_private_key(number, ec.SECP256R1())
    key = ec_key(private, KeyType.P256)
    signature = p1363(private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)), 32)
    assert key.verify(signature, message)
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not key.verify(changed, message)


@MODEST
@given(
    st.binary(max_size=60),
    st.binary(max_size=20),
    st.sampled_from(["nonce", "ciphertext", "check"]),
    st.data(),
)
def test_sealed_octets_open_whole_or_not_at_all(
    octets: bytes, bound: bytes, member: str, data: st.DataObject
) -> None:
    source = data.draw(st.randoms(use_true_random=False))
    sealed = seal(Hidden(octets), SECRET, bound=bound, random=source.randbytes, cost=SMALLEST_SCRYPT_COST)
    assert unseal(json.loads(json.dumps(sealed)), SECRET, bound=bound).reveal() == octets
    text = base64url_decode(sealed[member])
    place = data.draw(st.integers(0, len(text) * 8 - 1))
    changed = (int.from_bytes(text, "big") ^ 1 << place).to_bytes(len(text), "big")
    with pytest.raises(KeyRefused):
        unseal(sealed | {member: base64url_encode(changed)}, SECRET, bound=bound)
