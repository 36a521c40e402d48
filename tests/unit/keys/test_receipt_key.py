"""The verifier's own small key: made once, read by its owner alone, told to nobody."""

from __future__ import annotations

import copy
import pickle
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.errors import KeyRefused
from keys.receipt_key import LARGEST_FILE, open_receipt_key
from keys.signer import Signer


def test_the_first_start_makes_a_key_and_every_other_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "verifier" / "receipt-key.pem"
    made = open_receipt_key(path)
    assert isinstance(made, Signer)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    again = open_receipt_key(path)
    assert again.public_key == made.public_key
    assert made.public_key.verify(again.sign(b"said"), b"said")
    assert open_receipt_key(tmp_path / "other.pem").public_key != made.public_key


def test_its_name_is_the_did_key_of_its_public_half(tmp_path: Path) -> None:
    made = open_receipt_key(tmp_path / "key.pem")
    multikey = made.public_key.multikey()
    assert made.controller == f"did:key:{multikey}"
    assert made.verification_method == f"did:key:{multikey}#{multikey}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    open_receipt_key(path)
    path.chmod(mode)
    with pytest.raises(KeyRefused, match="0600") as refused:
        open_receipt_key(path)
    assert refused.value.code == "unsafe_keyring"
    path.chmod(0o600)
    open_receipt_key(path)


def p256() -> bytes:
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("content", [b"", b"x", p256()], ids=["empty", "text", "another kind of key"])
def test_what_is_no_such_key_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRefused) as refused:
        open_receipt_key(path)
    assert refused.value.code == "malformed_key_file"
    assert path.read_bytes() == content


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    open_receipt_key(path)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\n" * (LARGEST_FILE - len(whole)))
    open_receipt_key(path)
    path.write_bytes(whole + b"\n" * (LARGEST_FILE - len(whole) + 1))
    with pytest.raises(KeyRefused):
        open_receipt_key(path)


def test_the_private_half_shows_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    signer = open_receipt_key(path)
    body = path.read_text().splitlines()[1]
    assert body not in repr(signer)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(signer)
