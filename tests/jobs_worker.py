"""A worker in a process of its own, for tests that kill it: `python -m tests.jobs_worker URL DISTRICT DID`.

It prints its name once it works, and ends when it is told to (SIGTERM).
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from issuer.jobs.work import Work
from issuer.jobs.worker import Worker
from issuer.store.session import Store
from tests.signers import SeededSigner

EVERY = 0.2
LOST_AFTER = 1.5


@dataclass(frozen=True)
class Holding(SeededSigner):
    """Signs so often, and then never comes back."""

    most: int = 0
    made: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def sign(self, message: bytes) -> bytes:
        if next(self.made) > self.most:
            threading.Event().wait()
        return super().sign(message)


def signer(district_id: str, did: str) -> SeededSigner:
    """The key of a house, as `House.build` makes it."""
    return SeededSigner(f"{district_id} 1", did)


def main(
    url: str,
    district_id: str,
    did: str,
    *more: str,
) -> None:
    """Work until told to stop.

    Args:
        url: The database.
        district_id: Whose key it has.
        did: What that key signs for.
        more: After how many seconds of silence a worker is taken for dead; how often it looks; and how often
            it signs before it stands still in the middle of its work, if it is to.
    """
    lost_after, every, most = (*more, *(str(LOST_AFTER), str(EVERY), "")[len(more) :])
    store, key = Store.open(url), signer(district_id, did)
    if most:
        key = Holding(key.word, key.controller, most=int(most))
    work = Work(store, lambda _: key, lambda: datetime.now(UTC), os.urandom)
    worker = Worker(work, every=float(every), lost_after=float(lost_after))
    worker.start()
    print(worker.name, flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    worker.stop()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
