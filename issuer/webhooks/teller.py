"""A thread that tells webhooks what is due, round after round, until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from issuer.background import Rounds
from issuer.outbound import Outbound
from issuer.store.session import Store
from issuer.webhooks.delivering import deliver, take

LONGEST_STOP: Final = 10.0
"""Seconds that stopping may take: the message in hand is sent well within it."""


class Teller(Rounds):
    """A thread that tells webhooks what happened, again and again, until it is stopped.

    Args:
        store: The database.
        outbound: How the network is asked.
        key: The deployment's, from which secrets are derived.
        clock: Gives the time.
        every: Seconds between two rounds.
    """

    def __init__(
        self, store: Store, *, outbound: Outbound, key: bytes, clock: Callable[[], datetime], every: float
    ) -> None:
        super().__init__("webhooks", every=every, longest_stop=LONGEST_STOP)
        self._store = store
        self._outbound = outbound
        self._key = key
        self._clock = clock

    def round(self) -> None:
        """One round over every district; one that fails does not hold up the next."""
        self._each_district(self._store, self._tell)

    def _tell(self, name: str) -> None:
        take(self._store, name, now=self._clock())
        deliver(self._store, name, outbound=self._outbound, key=self._key, clock=self._clock)
