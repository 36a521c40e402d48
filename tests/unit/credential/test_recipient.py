from __future__ import annotations

import hashlib
from typing import Any

import pytest

from credential.errors import CredentialError
from credential.recipient import (
    SHORTEST_SALT,
    email_identity,
    find_match,
    identity_hash,
    is_identity_hash,
    matches,
    name_identity,
)
from tests.good_credential import CREDENTIAL

VECTOR = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
HASHED: dict[str, Any] = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": VECTOR,
    "identityType": "emailAddress",
    "salt": "Kosher",
}


def test_the_specifications_own_example() -> None:
    assert identity_hash("a@example.com", "Kosher") == VECTOR
    assert matches(HASHED, "emailAddress", "a@example.com")


def test_hexadecimal_digits_are_read_in_either_case() -> None:
    upper = {**HASHED, "identityHash": "sha256$" + VECTOR[7:].upper()}
    assert matches(upper, "emailAddress", "a@example.com")


def test_a_missing_salt_is_no_salt() -> None:
    bare = {**HASHED, "identityHash": identity_hash("a@example.com")}
    del bare["salt"]
    assert matches(bare, "emailAddress", "a@example.com")
    assert not matches({**bare, "salt": "x"}, "emailAddress", "a@example.com")


def test_md5_of_old_badges_is_compared_and_never_made() -> None:
    digest = hashlib.md5(b"a@example.comKosher", usedforsecurity=False).hexdigest()
    assert matches({**HASHED, "identityHash": f"md5${digest}"}, "emailAddress", "a@example.com")
    assert not matches({**HASHED, "identityHash": f"md5${digest}"}, "emailAddress", "b@example.com")
    assert identity_hash("a@example.com").startswith("sha256$")


@pytest.mark.parametrize(
    "changed",
    [
        {"identityHash": VECTOR[7:]},
        {"identityHash": VECTOR.replace("sha256", "SHA256")},
        {"identityHash": VECTOR.replace("sha256", "md5")},
        {"identityHash": VECTOR[:-1]},
        {"identityHash": VECTOR + "0"},
        {"identityHash": VECTOR + "\n"},
        {"identityHash": "sha256$"},
        {"identityHash": 7},
        {"identityHash": None},
        {"identityType": "name"},
        {"identityType": None},
        {"hashed": "true"},
        {"hashed": 1},
        {"hashed": None},
        {"salt": 7},
        {"salt": "kosher"},
        {"hashed": False},
    ],
)
def test_nothing_else_matches(changed: dict[str, Any]) -> None:
    assert not matches({**HASHED, **changed}, "emailAddress", "a@example.com")


@pytest.mark.parametrize(
    "text", [VECTOR[:-1], VECTOR + "0", VECTOR[:39], "md5$" + VECTOR[7:], "sha1$" + "0" * 40]
)
def test_a_hash_has_as_many_digits_as_its_algorithm_gives(text: str) -> None:
    assert is_identity_hash(VECTOR)
    assert is_identity_hash("md5$" + "0" * 32)
    assert not is_identity_hash(text)


def test_the_hash_itself_is_no_key_to_the_badge() -> None:
    assert not matches(HASHED, "emailAddress", VECTOR)
    assert not matches(
        {**HASHED, "hashed": True, "identityHash": "a@example.com"}, "emailAddress", "a@example.com"
    )


def test_addresses_are_hashed_exactly_as_collected() -> None:
    for other in ("A@example.com", "a@example.com ", "a@EXAMPLE.com", " a@example.com"):
        assert not matches(HASHED, "emailAddress", other)


def test_plain_identities_are_compared_exactly() -> None:
    name = name_identity("Zoë Ñandú")
    assert name.to_json() == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "Zoë Ñandú",
        "identityType": "name",
    }
    assert matches(name, "name", "Zoë Ñandú")
    assert not matches(name, "name", "Zoe Nandu")
    assert not matches(name, "emailAddress", "Zoë Ñandú")
    assert matches(CREDENTIAL["credentialSubject"]["identifier"][0], "name", "Ana Lark")


def test_the_search_goes_on_to_a_match_and_passes_other_types_over() -> None:
    by_name = {**HASHED, "identityType": "name"}
    wrong = {**HASHED, "identityHash": identity_hash("b@example.com", "Kosher")}
    broken = {**HASHED, "identityHash": "sha256$zz"}
    listed = ["stranger", None, by_name, wrong, broken, HASHED, HASHED]
    assert find_match(listed, "emailAddress", "a@example.com") == 5
    assert find_match(listed[:5], "emailAddress", "a@example.com") is None
    assert find_match([], "emailAddress", "a@example.com") is None


def test_a_hashed_address_carries_its_salt_and_is_found_again() -> None:
    made = email_identity("ana.lark@riverbend.example", bytes(range(SHORTEST_SALT)))
    assert made.hashed
    assert made.salt == "AAECAwQFBgcICQoLDA0ODw"
    assert is_identity_hash(made.identity_hash)
    assert matches(made, "emailAddress", "ana.lark@riverbend.example")
    assert "ana.lark" not in str(made.to_json())
    other = email_identity("ana.lark@riverbend.example", bytes(range(1, SHORTEST_SALT + 1)))
    assert other.identity_hash != made.identity_hash


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(CredentialError) as refused:
        email_identity("ana.lark@riverbend.example", bytes(SHORTEST_SALT - 1))
    assert refused.value.code == "salt_too_short"
    assert "ana.lark" not in str(refused.value)


def test_a_lone_surrogate_in_what_somebody_typed_is_only_no_match() -> None:
    assert not matches(HASHED, "emailAddress", "\ud800")
    assert not matches(name_identity("Ana"), "name", "\ud800")
