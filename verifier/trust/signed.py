"""Accept a signed list: by its publisher's pinned key, of its time, and never older than one accepted
before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.trust_list import (
    ListedIssuer,
    Recognition,
    TrustListCredential,
    digest,
    open_list,
)
from keys.errors import KeyRefused
from keys.public import PublicKey
from verifier.trust.model import TrustEntry, TrustList, TrustListError

SKEW: Final = timedelta(minutes=5)
"""How far two honest clocks may differ when a list says that it begins."""
MOST_PINS: Final = 8
"""Keys of one publisher: the one in use, the next one, and some to spare."""

Pins = frozenset[PublicKey]
"""The publisher's keys, any of which may have signed."""

_JWK: Final = Limits(max_bytes=4_096, max_depth=2, max_nodes=20)


@dataclass(frozen=True, slots=True)
class Known:
    """What was accepted before from one source.

    Args:
        list_id: The list's identifier.
        version: Its highest version that was accepted.
        digest: Of that version.
        fetched: When it was last seen, aware; None for a file.
    """

    list_id: str
    version: int
    digest: str
    fetched: datetime | None = None


def pinned(text: str) -> Pins:
    """Read the publisher's keys as an operator writes them.

    Args:
        text: A did:key, a Multikey or a JWK as JSON; several with spaces between them, where none is a JWK.

    Raises:
        TrustListError: `bad_key`.
    """
    try:
        if text.lstrip().startswith("{"):
            return frozenset({PublicKey.from_jwk(parse(text.encode(), _JWK).value)})
        words = text.replace(",", " ").split()
        if not 1 <= len(words) <= MOST_PINS:
            raise TrustListError(f"write 1 to {MOST_PINS} keys of the publisher", "bad_key")
        return frozenset(PublicKey.from_multikey(word.removeprefix("did:key:")) for word in words)
    except (KeyRefused, DocumentError) as fault:
        said = "a publisher's key is a did:key, a Multikey (z...) or a JWK"
        raise TrustListError(f"{said}: {fault}", "bad_key") from fault


def accept_list(
    token: bytes,
    pins: Pins,
    now: datetime,
    *,
    known: Known | None = None,
    list_id: str = "",
    source: str = "",
    fetched: datetime | None = None,
) -> TrustList:
    """Check a signed list and take it.

    A list whose end has passed is taken too, so that what is said of it can name its date; it vouches for
    nobody.

    Args:
        token: What was fetched or read.
        pins: The publisher's keys.
        now: The time, aware.
        known: What was accepted from there before; a copy of exactly that is fine.
        list_id: The list's identifier, where the operator pins it.
        source: Where it comes from, for what is told.
        fetched: When, aware.

    Raises:
        TrustListError: The codes of `credential.trust_list.open_list`; `foreign_key` where no pinned key
            signed; `trust_list_other`, `trust_list_older`, `trust_list_forked`, `trust_list_unlinked`,
            `trust_list_from_the_future`.
    """
    listed = _opened(token.strip(), pins)
    if listed.starts > now + SKEW:
        begins = listed.starts.date().isoformat()
        raise TrustListError(f"the list begins on {begins}, which has not come", "trust_list_from_the_future")
    if list_id and listed.id != list_id:
        raise TrustListError(f"another list is wanted: this one is {listed.id}", "trust_list_other")
    told = digest(token.strip())
    if known is not None:
        _follows(listed, told, known)
    return TrustList(
        name=listed.names["en"],
        issued=listed.starts.date(),
        entries=tuple(_entries(listed.issuers)),
        credential=listed,
        digest=told,
        fetched=fetched,
        source=source,
    )


def looks_signed(data: bytes) -> bool:
    """Whether these octets are a compact JWS rather than JSON."""
    return data.lstrip()[:2] == b"ey"


def _opened(token: bytes, pins: Pins) -> TrustListCredential:
    """The list, under whichever pinned key fits: a key is chosen by its fit, never by what the list names."""
    refused: CredentialError | None = None
    for key in sorted(pins, key=PublicKey.thumbprint):
        try:
            return open_list(token, partial(_only, key))
        except CredentialError as fault:
            if fault.code not in {"bad_signature", "alg_key_mismatch"}:
                raise TrustListError(f"the trust list cannot be used: {fault}", fault.code) from fault
            refused = fault
    raise TrustListError("none of the publisher's keys signed this list", "foreign_key") from refused


def _only(key: PublicKey, _kid: str) -> PublicKey:
    return key


def _follows(listed: TrustListCredential, told: str, known: Known) -> None:
    """That this is the same list, the same version or a later one, and the next one only if it says so."""
    if listed.id != known.list_id:
        raise TrustListError(
            f"another list came: {listed.id} instead of {known.list_id}. To change over, remove what is kept",
            "trust_list_other",
        )
    if listed.version < known.version:
        raise TrustListError(
            f"version {listed.version} is older than version {known.version}, which was accepted before",
            "trust_list_older",
        )
    if listed.version == known.version and told != known.digest:
        raise TrustListError(
            f"there are two lists of version {listed.version}: ask the publisher", "trust_list_forked"
        )
    if listed.version == known.version + 1 and listed.previous != known.digest:
        raise TrustListError(
            f"version {listed.version} does not follow on version {known.version} as it was accepted: "
            "ask the publisher",
            "trust_list_unlinked",
        )


def _entries(issuers: tuple[ListedIssuer, ...]) -> Iterator[TrustEntry]:
    for one in issuers:
        for issuer_id in one.ids:
            if not one.recognised:
                yield TrustEntry(issuer_id, one.names["en"], listed=one, nothing=True)
            for recognition in one.recognised:
                yield _entry(issuer_id, one, recognition)


def _entry(issuer_id: str, one: ListedIssuer, recognised: Recognition) -> TrustEntry:
    return TrustEntry(
        id=issuer_id,
        name=one.names["en"],
        # Who is withdrawn keeps its tag, so that whoever opens a link of theirs is told why it does not
        # count.
        tag=one.tag,
        retrieval=one.retrieval,
        recognised_for=recognised.types,
        starts=_midnight(recognised.starts) if recognised.starts else None,
        ends=_after(recognised.last) if recognised.last else None,
        certifications=recognised.certifications,
        determinations=recognised.determinations,
        by=recognised.by,
        listed=one,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _after(last: date) -> datetime | None:
    """The instant after a day. The calendar's last day has none after it: whoever writes it means no end."""
    return None if last == date.max else _midnight(last) + timedelta(days=1)
