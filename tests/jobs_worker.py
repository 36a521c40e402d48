"""A worker in a process of its own, for tests that kill it: `python -m tests.jobs_worker URL DISTRICT DID`.

It prints its name once it works, and ends when it is told to (SIGTERM).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime

from issuer.jobs.work import Work
from issuer.jobs.worker import Worker
from issuer.store.session import Store
from tests.signers import SeededSigner

EVERY = 0.2
LOST_AFTER = 1.5


def signer(district_id: str, did: str) -> SeededSigner:
    """The key of a house, as `House.build` makes it."""
    return SeededSigner(f"{district_id} 1", did)


def main(
    url: str, district_id: str, did: str, lost_after: str = str(LOST_AFTER), every: str = str(EVERY)
) -> None:
    """Work until told to stop; who is silent for so many seconds is taken for dead."""
    store, key = Store.open(url), signer(district_id, did)
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
