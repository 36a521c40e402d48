"""A signed list is taken by its publisher's key alone, and never goes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from credential.trust_list import digest
from keys.did import did_key
from keys.public import KeyType
from tests.seeded import SeededSigner
from tests.trust_lists import (
    KEY,
    LIST_ID,
    MALLORY,
    PINS,
    SIGNER,
    STATE,
    ended,
    issuer,
    later,
    listing,
    other,
    signed,
)
from tests.world import NOW
from verifier.trust import Known, TrustListError, accept_list, pinned
from verifier.trust.signed import MOST_PINS, SKEW


def known(token: bytes, version: int = 1) -> Known:
    return Known(LIST_ID, version, digest(token))


def test_a_list_by_the_pinned_key_is_taken() -> None:
    trust = accept_list(signed(issuer(), other()), PINS, NOW)
    assert trust.name == "State list"
    assert trust.named("es") == "Lista del estado"
    assert [entry.name for entry in trust.entries] == [
        "Riverbend School District",
        "Cedar Mesa School District",
    ]
    assert trust.entries[0].named("es") == "Distrito Escolar Riverbend"
    assert trust.entries[0].by == "State Board of Education"


def test_a_list_by_another_key_is_not_even_if_it_names_the_publisher() -> None:
    with pytest.raises(TrustListError) as refused:
        accept_list(signed(signer=MALLORY), PINS, NOW)
    assert refused.value.code == "foreign_key"


def test_any_of_several_pinned_keys_will_do() -> None:
    following = SeededSigner("state, next", STATE, KeyType.P256)
    both = PINS | {following.public_key}
    assert accept_list(signed(), both, NOW) == replace(accept_list(signed(), PINS, NOW))
    assert accept_list(signed(signer=following), both, NOW).entries


def test_a_publisher_is_pinned_in_every_spelling_of_its_key() -> None:
    jwk = json.dumps(SIGNER.public_key.jwk())
    for text in (KEY, did_key(SIGNER.public_key), jwk, f" {KEY}, {did_key(MALLORY.public_key)} "):
        assert SIGNER.public_key in pinned(text)
    assert len(pinned(" ".join([KEY] * MOST_PINS))) == 1
    for text in ("", "did:web:lists.state.example", "{}", KEY[:-1], " ".join([KEY] * (MOST_PINS + 1))):
        with pytest.raises(TrustListError) as refused:
            pinned(text)
        assert refused.value.code == "bad_key"


def test_an_older_version_never_comes_back() -> None:
    first = signed()
    second = later(first, issuer(), other())
    with pytest.raises(TrustListError) as refused:
        accept_list(first, PINS, NOW, known=known(second, 2))
    assert refused.value.code == "trust_list_older"
    assert accept_list(second, PINS, NOW, known=known(second, 2)).entries
    assert accept_list(second, PINS, NOW, known=known(first)).entries


def test_two_lists_of_one_version_are_refused() -> None:
    with pytest.raises(TrustListError) as refused:
        accept_list(signed(other()), PINS, NOW, known=known(signed()))
    assert refused.value.code == "trust_list_forked"


def test_the_next_version_names_the_one_that_was_accepted() -> None:
    elsewhere = later(signed(other()))
    with pytest.raises(TrustListError) as refused:
        accept_list(elsewhere, PINS, NOW, known=known(signed()))
    assert refused.value.code == "trust_list_unlinked"
    # What lies between is not known after a pause; the publisher's key and the number speak for it.
    assert accept_list(later(elsewhere, version=3), PINS, NOW, known=known(signed())).entries


def test_another_list_of_the_same_publisher_does_not_take_its_place() -> None:
    wider = signed(id=LIST_ID + "-of-everybody", version=9, previous="sha256-" + "0" * 64)
    for pin in ({"known": known(signed())}, {"list_id": LIST_ID}):
        with pytest.raises(TrustListError) as refused:
            accept_list(wider, PINS, NOW, **pin)
        assert refused.value.code == "trust_list_other"


def test_a_list_of_tomorrow_is_refused_and_an_honest_clock_is_not() -> None:
    accept_list(signed(starts=NOW + SKEW), PINS, NOW)
    with pytest.raises(TrustListError) as refused:
        accept_list(signed(starts=NOW + SKEW + timedelta(seconds=1)), PINS, NOW)
    assert refused.value.code == "trust_list_from_the_future"


def test_a_list_that_has_ended_is_taken_and_says_so() -> None:
    trust = accept_list(signed(issuer(), **ended()), PINS, NOW)
    assert trust.expired(NOW)
    assert not trust.expired(NOW - timedelta(seconds=1))
    assert not accept_list(signed(ends=listing().ends), PINS, NOW).expired(NOW)
