"""The W3C vectors of proof sets and proof chains: made again, and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contexts.document import Document, compose, parse
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof, proof_claims
from credential.proof.verified import ProofClaim
from keys.public import PublicKey
from tests.vectors.vector_signer import VectorSigner
from tests.vectors.wider import every_context

pytestmark = pytest.mark.specs

FOLDER = "vectors/vc-di-eddsa/proof-set-chain"
SIGNED = {"signedProofSet1": 1, "signedProofSet2": 2, "signedProofChain1": 3, "signedProofChain2": 4}
STEPS = [
    ("proofSetConfig1", "proofSetConfigSigned1", "keyPair1"),
    ("proofSetConfig2", "proofSetConfigSigned2", "keyPair2"),
    ("proofChainConfig1", "proofChainConfigSigned1", "keyPair3"),
    ("proofChainConfig2", "proofChainConfigSigned2", "keyPair4"),
]


def read(specs: Path, name: str) -> Any:
    return json.loads((specs / FOLDER / f"{name}.json").read_text("utf-8"))


def document(specs: Path, name: str) -> Document:
    return parse((specs / FOLDER / f"{name}.json").read_bytes())


def key_for(claim: ProofClaim) -> PublicKey:
    """The vectors' signers are did:keys, none of which is the issuer that the document names."""
    return PublicKey.from_multikey(claim.controller.removeprefix("did:key:"))


@pytest.mark.parametrize("name", SIGNED)
def test_every_proof_is_required_and_passes(specs: Path, name: str) -> None:
    signed = document(specs, name)
    verified = check_proof(signed, key_for, contexts=every_context(specs))
    assert len(verified.claims) == SIGNED[name]
    assert verified.notes == ()
    assert verified.document.value == read(specs, "unsigned")


@pytest.mark.parametrize("at", range(4))
def test_a_set_or_a_chain_with_one_bad_proof_fails_as_a_whole(specs: Path, at: int) -> None:
    value = read(specs, "signedProofChain2")
    proofs = value["proof"]
    proofs[at] = proofs[at] | {"proofValue": proofs[(at + 1) % 4]["proofValue"]}
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(compose(value), key_for, contexts=every_context(specs))


def test_a_chain_whose_first_link_is_taken_away_fails(specs: Path) -> None:
    value = read(specs, "signedProofChain2")
    for gone in range(3):
        rest = [proof for at, proof in enumerate(value["proof"]) if at != gone]
        with pytest.raises(CredentialError, match=r"^proof_chain"):
            proof_claims(compose(value | {"proof": rest}))


def test_each_step_is_signed_again_as_it_was(specs: Path) -> None:
    contexts = every_context(specs)
    value = read(specs, "unsigned")
    keys = read(specs, "multiKeyPairs")
    for config_name, signed_name, pair in STEPS:
        config = read(specs, config_name)
        signer = VectorSigner(
            PublicKey.from_multikey(keys[pair]["publicKeyMultibase"]),
            value["issuer"],
            config["verificationMethod"],
            keys[pair]["privateKeyMultibase"],
        )
        previous = config.get("previousProof", [])
        made = add_proof(
            compose(value),
            signer,
            created=parse_date_time(config["created"]).instant,
            contexts=contexts,
            proof_id=config.get("id"),
            previous=[previous] if isinstance(previous, str) else previous,
        )
        value = made.value
        expected = read(specs, signed_name)
        written = value["proof"][-1]
        if isinstance(expected.get("previousProof"), str):
            expected["previousProof"] = [expected["previousProof"]]
        assert written == expected
    assert len(value["proof"]) == len(STEPS)
