"""A presentation's own proof: by its holder, for this verifier, as the answer to this challenge."""

from __future__ import annotations

from typing import Any

import pytest

from contexts.document import Document, compose
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from credential.proof.presentation import add_presentation_proof, check_presentation, presentation_claims
from credential.proof.verified import ProofClaim
from keys.public import PublicKey
from tests.attacks.badges import CREATED, DISTRICT, ED25519, V2, badge, signed
from tests.signers import SeededSigner

STRANGER = SeededSigner("mallory", DISTRICT, method="did:web:mallory.example#key-1")


def key_for(claim: ProofClaim) -> PublicKey:
    return {ED25519.verification_method: ED25519, STRANGER.verification_method: STRANGER}[
        claim.verification_method
    ].public_key


def shown(holder: Any = DISTRICT, **changes: Any) -> dict[str, Any]:
    made = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [signed()]}
    return made | ({"holder": holder} if holder else {}) | changes


def presented(
    value: dict[str, Any] | None = None,
    challenge: str | None = "c-1",
    domain: str | None = "verify.example",
    suite: str = "eddsa-rdfc-2022",
    signer: SeededSigner = ED25519,
) -> Document:
    return add_presentation_proof(
        compose(value or shown()),
        signer,
        cryptosuite=suite,
        created=CREATED,
        challenge=challenge,
        domain=domain,
    )


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("holder", [DISTRICT, {"id": DISTRICT}, None], ids=str)
def test_the_holders_proof_passes(suite: str, holder: Any) -> None:
    made = presented(shown(holder), suite=suite)
    (claim,) = check_presentation(made, key_for, challenge="c-1", domain="verify.example")
    assert claim.controller == DISTRICT
    assert presentation_claims(made, challenge="c-1", domain="verify.example") == (claim,)


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (("c-1", "verify.example"), ("c-2", "verify.example")),
        (("c-1", "verify.example"), ("c-1", "other.example")),
        (("c-1", "verify.example"), (None, "verify.example")),
        (("c-1", "verify.example"), ("c-1", None)),
        ((None, "verify.example"), ("c-1", "verify.example")),
        (("c-1", None), ("c-1", "verify.example")),
        ((None, None), ("c-1", None)),
        (("c-1", None), (None, None)),
    ],
)
def test_a_proof_for_another_question_or_another_verifier_is_refused(
    made: tuple[str | None, str | None], asked: tuple[str | None, str | None]
) -> None:
    with pytest.raises(CredentialError, match=r"^proof_domain"):
        check_presentation(presented(None, *made), key_for, challenge=asked[0], domain=asked[1])


def test_what_is_shown_cannot_be_changed_and_nobody_else_can_show_it() -> None:
    made = presented().value
    changed = made | {"verifiableCredential": [signed(value=badge(number=2))]}
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_presentation(compose(changed), key_for, challenge="c-1", domain="verify.example")
    strangers = presented(shown(None), signer=STRANGER).value | {"holder": DISTRICT}
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        check_presentation(compose(strangers), key_for, challenge="c-1", domain="verify.example")


def test_nobody_signs_for_another_holder() -> None:
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        presented(shown("did:web:other.example"))


def test_an_unsigned_presentation_answers_no_challenge() -> None:
    with pytest.raises(CredentialError, match=r"^proof_missing"):
        check_presentation(compose(shown()), key_for, challenge="c-1", domain=None)


def test_a_presentations_proof_is_no_credentials_and_the_other_way_round() -> None:
    as_credential = presented(shown(issuer=DISTRICT), None, None, "eddsa-jcs-2022")
    with pytest.raises(CredentialError, match=r"^proof_purpose"):
        check_proof(as_credential, key_for)
    with pytest.raises(CredentialError, match=r"^proof_purpose"):
        check_presentation(compose(signed()), key_for, challenge=None, domain=None)


@pytest.mark.parametrize("holder", [7, "", {"id": ""}, {}, ["did:web:x.example"]], ids=str)
def test_a_holder_is_one_url(holder: Any) -> None:
    value = shown(None) | {"holder": holder}
    with pytest.raises(CredentialError, match=r"^bad_member"):
        check_presentation(compose(value), key_for, challenge=None, domain=None)
