"""The index of an archive is read exactly as it was written, and points nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from credential.archive import Kept, compose_index, file_name, parse_index
from credential.errors import CredentialError

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEYS = "https://badges.example.edu/.well-known/did.json"
GOOD = {"url": KEYS, "file": file_name(KEYS), "retrieved": "2026-06-01T12:00:00Z"}


def index(*answers: Any, version: Any = 1) -> bytes:
    return json.dumps({"version": version, "answers": list(answers)}).encode()


def test_what_is_written_is_read_back() -> None:
    kept = [Kept(url, file_name(url), AT) for url in (KEYS, "https://badges.example.edu/status/1")]
    assert parse_index(compose_index(kept)) == {one.url: one for one in kept}


def test_addresses_get_files_of_their_own() -> None:
    assert file_name(KEYS) != file_name(KEYS + "/")


@pytest.mark.parametrize("file", ["../secret", "a/b", "/etc/passwd", "", ".hidden", "a" * 300, 7, None])
def test_a_file_elsewhere_is_refused(file: Any) -> None:
    with pytest.raises(CredentialError, match="archive_malformed"):
        parse_index(index({**GOOD, "file": file}))


@pytest.mark.parametrize("version", [2, "1", True, None])
def test_another_version_is_refused(version: Any) -> None:
    with pytest.raises(CredentialError, match="archive_malformed"):
        parse_index(index(GOOD, version=version))


@pytest.mark.parametrize(
    "answer", [7, {**GOOD, "url": 7}, {**GOOD, "retrieved": "yesterday"}, {"url": KEYS}], ids=str
)
def test_a_malformed_answer_is_refused(answer: Any) -> None:
    with pytest.raises(CredentialError, match="archive_malformed"):
        parse_index(index(answer))


def test_an_address_twice_is_refused() -> None:
    with pytest.raises(CredentialError, match="archive_malformed"):
        parse_index(index(GOOD, {**GOOD, "file": "other"}))


def test_no_list_of_answers_is_refused() -> None:
    with pytest.raises(CredentialError, match="archive_malformed"):
        parse_index(b'{"version": 1, "answers": {}}')
