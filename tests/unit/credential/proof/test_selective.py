"""Base proofs and the parts that are derived from them."""

from __future__ import annotations

from typing import Any

import pytest

from contexts.document import Document, compose
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof, proof_claims
from credential.proof.sd_value import MOST_POINTERS, octets_of, read_base, read_derived
from credential.proof.selective import add_base_proof, always_shown, derive_proof
from keys.one_time import OneTimeKey
from tests.attacks.badges import CREATED, ED25519, P256, badge, signed

ONCE = OneTimeKey(lambda count: b"k" * count)


def base(value: dict[str, Any] | None = None, mandatory: tuple[str, ...] = ("/issuer",)) -> Document:
    return add_base_proof(
        compose(value or badge()), P256, ONCE, hmac_key=b"h" * 32, mandatory=mandatory, created=CREATED
    )


def results(*values: str) -> dict[str, Any]:
    made = badge()
    made["credentialSubject"]["result"] = [{"type": ["Result"], "value": value} for value in values]
    return made


@pytest.mark.parametrize(
    "pointers",
    [[], ["/name"], ["/credentialSubject/achievement/name"], ["/credentialSubject"], ["", "/name"], [""]],
    ids=str,
)
def test_every_part_of_a_badge_can_be_shown_and_checked(pointers: list[str]) -> None:
    part = derive_proof(base(), pointers)
    verified = check_proof(part, lambda _: P256.public_key)
    assert verified.partial
    assert verified.document.value == {name: v for name, v in part.value.items() if name != "proof"}


def test_of_things_without_a_name_that_look_alike_one_can_be_shown() -> None:
    whole = base(results("91", "92", "93"))
    for at, value in enumerate(("91", "92", "93")):
        part = derive_proof(whole, [f"/credentialSubject/result/{at}"])
        verified = check_proof(part, lambda _: P256.public_key)
        assert [one["value"] for one in verified.document.value["credentialSubject"]["result"]] == [value]


def test_what_is_mandatory_is_in_every_part() -> None:
    whole = base(mandatory=("/issuer", "/validUntil", "/credentialSubject/achievement/criteria"))
    part = derive_proof(whole, [])
    assert part.value["validUntil"] == badge()["validUntil"]
    assert "criteria" in part.value["credentialSubject"]["achievement"]
    proof = read_derived(octets_of(part.value["proof"]["proofValue"], ""))
    assert proof.signatures == ()


def test_two_parts_of_one_badge_cannot_be_made_one() -> None:
    whole = base()
    first, second = (derive_proof(whole, [pointer]).value for pointer in ("/name", "/validFrom"))
    mixed = first | {"validFrom": second["validFrom"]}
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_proof(compose(mixed), lambda _: P256.public_key)


def test_labels_tell_nothing_of_what_is_left_out() -> None:
    labels = {
        read_derived(
            octets_of(derive_proof(base(results("1", value)), [""]).value["proof"]["proofValue"], "")
        ).labels
        for value in "23"
    }
    assert all(len(label) == len("u") + 43 for group in labels for label in group)


def test_the_base_proof_names_what_is_mandatory() -> None:
    found = read_base(octets_of(base().value["proof"]["proofValue"], ""))
    assert found.pointers == ("/issuer",)
    assert found.one_time == ONCE.public_key


def test_a_word_without_meaning_is_refused_when_it_is_signed() -> None:
    with pytest.raises(DocumentError, match=r"^undefined_term"):
        base(badge() | {"gpa": "4.0"})


def test_who_may_sign_and_what() -> None:
    with pytest.raises(CredentialError, match=r"^alg_key_mismatch"):
        add_base_proof(compose(badge()), ED25519, ONCE, hmac_key=b"h" * 32, created=CREATED)
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        add_base_proof(compose(badge()), P256, ONCE, hmac_key=b"h" * 31, created=CREATED)
    with pytest.raises(CredentialError, match=r"^too_many_proofs"):
        add_base_proof(compose(signed(P256)), P256, ONCE, hmac_key=b"h" * 32, created=CREATED)
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        add_base_proof(
            compose(badge("did:web:other.example")), P256, ONCE, hmac_key=b"h" * 32, created=CREATED
        )


def test_so_many_pointers_and_no_more() -> None:
    assert "proof" in base(mandatory=("/issuer",) * MOST_POINTERS).value
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        base(mandatory=("/issuer",) * (MOST_POINTERS + 1))
    assert "name" in derive_proof(base(), ["/name"] * MOST_POINTERS).value
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        derive_proof(base(), ["/name"] * (MOST_POINTERS + 1))


def test_a_document_has_so_many_statements_and_no_more() -> None:
    with pytest.raises(CredentialError, match=r"^proof_malformed: the document makes more"):
        base(results(*(str(n) for n in range(400))))


@pytest.mark.parametrize("pointers", [["/nothing"], ["name"]])
def test_a_pointer_to_nothing_is_refused(pointers: list[str]) -> None:
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        derive_proof(base(), pointers)
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        base(mandatory=tuple(pointers))


def test_nothing_is_derived_from_another_suite_or_from_a_changed_document() -> None:
    with pytest.raises(CredentialError, match=r"^unsupported_cryptosuite"):
        derive_proof(compose(signed(P256)), ["/name"])
    with pytest.raises(CredentialError, match=r"^proof_missing"):
        derive_proof(compose(badge()), ["/name"])
    less = {name: value for name, value in base().value.items() if name != "name"}
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        derive_proof(compose(less), ["/validFrom"])


def test_nothing_mandatory_and_nothing_asked_for_is_nothing_to_show() -> None:
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        derive_proof(base(mandatory=()), [])


def test_what_nobody_may_leave_out_is_what_a_badge_has_of_it() -> None:
    assert always_shown(compose(badge())) == ["/issuer", "/validFrom", "/validUntil"]
    assert always_shown(compose(results("1")))[-1] == "/credentialSubject/result"


def test_a_proof_that_shows_a_part_stands_on_no_other() -> None:
    part = derive_proof(base(), ["/name"]).value
    other = add_proof(compose(badge()), ED25519, created=CREATED, proof_id="urn:uuid:1").value["proof"][0]
    proofs = [other, part["proof"] | {"previousProof": "urn:uuid:1"}]
    with pytest.raises(CredentialError, match=r"^proof_chain"):
        proof_claims(compose(part | {"proof": proofs}))
