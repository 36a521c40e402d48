"""Which key a document names, and every way in which it could name another's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys.controller_document import MOST_METHODS, AssertionKey, assertion_key, assertion_keys
from keys.errors import KeyRefused
from tests.unit.keys.constants import P256_JWK, ed25519_key

DISTRICT = "did:web:badges.district.example"
METHOD = f"{DISTRICT}#key-1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def method(**members: Any) -> dict[str, Any]:
    made = {
        "id": METHOD,
        "type": "Multikey",
        "controller": DISTRICT,
        "publicKeyMultibase": ed25519_key(1).multikey(),
    } | members
    return {name: value for name, value in made.items() if value is not None}


def document(*methods: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "id": DISTRICT,
        "verificationMethod": list(methods or [method()]),
        "assertionMethod": [METHOD],
    } | members


def refusal(found: dict[str, Any], name: str = METHOD, purpose: str = "assertionMethod") -> str:
    with pytest.raises(KeyRefused) as refused:
        assertion_key(found, name, purpose=purpose)
    return refused.value.code


def test_a_key_listed_by_reference_is_found() -> None:
    assert assertion_key(document(), METHOD) == AssertionKey(METHOD, DISTRICT, ed25519_key(1))


def test_a_key_listed_by_value_is_found() -> None:
    by_value = {"id": DISTRICT, "assertionMethod": [method()]}
    assert assertion_key(by_value, METHOD).public_key == ed25519_key(1)


def test_relative_names_are_completed_by_the_documents_id() -> None:
    relative = document(method(id="#key-1"), assertionMethod=["#key-1"])
    assert assertion_key(relative, METHOD).id == METHOD
    assert refusal(relative, "#key-1") in {"malformed_did", "malformed_did_url"}


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": P256_JWK}, "P-256"),
        ({"type": "JsonWebKey2020", "publicKeyMultibase": None, "publicKeyJwk": P256_JWK}, "P-256"),
        ({"type": "Ed25519VerificationKey2020"}, "Ed25519"),
    ],
)
def test_the_other_types_are_read(members: dict[str, Any], key: str) -> None:
    assert assertion_key(document(method(**members)), METHOD).public_key.key_type == key


def test_an_https_document_names_keys_too() -> None:
    school, name = "https://school.example/issuer", "https://school.example/issuer#key-1"
    found = {"id": school, "assertionMethod": [method(id=name, controller=school)]}
    assert assertion_key(found, name).controller == school
    assert refusal(found, "https://school.example/issuer2#key-1") == "document_mismatch"
    for bad in ("https://school.example/issuer", "https://a@school.example/#k", "https://127.0.0.1/i#k"):
        assert refusal(found, bad) in {"malformed_did", "malformed_did_url"}


@pytest.mark.parametrize(
    "other",
    [
        "did:web:badges.district.example.",
        "did:web:Badges.district.example",
        "did:web:badges.district.example:u:mallory",
        "did:web:badges.district.exampl%65",
        "did:web:mallory.example",
        "",
        None,
        7,
        [DISTRICT],
    ],
)
def test_a_document_of_another_id_is_refused(other: Any) -> None:
    assert refusal(document(id=other)) == "document_mismatch"


def test_a_document_without_an_id_is_refused() -> None:
    found = document()
    del found["id"]
    assert refusal(found) == "document_mismatch"
    with pytest.raises(KeyRefused, match="malformed_document"):
        assertion_keys(found)


def test_a_key_that_is_not_there_is_refused() -> None:
    assert refusal(document(), f"{DISTRICT}#key-2") == "key_not_in_document"
    assert refusal(document(method(id=7))) == "key_not_in_document"
    assert refusal({"id": DISTRICT, "assertionMethod": [METHOD]}) == "key_not_in_document"


def test_a_key_of_another_controller_is_refused() -> None:
    for controller in ("did:web:mallory.example", None, 7, [DISTRICT]):
        assert refusal(document(method(controller=controller))) == "controller_mismatch"


def test_a_key_listed_for_something_else_is_refused() -> None:
    assert refusal(document(assertionMethod=[], authentication=[METHOD])) == "wrong_relationship"
    only_there = {"id": DISTRICT, "authentication": [method()]}
    assert refusal(only_there) == "wrong_relationship"
    assert assertion_key(only_there, METHOD, purpose="authentication").id == METHOD
    assert refusal(document(), METHOD, "authentication") == "wrong_relationship"
    assert refusal(document(), METHOD, "verificationMethod") == "wrong_relationship"


@pytest.mark.parametrize("place", ["verificationMethod", "assertionMethod", "authentication", "keyAgreement"])
def test_two_keys_under_one_name_are_refused_wherever_they_stand(place: str) -> None:
    other = method(publicKeyMultibase=ed25519_key(2).multikey())
    found = document()
    found[place] = [*found.get(place, []), other]
    assert refusal(found) == "ambiguous_key"
    found[place][-1] = method(id="#key-1", publicKeyMultibase=ed25519_key(2).multikey())
    assert refusal(found) == "ambiguous_key"


def test_the_same_key_by_reference_and_by_value_is_found() -> None:
    assert assertion_key(document(authentication=[method()]), METHOD).public_key == ed25519_key(1)


def test_a_revoked_key_that_is_no_longer_listed_says_why() -> None:
    revoked = method(revoked="2026-03-01T12:00:00Z")
    assert refusal(document(revoked, assertionMethod=[])) == "key_revoked"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (
            {"type": "Ed25519VerificationKey2018", "publicKeyMultibase": None, "publicKeyBase58": "4zv"},
            "unsupported_key",
        ),
        ({"type": ["Multikey"]}, "unsupported_key"),
        ({"type": None}, "unsupported_key"),
        ({"publicKeyMultibase": None}, "unsupported_key"),
        ({"publicKeyMultibase": 7}, "unsupported_key"),
        ({"type": "JsonWebKey"}, "unsupported_key"),
        ({"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": "x"}, "unsupported_key"),
        ({"publicKeyJwk": P256_JWK}, "malformed_document"),
        ({"secretKeyMultibase": "z3u2"}, "private_material"),
        ({"privateKeyJwk": {}}, "private_material"),
        (
            {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": P256_JWK | {"d": "AA"}},
            "private_material",
        ),
        ({"expires": "2026-03-01"}, "malformed_document"),
        ({"expires": "2026-03-01T12:00:00"}, "malformed_document"),
        ({"expires": "2026-02-30T12:00:00Z"}, "malformed_document"),
        ({"revoked": 7}, "malformed_document"),
        ({"revoked": None, "expires": "tomorrow"}, "malformed_document"),
    ],
)
def test_a_method_that_cannot_be_read_is_refused(members: dict[str, Any], code: str) -> None:
    assert refusal(document(method(**members))) == code


def test_an_ed25519_type_holds_no_other_key() -> None:
    p256 = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
    wrong = method(type="Ed25519VerificationKey2020", publicKeyMultibase=p256)
    assert refusal(document(wrong)) == "unsupported_key"


@pytest.mark.parametrize(
    "members",
    [
        {"assertionMethod": METHOD},
        {"assertionMethod": {"id": METHOD}},
        {"assertionMethod": [METHOD, 7]},
        {"verificationMethod": [METHOD]},
        {"verificationMethod": "x"},
        {"authentication": [None]},
        {"keyAgreement": 7},
    ],
)
def test_a_document_of_another_shape_is_refused(members: dict[str, Any]) -> None:
    assert refusal(document(**members)) == "malformed_document"
    with pytest.raises(KeyRefused, match="malformed_document"):
        assertion_keys(document(**members))


def test_the_number_of_methods_is_bounded_at_its_edge() -> None:
    many = [method(id=f"{DISTRICT}#{number}") for number in range(MOST_METHODS - 1)]
    assert assertion_key(document(method(), *many), METHOD).id == METHOD
    assert refusal(document(method(), *many, method(id=f"{DISTRICT}#x"))) == "malformed_document"


def test_all_usable_keys_are_listed_in_order_and_no_other() -> None:
    second = f"{DISTRICT}#key-2"
    found = document(
        method(),
        method(id=second, publicKeyMultibase=ed25519_key(2).multikey()),
        method(id=f"{DISTRICT}#curve", type="X25519KeyAgreementKey2020"),
        method(id=f"{DISTRICT}#foreign", controller="did:web:mallory.example"),
        method(id=f"{DISTRICT}#unlisted"),
        assertionMethod=[
            second,
            METHOD,
            f"{DISTRICT}#curve",
            f"{DISTRICT}#foreign",
            f"{DISTRICT}#gone",
            METHOD,
        ],
    )
    assert [key.id for key in assertion_keys(found)] == [second, METHOD]


def test_times_are_read_with_their_zone() -> None:
    found = document(method(expires="2026-03-01T05:00:00-07:00", revoked="2026-03-01T12:00:00.5Z"))
    key = assertion_key(found, METHOD)
    assert key.expires == NOON
    assert key.revoked == NOON + SECOND / 2


def test_a_retired_key_counts_until_its_end() -> None:
    key = AssertionKey(METHOD, DISTRICT, ed25519_key(), expires=NOON)
    key.check_use(NOON - SECOND)
    key.check_use(NOON)
    with pytest.raises(KeyRefused, match="key_expired"):
        key.check_use(NOON + SECOND)


def test_a_revoked_key_counts_only_for_what_somebody_else_saw_before() -> None:
    key = AssertionKey(METHOD, DISTRICT, ed25519_key(), revoked=NOON)
    key.check_use(NOON - SECOND, witnessed=NOON - SECOND)
    for witnessed in (None, NOON, NOON + SECOND):
        with pytest.raises(KeyRefused, match="key_revoked"):
            key.check_use(NOON - 1_000 * SECOND, witnessed=witnessed)


def test_a_key_without_an_end_always_counts() -> None:
    AssertionKey(METHOD, DISTRICT, ed25519_key()).check_use(NOON)


@pytest.mark.parametrize("form", ["multibase", "jwk"])
def test_a_key_that_was_given_up_is_given_up_under_every_name(form: str) -> None:
    def written(number: int) -> dict[str, Any]:
        key = ed25519_key(number)
        if form == "multibase":
            return {"publicKeyMultibase": key.multikey()}
        return {"type": "JsonWebKey", "publicKeyJwk": key.jwk() | {"kid": "x"}, "publicKeyMultibase": None}

    old = {"id": f"{DISTRICT}#old", "revoked": "2026-03-01T12:00:00Z"}
    other = assertion_key(document(method(), method(**written(2), **old)), METHOD)
    assert other.revoked is None
    same = document(method(), method(**written(1), **old))
    assert assertion_key(same, METHOD).revoked == NOON
    assert [key.revoked for key in assertion_keys(same)] == [NOON]
    assert refusal(document(method(), method(**written(1), **(old | {"revoked": 7})))) == "malformed_document"
