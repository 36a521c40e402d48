"""The public names stay: whoever builds on the library finds them where they were."""

from __future__ import annotations

import importlib
import inspect

import pytest

SURFACE = {
    "contexts.document": ["Document", "Limits", "parse", "compose"],
    "contexts.canonical": ["canonical_quads"],
    "contexts.schema": ["Schema", "validate", "faults"],
    "keys.public": ["KeyType", "PublicKey"],
    "keys.signer": ["Signer"],
    "keys.did": ["assertion_key", "assertion_keys", "did_web_document", "did_web_location", "parse_did"],
    "credential.proof.data_integrity": ["add_proof", "check_proof", "proof_claims"],
    "credential.proof.selective": ["add_base_proof", "derive_proof"],
    "credential.proof.presentation": ["add_presentation_proof", "check_authentication", "read_presentation"],
    "credential.proof.enveloped": ["enveloped", "enveloped_token"],
    "credential.proof.vc_jwt": ["sign_jwt", "split", "check_jwt"],
    "credential.proof.verified": ["Verified", "ProofClaim", "JwtClaim"],
    "credential.status": ["StatusEntry", "Bitstring", "list_credential", "read_entry", "read_status"],
    "credential.baking.png": ["bake_png", "extract_png"],
    "credential.baking.svg": ["bake_svg", "extract_svg"],
    "verifier.intake": ["read"],
    "verifier.evidence": ["Presented", "Need", "Fetched", "Failure", "Evidence", "Finding", "Verdict"],
    "verifier.policy": ["Policy"],
    "credential.trust_list": ["TrustListCredential", "ListedIssuer", "open_list", "sign_list"],
    "verifier.trust": ["TrustList", "TrustLists", "accept_list", "parse_trust_list", "stand"],
    "verifier.verify": ["next_need", "verify"],
    "verifier.gather": ["gather"],
    "verifier.report": ["explain", "as_json"],
    "verifier.archive": ["open_archive"],
    "verifier.web.openapi": ["document"],
    "verifier.receipt": ["check_receipt", "draft_receipt", "sign_receipt"],
}

SIGNATURES = {
    "contexts.document.parse": ["data", "limits"],
    "contexts.canonical.canonical_quads": ["document", "contexts", "digest"],
    "credential.proof.data_integrity.add_proof": [
        "document",
        "signer",
        "cryptosuite",
        "created",
        "contexts",
        "proof_id",
        "previous",
    ],
    "credential.proof.selective.add_base_proof": [
        "document",
        "signer",
        "one_time",
        "hmac_key",
        "mandatory",
        "created",
        "contexts",
    ],
    "credential.proof.selective.derive_proof": ["document", "selective", "contexts"],
    "credential.proof.data_integrity.check_proof": ["document", "key_for", "contexts"],
    "verifier.intake.read": ["data"],
    "verifier.verify.next_need": ["evidence", "policy", "now"],
    "verifier.verify.verify": ["evidence", "policy", "now"],
    "verifier.gather.gather": ["presented", "policy", "source", "now", "memory"],
    "verifier.report.explain": ["verdict", "locale"],
    "verifier.report.as_json": ["verdict", "locale"],
}


@pytest.mark.parametrize("module", SURFACE)
def test_public_names_are_where_they_were_and_say_what_they_do(module: str) -> None:
    found = importlib.import_module(module)
    for name in SURFACE[module]:
        assert inspect.getdoc(getattr(found, name)), f"{module}.{name}"


@pytest.mark.parametrize("function", SIGNATURES)
def test_parameters_keep_their_names_and_order(function: str) -> None:
    module, _, name = function.rpartition(".")
    parameters = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    assert list(parameters) == SIGNATURES[function]
