"""openbadgeslib and openvc-core verify what we sign, and we verify what they sign."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob3 import Achievement, Issuer, OB3Signer, OpenBadgeCredential, add_data_integrity_proof
from openvc import Ed25519SigningKey, P256SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite

from contexts.document import compose
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from credential.proof.vc_jwt import check_jwt, split
from credential.proof.verified import JwtClaim
from keys.public import KeyType, PublicKey
from tests.interop.badge_folder import CREATED, DISTRICT, SIGNERS, TOKEN_SIGNERS, Folder, badge
from tests.interop.python_peers import OPEN_BADGES_CONTEXTS, verify_with_openbadgeslib, verify_with_openvc
from tests.signers import SeededSigner

pytestmark = pytest.mark.interop


def _read(folder: Folder) -> dict[str, Any]:
    documents = {path.name: json.loads(path.read_text("utf-8")) for path in folder.documents}
    return documents | {path.name: path.read_text("ascii") for path in folder.tokens}


def _key_types(made: dict[str, Any] | str, folder: Folder) -> set[str]:
    """The types of the keys that a badge's proofs name."""
    if isinstance(made, str):
        return set()
    methods = {
        m["id"]: m for document in folder.did_documents.values() for m in document["verificationMethod"]
    }
    named = [methods[proof["verificationMethod"]]["publicKeyMultibase"] for proof in made["proof"]]
    return {PublicKey.from_multikey(multikey).key_type.value for multikey in named}


def test_openvc_verifies_every_badge_of_a_form_that_it_knows(folder: Folder) -> None:
    """It reads tokens of the 2019 data model only, with P-384 it canonicalises by SHA-256, against the W3C's
    vector (which `tests/vectors` holds us to), and it reads no badge with an endorsement inside, which has
    its own contexts. Anything else that it says against a badge is our fault.
    """
    for name, made in _read(folder).items():
        answer = verify_with_openvc(made, folder.did_documents)
        if isinstance(made, str):
            expected: tuple[str, ...] = ("no embedded `vc` object", "algorithm 'RS256' is not permitted")
        elif "P-384" in _key_types(made, folder):
            expected = ("ecdsa-rdfc-2019 proof does not verify",)
        elif "endorsement" in made["credentialSubject"]["achievement"]:
            expected = ("/credentialSubject/achievement/endorsement/@context",)
        else:
            expected = ("ok",)
        assert any(words in answer for words in expected), (name, answer)


def test_openvc_rejects_every_badge_with_one_changed_character(folder: Folder) -> None:
    for made in _read(folder).values():
        assert verify_with_openvc(_changed(made), folder.did_documents) != "ok"


def test_openbadgeslib_verifies_every_badge_of_a_suite_that_it_knows(folder: Folder) -> None:
    """It has no ecdsa-rdfc-2019, and says so; that is the only thing that it may say against a badge."""
    for name, made in _read(folder).items():
        known = isinstance(made, str) or made["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
        answer = verify_with_openbadgeslib(made, folder.did_documents)
        assert answer == "ok" if known else "no supported Data Integrity proof" in answer, (name, answer)


def test_openbadgeslib_rejects_every_badge_with_one_changed_character(folder: Folder) -> None:
    for made in _read(folder).values():
        assert verify_with_openbadgeslib(_changed(made), folder.did_documents) != "ok"


def _changed(made: dict[str, Any] | str) -> dict[str, Any] | str:
    if isinstance(made, str):
        head, payload, signature = made.split(".")
        return ".".join((head, payload, ("A" if signature[0] != "A" else "B") + signature[1:]))
    subject = made["credentialSubject"]
    achievement = subject["achievement"] | {"name": subject["achievement"]["name"] + "."}
    return made | {"credentialSubject": subject | {"achievement": achievement}}


@pytest.mark.parametrize("name", ["eddsa-rdfc-2022-web", "ecdsa-rdfc-2019-p256-web"])
def test_we_verify_what_openvc_signs(name: str) -> None:
    signer = SIGNERS[name]
    theirs = _their_suite(signer).add_proof(
        badge(DISTRICT, 2),
        signing_key=_their_key(signer),
        verification_method=signer.verification_method,
        created=CREATED,
        extra_contexts=OPEN_BADGES_CONTEXTS,
    )
    _holds(theirs, signer)


def _their_suite(signer: SeededSigner) -> Any:
    return DataIntegrityProofSuite() if signer.key_type is KeyType.ED25519 else EcdsaRdfcProofSuite()


def _their_key(signer: SeededSigner) -> Any:
    private = signer.private
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return Ed25519SigningKey(private, signer.verification_method)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return P256SigningKey(private, signer.verification_method)


def test_we_verify_what_openbadgeslib_signs() -> None:
    signer = SIGNERS["eddsa-rdfc-2022-web"]
    pem = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    theirs = add_data_integrity_proof(
        badge(DISTRICT, 3), pem, signer.verification_method, created=datetime(2025, 1, 1, tzinfo=UTC)
    )
    _holds(theirs, signer)


@pytest.mark.parametrize(("name", "algorithm"), [("rs256", "RS256"), ("es256", "ES256"), ("eddsa", "EdDSA")])
def test_we_verify_tokens_that_openbadgeslib_signs(name: str, algorithm: str) -> None:
    """Its header carries the key itself; that the key is the issuer's is found out by its thumbprint."""
    signer = TOKEN_SIGNERS[name]
    pem = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    theirs = OpenBadgeCredential(
        issuer=Issuer(id=DISTRICT, name="Meadowbrook School District"),
        recipient_id="urn:uuid:0e3a7a86-93d1-4c1e-8f5b-000000000001",
        achievement=Achievement(
            id="https://badges.meadowbrook.example/achievements/welding-1",
            name="Welding, level one",
            description="Can make a sound fillet weld.",
            criteria_narrative="A practical test.",
        ),
        issuance_date=CREATED,
    )
    token = OB3Signer(pem, algorithm).sign(theirs)

    def key_for(claim: JwtClaim) -> PublicKey:
        assert claim.kid is None
        assert (claim.issuer, claim.thumbprint) == (DISTRICT, signer.public_key.thumbprint())
        return signer.public_key

    verified = check_jwt(split(token), key_for)
    assert verified.document.value == theirs.to_vc()
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_jwt(split(str(_changed(token))), key_for)


def _holds(theirs: dict[str, Any], signer: SeededSigner) -> None:
    verified = check_proof(compose(theirs), lambda _: signer.public_key)
    assert verified.document.value == {name: part for name, part in theirs.items() if name != "proof"}
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(compose(theirs | {"name": "Welding, level nine"}), lambda _: signer.public_key)
