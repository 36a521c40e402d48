"""Both vectors of the Open Badges 3.0 Implementation Guide: a badge and a learner record, every value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import Document, compose
from contexts.pinned import CHECKING, ContextSet
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from keys.multibase import base58btc_decode
from keys.public import KeyType, PublicKey
from verifier.checks.shape import check_shape
from verifier.evidence import CheckOutcome

pytestmark = pytest.mark.specs

GUIDE = "vectors/ob-impl-guide"


@dataclass(frozen=True)
class Chapter:
    """One chapter of the guide: its values stand in the page, its canonical forms in files."""

    page: str
    folder: Path
    short: str
    contexts: ContextSet

    def code(self, heading: str) -> str:
        """The value below a heading."""
        found = re.search(rf'id="{self.short}-{heading}".*?<code\s*>(.*?)</code', self.page, re.DOTALL)
        assert found, heading
        return found[1].strip()

    @property
    def signed(self) -> Document:
        found = re.search(
            rf'id="{self.short}-signed-credential".*?<pre[^>]*>(.*?)</pre>', self.page, re.DOTALL
        )
        assert found
        return compose(json.loads(found[1]))

    @property
    def unsigned(self) -> Document:
        return compose({name: part for name, part in self.signed.value.items() if name != "proof"})

    @property
    def proof(self) -> dict[str, Any]:
        proof = self.signed.value["proof"]
        first: dict[str, Any] = proof[0] if isinstance(proof, list) else proof
        return first

    @property
    def options(self) -> Document:
        members = {name: part for name, part in self.proof.items() if name != "proofValue"}
        return compose(members | {"@context": self.signed.value["@context"]})

    @property
    def public_key(self) -> PublicKey:
        hexadecimal = re.search(r"Public key \(hex\):\s*<code\s*>(\w+)</code", self.page)
        assert hexadecimal
        return PublicKey(KeyType.ED25519, bytes.fromhex(hexadecimal[1]))

    def canonical(self, name: str) -> str:
        return (self.folder / f"{name}-canon.txt").read_text("utf-8").removesuffix("\n") + "\n"


@pytest.fixture(params=["ob", "clr"])
def chapter(request: pytest.FixtureRequest, specs: Path) -> Chapter:
    short = request.param
    page = (specs / GUIDE / f"linked-data-proof-{short}.html").read_text("utf-8")
    return Chapter(page, specs / GUIDE / f"{short}v{'3p0' if short == 'ob' else '2p0'}", short, CHECKING)


def test_what_the_product_checks_is_well_formed_by_its_own_rules(chapter: Chapter) -> None:
    assert check_shape(chapter.signed).outcome is CheckOutcome.YES


def test_the_multikey_is_the_public_key_in_hex(chapter: Chapter) -> None:
    assert chapter.public_key.multikey() == chapter.proof["verificationMethod"].partition("#")[2]


def test_canonical_forms(chapter: Chapter) -> None:
    document = canonical_quads(chapter.unsigned, contexts=chapter.contexts)
    options = canonical_quads(chapter.options, contexts=chapter.contexts)
    assert document.decode("utf-8") == chapter.canonical("document")
    assert options.decode("utf-8") == chapter.canonical("proof")


def test_hashes_and_their_order(chapter: Chapter) -> None:
    document = EDDSA_RDFC_2022.hashed(chapter.unsigned, KeyType.ED25519, chapter.contexts).hex()
    options = EDDSA_RDFC_2022.hashed(chapter.options, KeyType.ED25519, chapter.contexts).hex()
    assert document == chapter.code("document-hash")
    assert options == chapter.code("proof-hash")
    assert options + document == chapter.code("data")


def test_signature_and_proof_value(chapter: Chapter) -> None:
    value = chapter.code("proof-value")
    assert chapter.proof["proofValue"] == value
    assert base58btc_decode(value.removeprefix("z")).hex() == chapter.code("signature")
    assert chapter.public_key.verify(
        bytes.fromhex(chapter.code("signature")), bytes.fromhex(chapter.code("data"))
    )


def test_the_signed_credential_verifies(chapter: Chapter) -> None:
    verified = check_proof(chapter.signed, lambda _: chapter.public_key, contexts=chapter.contexts)
    assert verified.document.value == chapter.unsigned.value
    assert [claim.issuer for claim in verified.claims] == ["https://example.edu/issuers/565049"]


def test_a_changed_credential_does_not(chapter: Chapter) -> None:
    changed = compose(chapter.signed.value | {"validFrom": "2010-01-02T00:00:00Z"})
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(changed, lambda _: chapter.public_key, contexts=chapter.contexts)
