"""What runs beside the answering of requests: publishing, sending mail, telling webhooks, doing jobs."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Protocol

from issuer.store import queries
from issuer.store.session import Store

UNEXPECTED: Final = "unexpected"
"""The fault of a round that no refusal of ours ended."""


class Background(Protocol):
    """Work with a thread of its own, which a server begins and ends with itself."""

    def start(self) -> None:
        """Begin; called once."""

    def stop(self) -> None:
        """End, after what is in hand; returns when it has ended."""


class Rounds(ABC):
    """A thread that does a round, waits, and does the next, until it is stopped.

    Args:
        name: What the thread and its log are called, after `cairn`.
        every: Seconds between two rounds.
        longest_stop: Seconds that stopping may take at most.
    """

    def __init__(self, name: str, *, every: float, longest_stop: float) -> None:
        self._every = every
        self._longest_stop = longest_stop
        self._log = logging.getLogger(f"cairn.{name}")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"cairn-{name}", daemon=True)
        self.last_fault: str | None = None
        """What went wrong in the last round; None where nothing did."""

    def start(self) -> None:
        """Begin; called once."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is in hand, or after `longest_stop` seconds; it may never have begun."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(self._longest_stop)

    @property
    def is_running(self) -> bool:
        """Whether it still works."""
        return self._thread.is_alive()

    @abstractmethod
    def round(self) -> int | None:
        """One round, which sets `last_fault`.

        Returns:
            How much it did, where more of it may wait: then no time passes before the next round.
        """

    def _each_district(self, store: Store, do: Callable[[str], str | None]) -> None:
        """Do something for every district, until it is stopped; one that fails does not hold up the next.

        Args:
            store: The database.
            do: What is done, given the district's id; it gives a fault that it has dealt with, or None.
        """
        fault_now: str | None = None
        with store.reading() as session:
            names = [row.id for row in queries.districts(session)]
        for name in names:
            if self._stopped.is_set():
                break
            try:
                fault_now = do(name) or fault_now
            except ValueError as fault:
                # Every refusal of ours is a ValueError with a code; none may end the thread.
                fault_now = str(fault)
                self._log.warning("a round for %s failed: %s", name, fault)
            except Exception:  # noqa: BLE001 - a file that cannot be read, or a bug: the others still have theirs
                fault_now = UNEXPECTED
                self._log.exception("a round for %s failed unexpectedly; it is tried again", name)
        self.last_fault = fault_now

    def _failed(self, _fault: Exception) -> None:
        """Note that a whole round failed; called where the fault is in hand."""
        self.last_fault = UNEXPECTED
        self._log.exception("a round failed unexpectedly; it is tried again")

    def _run(self) -> None:
        while not self._stopped.is_set():
            done: int | None = None
            try:
                done = self.round()
            except Exception as fault:  # noqa: BLE001 - a thread that died would leave everything after it undone
                self._failed(fault)
            if not done:
                self._stopped.wait(self._every)
