"""Key sets; the attacks are in `tests.attacks.areas.key_sets`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from keys.errors import KeyRefused
from keys.jwk_set import MOST_KEYS, key_in_set
from keys.public import KeyType
from tests.signers import public_key

ISSUER = "https://badges.district.example/issuers/1"


def entry(word: str = "district", kid: str | None = "key-1", **changes: Any) -> dict[str, Any]:
    made = {**public_key(word).jwk(), **changes}
    return made if kid is None else made | {"kid": kid}


def found(*entries: Any, **asked: Any) -> Any:
    return key_in_set({"keys": list(entries)}, issuer=ISSUER, **(asked or {"kid": "key-1"}))


@pytest.mark.parametrize("key_type", KeyType)
def test_a_key_is_found_by_its_name_and_by_its_thumbprint(key_type: KeyType) -> None:
    key = public_key("a", key_type)
    listed = [entry("another", "other"), {**key.jwk(), "kid": "key-1"}]
    by_name = found(*listed)
    assert (by_name.public_key, by_name.controller) == (key, ISSUER)
    assert found(*listed, thumbprint=key.thumbprint()).public_key == key


def test_a_key_that_cannot_be_read_spoils_no_other() -> None:
    assert found({"kty": "oct", "k": "AA"}, entry(), thumbprint=public_key("district").thumbprint())


def test_the_same_key_twice_is_one_key() -> None:
    assert found(entry(), entry()).public_key == public_key("district")


def test_so_many_keys_and_no_more() -> None:
    others = [entry(kid=f"k{n}") for n in range(MOST_KEYS - 1)]
    assert found(*others, entry())
    with pytest.raises(KeyRefused, match=r"^malformed_document"):
        found(*others, entry(kid="one more"), entry())


def test_a_key_may_say_whose_it_is_when_it_ends_and_when_it_was_given_up() -> None:
    one = found(entry(iss=ISSUER, exp=1_800_000_000))
    assert one.expires == datetime.fromtimestamp(1_800_000_000, UTC)
    assert one.revoked is None
    gone = found(entry(revoked={"revoked_at": 1_700_000_000, "reason": "superseded"}))
    assert gone.revoked == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_key_that_was_given_up_is_given_up_under_every_name() -> None:
    gone: dict[str, Any] = {"revoked": {"revoked_at": 1_700_000_000}}
    assert found(entry(), entry("another", "old", **gone)).revoked is None
    assert found(entry(), entry(kid="old", **gone)).revoked == datetime.fromtimestamp(1_700_000_000, UTC)
