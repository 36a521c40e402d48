"""The short form of a receipt, for the QR code on its paper: signed by itself, nothing is stored. Pure.

    HTTPS://HOST/R/ and base32 of:  1 | key, 4 octets | when checked, 4 | verdict, 1 | flags, 1 | number, 16 |
    what the badge is for | the issuer's name | signature, 64

The two texts are UTF-8 behind an octet of length, cut at `LONGEST_NAME` octets. They are in it because a
paper's QR code must not vouch for a badge that somebody else printed above it. `number` is the first half of
the SHA-256 of the whole receipt, and stands on the paper too. Capitals and figures keep the QR code in its
alphanumeric mode (ISO/IEC 18004, 7.4.4): it has 61 modules at most.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from keys.public import PublicKey
from keys.signer import Signer
from verifier.evidence import Code
from verifier.receipt import Receipt, ReceiptAnswer

LONGEST_NAME: Final = 48
LONGEST_CODE: Final = 320
"""Characters of the code in a link."""

CODES: Final = (
    Code.VALID,
    Code.EXPIRED,
    Code.NOT_YET_VALID,
    Code.SUSPENDED,
    Code.REVOKED,
    Code.REPLACED,
    Code.TAMPERED,
    Code.ISSUER_UNKNOWN,
    Code.INCOMPLETE,
    Code.EVIDENCE_FAILS,
    Code.UNREADABLE,
    Code.NOT_SHARED,
    Code.SHARE_ENDED,
    Code.NOT_FOUND,
)
"""Verdict to its number, which never changes: paper lasts. New ones go to the end."""

_CONTEXT: Final = b"cairn receipt code\0"
_HEAD: Final = struct.Struct(">B4sIBB16s")
_FORM: Final = 1
_PHOTO_ID, _PAST = 1, 2
_SIGNATURE: Final = 64


@dataclass(frozen=True, slots=True)
class ReceiptStub:
    """What the code on the paper says.

    Args:
        checked_at: When the badge was checked.
        code: The verdict.
        photo_id: Whether somebody says that they looked at a photo ID.
        past: Whether the answer is for another moment than `checked_at`: the whole receipt says which.
        number: The receipt's number, 32 hexadecimal figures.
        badge: What the badge is for, perhaps cut; or "".
        issuer_name: The issuer's name by the trust list, perhaps cut; or "".
    """

    checked_at: datetime
    code: Code
    photo_id: bool
    past: bool
    number: str
    badge: str
    issuer_name: str


def receipt_number(token: str) -> str:
    """The number of a receipt, as 32 hexadecimal figures: half of the SHA-256 of its compact JWS."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()[:32]


def sign_stub(receipt: Receipt, token: str, signer: Signer) -> str:
    """The short form of a signed receipt, in base32.

    Args:
        receipt: What it says.
        token: The receipt as a compact JWS.
        signer: This verifier's.
    """
    flags = (_PHOTO_ID if receipt.photo_id else 0) | (_PAST if receipt.as_of else 0)
    head = _HEAD.pack(
        _FORM,
        _key(signer.public_key),
        int(receipt.checked_at.timestamp()),
        CODES.index(receipt.code),
        flags,
        bytes.fromhex(receipt_number(token)),
    )
    said = head + _text(receipt.badge) + _text(receipt.issuer_name)
    return base64.b32encode(said + signer.sign(_CONTEXT + said)).decode("ascii").rstrip("=")


def check_stub(code: str, keys: Mapping[str, PublicKey]) -> tuple[ReceiptAnswer, ReceiptStub | None]:
    """Whether one of these keys signed this code, and what it says.

    Args:
        code: As in a link; small letters are as good as capitals.
        keys: Verification method -> this verifier's keys, those of earlier times too.
    """
    octets = _octets(code)
    if len(octets) < _HEAD.size + 2 + _SIGNATURE or octets[0] != _FORM:
        return ReceiptAnswer.NONE, None
    _, mark, at, verdict, flags, number = _HEAD.unpack_from(octets)
    key = next((one for one in keys.values() if _key(one) == mark), None)
    if key is None:
        return ReceiptAnswer.ELSEWHERE, None
    said, signature = octets[:-_SIGNATURE], octets[-_SIGNATURE:]
    if not key.verify(signature, _CONTEXT + said):
        return ReceiptAnswer.CHANGED, None
    texts = _texts(said[_HEAD.size :])
    if texts is None or verdict >= len(CODES):
        return ReceiptAnswer.NONE, None
    stub = ReceiptStub(
        checked_at=datetime.fromtimestamp(at, UTC),
        code=CODES[verdict],
        photo_id=bool(flags & _PHOTO_ID),
        past=bool(flags & _PAST),
        number=number.hex(),
        badge=texts[0],
        issuer_name=texts[1],
    )
    return ReceiptAnswer.GENUINE, stub


def _octets(code: str) -> bytes:
    """The octets of a code in its one spelling; none where it is no code."""
    if not 0 < len(code) <= LONGEST_CODE or not code.isascii():
        return b""
    capitals = code.upper()
    try:
        octets = base64.b32decode(capitals + "=" * (-len(capitals) % 8))
    except binascii.Error:
        return b""
    return octets if base64.b32encode(octets).decode("ascii").rstrip("=") == capitals else b""


def _key(key: PublicKey) -> bytes:
    return hashlib.sha256(key.material).digest()[:4]


def _text(text: str) -> bytes:
    octets = text.encode("utf-8")
    if len(octets) > LONGEST_NAME:
        whole = octets[: LONGEST_NAME - 3].decode("utf-8", "ignore")
        octets = f"{whole}…".encode()
    return bytes([len(octets)]) + octets


def _texts(octets: bytes) -> tuple[str, str] | None:
    first = octets[0]
    rest = octets[1 + first :]
    if not rest or rest[0] != len(rest) - 1:
        return None
    try:
        return octets[1 : 1 + first].decode("utf-8"), rest[1:].decode("utf-8")
    except UnicodeDecodeError:
        return None
