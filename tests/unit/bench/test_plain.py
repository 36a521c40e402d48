"""The peer that we wrote ourselves does the same work: to the byte of the signature."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import ours, plain
from bench.credentials import SIZES
from bench.district import District, founded
from bench.ours import Wrong


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return founded(Path(tmp_path_factory.mktemp("district")), datetime.now(UTC))


@pytest.mark.parametrize("size", SIZES)
def test_plain_pyld_makes_the_very_signature_that_we_make(district: District, size: str) -> None:
    theirs = json.loads(plain.issue(district.drafts[size], district.signer))
    assert theirs["proof"] == json.loads(district.signed[size])["proof"][0]


@pytest.mark.parametrize("size", SIZES)
def test_the_sizes_are_what_the_table_calls_them(district: District, size: str) -> None:
    least, most = {"small": (800, 1_100), "middle": (4_300, 4_700), "large": (7_500, 8_500)}[size]
    assert least <= len(json.dumps(district.drafts[size], separators=(",", ":"))) <= most


def test_plain_pyld_refuses_what_was_changed(district: District) -> None:
    changed = district.signed["small"].replace(b"level one", b"level two")
    assert plain.check(district.signed["small"], district.signer.public_key)
    with pytest.raises(Wrong):
        plain.checking(district, changed).call()


def test_a_verdict_that_is_not_valid_is_not_timed(district: District) -> None:
    district.signed["middle"], kept = (
        district.signed["small"].replace(b"one", b"two"),
        district.signed["middle"],
    )
    try:
        with pytest.raises(Wrong, match="tampered"):
            ours.judging(district, "middle", "json").call()
    finally:
        district.signed["middle"] = kept


def test_awards_of_one_achievement_differ_only_in_who_earned_what_when(district: District) -> None:
    one, other = district.draft(1_000), district.draft(1_001)
    changed = {name for name in one if one[name] != other[name]}
    assert changed == {"id", "validFrom", "awardedDate", "credentialSubject", "credentialStatus", "evidence"}
    assert one["credentialSubject"]["achievement"] == other["credentialSubject"]["achievement"]
