"""A thread that sends what is due, round after round, until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from issuer.background import Rounds
from issuer.mail.looking import Mark
from issuer.mail.sending import send_due
from issuer.mail.smtp import SECONDS, Server, connected
from issuer.store.session import Store
from issuer.store.status_lists import Entropy

LONGEST_STOP = SECONDS + 5.0
"""Seconds that stopping may take: the mail in hand is handed over or put off within it."""
A_FEW = 20
"""Mails of one round, so that stopping waits for few."""


class Sender(Rounds):
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
        super().__init__("mail", every=every, longest_stop=LONGEST_STOP)
        self._store = store
        self._server = server
        self._clock = clock
        self._entropy = entropy
        self._marks: dict[str, Mark] = {}

    def round(self) -> int:
        """One round over every district; how many mails went. A district that fails holds up no other."""
        sent = 0

        def send(name: str) -> str | None:
            nonlocal sent
            done = send_due(
                self._store,
                name,
                lambda: connected(self._server),
                sender=self._server.sender,
                clock=self._clock,
                entropy=self._entropy,
                most=A_FEW,
                marks=self._marks,
            )
            sent += done.sent
            return done.fault or None

        self._each_district(self._store, send)
        return sent
