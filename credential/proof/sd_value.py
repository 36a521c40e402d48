"""What stands in the `proofValue` of `ecdsa-sd-2023`: a base proof, or one that was derived from it.

Three octets say which of the two it is, and CBOR follows (Data Integrity ECDSA Cryptosuites 1.0, 3.5.2 to
3.5.8). A base proof is for whoever holds the credential: it names every statement that they could show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from credential.errors import CredentialError
from credential.proof.cbor import decode, encode
from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode
from keys.public import KeyType, PublicKey

LONGEST_DISCLOSURE: Final = 65_536
"""Characters of such a `proofValue`, which is as long as any string of a document may be."""

MOST_STATEMENTS: Final = 600
"""Signatures of one proof, one for each statement that is shown: each costs a check, and a rich badge has two
hundred."""

MOST_POINTERS: Final = 128
LONGEST_POINTER: Final = 512

BASE: Final = b"\xd9\x5d\x00"
DERIVED: Final = b"\xd9\x5d\x01"
_SIGNATURE: Final = 64
_HMAC: Final = 32
_COMPONENTS: Final = 5
_KEY: Final = 35
"""Octets of the one-time key: two that say P-256, and the compressed point. The text says 36 (3.5.8); its own
vectors, and all that is in the field, have 35."""


@dataclass(frozen=True, slots=True)
class BaseValue:
    """A base proof.

    Args:
        signature: The issuer's, over options, one-time key and the mandatory statements; 64 octets.
        one_time: The key under which each other statement is signed.
        hmac_key: 32 octets that blank nodes' labels follow from.
        signatures: One for each statement that is not mandatory, in their order.
        pointers: JSON pointers to what is always shown.
    """

    signature: bytes
    one_time: PublicKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A derived proof.

    Args:
        signature: As in the base proof.
        one_time: As in the base proof.
        signatures: One for each statement that is shown and not mandatory, in their order.
        labels: The label of each blank node, by the number of its canonical label.
        mandatory: Which of the statements that are shown are mandatory, ascending.
    """

    signature: bytes
    one_time: PublicKey
    signatures: tuple[bytes, ...]
    labels: tuple[str, ...]
    mandatory: tuple[int, ...]


def compose_base(value: BaseValue) -> str:
    """A base proof as `proofValue`.

    Raises:
        CredentialError: `proof_malformed` where it is longer than is read.
    """
    parts = [value.signature, multikey_octets(value.one_time), value.hmac_key]
    return _text(BASE, [*parts, list(value.signatures), list(value.pointers)])


def compose_derived(value: DerivedValue) -> str:
    """A derived proof as `proofValue`.

    Raises:
        CredentialError: `proof_malformed` where it is longer than is read.
    """
    labels = {number: base64url_decode(label[1:]) for number, label in enumerate(value.labels)}
    parts = [value.signature, multikey_octets(value.one_time), list(value.signatures)]
    return _text(DERIVED, [*parts, labels, list(value.mandatory)])


def octets_of(text: object, pointer: str) -> bytes:
    """The octets of a `proofValue`: multibase base64url without padding, and nothing else.

    Raises:
        CredentialError: `proof_malformed`.
    """
    if not isinstance(text, str) or not text.startswith("u") or len(text) > LONGEST_DISCLOSURE:
        raise CredentialError(
            "proof_malformed",
            f"proofValue is u and base64url, at most {LONGEST_DISCLOSURE} characters",
            pointer,
        )
    try:
        return base64url_decode(text[1:])
    except KeyRefused as error:
        raise CredentialError("proof_malformed", error.message, pointer) from None


def read_base(octets: bytes) -> BaseValue:
    """Read a base proof.

    Raises:
        CredentialError: `proof_malformed`.
    """
    signature, key, hmac_key, signatures, pointers = _components(octets, BASE)
    _bounded(pointers, MOST_POINTERS)
    if not isinstance(hmac_key, bytes) or len(hmac_key) != _HMAC:
        raise _malformed(f"its HMAC key has {_HMAC} octets")
    if not all(isinstance(one, str) and len(one) <= LONGEST_POINTER for one in pointers):
        raise _malformed(f"its pointers are texts of at most {LONGEST_POINTER} characters")
    return BaseValue(_signature(signature), _key(key), hmac_key, _signatures(signatures), tuple(pointers))


def read_derived(octets: bytes) -> DerivedValue:
    """Read a derived proof.

    Raises:
        CredentialError: `base_proof` where it is the holder's own; `proof_malformed`.
    """
    if octets[: len(BASE)] == BASE:
        raise CredentialError(
            "base_proof",
            "this proof is for whoever holds the credential only: show a proof that was derived from it",
        )
    signature, key, signatures, labels, mandatory = _components(octets, DERIVED)
    if not isinstance(labels, dict) or len(labels) > MOST_STATEMENTS:
        raise _malformed(f"its labels are a map of at most {MOST_STATEMENTS} entries")
    if not all(isinstance(label, bytes) and len(label) == _HMAC for label in labels.values()):
        raise _malformed(f"each label has {_HMAC} octets")
    # Each canonical label once, and no two of them under one name: two things would become one.
    numbers = [number for number in labels if type(number) is int]
    if sorted(numbers) != list(range(len(labels))) or len(set(labels.values())) != len(labels):
        raise _malformed("its labels do not name each blank node once")
    named = tuple("u" + base64url_encode(labels[number]) for number in range(len(labels)))
    _bounded(mandatory, MOST_STATEMENTS)
    if not all(type(one) is int and one >= 0 for one in mandatory) or sorted(set(mandatory)) != mandatory:
        raise _malformed("its mandatory indexes are ascending numbers")
    return DerivedValue(_signature(signature), _key(key), _signatures(signatures), named, tuple(mandatory))


def multikey_octets(key: PublicKey) -> bytes:
    """A P-256 key as it is written in the proof and signed over: two octets that say so, and its point."""
    return b"\x80\x24" + key.material


def _text(header: bytes, components: list[Any]) -> str:
    text = "u" + base64url_encode(header + encode(components))
    if len(text) > LONGEST_DISCLOSURE:
        raise _malformed(f"it would take more than {LONGEST_DISCLOSURE} characters: describe fewer things")
    return text


def _components(octets: bytes, header: bytes) -> list[Any]:
    if octets[: len(header)] != header:
        raise _malformed("it does not begin as a proof of ecdsa-sd-2023 does")
    found = decode(octets[len(header) :])
    if not isinstance(found, list) or len(found) != _COMPONENTS:
        raise _malformed(f"it has {_COMPONENTS} parts")
    return found


def _bounded(values: Any, most: int) -> None:
    if not isinstance(values, list) or len(values) > most:
        raise _malformed(f"a list in it has at most {most} entries")


def _signatures(values: Any) -> tuple[bytes, ...]:
    _bounded(values, MOST_STATEMENTS)
    return tuple(_signature(one) for one in values)


def _signature(octets: Any) -> bytes:
    if not isinstance(octets, bytes) or len(octets) != _SIGNATURE:
        raise _malformed(f"a signature in it has {_SIGNATURE} octets, and is never DER")
    return octets


def _key(octets: Any) -> PublicKey:
    if not isinstance(octets, bytes) or len(octets) != _KEY or octets[:2] != b"\x80\x24":
        raise _malformed(f"its one-time key is a P-256 key of {_KEY} octets")
    try:
        return PublicKey(KeyType.P256, octets[2:])
    except KeyRefused as error:
        raise CredentialError("proof_malformed", error.message) from None


def _malformed(what: str) -> CredentialError:
    return CredentialError("proof_malformed", f"the proofValue of ecdsa-sd-2023 is not usable: {what}")
