"""The W3C vectors of ecdsa-sd-2023: base proof, derived proof, and every value on the way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import Document, compose, parse
from contexts.labelled import labelled
from contexts.pinned import ContextSet
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from credential.proof.ecdsa_sd_2023 import Groups, group
from credential.proof.sd_value import octets_of, read_base, read_derived
from credential.proof.selection import select
from credential.proof.selective import add_base_proof, derive_proof
from keys.public import PublicKey
from tests.vectors.vector_signer import VectorSigner
from tests.vectors.wider import every_context

pytestmark = pytest.mark.specs

ECDSA = "vectors/vc-di-ecdsa"
FILES = {
    "employ": ("employMandatory.json", "employSelective.json"),
    "prc": ("prCredMandatory.json", "prCredSelective.json"),
}


@dataclass
class Read:
    """A vector's files, read."""

    name: str
    specs: Path

    def json(self, file: str) -> Any:
        return json.loads((self.specs / ECDSA / "ecdsa-sd-2023" / self.name / file).read_text("utf-8"))

    def document(self, file: str) -> Document:
        return parse((self.specs / ECDSA / "ecdsa-sd-2023" / self.name / file).read_bytes())

    def beside(self, at: int) -> Any:
        return json.loads((self.specs / ECDSA / FILES[self.name][at]).read_text("utf-8"))

    @cached_property
    def contexts(self) -> ContextSet:
        return every_context(self.specs)

    @cached_property
    def keys(self) -> dict[str, Any]:
        text = (self.specs / ECDSA / "ecdsa-sd-2023" / "SDKeyMaterial.json").read_text("utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def signer(self, pair: str, document: Document) -> VectorSigner:
        issuer = document.value["issuer"]
        key = self.keys[pair]
        return VectorSigner(
            PublicKey.from_multikey(key["publicKeyMultibase"]),
            issuer if isinstance(issuer, str) else issuer["id"],
            self.json("addProofConfig.json")["verificationMethod"],
            key["secretKeyMultibase"],
        )

    @cached_property
    def hmac_key(self) -> bytes:
        return bytes.fromhex(self.keys["hmacKeyString"])

    @cached_property
    def unsigned(self) -> Document:
        """The document that was signed: of one of the two, the file beside it has another description."""
        signed = self.json("addSignedSDBase.json")
        return compose({name: part for name, part in signed.items() if name != "proof"})

    @cached_property
    def groups(self) -> Groups:
        """Mandatory, selective and combined."""
        mandatory, selective = self.beside(0), self.beside(1)
        pointers = [mandatory, selective, mandatory + selective]
        return group(self.unsigned.value, self.hmac_key, pointers, self.contexts)


@pytest.fixture(params=FILES)
def vector(request: pytest.FixtureRequest, specs: Path) -> Read:
    return Read(request.param, specs)


def test_canonical_document(vector: Read) -> None:
    statements = labelled(vector.unsigned.value, contexts=vector.contexts)
    assert statements.written(statements.labels) == vector.json("addBaseDocCanon.json")


def test_the_document_under_the_labels_of_the_hmac_key(vector: Read) -> None:
    assert list(vector.groups.lines) == vector.json("addBaseDocHMACCanon.json")


def test_what_is_mandatory(vector: Read) -> None:
    expected = vector.json("addBaseTransform.json")
    mandatory = vector.groups.chosen[0]
    lines = enumerate(vector.groups.lines)
    assert [[at, line] for at, line in lines if at in mandatory] == expected["mandatory"]["value"]
    lines = enumerate(vector.groups.lines)
    assert [[at, line] for at, line in lines if at not in mandatory] == expected["nonMandatory"]["value"]


def test_hashes_of_options_and_of_what_is_mandatory(vector: Read) -> None:
    expected = vector.json("addHashData.json")
    options = canonical_quads(compose(vector.json("addProofConfig.json")), contexts=vector.contexts)
    assert hashlib.sha256(options).hexdigest() == expected["proofHash"]
    mandatory = "".join(vector.groups.lines[at] for at in sorted(vector.groups.chosen[0]))
    assert hashlib.sha256(mandatory.encode()).hexdigest() == expected["mandatoryHash"]


def test_canonical_options(vector: Read, specs: Path) -> None:
    file = specs / ECDSA / "ecdsa-sd-2023" / vector.name / "addProofConfigCanon.txt"
    options = canonical_quads(compose(vector.json("addProofConfig.json")), contexts=vector.contexts)
    assert options.decode() == file.read_text("utf-8")


def test_signing_again_gives_the_same_base_proof(vector: Read) -> None:
    expected = vector.document("addSignedSDBase.json")
    made = add_base_proof(
        vector.unsigned,
        vector.signer("baseKeyPair", vector.unsigned),
        vector.signer("proofKeyPair", vector.unsigned),
        hmac_key=vector.hmac_key,
        mandatory=vector.beside(0),
        created=parse_date_time(vector.json("addProofConfig.json")["created"]).instant,
        contexts=vector.contexts,
    )
    assert made.value == expected.value


def test_the_parts_of_the_base_proof(vector: Read) -> None:
    expected = vector.json("derivedRecoveredBaseData.json")
    proof = vector.document("addSignedSDBase.json").value["proof"]
    base = read_base(octets_of(proof["proofValue"], ""))
    assert base.signature.hex() == expected["baseSignature"]
    assert base.one_time.multikey() == expected["proofPublicKey"]
    assert base.hmac_key.hex() == expected["hmacKey"]
    assert [one.hex() for one in base.signatures] == expected["signatures"]
    assert list(base.pointers) == expected["mandatoryPointers"]


def test_the_groups_of_a_derived_proof(vector: Read) -> None:
    expected = vector.json("derivedGroupIndexes.json")
    mandatory, selective, combined = (sorted(chosen) for chosen in vector.groups.chosen)
    assert mandatory == expected["mandatoryIndexes"]
    assert selective == expected["selectiveIndexes"]
    assert combined == expected["combinedIndexes"]


def test_what_is_revealed(vector: Read) -> None:
    selection = select(vector.unsigned.value, vector.beside(0) + vector.beside(1))
    assert selection is not None
    assert selection.value == vector.json("derivedUnsignedReveal.json")


def test_the_derived_proof_is_the_published_one(vector: Read) -> None:
    signed = vector.document("addSignedSDBase.json")
    derived = derive_proof(signed, vector.beside(1), contexts=vector.contexts)
    assert derived.value == vector.json("derivedRevealDocument.json")


def test_the_parts_of_the_derived_proof(vector: Read) -> None:
    expected = vector.json("verifyDerivedProofValue.json")
    value = vector.json("derivedRevealDocument.json")["proof"]["proofValue"]
    derived = read_derived(octets_of(value, ""))
    assert derived.signature.hex() == expected["baseSignature"]
    assert derived.one_time.multikey() == expected["publicKey"]
    assert [one.hex() for one in derived.signatures] == expected["signatures"]
    assert [one.hex() for one in derived.signatures] == vector.json("derivedAdjSignatures.json")[
        "filteredSignatures"
    ]
    assert dict(enumerate(derived.labels)) == {
        int(name.removeprefix("c14n")): label for name, label in expected["labelMap"]
    }
    assert list(derived.mandatory) == expected["mandatoryIndexes"]
    assert list(derived.mandatory) == vector.json("derivedAdjMandatoryIndexes.json")["adjMandatoryIndexes"]


def test_the_statements_of_what_is_shown(vector: Read) -> None:
    revealed = vector.json("derivedUnsignedReveal.json")
    part = labelled(revealed, contexts=vector.contexts)
    derived = read_derived(octets_of(vector.json("derivedRevealDocument.json")["proof"]["proofValue"], ""))
    labels = [derived.labels[int(label.removeprefix("c14n"))] for label in part.labels]
    assert part.written(labels) == vector.json("verifyNQuads.json")


def test_the_derived_document_verifies_under_the_issuers_key_and_not_under_the_one_time_key(
    vector: Read,
) -> None:
    document = vector.document("derivedRevealDocument.json")
    issuer = PublicKey.from_multikey(vector.keys["baseKeyPair"]["publicKeyMultibase"])
    verified = check_proof(document, lambda _: issuer, contexts=vector.contexts)
    assert verified.partial
    assert verified.document.value == vector.json("derivedUnsignedReveal.json")
    one_time = PublicKey.from_multikey(vector.keys["proofKeyPair"]["publicKeyMultibase"])
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(document, lambda _: one_time, contexts=vector.contexts)


def test_the_base_proof_is_not_checked_for_anybody(vector: Read) -> None:
    issuer = PublicKey.from_multikey(vector.keys["baseKeyPair"]["publicKeyMultibase"])
    with pytest.raises(CredentialError, match=r"^base_proof"):
        check_proof(vector.document("addSignedSDBase.json"), lambda _: issuer, contexts=vector.contexts)
