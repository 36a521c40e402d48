"""Which keys a verifier knows as its own, now and from before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.seeded import did_key_signer
from verifier.receipt_keys import BEFORE_FILE, KEY_FILE, MOST_KEYS, ReceiptKeysError, open_receipt_keys


def jwk(word: str) -> dict[str, Any]:
    return dict(did_key_signer(word).public_key.jwk())


def test_the_published_keys_are_public_and_name_what_receipts_name(tmp_path: Path) -> None:
    keys = open_receipt_keys(tmp_path)
    (published,) = keys.published()["keys"]
    assert published["kid"] == keys.signer.verification_method
    assert (published["kty"], published["crv"], published["alg"], published["use"]) == (
        *("OKP", "Ed25519"),
        *("EdDSA", "sig"),
    )
    assert "d" not in published


def test_what_was_published_before_is_known_still(tmp_path: Path) -> None:
    old = open_receipt_keys(tmp_path)
    (tmp_path / KEY_FILE).unlink()
    (tmp_path / BEFORE_FILE).write_text(json.dumps(old.published()))
    new = open_receipt_keys(tmp_path)
    assert set(new.known) == {old.signer.verification_method, new.signer.verification_method}
    assert len(new.published()["keys"]) == 2


@pytest.mark.parametrize("count", [MOST_KEYS, MOST_KEYS + 1])
def test_as_many_keys_as_the_bound_and_no_more(tmp_path: Path, count: int) -> None:
    (tmp_path / BEFORE_FILE).write_text(json.dumps({"keys": [jwk(f"key {n}") for n in range(count)]}))
    if count > MOST_KEYS:
        with pytest.raises(ReceiptKeysError):
            open_receipt_keys(tmp_path)
    else:
        assert len(open_receipt_keys(tmp_path).known) == count + 1


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"keys": {}}',
        '{"keys": ["x"]}',
        '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}',
        json.dumps({"keys": [jwk("x") | {"d": "AA"}]}),
    ],
)
def test_a_file_that_holds_something_else_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / BEFORE_FILE).write_text(text)
    with pytest.raises(ReceiptKeysError):
        open_receipt_keys(tmp_path)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReceiptKeysError):
        open_receipt_keys(tmp_path / "file" / "folder")
