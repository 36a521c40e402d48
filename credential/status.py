"""Bitstring status lists: one bit says whether a credential was withdrawn (W3C Bitstring Status List 1.0).

An issuer composes a list from the indices that are set and signs it like any credential. A verifier reads the
entry in the credential, fetches the list, verifies it, and only then reads the bit here. StatusList2021
lists, which write `encodedList` without the multibase prefix, are read too (standing in old badges), never
written. Nothing here asks the network or a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from contexts.document import Document
from credential.bitstring import MINIMUM_ENTRIES, Bitstring
from credential.dates import format_date_time
from credential.errors import CredentialError
from credential.revocation_list import RevocationListEntry, withdrawn_in_revocation_list

__all__ = [
    "MINIMUM_ENTRIES",
    "Bitstring",
    "RevocationListEntry",
    "StatusEntry",
    "StatusList",
    "list_credential",
    "read_entries",
    "read_entry",
    "read_list",
    "read_status",
    "withdrawn_in_revocation_list",
]

MAX_ENTRIES_PER_CREDENTIAL: Final = 8
MAX_SIZE: Final = 8
"""Most bits of one entry; 1.0 names no bound."""

MAX_MESSAGE: Final = 1_000
"""Most characters of one message of an entry."""

MAX_REFERENCES: Final = 8
"""Most addresses of `statusReference`. None of them is ever fetched."""

UNSET_AND_SET: Final = ("unset", "set")
"""What one bit means where the entry gives no messages (2.1)."""

MAX_TIME_TO_LIVE: Final = timedelta(hours=24)

_INDEX = re.compile(r"(0|[1-9][0-9]{0,9})\Z", re.ASCII)
_VALUE = re.compile(r"0x([0-9a-fA-F]{1,2})\Z", re.ASCII)
_NAMES: Final = "1EdTechRevocationList"
_LIST_OF_ENTRY: Final = {
    "BitstringStatusListEntry": ("BitstringStatusListCredential", "BitstringStatusList"),
    "StatusList2021Entry": ("StatusList2021Credential", "StatusList2021"),
}


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a credential's status stands: the entry in `credentialStatus` (2.1).

    Attributes:
        purpose: `revocation`, `suspension`, `refresh`, `message` or a purpose of somebody's own.
        index: Position in the list, counted in entries.
        list_url: The list credential's URL.
        size: Bits of one entry.
        type: `BitstringStatusListEntry`, or `StatusList2021Entry` in old badges.
        messages: What each value means, from 0 on; empty where the entry does not say.
        references: Addresses of more about the status; for programs, never fetched.
    """

    purpose: str
    index: int
    list_url: str
    size: int = 1
    type: str = "BitstringStatusListEntry"
    messages: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def message(self, value: int) -> str:
        """What a value means, in the issuer's words, which are for programs and their operators (2.1)."""
        told = self.messages or (UNSET_AND_SET if self.size == 1 else ())
        return told[value] if value < len(told) else ""

    def to_json(self) -> dict[str, Any]:
        """The entry as it stands in a credential; its `id` is the list's URL with the index as fragment."""
        told: dict[str, Any] = {
            "id": f"{self.list_url}#{self.index}",
            "type": self.type,
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }
        if self.size != 1:
            told["statusSize"] = self.size
        if self.messages:
            told["statusMessage"] = [
                {"status": hex(value), "message": message} for value, message in enumerate(self.messages)
            ]
        if self.references:
            told["statusReference"] = list(self.references)
        return told


def _text(mapping: Mapping[str, Any], member: str) -> str:
    value = mapping.get(member)
    if not isinstance(value, str) or not value:
        raise CredentialError(
            "status_malformed", f"a status entry needs `{member}` as text", "/credentialStatus"
        )
    return value


def read_entries(value: Any) -> tuple[StatusEntry | RevocationListEntry, ...]:
    """Every entry of a `credentialStatus` member, which Open Badges writes as one object and VCDM 2.0 allows
    as an array.

    Raises:
        CredentialError: As `read_entry`; `status_malformed` too for an empty or too long array.
    """
    entries = value if isinstance(value, list) else [value]
    if not 1 <= len(entries) <= MAX_ENTRIES_PER_CREDENTIAL:
        raise CredentialError(
            "status_malformed",
            f"credentialStatus holds {len(entries)} entries; 1 to {MAX_ENTRIES_PER_CREDENTIAL} are read",
            "/credentialStatus",
        )
    return tuple(read_entry(entry) for entry in entries)


def read_entry(entry: Any) -> StatusEntry | RevocationListEntry:
    """One entry of `credentialStatus` (2.1).

    Raises:
        CredentialError: `status_type_unknown` for a type that is not read here: the status could not be
            checked, which never means that all is well. `status_malformed` for a member that is missing or
            out of its grammar. `statusListIndex` is a base-10 string: `5`, `"05"`, `"1e5"` and `" 5"` are
            refused alike.
    """
    if not isinstance(entry, Mapping):
        raise CredentialError("status_malformed", "a status entry is a JSON object", "/credentialStatus")
    named = entry.get("type")
    types = named if isinstance(named, list) else [named]
    known = [t for t in types if isinstance(t, str) and (t in _LIST_OF_ENTRY or t == _NAMES)]
    if known == [_NAMES]:
        return RevocationListEntry(_text(entry, "id"))
    if len(known) != 1:
        raise CredentialError(
            "status_type_unknown",
            f"status of type {str(named)[:80]!r} is not read here",
            "/credentialStatus/type",
        )
    list_url = _text(entry, "statusListCredential")
    index = entry.get("statusListIndex")
    if not isinstance(index, str) or not _INDEX.match(index):
        raise CredentialError(
            "status_malformed",
            "statusListIndex must be a string of base-10 digits without sign, space or leading zero",
            "/credentialStatus/statusListIndex",
        )
    size = entry.get("statusSize", 1)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_SIZE:
        raise CredentialError(
            "status_malformed",
            f"statusSize must be an integer from 1 to {MAX_SIZE}",
            "/credentialStatus/statusSize",
        )
    if entry.get("id") == list_url:
        raise CredentialError(
            "status_malformed", "an entry's id must not be the list's URL", "/credentialStatus/id"
        )
    return StatusEntry(
        _text(entry, "statusPurpose"),
        int(index),
        list_url,
        size,
        known[0],
        _messages(entry.get("statusMessage"), size),
        _references(entry.get("statusReference")),
    )


def _messages(told: Any, size: int) -> tuple[str, ...]:
    """What each value of an entry means, from 0 on (2.1).

    Entries of more than one bit must say it, and each must say it for every value, once.
    """
    if told is None and size == 1:
        return ()
    where = "/credentialStatus/statusMessage"
    if not isinstance(told, list) or len(told) != 1 << size:
        raise CredentialError(
            "status_malformed", f"an entry of {size} bits has a statusMessage for each of {1 << size}", where
        )
    messages: dict[int, str] = {}
    for one in told:
        value = one.get("status") if isinstance(one, Mapping) else None
        message = one.get("message") if isinstance(one, Mapping) else None
        named = _VALUE.match(value) if isinstance(value, str) else None
        if named is None or not isinstance(message, str) or len(message) > MAX_MESSAGE:
            raise CredentialError(
                "status_malformed",
                f"a statusMessage has a status such as 0x1 and at most {MAX_MESSAGE} characters of message",
                where,
            )
        messages[int(named[1], 16)] = message
    if messages.keys() != set(range(1 << size)):
        raise CredentialError("status_malformed", "statusMessage does not name each value once", where)
    return tuple(messages[value] for value in range(1 << size))


def _references(told: Any) -> tuple[str, ...]:
    references = [] if told is None else told if isinstance(told, list) else [told]
    if len(references) > MAX_REFERENCES or not all(isinstance(one, str) and one for one in references):
        raise CredentialError(
            "status_malformed",
            f"statusReference is an address, or at most {MAX_REFERENCES} of them",
            "/credentialStatus/statusReference",
        )
    return tuple(references)


MOST_KEPT: Final = 262_144
"""Bytes of a list that are kept with the document that they were read from: two million entries."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """What a list credential says.

    Attributes:
        purposes: The purposes that the list serves.
        bits: Its bits.
        time_to_live: How long it may be kept before it is asked for again; at most 24 hours, None where not
            said.
    """

    purposes: tuple[str, ...]
    bits: Bitstring
    time_to_live: timedelta | None


def read_list(document: Document, entry: StatusEntry) -> StatusList:
    """Read a status list credential whose proof was verified before, by the caller.

    Who signed it, and whether it is still in date, is the caller's question too.

    Raises:
        CredentialError: `STATUS_VERIFICATION_ERROR` where this is not the list that the entry speaks of
            (type, id, purpose); `STATUS_LIST_LENGTH_ERROR` below 131,072 entries; `status_malformed`,
            `status_too_large`.
    """
    credential_type, subject_type = _LIST_OF_ENTRY[entry.type]
    value = document.value
    if credential_type not in _strings(value.get("type")):
        raise CredentialError("STATUS_VERIFICATION_ERROR", f"the document is no {credential_type}", "/type")
    if value.get("id", entry.list_url) != entry.list_url:
        raise CredentialError(
            "STATUS_VERIFICATION_ERROR", "the list's id is not the URL that the entry names", "/id"
        )
    subject = value.get("credentialSubject")
    if not isinstance(subject, Mapping) or subject_type not in _strings(subject.get("type")):
        raise CredentialError(
            "STATUS_VERIFICATION_ERROR", f"the list's subject is no {subject_type}", "/credentialSubject"
        )
    kept = document.forms.get((StatusList, entry.type, entry.purpose, entry.size))
    if kept is not None:
        return cast("StatusList", kept)
    purposes = _strings(subject.get("statusPurpose"))
    if entry.purpose not in purposes:
        raise CredentialError(
            "STATUS_VERIFICATION_ERROR",
            f"the list serves {', '.join(purposes)[:80] or 'no purpose'}, not {entry.purpose[:80]}",
            "/credentialSubject/statusPurpose",
        )
    prefix = "u" if subject_type == "BitstringStatusList" else ""
    bits = document.forms.get((Bitstring, prefix))
    if bits is None:
        bits = Bitstring.decode(subject.get("encodedList"), prefix=prefix)
        if len(bits.bits) <= MOST_KEPT:
            document.forms[Bitstring, prefix] = bits
    if bits.entries(entry.size) < MINIMUM_ENTRIES:
        raise CredentialError(
            "STATUS_LIST_LENGTH_ERROR",
            f"the list has {bits.entries(entry.size)} entries, fewer than {MINIMUM_ENTRIES}",
            "/credentialSubject/encodedList",
        )
    listed = StatusList(purposes, bits, _time_to_live(subject.get("ttl")))
    if len(bits.bits) <= MOST_KEPT:
        document.forms[StatusList, entry.type, entry.purpose, entry.size] = listed
    return listed


def read_status(document: Document, entry: StatusEntry) -> int:
    """The status that a verified list gives an entry: 0 where nothing is said against the credential (3.2).

    Raises:
        CredentialError: As `read_list`, and `RANGE_ERROR`.
    """
    return read_list(document, entry).bits.get(entry.index, size=entry.size)


def _strings(value: Any) -> tuple[str, ...]:
    """One string, or an array of strings, as a tuple; anything else is no strings."""
    values = value if isinstance(value, list) else [value]
    return tuple(v for v in values if isinstance(v, str))


def _time_to_live(milliseconds: Any) -> timedelta | None:
    if milliseconds is None:
        return None
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int) or milliseconds < 0:
        raise CredentialError(
            "status_malformed", "ttl must be a whole number of milliseconds", "/credentialSubject/ttl"
        )
    return min(timedelta(milliseconds=min(milliseconds, 10**12)), MAX_TIME_TO_LIVE)


def list_credential(
    bits: Bitstring,
    *,
    url: str,
    issuer: str,
    valid_from: datetime,
    valid_until: datetime,
    time_to_live: timedelta,
    purposes: Sequence[str] = ("revocation",),
) -> dict[str, Any]:
    """A status list credential, ready to be signed (2.2).

    Args:
        bits: The bits that hold for all of `purposes`.
        url: Where the list is published: its `id`.
        issuer: The issuer's DID.
        valid_from: When it was made; rises from one version to the next.
        valid_until: After this nobody relies on it.
        time_to_live: How long it may be cached.
        purposes: At least one.

    Raises:
        CredentialError: `status_malformed` where there is no purpose or the period is turned round.
    """
    if not purposes or valid_until <= valid_from:
        raise CredentialError(
            "status_malformed", "a list needs a purpose, and a validUntil after its validFrom"
        )
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": format_date_time(valid_from),
        "validUntil": format_date_time(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purposes[0] if len(purposes) == 1 else list(purposes),
            "encodedList": bits.encode(),
            "ttl": int(time_to_live / timedelta(milliseconds=1)),
        },
    }
