"""Sets and chains of proofs; the vectors are in `tests.vectors.test_proof_chains`."""

from __future__ import annotations

import itertools

import pytest

from contexts.document import Document, compose
from contexts.reference import canonical_quads
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof, proof_claims
from credential.proof.verified import ProofClaim
from keys.public import KeyType, PublicKey
from tests.attacks.badges import CREATED, DISTRICT, ED25519, P256, badge
from tests.signers import SeededSigner

FIRST = "urn:uuid:11111111-2222-4333-8444-555555555555"
SECOND = "urn:uuid:66666666-2222-4333-8444-555555555555"
SUITES = {
    "eddsa-rdfc-2022": ED25519,
    "eddsa-jcs-2022": ED25519,
    "ecdsa-rdfc-2019": P256,
    "ecdsa-jcs-2019": P256,
}
KEYS = {signer.verification_method: signer.public_key for signer in (ED25519, P256)}


def key_for(claim: ProofClaim) -> PublicKey:
    return KEYS[claim.verification_method]


def chain(*suites: str) -> Document:
    """A badge signed by each suite over all that went before."""
    names: list[str] = []
    made = compose(badge())
    for at, suite in enumerate(suites):
        name = f"urn:uuid:{at:08d}-2222-4333-8444-555555555555"
        made = add_proof(
            made, SUITES[suite], cryptosuite=suite, created=CREATED, proof_id=name, previous=names[-1:]
        )
        names.append(name)
    return made


@pytest.mark.parametrize("suites", list(itertools.permutations(SUITES, 2)), ids=str)
def test_a_chain_across_suites_passes_and_its_first_link_is_signed_over(suites: tuple[str, str]) -> None:
    made = chain(*suites)
    assert len(check_proof(made, key_for).claims) == len(suites)
    first, second = made.value["proof"]
    # The first is signed again at another time: it is good by itself, and not what the second stands on.
    again = add_proof(
        compose(badge()),
        SUITES[suites[0]],
        cryptosuite=suites[0],
        created=CREATED.replace(minute=1),
        proof_id=first["id"],
    ).value["proof"][0]
    assert len(check_proof(compose(badge() | {"proof": [again]}), key_for).claims) == 1
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(compose(badge() | {"proof": [again, second]}), key_for)


def test_a_chain_of_four_suites_passes_in_any_order_of_its_proofs() -> None:
    made = chain(*SUITES)
    for order in itertools.permutations(made.value["proof"]):
        assert len(check_proof(compose(badge() | {"proof": list(order)}), key_for).claims) == len(SUITES)


def test_a_set_of_all_suites_passes_and_each_of_them_is_needed() -> None:
    made = compose(badge())
    for suite, signer in SUITES.items():
        made = add_proof(made, signer, cryptosuite=suite, created=CREATED)
    assert len(check_proof(made, key_for).claims) == len(SUITES)
    for at in range(len(SUITES)):
        proofs = [dict(proof) for proof in made.value["proof"]]
        proofs[at]["created"] = "2026-05-01T09:00:01Z"
        with pytest.raises(CredentialError, match=r"^bad_signature"):
            check_proof(compose(badge() | {"proof": proofs}), key_for)


def test_anothers_earlier_proof_is_required_and_marked() -> None:
    witness = SeededSigner("witness", DISTRICT, KeyType.ED25519, "did:web:witness.example#key-1")
    made = add_proof(compose(badge()), witness, created=CREATED, proof_id=FIRST)
    made = add_proof(made, ED25519, created=CREATED, previous=[FIRST])
    own, earlier = proof_claims(made)
    assert (own.controller, own.earlier) == (DISTRICT, False)
    assert (earlier.controller, earlier.earlier) == ("did:web:witness.example", True)
    keys = KEYS | {witness.verification_method: witness.public_key}
    assert check_proof(made, lambda claim: keys[claim.verification_method]).claims == (own, earlier)
    keys[witness.verification_method] = P256.public_key
    with pytest.raises(CredentialError, match=r"^alg_key_mismatch"):
        check_proof(made, lambda claim: keys[claim.verification_method])


def test_anothers_later_proof_is_left_aside() -> None:
    witness = SeededSigner("witness", DISTRICT, KeyType.ED25519, "did:web:witness.example#key-1")
    made = add_proof(compose(badge()), ED25519, created=CREATED, proof_id=FIRST)
    made = add_proof(made, witness, created=CREATED, previous=[FIRST])
    verified = check_proof(made, key_for)
    assert [c.controller for c in verified.claims if isinstance(c, ProofClaim)] == [DISTRICT]
    assert len(verified.notes) == 1


def test_an_earlier_proof_that_is_not_there_cannot_be_signed_over() -> None:
    with pytest.raises(CredentialError, match=r"^proof_chain"):
        add_proof(compose(badge()), ED25519, created=CREATED, previous=[SECOND])


@pytest.mark.parametrize("previous", [[], [FIRST] * 2, [FIRST, 7], "", 7, None, {}, ["x"] * 5], ids=str)
def test_what_is_no_list_of_ids_is_refused(previous: object) -> None:
    made = add_proof(compose(badge()), ED25519, created=CREATED).value
    proof = made["proof"][0] | {"previousProof": previous}
    with pytest.raises(CredentialError, match=r"^proof_chain"):
        proof_claims(compose(badge() | {"proof": [proof]}))


def test_contexts_that_an_earlier_proof_repeats_say_nothing_where_meaning_is_signed() -> None:
    """By PyLD alone: the same statements with them and without."""
    made = chain("eddsa-jcs-2022").value
    bare = [{name: part for name, part in proof.items() if name != "@context"} for proof in made["proof"]]
    assert bare != made["proof"]
    assert canonical_quads(compose(made)) == canonical_quads(compose(made | {"proof": bare}))


def test_an_earlier_proof_stands_there_once_and_is_named_once() -> None:
    """Seen before anybody looks for a key."""
    made = chain("eddsa-rdfc-2022", "eddsa-rdfc-2022").value
    first, second = made["proof"]
    for proofs in ([first, first, second], [first, second | {"previousProof": [first["id"]] * 2}]):
        with pytest.raises(CredentialError, match=r"^proof_chain"):
            proof_claims(compose(made | {"proof": proofs}))
