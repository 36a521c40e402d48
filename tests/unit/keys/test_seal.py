"""Sealed octets open with their own secret only, and say what is wrong otherwise."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode
from keys.seal import LARGEST_SCRYPT_COST, SMALLEST_SCRYPT_COST, Hidden, Secret, seal, unseal

PASSPHRASE = Secret.from_passphrase(Hidden(b"correct horse battery"))
KEY_FILE = Secret.from_key_file(Hidden(bytes(range(32))))
CLEAR = b"what nobody may read"


def numbered(count: int) -> bytes:
    """A source whose octets are known, so that a test is the same every time."""
    return bytes(range(count))


def sealed(secret: Secret = PASSPHRASE, bound: bytes = b"open half") -> dict[str, Any]:
    return seal(Hidden(CLEAR), secret, bound=bound, random=numbered, cost=SMALLEST_SCRYPT_COST)


def refusal(members: dict[str, Any], secret: Secret = PASSPHRASE, bound: bytes = b"open half") -> str:
    with pytest.raises(KeyRefused) as refused:
        unseal(members, secret, bound=bound)
    assert CLEAR.decode() not in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("secret", [PASSPHRASE, KEY_FILE], ids=["passphrase", "key-file"])
def test_what_was_sealed_opens(secret: Secret) -> None:
    assert unseal(sealed(secret), secret, bound=b"open half").reveal() == CLEAR


def test_every_keyboard_gives_the_same_passphrase() -> None:
    composed = Secret.from_passphrase(Hidden("ca\u00f1\u00f3n profundo".encode()))
    decomposed = Secret.from_passphrase(Hidden("can\u0303o\u0301n profundo".encode()))
    assert unseal(sealed(composed), decomposed, bound=b"open half").reveal() == CLEAR


def test_another_secret_is_called_wrong() -> None:
    other = Secret.from_passphrase(Hidden(b"correct horse batterz"))
    assert refusal(sealed(), other) == "wrong_passphrase"
    assert refusal(sealed(KEY_FILE), Secret.from_key_file(Hidden(bytes(32)))) == "wrong_passphrase"


def test_another_kind_of_secret_is_called_wrong() -> None:
    assert refusal(sealed(), KEY_FILE) == "wrong_passphrase"
    assert refusal(sealed(KEY_FILE), PASSPHRASE) == "wrong_passphrase"


def _turned(text: str) -> str:
    octets = base64url_decode(text)
    return base64url_encode(octets[:-1] + bytes([octets[-1] ^ 1]))


@pytest.mark.parametrize("member", ["nonce", "ciphertext"])
def test_a_changed_member_is_called_tampered(member: str) -> None:
    members = sealed()
    assert refusal(members | {member: _turned(members[member])}) == "tampered_key_file"


def test_another_open_half_is_called_tampered() -> None:
    assert refusal(sealed(), bound=b"open hale") == "tampered_key_file"


def test_a_nonce_or_ciphertext_of_another_length_is_called_tampered() -> None:
    members = sealed()
    for name in ("nonce", "ciphertext"):
        assert refusal(members | {name: ""}) == "tampered_key_file"
        assert refusal(members | {name: members[name][:8]}) == "tampered_key_file"


def test_a_changed_salt_does_not_open() -> None:
    members = sealed()
    derivation = members["derivation"] | {"salt": _turned(members["derivation"]["salt"])}
    assert refusal(members | {"derivation": derivation}) == "wrong_passphrase"


@pytest.mark.parametrize(
    "changed",
    [
        {"n": LARGEST_SCRYPT_COST * 2},
        {"n": SMALLEST_SCRYPT_COST // 2},
        {"n": SMALLEST_SCRYPT_COST + 1},
        {"n": "1024"},
        {"n": True},
        {"n": 0},
        {"r": 16},
        {"p": 2},
        {"name": "pbkdf2"},
        {"name": "hkdf-sha256"},
        {"salt": 7},
        {"salt": "="},
        {"more": 1},
    ],
)
def test_a_derivation_that_we_do_not_write_is_refused_before_it_is_computed(changed: dict[str, Any]) -> None:
    members = sealed()
    assert refusal(members | {"derivation": members["derivation"] | changed}) in {
        "malformed_key_file",
        "malformed_key",
    }


@pytest.mark.parametrize("member", ["cipher", "derivation", "check", "nonce", "ciphertext"])
def test_a_missing_or_damaged_member_is_called_malformed(member: str) -> None:
    members = sealed()
    for value in (None, 7, "*"):
        assert refusal(members | {member: value}) == "malformed_key_file"
    assert refusal({name: value for name, value in members.items() if name != member}) == "malformed_key_file"


def test_a_short_secret_is_refused() -> None:
    Secret.from_passphrase(Hidden(b"x" * 12))
    for octets in (b"", b"x" * 11, "ñ".encode() * 11, b"\xff" * 20):
        with pytest.raises(KeyRefused, match="weak_passphrase"):
            Secret.from_passphrase(Hidden(octets))
    for length in (0, 31, 33, 64):
        with pytest.raises(KeyRefused, match="weak_passphrase"):
            Secret.from_key_file(Hidden(bytes(length)))


def test_hidden_octets_are_neither_shown_nor_copied_nor_pickled() -> None:
    hidden = Hidden(b"SECRET-OCTETS")
    for text in (repr(hidden), str(hidden), f"{hidden}", repr(PASSPHRASE), repr(Secret("key-file", hidden))):
        assert "SECRET" not in text
        assert "horse" not in text
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(hidden)
        with pytest.raises(TypeError):
            pickle.dumps(PASSPHRASE)
    assert not hasattr(hidden, "__dict__")
