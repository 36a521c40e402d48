"""Adding proofs, checking them, and the policy about several."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contexts.document import compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof, proof_claims
from credential.proof.proof_set import MOST_PROOFS
from credential.proof.verified import ProofClaim
from keys.errors import KeyRefused
from keys.public import KeyType, PublicKey
from tests.attacks.badges import (
    CREATED,
    DISTRICT,
    ED25519,
    MALLORY,
    P256,
    P384,
    RSA,
    badge,
    one_proof,
    options,
    signed,
    signed_as,
)
from tests.signers import SeededSigner

KEYS = {signer.verification_method: signer.public_key for signer in (ED25519, P256, P384)}


def key_for(claim: ProofClaim) -> PublicKey:
    return KEYS[claim.verification_method]


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(CredentialError) as caught:
        check_proof(compose(document), key_for)
    return f"{caught.value.code} {caught.value.pointer}".strip()


@pytest.mark.parametrize("signer", [ED25519, P256, P384], ids=lambda signer: signer.key_type.value)
def test_what_is_signed_verifies_and_comes_back_without_proof(signer: SeededSigner) -> None:
    verified = check_proof(compose(signed(signer)), key_for)
    assert verified.document.value == badge()
    assert verified.document.raw == compose(badge()).raw
    assert verified.notes == ()


def test_the_proof_says_what_was_asked_and_stands_last_as_an_array() -> None:
    made = add_proof(compose(badge()), ED25519, created=CREATED).value
    assert list(made)[-1] == "proof"
    assert [set(proof) for proof in made["proof"]] == [
        {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
    ]
    proof = one_proof(made)
    assert proof["created"] == "2026-05-01T09:00:00Z"
    assert proof["verificationMethod"] == ED25519.verification_method


def test_the_same_document_signed_twice_is_the_same() -> None:
    assert signed() == signed()
    assert signed(P256) == signed(P256)


def test_created_is_written_in_utc_to_the_second() -> None:
    central = timezone(timedelta(hours=-6))
    created = datetime(2026, 1, 1, 2, 3, 4, 567_890, tzinfo=central)
    made = add_proof(compose(badge()), ED25519, created=created)
    assert one_proof(made.value)["created"] == "2026-01-01T08:03:04Z"


def test_created_needs_a_time_zone() -> None:
    naive = CREATED.replace(tzinfo=None)
    with pytest.raises(CredentialError, match=r"^bad_date"):
        add_proof(compose(badge()), ED25519, created=naive)


@pytest.mark.parametrize("suite", ["eddsa-2022", "bbs-2023", "ecdsa-sd-2023", "", "x" * 100])
def test_only_suites_of_today_are_written(suite: str) -> None:
    with pytest.raises(CredentialError, match=r"^unsupported_cryptosuite"):
        add_proof(compose(badge()), ED25519, cryptosuite=suite, created=CREATED)


@pytest.mark.parametrize(
    ("suite", "signer"),
    [("eddsa-rdfc-2022", P256), ("ecdsa-rdfc-2019", ED25519), ("ecdsa-rdfc-2019", RSA)],
)
def test_a_suite_takes_keys_of_its_own_type(suite: str, signer: SeededSigner) -> None:
    with pytest.raises(CredentialError, match=r"^alg_key_mismatch"):
        add_proof(compose(badge()), signer, cryptosuite=suite, created=CREATED)


def test_nobody_signs_for_another_issuer() -> None:
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        add_proof(compose(badge(MALLORY)), ED25519, created=CREATED)


def test_a_signer_whose_result_is_not_its_own_makes_nothing_that_passes() -> None:
    class Broken(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"\x00")

    broken = Broken("district", DISTRICT)
    signed = add_proof(compose(badge()), broken, created=CREATED)
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(signed, lambda _claim: broken.public_key)


def test_what_would_not_be_signed_is_not_signed_at_all() -> None:
    with pytest.raises(DocumentError, match=r"^undefined_term"):
        add_proof(compose(badge(gpa="4.0")), ED25519, created=CREATED)


def test_what_the_older_context_lacks_is_not_issued() -> None:
    with pytest.raises(DocumentError, match=r"^undefined_term"):
        add_proof(compose(badge(endorsementJwt=["e30.e30.AA"])), ED25519, created=CREATED)


def test_a_member_added_after_signing_is_refused_and_not_dropped() -> None:
    with pytest.raises(DocumentError, match=r"^undefined_term"):
        check_proof(compose(signed() | {"gpa": "4.0"}), key_for)


def test_a_second_proof_joins_the_first_and_leaves_it_good() -> None:
    both = add_proof(compose(signed()), P256, cryptosuite="ecdsa-rdfc-2019", created=CREATED)
    assert both.value["proof"][0] == one_proof(signed())
    assert both.value["proof"][1] == one_proof(signed(P256))
    verified = check_proof(both, key_for)
    assert [claim.verification_method for claim in proof_claims(both)] == [
        ED25519.verification_method,
        P256.verification_method,
    ]
    assert verified.claims == proof_claims(both)


def test_no_proof_is_added_to_the_most() -> None:
    full = compose(signed() | {"proof": signed()["proof"] * MOST_PROOFS})
    with pytest.raises(CredentialError, match=r"^too_many_proofs"):
        add_proof(full, ED25519, created=CREATED)


@pytest.mark.parametrize("proof", ["x", None, 1, {}, ["x"], [None], [{"type": "DataIntegrityProof"}]])
def test_no_proof_is_added_to_what_is_none(proof: Any) -> None:
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        add_proof(compose(badge(proof=proof)), ED25519, created=CREATED)


def test_one_proof_as_an_object_is_the_same_as_an_array_of_one() -> None:
    made = signed()
    verified = check_proof(compose(made | {"proof": one_proof(made)}), key_for)
    assert verified.document.value == badge()


def test_another_json_writer_changes_nothing() -> None:
    made = signed()
    rewritten = dict(reversed([*made.items()])) | {"type": made["type"][::-1]}
    assert check_proof(compose(rewritten), key_for).claims == proof_claims(compose(made))


def test_claims_are_parsed_and_carry_the_issuer() -> None:
    made = signed_as(options(expires="2031-05-01T03:00:00-06:00", created="2026-05-01T09:00:00.25Z"), badge())
    (claim,) = check_proof(compose(made), key_for).claims
    assert isinstance(claim, ProofClaim)
    assert claim.expires == datetime(2031, 5, 1, 9, tzinfo=UTC)
    assert claim.created == datetime(2026, 5, 1, 9, 0, 0, 250_000, tzinfo=UTC)
    assert (claim.issuer, claim.controller, claim.purpose) == (DISTRICT, DISTRICT, "assertionMethod")
    assert claim.proof_value == one_proof(made)["proofValue"]


def test_created_may_be_absent() -> None:
    (claim,) = check_proof(compose(signed_as(options(created=None), badge())), key_for).claims
    assert isinstance(claim, ProofClaim)
    assert (claim.created, claim.expires) == (None, None)


def test_the_former_name_of_the_suite_is_checked_with_a_note() -> None:
    made = signed_as(options(cryptosuite="eddsa-2022"), badge())
    verified = check_proof(compose(made), key_for)
    assert verified.notes == ("former_suite_name: 'eddsa-2022' is now called 'eddsa-rdfc-2022' (at /proof)",)


def test_proofs_left_aside_are_noted_and_prove_nothing() -> None:
    made = signed()
    stranger = one_proof(made) | {"verificationMethod": f"{MALLORY}#key-1"}
    unknown = {"type": "SomeSignature2031", "jws": "x"}
    document = compose(made | {"proof": [stranger, unknown, one_proof(made)]})
    verified = check_proof(document, key_for)
    assert [claim.issuer for claim in verified.claims] == [DISTRICT]
    assert len(verified.notes) == 2
    assert all(note.startswith("proof_not_checked: ") for note in verified.notes)
    assert [claim.controller for claim in proof_claims(document)] == [DISTRICT]


def test_a_note_never_carries_a_long_text_of_the_badge() -> None:
    unknown = {"type": "S" * 60_000}
    document = compose(signed() | {"proof": [unknown, one_proof(signed())]})
    assert all(len(note) < 300 for note in check_proof(document, key_for).notes)


def test_where_no_proof_is_by_the_issuer_every_key_is_still_asked_for() -> None:
    """An https issuer that signs with a did:key: whether that is the issuer's, only the caller can know."""
    stranger = SeededSigner("mallory", DISTRICT, method=f"{MALLORY}#key-1")
    made = compose(signed_as(options(stranger), badge(), stranger))
    asked: list[ProofClaim] = []

    def refuse(claim: ProofClaim) -> PublicKey:
        asked.append(claim)
        raise KeyRefused("controller_mismatch", "not the issuer's")

    with pytest.raises(KeyRefused):
        check_proof(made, refuse)
    assert [(claim.controller, claim.issuer) for claim in asked] == [(MALLORY, DISTRICT)]


def test_keys_are_found_before_any_expensive_work() -> None:
    """A document that cannot be canonicalised costs nothing where its key is nobody's."""

    def refuse(_claim: ProofClaim) -> PublicKey:
        raise KeyRefused("key_not_in_document", "no such key")

    with pytest.raises(KeyRefused):
        check_proof(compose(signed() | {"gpa": "4.0"}), refuse)


def test_a_key_of_another_type_is_refused_before_any_expensive_work() -> None:
    with pytest.raises(CredentialError, match=r"^alg_key_mismatch"):
        check_proof(compose(signed() | {"gpa": "4.0"}), lambda _: P256.public_key)


def test_the_pointer_says_which_proof_failed() -> None:
    made = signed()
    second = one_proof(signed(P256)) | {"proofValue": one_proof(made)["proofValue"]}
    assert refusal(made | {"proof": [one_proof(made), second]}) == "bad_signature /proof/1"
    assert refusal(made | {"proof": second}) == "bad_signature /proof"
    assert (
        refusal(made | {"proof": [second | {"proofPurpose": "x"}]}) == "proof_purpose /proof/0/proofPurpose"
    )


def test_a_document_of_the_older_model_needs_no_context_for_its_proof() -> None:
    """VC Data Integrity 1.0, 2.4.2: where nothing defines the proof's members, data-integrity/v2 does."""
    old = badge() | {"@context": ["https://www.w3.org/2018/credentials/v1", badge()["@context"][1]]}
    old["issuanceDate"] = old.pop("validFrom")
    old["expirationDate"] = old.pop("validUntil")
    injected = old | {"@context": [*old["@context"], "https://w3id.org/security/data-integrity/v2"]}
    proof = one_proof(signed_as(options(), injected))
    assert check_proof(compose(old | {"proof": proof}), key_for).document.value == old
    assert check_proof(compose(injected | {"proof": proof}), key_for).document.value == injected


def test_contexts_can_be_narrowed_to_those_of_issuing() -> None:
    document = compose(signed_as(options(), badge(endorsementJwt=["e30.e30.AA"])))
    assert check_proof(document, key_for, contexts=CHECKING).notes == ()
    with pytest.raises(DocumentError, match=r"^undefined_term"):
        check_proof(document, key_for, contexts=ISSUING)


def test_a_signer_needs_no_more_than_the_protocol() -> None:
    @dataclasses.dataclass(frozen=True)
    class Card:
        public_key: PublicKey = ED25519.public_key
        verification_method: str = ED25519.verification_method
        controller: str = DISTRICT

        def sign(self, message: bytes) -> bytes:
            return ED25519.sign(message)

    assert add_proof(compose(badge()), Card(), created=CREATED).value == signed()
    assert KeyType.ED25519 is ED25519.public_key.key_type


def test_a_verification_method_at_the_limit_is_read_and_one_beyond_is_not() -> None:
    def named(characters: int) -> dict[str, Any]:
        method = f"{DISTRICT}#".ljust(characters, "k")
        return signed_as(options(verificationMethod=method), badge())

    verified = check_proof(compose(named(2_048)), lambda _: ED25519.public_key)
    assert verified.document.value == badge()
    assert refusal(named(2_049)) == "proof_malformed /proof/verificationMethod"


def test_a_proof_value_is_measured_before_it_is_decoded() -> None:
    for length, said in ((200, "145 octets"), (201, "at most 200 characters")):
        made = signed()
        made["proof"][0]["proofValue"] = "z" + "2" * (length - 1)
        with pytest.raises(CredentialError, match=said):
            proof_claims(compose(made))
