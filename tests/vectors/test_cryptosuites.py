"""The W3C vectors of every suite that signs a whole document: every value on the way, not only the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from contexts.document import Document, compose, parse
from contexts.pinned import ContextSet
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.ecdsa_jcs_2019 import ECDSA_JCS_2019
from credential.proof.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from credential.proof.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credential.proof.eddsa_jcs_2022 import EDDSA_JCS_2022
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.options import read_proof
from credential.proof.suite import Suite
from credential.proof.verified import ProofClaim
from keys.multibase import base58btc_decode
from keys.public import KeyType, PublicKey
from tests.vectors.vector_signer import VectorSigner
from tests.vectors.wider import every_context

pytestmark = pytest.mark.specs

EDDSA, ECDSA = "vectors/vc-di-eddsa", "vectors/vc-di-ecdsa"

ED_KEYS, P256_KEYS, P384_KEYS = (
    f"{EDDSA}/keyPair.json",
    f"{ECDSA}/p256KeyPair.json",
    f"{ECDSA}/p384KeyPair.json",
)
BOTH, ONE = ("", "/employ"), ("",)


@dataclass(frozen=True)
class Vector:
    """Where one vector's files are, and which key made it."""

    folder: str
    ending: str
    keys: str
    key_type: KeyType
    suite: Suite


VECTORS = {
    f"{name}{'-employ' if sub else ''}": Vector(f"{folder}{sub}", ending, keys, key_type, suite)
    for name, folder, ending, keys, key_type, suite, subs in (
        ("eddsa", f"{EDDSA}/eddsa-rdfc-2022", "DataInt", ED_KEYS, KeyType.ED25519, EDDSA_RDFC_2022, BOTH),
        (
            "p256",
            f"{ECDSA}/ecdsa-rdfc-2019-p256",
            "ECDSAP256",
            P256_KEYS,
            KeyType.P256,
            ECDSA_RDFC_2019,
            BOTH,
        ),
        (
            "p384",
            f"{ECDSA}/ecdsa-rdfc-2019-p384",
            "ECDSAP384",
            P384_KEYS,
            KeyType.P384,
            ECDSA_RDFC_2019,
            BOTH,
        ),
        ("eddsa-jcs", f"{EDDSA}/eddsa-jcs-2022", "JCS", ED_KEYS, KeyType.ED25519, EDDSA_JCS_2022, ONE),
        (
            "p256-jcs",
            f"{ECDSA}/ecdsa-jcs-2019-p256",
            "JCSECDSAP256",
            P256_KEYS,
            KeyType.P256,
            ECDSA_JCS_2019,
            ONE,
        ),
        (
            "p384-jcs",
            f"{ECDSA}/ecdsa-jcs-2019-p384",
            "JCSECDSAP384",
            P384_KEYS,
            KeyType.P384,
            ECDSA_JCS_2019,
            ONE,
        ),
        (
            "2020",
            f"{EDDSA}/Ed25519Signature2020",
            "EdSig",
            ED_KEYS,
            KeyType.ED25519,
            ED25519_SIGNATURE_2020,
            ONE,
        ),
    )
    for sub in subs
}


@dataclass
class Read:
    """A vector's files, read."""

    vector: Vector
    specs: Path

    @cached_property
    def contexts(self) -> ContextSet:
        return every_context(self.specs)

    @cached_property
    def signed(self) -> Document:
        return parse((self.specs / self.vector.folder / f"signed{self.vector.ending}.json").read_bytes())

    @cached_property
    def unsigned(self) -> Document:
        return compose({name: part for name, part in self.signed.value.items() if name != "proof"})

    @cached_property
    def keys(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.specs / self.vector.keys).read_text("utf-8"))
        return found

    @cached_property
    def public_key(self) -> PublicKey:
        return PublicKey.from_multikey(self.keys["publicKeyMultibase"])

    def text(self, name: str) -> str:
        return (self.specs / self.vector.folder / f"{name}{self.vector.ending}.txt").read_text("utf-8")

    def canonical(self, document: Document) -> str:
        digest = self.vector.suite.digests[self.vector.key_type]
        return self.vector.suite.transform(document, contexts=self.contexts, digest=digest).decode("utf-8")

    def hashed(self, document: Document) -> str:
        return self.vector.suite.hashed(document, self.vector.key_type, self.contexts).hex()

    @cached_property
    def options(self) -> Document:
        file = self.specs / self.vector.folder / f"proofConfig{self.vector.ending}.json"
        return parse(file.read_bytes())

    @cached_property
    def signer(self) -> VectorSigner:
        proof, issuer = self.signed.value["proof"], self.signed.value["issuer"]
        return VectorSigner(
            self.public_key,
            issuer if isinstance(issuer, str) else issuer["id"],
            proof["verificationMethod"],
            self.keys.get("secretKeyMultibase") or self.keys["privateKeyMultibase"],
        )


@pytest.fixture(params=VECTORS)
def vector(request: pytest.FixtureRequest, specs: Path) -> Read:
    return Read(VECTORS[request.param], specs)


def test_canonical_document(vector: Read) -> None:
    assert vector.canonical(vector.unsigned) == vector.text("canonDoc")


def test_canonical_proof_options(vector: Read) -> None:
    assert vector.canonical(vector.options) == vector.text("proofCanon")


def test_the_options_that_we_read_from_the_proof_are_those_of_the_vector(vector: Read) -> None:
    context = vector.signed.value["@context"]
    suite = vector.vector.suite
    proof = read_proof(vector.signed.value["proof"], issuer="", context=context, pointer="", suite=suite)
    assert proof.options | {"@context": context} == vector.options.value


def test_hashes_of_document_and_options(vector: Read) -> None:
    assert vector.hashed(vector.unsigned) == vector.text("docHash")
    assert vector.hashed(vector.options) == vector.text("proofHash")


def test_what_is_signed_has_the_options_first(vector: Read) -> None:
    combined = vector.text("combinedHash")
    assert combined == vector.hashed(vector.options) + vector.hashed(vector.unsigned)
    assert vector.public_key.verify(bytes.fromhex(vector.text("sigHex")), bytes.fromhex(combined))


def test_signature_in_hex_is_the_signature_in_base58(vector: Read) -> None:
    value = vector.signed.value["proof"]["proofValue"]
    assert value == vector.text("sigBTC58")
    assert base58btc_decode(value.removeprefix("z")).hex() == vector.text("sigHex")


def test_the_signed_document_verifies(vector: Read) -> None:
    asked: list[ProofClaim] = []

    def key_for(claim: ProofClaim) -> PublicKey:
        asked.append(claim)
        return vector.public_key

    verified = check_proof(vector.signed, key_for, contexts=vector.contexts)
    assert verified.document.value == vector.unsigned.value
    assert [claim.verification_method for claim in asked] == [
        vector.signed.value["proof"]["verificationMethod"]
    ]


def test_one_changed_name_no_longer_verifies(vector: Read) -> None:
    changed = compose(vector.signed.value | {"name": "Somebody Else"})
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(changed, lambda _: vector.public_key, contexts=vector.contexts)


def test_signing_again_gives_the_same_signature(vector: Read) -> None:
    """Ed25519 always does; the ECDSA vectors were made deterministically (RFC 6979)."""
    again = add_proof(
        vector.unsigned,
        vector.signer,
        cryptosuite=vector.vector.suite.name,
        created=parse_date_time(vector.options.value["created"]).instant,
        contexts=vector.contexts,
    )
    assert again.value["proof"] == [vector.signed.value["proof"]]
