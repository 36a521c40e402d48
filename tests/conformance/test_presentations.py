"""Presentations: who shows what, to whom (VCDM 2.0, 4.13; Data Integrity 1.0, 4.4; VC-JOSE-COSE, 3.1.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import CREDENTIALS_V1, CREDENTIALS_V2
from credential.proof.presentation import add_presentation_proof
from keys.public import KeyType
from tests.conformance.client import Client, presented, tampered
from tests.conformance.contexts import EXAMPLES, w3c
from tests.conformance.forging import STRANGER, envelope, forged_token
from tests.conformance.keyring import new_signer
from tests.conformance.samples import OF_2019, PLAIN, RICH, WRITTEN

pytestmark = pytest.mark.network

HOLDER = new_signer(KeyType.ED25519)
ASKED = {"challenge": "uK7Zq", "domain": "verifier.example"}


def shown(*credentials: Any, **how: Any) -> dict[str, Any]:
    return presented(credentials, HOLDER, datetime.now(UTC), **how)


def title(answer: Any) -> str:
    return str(answer.json()["problemDetails"][0]["type"]).partition("#")[2]


@pytest.mark.parametrize("key", [KeyType.ED25519, KeyType.P256, KeyType.P384])
def test_a_holder_may_have_any_key_that_is_its_own_did(client: Client, key: KeyType) -> None:
    holder = new_signer(key)
    value = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": holder.controller}
    suite = "eddsa-rdfc-2022" if key is KeyType.ED25519 else "ecdsa-rdfc-2019"
    signed = add_presentation_proof(
        compose(value), holder, cryptosuite=suite, created=datetime.now(UTC), **ASKED, contexts=w3c()
    )
    assert client.verify_presentation(signed.value, **ASKED).status_code == 200


@pytest.mark.parametrize(
    "suite", ["eddsa-rdfc-2022", "ecdsa-jcs-2019-p384", "ecdsa-sd-2023", "jose", "bitstring"]
)
def test_credentials_of_any_suite_are_shown_together(client: Client, suite: str) -> None:
    credentials = [client.issued(suite, one) for one in (PLAIN, WRITTEN)]
    assert client.verify_presentation(shown(*credentials, **ASKED), **ASKED).status_code == 200
    wrong = [*credentials[:-1], tampered(credentials[-1])]
    assert client.verify_presentation(shown(*wrong, **ASKED), **ASKED).status_code == 400


@pytest.mark.parametrize(
    ("made", "asked", "code"),
    [
        (ASKED, ASKED, None),
        (ASKED, ASKED | {"expectedProofPurpose": "authentication"}, None),
        (ASKED, ASKED | {"expectedProofPurpose": "assertionMethod"}, "PROOF_VERIFICATION_ERROR"),
        (ASKED, {}, None),
        ({}, {}, None),
        ({}, {"challenge": "uK7Zq"}, "INVALID_CHALLENGE_ERROR"),
        ({}, {"domain": "verifier.example"}, "INVALID_DOMAIN_ERROR"),
        (ASKED, ASKED | {"challenge": "uK7Zr"}, "INVALID_CHALLENGE_ERROR"),
        (ASKED, ASKED | {"domain": "other.example"}, "INVALID_DOMAIN_ERROR"),
        (ASKED, {"challenge": ""}, "INVALID_CHALLENGE_ERROR"),
    ],
)
def test_what_was_asked_must_be_answered(
    client: Client, made: dict[str, str], asked: dict[str, str], code: str | None
) -> None:
    """DI 4.4, 7 and 8."""
    answer = client.verify_presentation(shown(**made), **asked)
    assert answer.status_code == (400 if code else 200)
    assert code is None or title(answer) == code


@pytest.mark.parametrize("asked", [{}, {"challenge": "u1"}, {"domain": "verifier.example"}])
def test_unsigned_it_answers_nothing(client: Client, asked: dict[str, str]) -> None:
    folder = {
        name: part for name, part in shown(client.issued("eddsa-rdfc-2022", PLAIN)).items() if name != "proof"
    }
    assert client.verify_presentation(folder, **asked).status_code == (400 if asked else 200)


GOOD: dict[str, dict[str, Any]] = {
    "an id": {"id": "urn:uuid:8a1f5c1e-0000-4000-8000-0000000000f0"},
    "more types": {"type": ["VerifiablePresentation", "https://bees.example/#Shown"]},
    "the holder as an object": {"holder": {"id": HOLDER.controller}},
    "no holder": {"holder": None},
    "more contexts": {"@context": [CREDENTIALS_V2, EXAMPLES]},
    "a written context": {"@context": [CREDENTIALS_V2, {"word": "urn:example:word"}]},
    "no credential, as an empty list": {"verifiableCredential": []},
}


@pytest.mark.parametrize("case", GOOD)
def test_what_conforms_verifies(client: Client, case: str) -> None:
    """VCDM 4.13."""
    credentials = [client.issued("eddsa-rdfc-2022", one) for one in (PLAIN, RICH)]
    assert client.verify_presentation(shown(*credentials, **GOOD[case])).status_code == 200


BAD: dict[str, dict[str, Any]] = {
    "no context": {"@context": None},
    "the base context second": {"@context": [EXAMPLES, CREDENTIALS_V2]},
    "not the base context": {"@context": [EXAMPLES]},
    "a context nobody knows": {"@context": [CREDENTIALS_V2, "https://bees.example/c"]},
    "a context that is no address": {"@context": [CREDENTIALS_V2, "https ://bees.example/c"]},
    "a number": {"@context": [CREDENTIALS_V2, 7]},
    "no type": {"type": None},
    "another type": {"type": ["VerifiableCredential"]},
    "an id that is none": {"id": "mine"},
    "two ids": {"id": ["urn:x:1", "urn:x:2"]},
    "a holder that is no address": {"holder": "me"},
    "a holder without an id": {"holder": {"name": "Noor"}},
    "another holder": {"holder": "did:example:acme"},
    "a text": {"verifiableCredential": ["did:example:credential"]},
    "a number for a credential": {"verifiableCredential": [7]},
    "no credential at all": {"verifiableCredential": []},
    "what is no credential": {"verifiableCredential": [{"type": ["Something"]}]},
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_conform_does_not_verify(client: Client, case: str) -> None:
    good = shown(client.issued("eddsa-rdfc-2022", PLAIN))
    assert client.verify_presentation(good).status_code == 200
    wrong = {name: part for name, part in (good | BAD[case]).items() if part is not None}
    assert client.verify_presentation(wrong).status_code == 400
    folder = {name: part for name, part in wrong.items() if name != "proof"}
    if case != "another holder":  # nobody need hold a folder
        assert client.verify_presentation(folder).status_code == 400


def test_any_change_is_noticed(client: Client) -> None:
    good = shown(client.issued("eddsa-rdfc-2022", PLAIN), **ASKED)
    proof = good["proof"][0]
    changes: list[dict[str, Any]] = [
        {"id": "urn:x:other"},
        {"verifiableCredential": [client.issued("eddsa-jcs-2022", PLAIN)]},
        {"proof": [proof | {"challenge": "u2"}]},
        {"proof": [proof | {"created": "2001-01-01T00:00:00Z"}]},
        {"proof": [proof | {"proofPurpose": "assertionMethod"}]},
        {"proof": [proof | {"verificationMethod": STRANGER.verification_method}]},
        {"proof": []},
    ]
    for change in changes:
        assert client.verify_presentation(good | change).status_code == 400, change


@pytest.mark.parametrize("days", [1, -1])
def test_a_presentation_of_tomorrow_is_none(client: Client, days: int) -> None:
    made = presented([], HOLDER, datetime.now(UTC) + timedelta(days=days))
    assert client.verify_presentation(made).status_code == (400 if days > 0 else 200)


OWN = {"issuer": HOLDER.controller, **PLAIN}


@pytest.mark.parametrize(
    ("credential", "members", "status"),
    [
        (OWN, {}, 200),
        (OWN, {"holder": None}, 400),
        (OWN, {"holder": "did:example:acme"}, 400),
        (OWN | {"issuer": "did:example:acme"}, {}, 400),
        (OWN | {"issuer": {"id": HOLDER.controller}}, {}, 200),
        (OWN | {"credentialSubject": {}}, {}, 400),
    ],
)
def test_ones_own_word_needs_no_proof_beside_the_presentations(
    client: Client, credential: dict[str, Any], members: dict[str, Any], status: int
) -> None:
    """VCDM 4.13, presentations including holder claims."""
    try:
        made = shown(credential, **members)
    except ValueError:  # nobody can sign as somebody else: as if it had been changed on the way
        made = shown(credential) | members
    assert client.verify_presentation(made).status_code == status


def test_unsigned_ones_own_word_is_anybodys(client: Client) -> None:
    made = {name: part for name, part in shown(OWN).items() if name != "proof"}
    assert client.verify_presentation(made).status_code == 400


def test_a_presentation_in_a_token_and_in_an_envelope(client: Client) -> None:
    """VC-JOSE-COSE 3.1.2; VCDM 4.13, enveloped verifiable presentations."""
    inside = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": STRANGER.controller,
        "verifiableCredential": [client.issued("jose", PLAIN), client.issued("eddsa-rdfc-2022", PLAIN)],
    }
    said = inside | {"nonce": "u1", "aud": "verifier.example"}
    token = forged_token(said, header={"typ": "vp+jwt", "cty": "vp"})
    forms: list[Any] = [token, envelope(token, "Presentation")]
    for one in forms:
        assert client.verify_presentation(one, challenge="u1", domain="verifier.example").status_code == 200
        assert client.verify_presentation(one, challenge="u2").status_code == 400
    held = envelope(token, "Presentation")
    wrong: list[Any] = [
        held | {"@context": []},
        held | {"@context": [EXAMPLES]},
        held | {"id": token},
        held | {"type": ["VerifiablePresentation"]},
        envelope(token, "Credential"),
        token[:-4] + "AAAA",
        forged_token({**inside, "vp": {}}, header={"typ": "vp+jwt", "cty": "vp"}),
    ]
    for one in wrong:
        assert client.verify_presentation(one).status_code == 400, one


def test_a_presentation_of_2019_holds_tokens_as_they_are(client: Client) -> None:
    token = client.issued("jose", OF_2019)["id"].partition(",")[2]
    value = {
        "@context": [CREDENTIALS_V1],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [token],
    }
    assert client.verify_presentation(value).status_code == 200
    assert (
        client.verify_presentation(value | {"verifiableCredential": [token[:-4] + "AAAA"]}).status_code == 400
    )
