"""The text of a key file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from keys.errors import KeyRefused
from keys.key_record import KeyRecord, bound_octets, compose_key_file, parse_key_file, whole_second
from tests.unit.keys.constants import ed25519_key

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD = KeyRecord(ed25519_key(), "did:web:badges.district.example", NOON)
NAME = f"{RECORD.key_id}.json"


def test_a_file_is_read_as_it_was_written() -> None:
    for record in (
        RECORD,
        KeyRecord(ed25519_key(), RECORD.controller, NOON, retired=NOON + timedelta(days=1)),
        KeyRecord(ed25519_key(), RECORD.controller, NOON, NOON, NOON - timedelta(days=1)),
    ):
        assert parse_key_file(compose_key_file(record, {"a": 1}), NAME) == (record, {"a": 1})


def test_a_record_says_how_it_is_called_and_published() -> None:
    assert RECORD.verification_method == f"{RECORD.controller}#{RECORD.key_id}"
    assert RECORD.published().public_key == RECORD.public_key
    assert RECORD.active
    assert not KeyRecord(ed25519_key(), RECORD.controller, NOON, retired=NOON).active
    assert not KeyRecord(ed25519_key(), RECORD.controller, NOON, compromised_since=NOON).active


def test_the_seal_covers_all_but_the_end() -> None:
    ended = KeyRecord(ed25519_key(), RECORD.controller, NOON, NOON, NOON)
    assert bound_octets(ended) == bound_octets(RECORD)
    for other in (
        KeyRecord(ed25519_key(2), RECORD.controller, NOON),
        KeyRecord(ed25519_key(), "did:web:mallory.example", NOON),
        KeyRecord(ed25519_key(), RECORD.controller, NOON + timedelta(seconds=1)),
    ):
        assert bound_octets(other) != bound_octets(RECORD)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "cairn-sealed-key-2"},
        {"controller": "mallory"},
        {"controller": 7},
        {"publicKeyJwk": ed25519_key(2).jwk()},
        {"publicKeyJwk": "x"},
        {"publicKeyJwk": ed25519_key().jwk() | {"d": "AA"}},
        {"created": "2026-03-01T12:00:00"},
        {"created": 7},
        {"retired": "soon"},
        {"retired": 0},
        {"compromisedSince": ""},
        {"sealed": "x"},
        {"sealed": None},
    ],
)
def test_a_changed_file_is_refused_by_name(changed: dict[str, Any]) -> None:
    members = json.loads(compose_key_file(RECORD, {}))
    with pytest.raises(KeyRefused, match="malformed_key_file") as refused:
        parse_key_file(json.dumps(members | changed).encode(), NAME)
    assert NAME in refused.value.message


def test_a_file_cut_at_any_octet_is_refused() -> None:
    whole = compose_key_file(RECORD, {"a": 1})
    for length in range(len(whole) - 2):
        with pytest.raises(KeyRefused, match="malformed_key_file"):
            parse_key_file(whole[:length], NAME)


def test_a_file_under_another_name_is_refused() -> None:
    with pytest.raises(KeyRefused, match="malformed_key_file"):
        parse_key_file(compose_key_file(RECORD, {}), f"key-{'A' * 43}.json")


def test_other_octets_are_refused() -> None:
    for octets in (b"", b"[]", b"null", b"\xff", b"[" * 60_000):
        with pytest.raises(KeyRefused, match="malformed_key_file"):
            parse_key_file(octets, NAME)


def test_times_are_whole_seconds_in_utc() -> None:
    west = timezone(timedelta(hours=-7))
    assert whole_second(datetime(2026, 3, 1, 5, 0, 0, 999_999, tzinfo=west)) == NOON
    with pytest.raises(ValueError, match="zone"):
        whole_second(datetime(2026, 3, 1))  # noqa: DTZ001 - the case under test
