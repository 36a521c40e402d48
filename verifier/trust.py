"""The trust list: who is recognised, for what, from when and until when.

A name inside a badge is never a reason to trust it; this list is the only one. Identifiers are compared
whole: `did:web:school.example:u:mallory` is not `did:web:school.example`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from contexts.document import Limits, parse
from contexts.errors import DocumentError

VERSION = 1
LIMITS = Limits(max_bytes=8 * 1024 * 1024, max_nodes=500_000)
MEMBERS = frozenset({"id", "name", "tag", "retrieval", "recognisedFor", "from", "until"})
TAG_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
LONGEST_TAG = 16
LOOPBACK = frozenset({"localhost", "127.0.0.1"})


class TrustListError(ValueError):
    """A trust list that cannot be used. The message says which entry and what to do."""


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One recognised issuer.

    Args:
        id: The issuer's whole identifier, for example "did:web:badges.example.edu".
        name: The name that people are shown.
        tag: What share links and printed codes call it, or "".
        retrieval: The origin that answers for its shared badges, such as "https://badges.example.edu", or "".
        recognised_for: The achievement types that it is recognised for; None means every type.
        starts: The first instant of recognition, or None.
        ends: The first instant after recognition, or None.
    """

    id: str
    name: str
    tag: str = ""
    retrieval: str = ""
    recognised_for: frozenset[str] | None = None
    starts: datetime | None = None
    ends: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the recognition holds at this instant."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)

    def recognises(self, achievement_type: str | None) -> bool:
        """Whether the recognition is for this type; a badge that names no type needs one for all."""
        return self.recognised_for is None or achievement_type in self.recognised_for


@dataclass(frozen=True, slots=True)
class TrustList:
    """Who is recognised.

    Args:
        name: Whose list it is, shown beside each trusted name.
        issued: The day of the list.
        entries: One for each recognition; an issuer may have several, for different types or times.
    """

    name: str
    issued: date | None
    entries: tuple[TrustEntry, ...] = ()

    def of(self, issuer_id: str) -> tuple[TrustEntry, ...]:
        """Every entry of exactly this issuer."""
        return tuple(entry for entry in self.entries if entry.id == issuer_id)

    def find(self, issuer_id: str, at: datetime) -> TrustEntry | None:
        """An entry of exactly this issuer that holds at this instant, or None."""
        return next((entry for entry in self.of(issuer_id) if entry.covers(at)), None)

    def tagged(self, tag: str) -> TrustEntry | None:
        """The entry that share links call by this tag, or None."""
        return next((e for e in self.entries if e.tag and e.tag == tag and e.retrieval), None)


NOBODY = TrustList("", None)
"""A list that recognises nobody: every issuer is unknown."""


def parse_trust_list(data: bytes) -> TrustList:
    """Read a trust list.

    Args:
        data: JSON in UTF-8: {"version": 1, "name", "issued": "2026-11-22", "entries": [{"id", "name",
            "tag", "retrieval", "recognisedFor": [...], "from": day, "until": day}]}. `recognisedFor`, `from`,
            `until`, `tag` and `retrieval` may be absent. `until` is the last day of recognition, in UTC.

    Raises:
        TrustListError: It is no such list, or an entry says something that this version does not understand:
            a limit that is not understood must not be ignored.
    """
    try:
        value = parse(data, LIMITS).value
    except DocumentError as fault:
        raise TrustListError(f"the trust list is not usable JSON: {fault}") from fault
    version = value.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise TrustListError(f"the trust list has version {version!r}; this program reads version {VERSION}")
    unknown = set(value) - {"version", "name", "issued", "entries"}
    if unknown:
        raise TrustListError(f"the trust list has members that are not known: {', '.join(sorted(unknown))}")
    entries = value.get("entries")
    if not isinstance(entries, list):
        raise TrustListError('the trust list has no "entries"')
    read = tuple(_entry(entry, f"entry {number}") for number, entry in enumerate(entries, start=1))
    origins: dict[str, str] = {}
    for entry in read:
        if entry.tag and origins.setdefault(entry.tag, entry.retrieval) != entry.retrieval:
            raise TrustListError(f'two entries use the tag "{entry.tag}" with different retrieval addresses')
    issued = _day(value.get("issued"), "the trust list", "issued")
    return TrustList(_words(value.get("name"), "the trust list", "name"), issued, read)


def _entry(entry: Any, where: str) -> TrustEntry:
    if not isinstance(entry, Mapping):
        raise TrustListError(f"{where} is not an object")
    unknown = set(entry) - MEMBERS
    if unknown:
        raise TrustListError(f"{where} has members that are not known: {', '.join(sorted(unknown))}")
    issuer_id = _words(entry.get("id"), where, "id")
    if ":" not in issuer_id or any(c.isspace() for c in issuer_id):
        raise TrustListError(
            f'{where}: "id" must be the whole identifier, such as did:web:badges.example.edu'
        )
    starts, last = _day(entry.get("from"), where, "from"), _day(entry.get("until"), where, "until")
    if starts and last and last < starts:
        raise TrustListError(f'{where}: "until" is before "from"')
    return TrustEntry(
        id=issuer_id,
        name=_words(entry.get("name"), where, "name"),
        tag=_tag(entry.get("tag"), where),
        retrieval=parse_origin(entry.get("retrieval"), where),
        recognised_for=_types(entry.get("recognisedFor"), where),
        starts=_midnight(starts) if starts else None,
        # The calendar's last day has no day after it: whoever writes it means no end.
        ends=_midnight(last) + timedelta(days=1) if last and last != date.max else None,
    )


def _words(value: Any, where: str, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TrustListError(f'{where}: "{name}" must be text')
    return value


def _tag(value: Any, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_TAG or not set(value) <= TAG_ALPHABET:
        raise TrustListError(f'{where}: "tag" must be 1 to {LONGEST_TAG} characters of A-Z and 0-9')
    return value


def parse_origin(value: Any, where: str) -> str:
    """Read the origin that answers for shared badges: https, no path; http for this machine alone.

    Whether this machine may be asked at all is the fetcher's decision.

    Raises:
        TrustListError: It is something else.
    """
    if value is None:
        return ""
    fault = TrustListError(f'{where}: "retrieval" must be an origin such as https://badges.example.edu')
    if not isinstance(value, str):
        raise fault
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise fault from None
    host = parts.hostname or ""
    plain = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    if (
        value != plain
        or not host
        or (parts.scheme != "https" and (parts.scheme, host in LOOPBACK) != ("http", True))
    ):
        raise fault
    return value


def _types(value: Any, where: str) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(t, str) and t for t in value):
        raise TrustListError(
            f'{where}: "recognisedFor" must list achievement types; leave it out to mean all'
        )
    return frozenset(value)


def _day(value: Any, where: str, name: str) -> date | None:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != value:
        raise TrustListError(f'{where}: "{name}" must be a day such as 2026-11-22')
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
