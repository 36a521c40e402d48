"""Pictures of badges: drawn anew in a process of their own, kept for minutes, found by their token alone.

What a badge embeds is never handed on: a page shows our own drawing of its pixels, from our own address. A
page without its picture is a whole page, so whatever does not come off at once is left out.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from credential.qr import new_token
from verifier.picture import Embedded
from verifier.workers import WorkerFailed, Workers

MODULE: Final = "verifier.decoding.redrawing"
SECONDS: Final = 2.0
STARTING: Final = 8.0
MAX_MEMORY: Final = 1024 * 1024 * 1024
LARGEST: Final = 8_192
"""Bytes of a drawing."""

KEPT_FOR: Final = timedelta(minutes=10)
MOST_KEPT: Final = 256
AT_ONCE: Final = 2
"""Pages that wait for a drawing; the next has none."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"


class Pictures:
    """The pictures of one site, for one event loop.

    Args:
        entropy: Gives random bytes.
        clock: Gives the time, aware.
        workers: Who draws; by default one process, which is started when it is first needed.
    """

    def __init__(
        self,
        entropy: Callable[[int], bytes],
        clock: Callable[[], datetime],
        workers: Workers | None = None,
    ) -> None:
        self._entropy = entropy
        self._clock = clock
        self._workers = workers or Workers(
            MODULE, most=1, seconds=SECONDS, wait=SECONDS, memory=MAX_MEMORY, max_answer=LARGEST,
            starting=STARTING,
        )  # fmt: skip
        self._waiting = 0
        self._kept: dict[str, tuple[datetime, bytes]] = {}

    async def draw(self, embedded: Embedded) -> str:
        """Draw a picture and keep it; its token, or "" where it cannot be shown now."""
        if self._waiting >= AT_ONCE:
            return ""
        self._waiting += 1
        try:
            drawn = await asyncio.to_thread(self._workers.ask, embedded.data)
        except WorkerFailed:
            return ""
        finally:
            self._waiting -= 1
        # The worker has run native code on what a stranger made: it is believed no more than an upload.
        if not drawn.startswith(_PNG) or len(drawn) > LARGEST:
            return ""
        token = new_token(self._entropy(20))
        self._tidy()
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[_hash(token)] = (self._clock() + KEPT_FOR, drawn)
        return token

    def find(self, token: str) -> bytes | None:
        """The picture with this token; None where there is none, or none any more."""
        self._tidy()
        kept = self._kept.get(_hash(token))
        return kept[1] if kept else None

    @property
    def size(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def close(self) -> None:
        """End the worker, and forget them all."""
        self._workers.close()
        self._kept.clear()

    def _tidy(self) -> None:
        now = self._clock()
        for key in [key for key, (ends, _) in self._kept.items() if ends <= now]:
            del self._kept[key]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
