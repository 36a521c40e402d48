"""The edge's side of looking at pictures and PDFs: ask a worker, within what one upload may cost."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final, Self

from verifier.decoding.wire import WireError, read_decoded
from verifier.intake.decoded import Decode, Decoded
from verifier.workers import WorkerFailed, Workers

MODULE: Final = "verifier.decoding.job"
SECONDS_FOR_A_FILE: Final = 8.0
SECONDS_FOR_AN_UPLOAD: Final = 20.0
"""How long all the pictures and PDFs of one upload may take together."""

MAX_MEMORY: Final = 1024 * 1024 * 1024
MAX_SEEN: Final = 8 * 1024 * 1024
"""Most bytes of what is seen in one file."""


class Decoder:
    """Looks at pictures and PDFs, in workers that it ends when it is closed.

    Args:
        workers: Who does it.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def for_upload(self, seconds: float = SECONDS_FOR_AN_UPLOAD) -> Decode:
        """A `Decode` for what one person sent at once.

        Args:
            seconds: How long all of it may take; what is left then is `decoding_stopped`.
        """
        left = seconds

        def decode(data: bytes) -> Decoded:
            nonlocal left
            begun = time.monotonic()
            try:
                return read_decoded(self._workers.ask(data, left))
            except WorkerFailed as failed:
                return Decoded(fault="decoding_busy" if failed.code == "busy" else "decoding_stopped")
            except WireError:
                return Decoded(fault="decoding_stopped")
            finally:
                left -= time.monotonic() - begun

        return decode

    def close(self) -> None:
        """End the workers."""
        self._workers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_decoder(most: int = 2) -> Decoder:
    """A decoder with so many workers at most; none is started before there is something to look at."""
    return Decoder(
        Workers(MODULE, most=most, seconds=SECONDS_FOR_A_FILE, memory=MAX_MEMORY, max_answer=MAX_SEEN)
    )
