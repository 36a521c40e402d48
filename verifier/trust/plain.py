"""The plain trust list: unsigned, written or chosen by whoever runs the verifier, who answers for it
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.trust_list.values import is_origin
from verifier.trust.model import TrustEntry, TrustList, TrustListError

VERSION = 1
LIMITS = Limits(max_bytes=8 * 1024 * 1024, max_nodes=500_000)
MEMBERS = frozenset({"id", "name", "tag", "retrieval", "recognisedFor", "from", "until"})
TAG_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
LONGEST_TAG = 16


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
    if not isinstance(value, str) or not is_origin(value):
        raise TrustListError(f'{where}: "retrieval" must be an origin such as https://badges.example.edu')
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
