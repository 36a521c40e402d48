"""The network as a source of answers: which kind of need is asked how, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from contexts.document import DID_DOCUMENT_LIMITS, STATUS_LIST_LIMITS
from credential.withdrawal import MAX_TOKEN
from verifier.evidence import Failure, Fetched, Need, NeedKind
from verifier.fetch import Fetcher, FetchRefused
from verifier.intake import MAX_BYTES, MAX_TEXT
from verifier.policy import Policy

NOT_FOUND, FORBIDDEN, GONE = 404, 403, 410

_ENDS: Mapping[int, str] = MappingProxyType(
    {NOT_FOUND: "not_found", FORBIDDEN: "not_shared", GONE: "share_ended"}
)
"""What an issuer says of a share by its status alone."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a kind of need is asked.

    Args:
        max_bytes: The largest answer.
        accept: The media types that are understood.
    """

    max_bytes: int
    accept: str


_CREDENTIALS = "application/vc, application/vc+jwt, application/ld+json, application/json"
_HOW: Mapping[NeedKind, _Asking] = MappingProxyType(
    {
        NeedKind.RETRIEVAL: _Asking(MAX_TEXT, _CREDENTIALS),
        NeedKind.CREDENTIAL: _Asking(MAX_BYTES, f"{_CREDENTIALS}, image/png, image/svg+xml"),
        NeedKind.DID_DOCUMENT: _Asking(
            DID_DOCUMENT_LIMITS.max_bytes, "application/did+json, application/did+ld+json, application/json"
        ),
        NeedKind.CONTROLLER_DOCUMENT: _Asking(
            DID_DOCUMENT_LIMITS.max_bytes, "application/cid, application/ld+json, application/json"
        ),
        NeedKind.KEY_SET: _Asking(
            DID_DOCUMENT_LIMITS.max_bytes, "application/jwk-set+json, application/json"
        ),
        NeedKind.STATUS_LIST: _Asking(STATUS_LIST_LIMITS.max_bytes, _CREDENTIALS),
        NeedKind.WITHDRAWAL_NOTES: _Asking(MAX_TOKEN, "application/jose, text/plain"),
        NeedKind.LINKED_EVIDENCE: _Asking(MAX_BYTES, "*/*"),
        NeedKind.REFRESHED: _Asking(MAX_TEXT, _CREDENTIALS),
    }
)


class Network:
    """A `verifier.gather.Source` over the guarded fetcher.

    Args:
        fetcher: The only door to the network.
        clock: Gives the time, aware.
    """

    def __init__(self, fetcher: Fetcher, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._fetcher = fetcher
        self._clock = clock

    async def answer(self, need: Need) -> Fetched | Failure:
        """Ask for one thing; every refusal becomes a failure with the fetcher's code."""
        how = _HOW[need.kind]
        try:
            got = await self._fetcher.fetch(
                need.url,
                max_bytes=how.max_bytes,
                accept=how.accept,
                method="POST" if need.body else "GET",
                body=need.body or None,
            )
        except FetchRefused as refused:
            code, last_day = refused.code, ""
            if need.kind is NeedKind.RETRIEVAL and refused.status is not None:
                code = _ENDS.get(refused.status, code)
                last_day = _day(refused.sunset) if refused.status == GONE else ""
            return Failure(need, code, refused.message, self._clock(), last_day)
        return Fetched(need, got.body, self._clock())


def _day(sunset: str) -> str:
    """The day of an HTTP date in UTC; "" for anything else, which is somebody else's text."""
    try:
        return datetime.strptime(sunset, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""


def open_network(policy: Policy) -> Network:
    """The network, with the addresses of this machine that a demonstration's policy names and no others."""
    return Network(Fetcher(allow_origins={f"http://{pair}" for pair in policy.loopback}))
