"""A thread that sends what is due, round after round, until it is stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from issuer.mail.sending import send_due
from issuer.mail.smtp import SECONDS, Server, connected
from issuer.store import queries
from issuer.store.session import Store
from issuer.store.status_lists import Entropy

LONGEST_STOP = SECONDS + 5.0
"""Seconds that stopping may take: the mail in hand is handed over or put off within it."""
A_FEW = 20
"""Mails of one round, so that stopping waits for few."""

_LOG = logging.getLogger("cairn.mail")


class Sender:
    """Sends mail of every district.

    Args:
        store: The database.
        server: Where mails are handed over.
        clock: Gives the time.
        entropy: Random bytes.
        every: Seconds between two rounds.
    """

    def __init__(
        self,
        store: Store,
        server: Server,
        *,
        clock: Callable[[], datetime],
        entropy: Entropy,
        every: float,
    ) -> None:
        self._store = store
        self._server = server
        self._clock = clock
        self._entropy = entropy
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cairn-mail", daemon=True)
        self.last_fault: str | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the mail in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LONGEST_STOP)

    @property
    def is_running(self) -> bool:
        """Whether it still works."""
        return self._thread.is_alive()

    def round(self) -> int:
        """One round over every district; how many mails went. A district that fails holds up no other."""
        with self._store.reading() as session:
            names = [row.id for row in queries.districts(session)]
        sent, fault_now = 0, None
        for name in names:
            if self._stopped.is_set():
                break
            try:
                done = send_due(
                    self._store,
                    name,
                    lambda: connected(self._server),
                    sender=self._server.sender,
                    clock=self._clock,
                    entropy=self._entropy,
                    most=A_FEW,
                )
            except ValueError as fault:
                fault_now = str(fault)
                _LOG.warning("mail of %s failed: %s", name, fault)
            except Exception:  # noqa: BLE001 - a bug about one mail must not leave all others unsent
                fault_now = "unexpected"
                _LOG.exception("mail of %s failed unexpectedly; it is tried again", name)
            else:
                sent += done.sent
                fault_now = fault_now or done.fault or None
        self.last_fault = fault_now
        return sent

    def _run(self) -> None:
        while not self._stopped.is_set():
            sent = 0
            try:
                sent = self.round()
            except Exception:  # noqa: BLE001 - a thread that died would send no code any more
                self.last_fault = "unexpected"
                _LOG.exception("mail failed unexpectedly; it is tried again")
            if not sent:
                self._stopped.wait(self._every)
