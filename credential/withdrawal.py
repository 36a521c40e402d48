"""Withdrawal notes: when and why a credential was withdrawn, beside the status list that says that it was.

A status bit carries no date, no reason and no successor. The issuer therefore publishes a compact JWS (RFC
7515) beside each list, signed by one of its assertion keys. The notes hold no name and are read only for an
index whose bit is set; where there is none, the credential is plainly withdrawn. Header: `alg`, `kid` (a DID
URL) and `typ`, which keeps a credential from being taken for notes and notes for a credential. Payload:

    {"iss": DID, "sub": list URL, "version": n, "withdrawn": [{"on": "2026-05-22", "reason": "corrected",
    "indexes": [5]}]}

The indexes are grouped by day and reason, so that the notes of a list that is wholly withdrawn stay below two
megabytes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from contexts.document import Document, Limits, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from keys.multibase import base64url_decode, base64url_encode
from keys.public import PublicKey
from keys.signer import Signer

NOTES_TYPE: Final = "withdrawal-notes+jwt"
MAX_TOKEN: Final = 2_097_152
HEADER_LIMITS: Final = Limits(max_bytes=2_048, max_depth=2, max_nodes=8)
PAYLOAD_LIMITS: Final = Limits(max_bytes=MAX_TOKEN, max_depth=5, max_nodes=200_000)
MAX_INDEX: Final = 2**31 - 1

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


class Reason(StrEnum):
    """Why a credential was withdrawn, as coarse as strangers may know it."""

    CORRECTED = "corrected"
    ISSUED_IN_ERROR = "issued-in-error"
    NO_LONGER_VALID = "no-longer-valid"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Note:
    """The day and the reason of one withdrawal."""

    on: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class WithdrawalNotes:
    """The notes beside one status list.

    Attributes:
        issuer: The DID that issued the list and signs the notes.
        list_url: The list's URL.
        version: The version of the list that the notes were made with; rises.
        notes: By index in the list.
    """

    issuer: str
    list_url: str
    version: int
    notes: Mapping[int, Note]

    def to_json(self) -> dict[str, Any]:
        """The payload of the JWS; all in rising order, so that equal notes give equal bytes."""
        groups: defaultdict[tuple[date, Reason], list[int]] = defaultdict(list)
        for index, note in self.notes.items():
            groups[note.on, note.reason].append(index)
        return {
            "iss": self.issuer,
            "sub": self.list_url,
            "version": self.version,
            "withdrawn": [
                {"on": on.isoformat(), "reason": reason.value, "indexes": sorted(groups[on, reason])}
                for on, reason in sorted(groups)
            ],
        }


def _compact(value: Mapping[str, Any]) -> str:
    return base64url_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def sign_notes(notes: WithdrawalNotes, signer: Signer) -> str:
    """The notes as a compact JWS.

    Raises:
        CredentialError: `notes_not_of_list` where the signer is not the issuer; `notes_too_large`.
    """
    if signer.controller != notes.issuer:
        raise CredentialError("notes_not_of_list", "only the issuer of a list signs the notes beside it")
    header = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method, "typ": NOTES_TYPE}
    signing_input = f"{_compact(header)}.{_compact(notes.to_json())}"
    token = f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"
    if len(token) > MAX_TOKEN:
        raise CredentialError("notes_too_large", f"the notes are longer than {MAX_TOKEN} characters")
    return token


def check_notes(
    token: str | bytes, key_for: Callable[[str], PublicKey], *, issuer: str, list_url: str
) -> WithdrawalNotes:
    """Read notes and check who signed them.

    Args:
        token: What was published.
        key_for: Gives the assertion key of `issuer` that a DID URL names, and raises where there is none. It
            is asked before the payload is read.
        issuer: The DID that issued the list, which must be the notes' too.
        list_url: The list's URL, likewise.

    Raises:
        CredentialError: `notes_too_large`, `notes_malformed`, `alg_key_mismatch`, `bad_signature`,
            `notes_not_of_list`; and whatever `key_for` raises.
    """
    if len(token) > MAX_TOKEN:
        raise CredentialError("notes_too_large", f"the notes are longer than {MAX_TOKEN} characters")
    octets = token.encode("utf-8", "replace") if isinstance(token, str) else token
    parts = octets.split(b".", 3)
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature (RFC 7515, 3.1)
        raise CredentialError("notes_malformed", "a compact JWS has three parts")
    header = _part(parts[0], HEADER_LIMITS).value
    if (
        set(header) != {"alg", "kid", "typ"}
        or header["typ"] != NOTES_TYPE
        or not isinstance(header["kid"], str)
    ):
        raise CredentialError(
            "notes_malformed", f"the header holds alg, kid and typ {NOTES_TYPE}, nothing else"
        )
    key = key_for(header["kid"])
    if header["alg"] != key.jws_algorithm:
        raise CredentialError("alg_key_mismatch", "the header's algorithm is not the one of the issuer's key")
    if not key.verify(_decode(parts[2]), parts[0] + b"." + parts[1]):
        raise CredentialError("bad_signature", "the signature does not fit the notes")
    notes = _read(_part(parts[1], PAYLOAD_LIMITS).value)
    if (notes.issuer, notes.list_url) != (issuer, list_url):
        raise CredentialError("notes_not_of_list", "the notes speak for another list or another issuer")
    return notes


def _decode(part: bytes) -> bytes:
    try:
        return base64url_decode(part.decode("ascii"))
    except ValueError as error:
        raise CredentialError("notes_malformed", f"the notes are not base64url: {error}") from error


def _part(part: bytes, limits: Limits) -> Document:
    try:
        return parse(_decode(part), limits)
    except DocumentError as error:
        raise CredentialError("notes_malformed", f"the notes are not strict JSON: {error}") from error


def _read(payload: Mapping[str, Any]) -> WithdrawalNotes:
    issuer, list_url, version, groups = (payload.get(m) for m in ("iss", "sub", "version", "withdrawn"))
    if (
        not isinstance(issuer, str)
        or not isinstance(list_url, str)
        or type(version) is not int
        or version < 0
        or not isinstance(groups, list)
    ):
        raise CredentialError("notes_malformed", "the payload holds iss, sub, version and withdrawn")
    notes: dict[int, Note] = {}
    for at, group in enumerate(groups):
        note, indexes = _group(group, f"/withdrawn/{at}")
        for index in indexes:
            if type(index) is not int or not 0 <= index <= MAX_INDEX or index in notes:
                raise CredentialError(
                    "notes_malformed", "an index is a whole number, noted once", f"/withdrawn/{at}"
                )
            notes[index] = note
    return WithdrawalNotes(issuer, list_url, version, MappingProxyType(notes))


def _group(group: Any, pointer: str) -> tuple[Note, list[Any]]:
    if not isinstance(group, Mapping):
        raise CredentialError("notes_malformed", "a note is a JSON object", pointer)
    on, reason, indexes = (group.get(m) for m in ("on", "reason", "indexes"))
    if (
        not isinstance(on, str)
        or not _DAY.match(on)
        or reason not in tuple(Reason)
        or not isinstance(indexes, list)
    ):
        raise CredentialError("notes_malformed", "a note holds a day, a reason and the indexes", pointer)
    try:
        return Note(date.fromisoformat(on), Reason(reason)), indexes
    except ValueError as error:
        raise CredentialError("notes_malformed", f"{on} is no day of the calendar", pointer) from error
