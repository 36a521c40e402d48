"""What was sent with a form, understood; and several badges checked one after the other.

Pictures, PDFs and packed files cost more than a text, so they are opened by threads of their own: whoever
sends many of them waits for himself, and a code that somebody types is answered meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from starlette.datastructures import FormData, UploadFile

from verifier.decoding import Decoder, open_decoder
from verifier.decoding.decoder import SECONDS_FOR_AN_UPLOAD
from verifier.evidence import Presented, PresentedKind
from verifier.intake import Item, may_need_decoding, read_files
from verifier.presented import Judged
from verifier.web.site import Site, TooManyLookUps

MOST_FILES: Final = 20
"""Files in one form."""

MOST_ITEMS: Final = 20
"""Badges that are checked for one form; the batch page is for more."""

OPENING_AT_ONCE: Final = 4
"""Uploads that are opened at the same time; the others wait."""

NOT_NOW: Final = Presented(
    PresentedKind.UNREADABLE,
    code="too_many_look_ups",
    detail="Too many look-ups from your network: this one was not checked. Wait a minute and send it again.",
)


class Intake:
    """Opens uploads, with a decoder and threads that it ends when it is closed.

    Args:
        decoder: Looks at pictures and PDFs.
    """

    def __init__(self, decoder: Decoder | None = None) -> None:
        self._decoder = decoder or open_decoder()
        self._threads = ThreadPoolExecutor(OPENING_AT_ONCE, thread_name_prefix="intake")

    async def read(
        self,
        sent: Sequence[tuple[str, bytes]],
        site: Site,
        address: str,
        most: int = MOST_ITEMS,
        *,
        seconds: float | None = None,
    ) -> tuple[Item, ...]:
        """Understand what was sent.

        Args:
            sent: Name and content of each file.
            site: Counts what an address may ask for.
            address: Who sent it.
            most: How many badges are read.
            seconds: How long pictures and PDFs may take together, for a batch; then nothing is counted, since
                a batch has bounds of its own.

        Raises:
            TooManyLookUps: Pictures or pages are to be looked at, and that once too often.
        """
        loop = asyncio.get_running_loop()
        costly = await asyncio.to_thread(lambda: any(may_need_decoding(data) for _, data in sent))
        if costly and seconds is None:
            turn = site.rate.take(address, time.monotonic())
            if not turn.allowed:
                site.metrics.refused(turn.name)
                raise TooManyLookUps(turn)

        def opened() -> tuple[Item, ...]:
            decode = self._decoder.for_upload(seconds or SECONDS_FOR_AN_UPLOAD)
            return read_files(sent, decode=decode, most=most)

        return await loop.run_in_executor(self._threads if costly else None, opened)

    def close(self) -> None:
        """End the workers, then the threads that waited for them."""
        self._decoder.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def files_of(form: FormData) -> list[tuple[str, bytes]]:
    """The files of a form, or the text that was typed, as one without a name."""
    files = [
        one for one in form.getlist("file") if isinstance(one, UploadFile) and (one.size or one.filename)
    ]
    if files:
        return [(one.filename or "", await one.read()) for one in files]
    typed = [one for name in ("text", "file") for one in form.getlist(name) if isinstance(one, str)]
    return [("", next(filter(None, typed), "").encode("utf-8", "replace"))]


def is_one(items: Sequence[Item]) -> bool:
    """Whether all that was sent is one and the same badge."""
    return all(item.same_as == 0 for item in items[1:])


async def check_each(
    site: Site, items: Sequence[Item], address: str, at: datetime | None = None
) -> list[tuple[Item, Judged]]:
    """Each item with its verdict. The same badge is checked once; what is too much for now says so."""
    checked: list[tuple[Item, Judged]] = []
    for item in items:
        if item.same_as is not None:
            checked.append((item, checked[item.same_as][1]))
            continue
        try:
            verdict = await site.judge(item.presented, address, at)
        except TooManyLookUps:
            verdict = await site.judge(NOT_NOW, address)
        checked.append((item, verdict))
    return checked
