"""Close octets under a secret and open them again: AES-256-GCM, its key from scrypt or from a key file."""

from __future__ import annotations

import hmac
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode

RandomSource = Callable[[int], bytes]  # so many octets that nobody can foretell: `os.urandom`

SHORTEST_PASSPHRASE = 12  # characters
KEY_FILE_LENGTH = 32  # octets
SCRYPT_COST = 2**17  # with r = 8: 128 MiB and some tenths of a second for each guess
SMALLEST_SCRYPT_COST = 2**10
LARGEST_SCRYPT_COST = 2**20
_BLOCK, _PARALLEL = 8, 1
_SALT, _NONCE, _KEY, _CHECK = 16, 12, 32, 16  # octets


class Hidden:
    """Octets that appear in no log, traceback, pickle or test's output.

    Tracebacks that print local variables are why it exists: private octets are kept in no plain variable.
    """

    __slots__ = ("_octets",)

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def __repr__(self) -> str:
        return "<hidden>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("Hidden octets are neither copied nor pickled.")

    def reveal(self) -> bytes:
        """The octets. Use them in the expression that needs them, and name them nowhere."""
        return self._octets


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens a sealed file.

    Args:
        kind: `passphrase` or `key-file`.
        octets: The passphrase in UTF-8 after NFC, so that every keyboard gives the same; or the file's 32
            octets.
    """

    kind: Literal["passphrase", "key-file"]
    octets: Hidden

    @classmethod
    def from_passphrase(cls, octets: Hidden) -> Secret:
        """A passphrase, typed or read, in UTF-8.

        Raises:
            KeyRefused: `weak_passphrase` below `SHORTEST_PASSPHRASE` characters or when it is not UTF-8.
        """
        try:
            normal = Hidden(unicodedata.normalize("NFC", octets.reveal().decode("utf-8")).encode("utf-8"))
        except UnicodeDecodeError:
            raise KeyRefused("weak_passphrase", "The passphrase is not UTF-8 text.") from None
        if len(normal.reveal().decode("utf-8")) < SHORTEST_PASSPHRASE:
            raise KeyRefused(
                "weak_passphrase", f"Choose a passphrase of at least {SHORTEST_PASSPHRASE} characters."
            )
        return cls("passphrase", normal)

    @classmethod
    def from_key_file(cls, octets: Hidden) -> Secret:
        """The content of a key file: 32 octets that a random source made.

        Raises:
            KeyRefused: `weak_passphrase` for another length.
        """
        if len(octets.reveal()) != KEY_FILE_LENGTH:
            raise KeyRefused(
                "weak_passphrase",
                f"A key file holds exactly {KEY_FILE_LENGTH} random octets; make one with "
                f"`head -c {KEY_FILE_LENGTH} /dev/urandom > FILE`.",
            )
        return cls("key-file", octets)


def seal(
    octets: Hidden, secret: Secret, *, bound: bytes, random: RandomSource, cost: int = SCRYPT_COST
) -> dict[str, Any]:
    """Encrypt octets under a secret.

    Args:
        octets: What to hide.
        secret: What will open it.
        bound: Octets that stay readable beside it and must be the same when it is opened.
        random: Gives the salt and the nonce.
        cost: scrypt's N, a power of two; not used with a key file.

    Returns:
        JSON members: cipher, derivation, check, nonce, ciphertext.
    """
    derivation: dict[str, Any] = {"name": "hkdf-sha256", "salt": base64url_encode(random(_SALT))}
    if secret.kind == "passphrase":
        derivation |= {"name": "scrypt", "n": cost, "r": _BLOCK, "p": _PARALLEL}
    key = _derive(secret, derivation)
    nonce = random(_NONCE)
    ciphertext = _cipher(key).encrypt(nonce, octets.reveal(), _bound(derivation, bound))
    return {
        "cipher": "AES-256-GCM",
        "derivation": derivation,
        "check": base64url_encode(key.reveal()[_KEY:]),
        "nonce": base64url_encode(nonce),
        "ciphertext": base64url_encode(ciphertext),
    }


def unseal(sealed: Mapping[str, Any], secret: Secret, *, bound: bytes) -> Hidden:
    """Decrypt what `seal` made.

    Raises:
        KeyRefused: `malformed_key_file` for members that `seal` does not write; `wrong_passphrase` for
            another secret than it was sealed with; `tampered_key_file` when the secret is right and the rest
            is not.
    """
    derivation = _check_derivation(sealed.get("derivation"))
    if sealed.get("cipher") != "AES-256-GCM":
        raise KeyRefused("malformed_key_file", "The key file names a cipher that is not AES-256-GCM.")
    kind = "passphrase" if derivation["name"] == "scrypt" else "key-file"
    if secret.kind != kind:
        raise KeyRefused("wrong_passphrase", f"This key was sealed with a {kind}; give that instead.")
    check, nonce = _octets(sealed, "check"), _octets(sealed, "nonce")
    ciphertext = _octets(sealed, "ciphertext")
    key = _derive(secret, derivation)
    if not hmac.compare_digest(key.reveal()[_KEY:], check):
        raise KeyRefused(
            "wrong_passphrase",
            f"The {kind} is not the one that sealed this key. Nothing was changed; try again.",
        )
    try:
        return Hidden(_cipher(key).decrypt(nonce, ciphertext, _bound(derivation, bound)))
    except (InvalidTag, ValueError):
        raise KeyRefused(
            "tampered_key_file",
            f"The {kind} is right, but the key file has been changed. Restore it from a backup.",
        ) from None


def _derive(secret: Secret, derivation: Mapping[str, Any]) -> Hidden:
    """The cipher's key and, behind it, octets that tell a wrong secret from a changed file."""
    salt = base64url_decode(derivation["salt"])
    if secret.kind == "key-file":
        hkdf = HKDF(hashes.SHA256(), length=_KEY + _CHECK, salt=salt, info=b"Cairn sealed key 1")
        return Hidden(hkdf.derive(secret.octets.reveal()))
    scrypt = Scrypt(salt=salt, length=_KEY + _CHECK, n=derivation["n"], r=_BLOCK, p=_PARALLEL)
    return Hidden(scrypt.derive(secret.octets.reveal()))


def _cipher(key: Hidden) -> AESGCM:
    return AESGCM(key.reveal()[:_KEY])


def _bound(derivation: Mapping[str, Any], bound: bytes) -> bytes:
    return json.dumps(derivation, sort_keys=True, separators=(",", ":")).encode("utf-8") + b"\0" + bound


def _check_derivation(found: object) -> Mapping[str, Any]:
    """Bounded before it is computed: a changed file must not make us take all the memory there is."""
    if isinstance(found, Mapping) and isinstance(found.get("salt"), str):
        if found.keys() == {"name", "salt"} and found["name"] == "hkdf-sha256":
            return found
        cost = found.get("n")
        if (
            found.keys() == {"name", "salt", "n", "r", "p"}
            and (found["name"], found["r"], found["p"]) == ("scrypt", _BLOCK, _PARALLEL)
            and isinstance(cost, int)
            and SMALLEST_SCRYPT_COST <= cost <= LARGEST_SCRYPT_COST
            and cost.bit_count() == 1
        ):
            return found
    raise KeyRefused("malformed_key_file", "The key file does not say how its secret opens it.")


def _octets(sealed: Mapping[str, Any], name: str) -> bytes:
    value = sealed.get(name)
    if not isinstance(value, str):
        raise KeyRefused("malformed_key_file", f"The key file has no {name}. Restore it from a backup.")
    try:
        return base64url_decode(value)
    except KeyRefused:
        raise KeyRefused(
            "malformed_key_file", f"The key file's {name} is damaged. Restore it from a backup."
        ) from None
