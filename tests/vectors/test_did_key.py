"""The published examples of did:key, all of them: those of our key types are read, the others are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keys.did import assertion_key, assertion_keys, did_key, did_key_document, parse_did_url
from keys.errors import KeyRefused
from keys.multibase import base58btc_decode
from keys.public import KeyType, PublicKey

pytestmark = pytest.mark.specs


def examples(specs: Path, name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((specs / "vectors/did-key" / name).read_text("utf-8"))
    assert found
    return found


def only_key(did: str) -> PublicKey:
    (key,) = assertion_keys(did_key_document(did))
    return key.public_key


def test_ed25519(specs: Path) -> None:
    for did, example in examples(specs, "ed25519-x25519.json").items():
        published = example["didDocument"]["verificationMethod"][0]
        key = assertion_key(did_key_document(did), published["id"]).public_key
        assert key.key_type is KeyType.ED25519
        if "publicKeyBase58" in published:
            assert key.material == base58btc_decode(published["publicKeyBase58"])
        else:
            assert key.jwk() == published["publicKeyJwk"]
        assert did_key(key) == did
        assert example["didDocument"]["assertionMethod"] == did_key_document(did)["assertionMethod"]


def test_nist_curves(specs: Path) -> None:
    seen = set()
    for did, example in examples(specs, "nist-curves.json").items():
        published = example["didDocument"]["verificationMethod"][0]
        jwk = published.get("publicKeyJwk", {})
        if jwk.get("crv") == "P-521":
            with pytest.raises(KeyRefused):
                did_key_document(did)
            continue
        key = only_key(did)
        seen.add(key.key_type)
        assert did_key(key) == did
        assert parse_did_url(published["id"]).did.text == did
        if jwk:
            assert key.jwk() == jwk
            assert PublicKey.from_jwk(jwk) == key
        else:
            assert key.material == base58btc_decode(published["publicKeyBase58"])
    assert seen == {KeyType.P256, KeyType.P384}


@pytest.mark.parametrize("name", ["secp256k1.json", "rsa.json"])
def test_keys_of_other_types_are_refused(specs: Path, name: str) -> None:
    for did in examples(specs, name):
        with pytest.raises(KeyRefused):
            did_key_document(did)


def test_keys_for_encryption_are_refused(specs: Path) -> None:
    found = json.loads((specs / "vectors/did-key/x25519.json").read_text("utf-8"))["didDocument"]
    for did in found:
        with pytest.raises(KeyRefused, match="unsupported_key"):
            did_key_document(did)


def test_private_keys_beside_the_published_ones_are_refused(specs: Path) -> None:
    for name in ("nist-curves.json", "rsa.json"):
        for example in examples(specs, name).values():
            private = example.get("privateKeyJwk") or example.get("verificationMethod", {}).get(
                "privateKeyJwk"
            )
            if private:
                with pytest.raises(KeyRefused, match="private_material"):
                    PublicKey.from_jwk(private)


def test_published_rsa_keys_are_read_as_jwk(specs: Path) -> None:
    sizes = set()
    for example in examples(specs, "rsa.json").values():
        jwk = example["publicKeyJwk"]
        key = PublicKey.from_jwk(jwk)
        assert key.jwk() == {name: jwk[name] for name in ("e", "kty", "n")}
        sizes.add(len(jwk["n"]))
    assert sizes == {342, 683}
