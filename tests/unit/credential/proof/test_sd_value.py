"""The value of a selective proof at its bounds; the attacks are in `tests.attacks.areas.suites`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credential.errors import CredentialError
from credential.proof.sd_value import (
    BASE,
    DERIVED,
    LONGEST_DISCLOSURE,
    LONGEST_POINTER,
    MOST_POINTERS,
    MOST_STATEMENTS,
    BaseValue,
    DerivedValue,
    compose_base,
    compose_derived,
    octets_of,
    read_base,
    read_derived,
)
from keys.multibase import base64url_encode
from keys.one_time import OneTimeKey
from tests.signers import public_key

KEY = OneTimeKey(lambda count: b"k" * count).public_key
LABEL = "u" + base64url_encode(b"l" * 32)
OTHER = "u" + base64url_encode(b"m" * 32)
GOOD_BASE = BaseValue(b"s" * 64, KEY, b"h" * 32, (b"a" * 64,), ("/issuer",))
GOOD = DerivedValue(b"s" * 64, KEY, (b"a" * 64,), (LABEL, OTHER), (0, 2))


def base_again(value: BaseValue) -> BaseValue:
    return read_base(octets_of(compose_base(value), ""))


def again(value: DerivedValue) -> DerivedValue:
    return read_derived(octets_of(compose_derived(value), ""))


def test_both_kinds_are_read_back() -> None:
    assert base_again(GOOD_BASE) == GOOD_BASE
    assert again(GOOD) == GOOD
    assert octets_of(compose_base(GOOD_BASE), "").startswith(BASE)
    assert octets_of(compose_derived(GOOD), "").startswith(DERIVED)


def test_neither_is_read_as_the_other() -> None:
    with pytest.raises(CredentialError, match=r"^base_proof"):
        read_derived(octets_of(compose_base(GOOD_BASE), ""))
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        read_base(octets_of(compose_derived(GOOD), ""))


def test_so_many_signatures_and_no_more() -> None:
    assert len(again(replace(GOOD, signatures=(b"a" * 64,) * MOST_STATEMENTS)).signatures) == MOST_STATEMENTS
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        again(replace(GOOD, signatures=(b"a" * 64,) * (MOST_STATEMENTS + 1)))


def test_so_many_pointers_so_long_and_no_more() -> None:
    most = replace(GOOD_BASE, pointers=("/" + "p" * (LONGEST_POINTER - 1),) * 60)
    assert base_again(most) == most
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        base_again(replace(GOOD_BASE, pointers=("/" + "p" * LONGEST_POINTER,)))
    many = replace(GOOD_BASE, pointers=("/a",) * MOST_POINTERS)
    assert base_again(many) == many
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        base_again(replace(GOOD_BASE, pointers=("/a",) * (MOST_POINTERS + 1)))


def test_a_value_is_no_longer_than_a_string_may_be() -> None:
    assert octets_of("u" + "A" * (LONGEST_DISCLOSURE - 4), "")
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        octets_of("u" + "A" * LONGEST_DISCLOSURE, "")
    too_long = replace(GOOD, signatures=(b"a" * 64,) * 1_000)
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        compose_derived(too_long)


def test_a_one_time_key_is_p256() -> None:
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        again(replace(GOOD, one_time=public_key("an Ed25519 key")))


@pytest.mark.parametrize("size", [31, 33])
def test_an_hmac_key_and_a_label_have_32_octets(size: int) -> None:
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        base_again(replace(GOOD_BASE, hmac_key=b"h" * size))
    with pytest.raises(CredentialError, match=r"^proof_malformed"):
        again(replace(GOOD, labels=(LABEL, "u" + base64url_encode(b"m" * size))))
