"""The open half of a sealed key file, and the file's text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from keys.did import PublishedKey, parse_did, verification_method_id
from keys.errors import KeyRefused
from keys.public import PublicKey

FORMAT = "cairn-sealed-key-1"
LARGEST_KEY_FILE = 65_536  # octets


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The open half of a sealed file: whose key, since when, until when.

    Attributes:
        public_key: The key.
        controller: The DID that signs with it.
        created: When it was made.
        retired: From when on it signs nothing more.
        compromised_since: From when on somebody else may have held it.
    """

    public_key: PublicKey
    controller: str
    created: datetime
    retired: datetime | None = None
    compromised_since: datetime | None = None

    @property
    def key_id(self) -> str:
        """Its name on the command line and in the folder: `key-` and the thumbprint."""
        return f"key-{self.public_key.thumbprint()}"

    @property
    def verification_method(self) -> str:
        """The DID URL under which `did.json` lists it."""
        return verification_method_id(self.controller, self.public_key)

    @property
    def active(self) -> bool:
        """Whether it may still sign."""
        return self.retired is None and self.compromised_since is None

    def published(self) -> PublishedKey:
        """As `did.json` shows it."""
        return PublishedKey(self.public_key, expires=self.retired, revoked=self.compromised_since)


def bound_octets(record: KeyRecord) -> bytes:
    """What the seal covers beside the private half: everything but the two dates of the key's end."""
    return json.dumps(_open_half(record), sort_keys=True, separators=(",", ":")).encode("utf-8")


def compose_key_file(record: KeyRecord, sealed: Mapping[str, Any]) -> bytes:
    """The text of a key file: the open half and what `keys.seal.seal` made of the private one."""
    retired, since = record.retired, record.compromised_since
    ends = {
        "retired": retired.isoformat() if retired else None,
        "compromisedSince": since.isoformat() if since else None,
    }
    text = json.dumps({**_open_half(record), **ends, "sealed": dict(sealed)}, indent=2)
    return text.encode("utf-8") + b"\n"


def parse_key_file(octets: bytes, name: str) -> tuple[KeyRecord, Mapping[str, Any]]:
    """Read the text of a key file; opens nothing.

    Args:
        octets: The file's content.
        name: The file's name, which must be its key's.

    Raises:
        KeyRefused: `malformed_key_file`, naming the file.
    """
    try:
        found: Any = json.loads(octets.decode("utf-8")) if len(octets) <= LARGEST_KEY_FILE else None
        record = KeyRecord(
            public_key=PublicKey.from_jwk(found["publicKeyJwk"]),
            controller=parse_did(found["controller"]).text,
            created=in_utc(datetime.fromisoformat(found["created"])),
            retired=_time_or_none(found["retired"]),
            compromised_since=_time_or_none(found["compromisedSince"]),
        )
        sealed = found["sealed"]
        if found["format"] == FORMAT and isinstance(sealed, dict) and name == f"{record.key_id}.json":
            return record, sealed
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # refused below, without the error that could quote the file
    raise KeyRefused(
        "malformed_key_file", f"{name} is damaged or not a sealed key. Restore it from a backup."
    )


def in_utc(time: datetime) -> datetime:
    """A time in UTC, as exact as it was given: no document shows it, and keys are put in order by it.

    Raises:
        ValueError: The time carries no zone.
    """
    if time.tzinfo is None:
        raise ValueError("a time in custody carries its zone")
    return time.astimezone(UTC)


def whole_second(time: datetime) -> datetime:
    """A time in UTC, cut to whole seconds, as documents show it.

    Raises:
        ValueError: The time carries no zone.
    """
    return in_utc(time).replace(microsecond=0)


def _open_half(record: KeyRecord) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "controller": record.controller,
        "publicKeyJwk": record.public_key.jwk(),
        "created": record.created.isoformat(),
    }


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else whole_second(datetime.fromisoformat(text))
