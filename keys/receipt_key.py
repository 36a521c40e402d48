"""The key by which a verifier signs its own receipts: one small file, made at the first start.

It speaks for no issuer, opens nothing and is under no document: what it can do at worst is to sign a receipt.
So it needs no ceremony and no passphrase; the file is readable by its owner alone. Its identifier is the
did:key of its public half, which stands in every receipt.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from keys.did import did_key
from keys.errors import KeyRefused
from keys.public import KeyType, PublicKey
from keys.signer import Signer

LARGEST_FILE: Final = 4_096
"""Octets of a key file: an Ed25519 key in PEM has 119."""


class _FileSigner:
    """A `Signer` under a did:key of its own."""

    __slots__ = ("_private", "_public")

    def __init__(self, private: ed25519.Ed25519PrivateKey) -> None:
        self._private = private
        self._public = PublicKey(KeyType.ED25519, private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Signer({self.verification_method})"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("A signer is neither copied nor pickled: its private key stays where it is.")

    @property
    def public_key(self) -> PublicKey:
        return self._public

    @property
    def verification_method(self) -> str:
        return f"{self.controller}#{self.controller.removeprefix('did:key:')}"

    @property
    def controller(self) -> str:
        return did_key(self._public)

    def sign(self, message: bytes) -> bytes:
        """As `Signer.sign`."""
        return self._private.sign(message)


def open_receipt_key(path: Path) -> Signer:
    """Open the key in this file; make it where there is none.

    Args:
        path: A PEM file with an Ed25519 private key in PKCS #8 (RFC 8410, 7), mode 0600. Its folder is made.

    Raises:
        KeyRefused: `unsafe_keyring` where others may read or change the file; `malformed_key_file` where it
            holds something else.
        OSError: The folder cannot be written, or the file cannot be read.
    """
    if not path.exists():
        _make(path)
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyRefused("unsafe_keyring", f"Others may read {path}: set its mode to 0600.")
        octets = file.read(LARGEST_FILE + 1)
    try:
        private = load_pem_private_key(octets, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if len(octets) > LARGEST_FILE or not isinstance(private, ed25519.Ed25519PrivateKey):
        raise KeyRefused(
            "malformed_key_file",
            f"{path} holds no Ed25519 private key in PEM; move it away to make a new one.",
        )
    return _FileSigner(private)


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of two that start at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            private = ed25519.Ed25519PrivateKey.generate()
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        unfinished.unlink(missing_ok=True)
