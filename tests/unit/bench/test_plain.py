"""The peer that we wrote ourselves does the same work: to the byte of the signature."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import ours, plain
from bench.credentials import SIZES, foreign
from bench.district import District, founded
from bench.ours import Wrong


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return founded(Path(tmp_path_factory.mktemp("district")), datetime.now(UTC), students=2)


@pytest.mark.parametrize("size", SIZES)
def test_plain_pyld_makes_the_very_signature_that_we_make(district: District, size: str) -> None:
    theirs = json.loads(plain.issue(district.drafts[size][0], district.signer))
    assert theirs["proof"] == json.loads(district.signed[size][0])["proof"][0]


@pytest.mark.parametrize("size", SIZES)
def test_the_sizes_are_what_the_table_calls_them(district: District, size: str) -> None:
    least, most = {"small": (800, 1_100), "middle": (4_300, 4_700), "large": (7_500, 8_500)}[size]
    assert least <= len(json.dumps(district.drafts[size][0], separators=(",", ":"))) <= most


def test_plain_pyld_refuses_what_was_changed(district: District) -> None:
    first = district.signed["small"][0]
    assert plain.check(first, district.signer.public_key)
    with pytest.raises(Wrong):
        plain.checking(district, [first.replace(b"level one", b"level two")]).call()


def test_a_verdict_that_is_not_valid_is_not_timed(district: District) -> None:
    first, *others = district.signed["middle"]
    forged = first.replace(b"level one", b"level two")
    changed = replace(district, signed={"middle": [forged, *others]})
    with pytest.raises(Wrong, match="tampered"):
        ours.judging(changed, "middle", "json").call()


def test_awards_of_one_achievement_differ_only_in_who_earned_what_when(district: District) -> None:
    one, other = district.draft(1_000), district.draft(1_001)
    changed = {name for name in one if one[name] != other[name]}
    assert changed == {"id", "validFrom", "awardedDate", "credentialSubject", "credentialStatus", "evidence"}
    assert one["credentialSubject"]["achievement"] == other["credentialSubject"]["achievement"]


def test_awards_of_other_achievements_share_hardly_a_part(district: District) -> None:
    one, other = (json.dumps(foreign(district.drafts["middle"][0], number)) for number in (2, 3))
    for part in ("achievements/cad-", "urn:uuid:0000000", "board-", "ward ", "level "):
        assert f"{part}2" in one
        assert f"{part}3" in other
        assert f"{part}2" not in other
