"""A presentation's own proof: by its holder, for this verifier, as the answer to this challenge.

Whether it answers what was asked, the verifier says: `tests/unit/verifier/test_presentation.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from contexts.document import Document, compose
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from credential.proof.presentation import (
    LONGEST,
    MOST_DOMAINS,
    Authentication,
    add_presentation_proof,
    check_authentication,
    read_presentation,
)
from keys.public import KeyType
from tests.attacks.badges import CREATED, DISTRICT, ED25519, V2, badge, signed
from tests.signers import SeededSigner

STRANGER = SeededSigner("mallory", DISTRICT, method="did:web:mallory.example#key-1")
P256 = SeededSigner("a wallet", DISTRICT, KeyType.P256)
P384 = SeededSigner("a wallet", DISTRICT, KeyType.P384)
KEYS = {one.verification_method: one.public_key for one in (ED25519, STRANGER)}


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


def checked(document: Document, key: Any = None) -> Authentication:
    """What its proof says, if the key that it names made it."""
    read = read_presentation(document)
    assert read.authentication is not None
    check_authentication(read, key or KEYS[read.authentication.method])
    return read.authentication


@pytest.mark.parametrize(
    ("suite", "signer"),
    [
        ("eddsa-rdfc-2022", ED25519),
        ("eddsa-jcs-2022", ED25519),
        ("Ed25519Signature2020", ED25519),
        ("ecdsa-rdfc-2019", P256),
        ("ecdsa-jcs-2019", P256),
        ("ecdsa-rdfc-2019", P384),
        ("ecdsa-jcs-2019", P384),
    ],
)
@pytest.mark.parametrize("holder", [DISTRICT, {"id": DISTRICT}, None], ids=str)
def test_the_holders_proof_passes(suite: str, signer: SeededSigner, holder: Any) -> None:
    said = checked(presented(shown(holder), suite=suite, signer=signer), signer.public_key)
    assert (said.controller, said.suite) == (DISTRICT, suite)
    assert (said.challenge, said.domains, said.made) == ("c-1", ("verify.example",), CREATED)
    assert said.holder == (DISTRICT if holder else None)


def test_what_is_shown_cannot_be_changed_and_the_signer_says_for_whom_it_is() -> None:
    made = presented().value
    (proof,) = made["proof"]
    for changed in (
        made | {"verifiableCredential": [signed(value=badge(number=2))]},
        made | {"proof": proof | {"challenge": "c-2"}},
        made | {"proof": proof | {"domain": "other.example"}},
        made | {"proof": {name: one for name, one in proof.items() if name != "challenge"}},
    ):
        with pytest.raises(CredentialError, match=r"^bad_signature"):
            checked(compose(changed))


def test_a_strangers_proof_says_that_it_is_a_strangers() -> None:
    made = presented(shown(None), signer=STRANGER)
    said = checked(made)
    assert said.controller == "did:web:mallory.example"
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        checked(compose(made.value | {"holder": DISTRICT}))


def test_nobody_signs_for_another_holder() -> None:
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        presented(shown("did:web:other.example"))


def test_an_unsigned_presentation_is_read_and_is_nobodys() -> None:
    read = read_presentation(compose(shown()))
    assert read.authentication is None
    with pytest.raises(CredentialError, match=r"^proof_missing"):
        check_authentication(read, ED25519.public_key)


def test_a_presentations_proof_is_no_credentials_and_the_other_way_round() -> None:
    as_credential = presented(shown(issuer=DISTRICT), None, None, "eddsa-jcs-2022")
    with pytest.raises(CredentialError, match=r"^proof_purpose"):
        check_proof(as_credential, lambda _: ED25519.public_key)
    with pytest.raises(CredentialError, match=r"^proof_purpose"):
        read_presentation(compose(signed()))


@pytest.mark.parametrize("holder", [7, "", {"id": ""}, {}, ["did:web:x.example"], None], ids=str)
def test_a_holder_is_one_url(holder: Any) -> None:
    with pytest.raises(CredentialError, match=r"^bad_member"):
        read_presentation(compose(shown(None) | {"holder": holder}))


def test_challenges_and_domains_have_an_end() -> None:
    made = presented(challenge="c" * LONGEST).value
    (proof,) = made["proof"]
    assert checked(compose(made)).challenge == "c" * LONGEST
    for more in (
        {"challenge": "c" * (LONGEST + 1)},
        {"domain": "d" * (LONGEST + 1)},
        {"domain": ["d"] * (MOST_DOMAINS + 1)},
        {"challenge": ["c"]},
        {"challenge": ""},
    ):
        with pytest.raises(CredentialError, match=r"^proof_domain"):
            read_presentation(compose(made | {"proof": proof | more}))
    several = made | {"proof": proof | {"domain": ["d"] * MOST_DOMAINS}}
    assert read_presentation(compose(several)).authentication is not None
