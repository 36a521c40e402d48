"""What leaves the issuer by HTTP: questions to single sign-on, and messages to webhooks, under one guard.

Public addresses only, each checked before it is dialled, by https; an origin of this machine only where the
settings name it, for a try.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from issuer.access.errors import AccessError
from verifier.fetch import (
    Dialer,
    Fetcher,
    FetchRefused,
    Resolver,
    dial_address,
    resolve_by_system,
    tls_by_name,
)

KEPT_SECONDS: Final = 600.0
"""How long an answer that seldom changes is kept: where a provider does what, and its keys."""
AGAIN_SECONDS: Final = 60.0
"""How soon such an answer may be asked for again before its time, because it may have changed."""
FAILED_SECONDS: Final = 10.0
"""For how long a document that could not be had is not asked for again: a sign-on that is down is left alone,
and the next person is told so at once."""
MOST_KEPT: Final = 64
LARGEST_ANSWER: Final = 131_072
AT_ONCE: Final = 8
LONGEST_WAIT: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class _Failed:
    code: str
    message: str
    at: float


class Outbound:
    """Asks the network, a little at a time. Its functions block: they run in threads.

    Args:
        loopback: Origins of this machine that may be asked, as `http://localhost:8001`.
        resolver: From host name to addresses.
        dialer: Connects to a checked address.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        *,
        loopback: AbstractSet[str] = frozenset(),
        resolver: Resolver = resolve_by_system,
        dialer: Dialer = dial_address,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loopback = loopback
        self._resolver = resolver
        self._dialer = dialer
        self._clock = clock
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._failed: OrderedDict[str, _Failed] = OrderedDict()

    def get(self, url: str, *, anew: bool = False) -> bytes:
        """A document that seldom changes, from memory for `KEPT_SECONDS`.

        Args:
            url: Where it is.
            anew: Whether it may have changed: asked for again, but not before `AGAIN_SECONDS` have gone by.

        Raises:
            AccessError: `sign_on_unreachable`, also for `FAILED_SECONDS` after it could not be had.
        """
        with self._lock:
            kept, failed = self._kept.get(url), self._failed.get(url)
        age = self._clock() - kept.at if kept is not None else KEPT_SECONDS
        if kept is not None and age < (AGAIN_SECONDS if anew else KEPT_SECONDS):
            return kept.body
        if failed is not None and self._clock() - failed.at < FAILED_SECONDS:
            raise AccessError(failed.code, failed.message)
        try:
            body = self._ask(url, "GET", None, "")
        except AccessError as refused:
            if refused.code != "sign_in_busy":  # that is our own doing, and says nothing of the other side
                self._keep_failed(url, refused)
            raise
        with self._lock:
            self._failed.pop(url, None)
            self._kept[url] = _Kept(body, self._clock())
            self._kept.move_to_end(url)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return body

    def _keep_failed(self, url: str, refused: AccessError) -> None:
        with self._lock:
            self._failed[url] = _Failed(refused.code, refused.message, self._clock())
            self._failed.move_to_end(url)
            while len(self._failed) > MOST_KEPT:
                self._failed.popitem(last=False)

    def post_form(self, url: str, body: bytes, authorization: str) -> bytes:
        """Send a form, and give the answer. It is never kept, and never sent twice.

        Raises:
            AccessError: `sign_on_unreachable`; `sign_on_refused` where the other side says no.
        """
        return self._ask(url, "POST", body, authorization)

    def tell(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a message to a webhook, once.

        Returns:
            The status of the answer; 0 where there was none that we take, whatever the reason: whoever set
            the address is not told what stands in our network.
        """
        if not self._turns.acquire(timeout=LONGEST_WAIT):
            return 0
        try:
            asyncio.run(self._fetch(url, "POST", body, "", body_type="application/json", more=headers))
        except FetchRefused as refused:
            return refused.status or 0 if refused.code == "http_status" else 0
        finally:
            self._turns.release()
        return 200

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_by_name()

    def _ask(self, url: str, method: Literal["GET", "POST"], body: bytes | None, authorization: str) -> bytes:
        if not self._turns.acquire(timeout=LONGEST_WAIT):
            raise AccessError("sign_in_busy", "many people sign in at this moment: try again in a minute")
        try:
            # An event loop of its own for each question, and so a fetcher: neither outlives it.
            return asyncio.run(self._fetch(url, method, body, authorization))
        except FetchRefused as refused:
            if refused.code == "http_status" and refused.status in (400, 401, 403):
                raise AccessError(
                    "sign_on_refused", "your school's sign-on refused: begin again at the sign-in page"
                ) from refused
            raise AccessError(
                "sign_on_unreachable",
                "your school's sign-on does not answer: try again, or sign in with your password",
            ) from refused
        finally:
            self._turns.release()

    async def _fetch(
        self,
        url: str,
        method: Literal["GET", "POST"],
        body: bytes | None,
        authorization: str,
        *,
        body_type: str = "application/x-www-form-urlencoded",
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        fetcher = Fetcher(
            resolver=self._resolver, dialer=self._dialer, tls=self._tls, allow_origins=self._loopback
        )
        answer = await fetcher.fetch(
            url,
            max_bytes=LARGEST_ANSWER,
            accept="application/json",
            method=method,
            body=body,
            body_type=body_type,
            authorization=authorization,
            more=more,
        )
        return answer.body
