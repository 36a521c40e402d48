"""Who holds the private keys: a directory of sealed files, one for each key. Only the issuer imports this."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from keys.did import PublishedKey, parse_did
from keys.errors import KeyRefused
from keys.key_record import (
    LARGEST_KEY_FILE,
    KeyRecord,
    bound_octets,
    compose_key_file,
    in_utc,
    parse_key_file,
    whole_second,
)
from keys.public import KeyType, PublicKey
from keys.seal import SCRYPT_COST, Hidden, RandomSource, Secret, seal, unseal
from keys.signer import Signer
from keys.unlock import secret_from

__all__ = ["KeyRecord", "Keyring", "RandomSource", "Secret", "secret_from"]

RSA_BITS = 3_072  # a badge outlives a school: NIST SP 800-57 keeps 3,072 bits beyond 2030
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_FILE_NAME = re.compile(r"key-[A-Za-z0-9_-]{43}\.json", re.ASCII)

_Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Keyring:
    """The sealed keys in one directory.

    A file holds the public half, the dates and the sealed private half. The seal covers everything but the
    two dates of its end: a key must be retired or marked compromised even when nobody is there to open it.

    Args:
        directory: Made with mode 0700 where it is missing.
        random: Makes keys, salts and nonces; RSA keys alone come from OpenSSL's own generator.
        cost: scrypt's N for files sealed from now on.

    Raises:
        KeyRefused: `unsafe_keyring` when others than the owner may write to the directory.
    """

    def __init__(
        self, directory: Path, *, random: RandomSource = os.urandom, cost: int = SCRYPT_COST
    ) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if directory.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise KeyRefused(
                "unsafe_keyring",
                f"Others may write to {directory}. Run `chmod 700 {directory}` and look for changes.",
            )
        self._directory = directory
        self._random = random
        self._cost = cost

    def create(self, controller: str, key_type: KeyType, *, secret: Secret, now: datetime) -> KeyRecord:
        """Make a key, seal it, write its file.

        Args:
            controller: The DID that will sign with it.
            key_type: Ed25519, P-256 or RSA.
            secret: What seals it.
            now: When it is made.

        Raises:
            KeyRefused: `malformed_did`; `unsupported_key` for P-384, which is only checked; `key_exists`.
        """
        parse_did(controller)
        private = self._make(key_type)
        record = KeyRecord(_public_half(private), controller, in_utc(now))
        octets = Hidden(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        sealed = seal(octets, secret, bound=bound_octets(record), random=self._random, cost=self._cost)
        with self._locked():
            self._write(record, sealed, new=True)
        return record

    def keys(self, controller: str | None = None) -> tuple[KeyRecord, ...]:
        """Every key, or every key of one DID, the oldest first. Opens nothing.

        Raises:
            KeyRefused: `malformed_key_file`, naming the file.
        """
        records = [
            self._read(path)[0] for path in self._directory.iterdir() if _FILE_NAME.fullmatch(path.name)
        ]
        wanted = [record for record in records if controller in (None, record.controller)]
        return tuple(sorted(wanted, key=lambda record: (record.created, record.key_id)))

    def get(self, key_id: str) -> KeyRecord:
        """One key by its name.

        Raises:
            KeyRefused: `key_not_found`; `malformed_key_file`.
        """
        return self._read(self._path(key_id))[0]

    def active(self, controller: str, key_type: KeyType) -> KeyRecord:
        """The newest key of a DID and type that may sign.

        Raises:
            KeyRefused: `key_not_found` when there is none; `malformed_key_file`.
        """
        usable = [r for r in self.keys(controller) if r.active and r.public_key.key_type is key_type]
        if not usable:
            raise KeyRefused(
                "key_not_found", f"{controller} has no {key_type.value} key in use: make one first."
            )
        return usable[-1]

    def open(self, key_id: str, secret: Secret) -> Signer:
        """Unseal a key for signing.

        Raises:
            KeyRefused: `key_not_found`; `key_not_active` once it is retired or compromised;
                `malformed_key_file`, `wrong_passphrase`, `tampered_key_file`. The file is never changed.
        """
        record, sealed = self._read(self._path(key_id))
        if not record.active:
            raise KeyRefused("key_not_active", f"{key_id} is retired or compromised: sign with another key.")
        private = _load_private(unseal(sealed, secret, bound=bound_octets(record)))
        if private is None or _public_half(private) != record.public_key:
            raise KeyRefused(
                "tampered_key_file", f"{key_id} does not hold the key that it names. Restore it."
            )
        return _SealedSigner(record, private)

    def rotate(self, controller: str, key_type: KeyType, *, secret: Secret, now: datetime) -> KeyRecord:
        """Make a new key and retire those of its type that were in use.

        The new one is on disk before an old one ends, so that a crash between leaves the issuer able to sign.

        Raises:
            KeyRefused: as `create` does.
        """
        before = [r for r in self.keys(controller) if r.active and r.public_key.key_type is key_type]
        record = self.create(controller, key_type, secret=secret, now=now)
        for old in before:
            self.retire(old.key_id, at=now)
        return record

    def retire(self, key_id: str, *, at: datetime) -> KeyRecord:
        """End a key's use; what it signed stays good.

        Raises:
            KeyRefused: `key_not_found`; `key_not_active` when it had ended before; `malformed_key_file`.
        """
        with self._locked():
            record, sealed = self._read(self._path(key_id))
            if not record.active:
                raise KeyRefused("key_not_active", f"{key_id} is already retired or compromised.")
            # Documents give whole seconds: rounded up, so that whatever it signed before is still inside.
            record = replace(record, retired=whole_second(at + timedelta(microseconds=999_999)))
            self._write(record, sealed, new=False)
            return record

    def compromise(self, key_id: str, *, since: datetime) -> KeyRecord:
        """Say that somebody else may have held a key. The earliest time that was ever given stands.

        Raises:
            KeyRefused: `key_not_found`; `malformed_key_file`.
        """
        with self._locked():
            record, sealed = self._read(self._path(key_id))
            known = record.compromised_since
            earliest = whole_second(since) if known is None else min(known, whole_second(since))
            record = replace(record, compromised_since=earliest)
            self._write(record, sealed, new=False)
            return record

    def published(self, controller: str) -> tuple[PublishedKey, ...]:
        """Every key of a DID as its `did.json` shows it: `did_web_document(did, keyring.published(did))`."""
        return tuple(record.published() for record in self.keys(controller))

    def _make(self, key_type: KeyType) -> _Private:
        if key_type is KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(self._random(32))
        if key_type is KeyType.P256:
            # FIPS 186-5, A.2.1: 64 bits more than the order has, so that no scalar is likelier than another.
            return ec.derive_private_key(
                int.from_bytes(self._random(40), "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1()
            )
        if key_type is KeyType.RSA:
            return rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS)
        raise KeyRefused("unsupported_key", "P-384 keys are checked, not made: choose Ed25519, P-256 or RSA.")

    def _path(self, key_id: str) -> Path:
        path = self._directory / f"{key_id}.json"
        if not _FILE_NAME.fullmatch(path.name) or not path.is_file():
            raise KeyRefused("key_not_found", "There is no key of this name in the keyring.")
        return path

    def _read(self, path: Path) -> tuple[KeyRecord, Mapping[str, Any]]:
        with path.open("rb") as file:
            octets = file.read(LARGEST_KEY_FILE + 1)
        return parse_key_file(octets, path.name)

    def _write(self, record: KeyRecord, sealed: Mapping[str, Any], *, new: bool) -> None:
        """Write a file whole or not at all; a new key never takes the place of another."""
        target = self._directory / f"{record.key_id}.json"
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".new", dir=self._directory)  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(compose_key_file(record, sealed))
                file.flush()
                os.fsync(file.fileno())
            if new:
                os.link(temporary, target)
            else:
                Path(temporary).replace(target)
        except FileExistsError:
            raise KeyRefused("key_exists", f"{record.key_id} is already in the keyring.") from None
        finally:
            Path(temporary).unlink(missing_ok=True)
        _sync_directory(self._directory)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time: two that read and write the same file would lose one end date."""
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class _SealedSigner:
    """A `Signer` whose private half came out of a sealed file and goes nowhere else."""

    __slots__ = ("_method", "_private", "_record")

    def __init__(self, record: KeyRecord, private: _Private) -> None:
        self._record = record
        self._private = private
        self._method = record.verification_method  # it takes a hash, and every badge asks for it

    def __repr__(self) -> str:
        return f"Signer({self.verification_method})"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("A signer is neither copied nor pickled: its private key stays where it is.")

    @property
    def public_key(self) -> PublicKey:
        return self._record.public_key

    @property
    def verification_method(self) -> str:
        return self._method

    @property
    def controller(self) -> str:
        return self._record.controller

    def sign(self, message: bytes) -> bytes:
        """As `Signer.sign`.

        P-256 takes its nonce from key and message (RFC 6979): a bad random source cannot give the key away.
        """
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        der = self._private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


def _public_half(private: _Private) -> PublicKey:
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return PublicKey(KeyType.RSA, public.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    if isinstance(public, ec.EllipticCurvePublicKey):
        return PublicKey(KeyType.P256, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    return PublicKey(KeyType.ED25519, public.public_bytes_raw())


def _load_private(octets: Hidden) -> _Private | None:
    try:
        private = load_der_private_key(octets.reveal(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name != "secp256r1":
        return None
    return private if isinstance(private, _Private) else None


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
