from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contexts.document import compose, extended, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.batch import Batch
from credential.proof.data_integrity import add_proof, check_proof
from keys.public import KeyType
from tests.seeded import SeededSigner
from tests.unit.contexts.test_shape import LEAVES, TEMPLATE, VALUES, by_hand

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DID = "did:web:district.example"
ED25519 = SeededSigner("batch", DID, KeyType.ED25519, DID + "#1")
P256 = SeededSigner("batch", DID, KeyType.P256, DID + "#2")


def test_a_batch_makes_the_bytes_that_signing_one_by_one_makes() -> None:
    batch = Batch(compose(TEMPLATE), LEAVES, ED25519, created=NOW)
    for value in ("Ada Example", 'Quote " and \\', "Łukasz 日本", "line\nbreak", "x" * 9_000):
        values = (*VALUES[:4], value, *VALUES[5:])
        assert batch.sign(values) == add_proof(compose(by_hand(values)), ED25519, created=NOW).raw


def test_a_batch_under_p_256_is_accepted_by_the_ordinary_check() -> None:
    batch = Batch(compose(TEMPLATE), LEAVES, P256, created=NOW, cryptosuite="ecdsa-rdfc-2019")
    verified = check_proof(parse(batch.sign(VALUES)), lambda _: P256.public_key)
    assert verified.document.value == by_hand(VALUES)


def test_a_bad_value_is_refused_before_anything_is_signed() -> None:
    batch = Batch(compose(TEMPLATE), LEAVES, ED25519, created=NOW)
    with pytest.raises(DocumentError) as caught:
        batch.sign(("not an identifier", *VALUES[1:]))
    assert caught.value.code == "bad_iri"


@pytest.mark.parametrize("leaf", ["/issuer/id", "/issuer/name", "/@context/1", "/type/0"])
def test_who_signs_and_what_words_mean_do_not_vary(leaf: str) -> None:
    with pytest.raises(CredentialError) as caught:
        Batch(compose(TEMPLATE), [leaf], ED25519, created=NOW)
    assert (caught.value.code, caught.value.pointer) == ("issuer_key_mismatch", leaf)


def test_a_template_is_unsigned_and_the_signers_own() -> None:
    template = compose(TEMPLATE)
    with pytest.raises(CredentialError) as caught:
        Batch(extended(template, "proof", []), LEAVES, ED25519, created=NOW)
    assert caught.value.code == "too_many_proofs"
    stranger = SeededSigner("stranger", "did:web:other.example")
    with pytest.raises(CredentialError) as caught:
        Batch(template, LEAVES, stranger, created=NOW)
    assert caught.value.code == "issuer_key_mismatch"
    p384 = SeededSigner("batch", DID, KeyType.P384, DID + "#3")
    with pytest.raises(CredentialError) as caught:
        Batch(template, LEAVES, p384, created=NOW, cryptosuite="ecdsa-rdfc-2019")
    assert caught.value.code == "unsupported_cryptosuite"
