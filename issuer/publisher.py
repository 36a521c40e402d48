"""A thread that keeps what is published up to date: revocations within a minute, lists before they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from issuer.background import Rounds
from issuer.district import offer_decided
from issuer.health import OK, look
from issuer.issuance import resume
from issuer.places.place import Place
from issuer.public_documents import public_documents
from issuer.publication import publish_due
from issuer.store.session import Store
from issuer.visible import Visible
from keys.signer import Signer

ACTOR = "publisher"
LONGEST_STOP = 10.0
"""Seconds that stopping may take: one list is signed and put in place well within it."""


class Publisher(Rounds):
    """Publishes what is due, again and again, until it is stopped.

    Args:
        store: The database.
        signer_of: Gives the signer that a district uses now; asked anew each time, since keys change.
        clock: Gives the time.
        every: Seconds between two rounds.
        place_of: Where a district's public documents are put besides being served; None for nowhere.
        visible: Tells how long revocations took; None tells nobody.
    """

    def __init__(
        self,
        store: Store,
        signer_of: Callable[[str], Signer],
        *,
        clock: Callable[[], datetime],
        every: float,
        place_of: Callable[[str], Place | None] = lambda _district: None,
        visible: Visible | None = None,
    ) -> None:
        super().__init__("publisher", every=every, longest_stop=LONGEST_STOP)
        self._store = store
        self._signer_of = signer_of
        self._clock = clock
        self._place_of = place_of
        self._visible = visible
        self._put: dict[str, dict[str, int]] = {}

    def round(self) -> None:
        """One round over every district; a district that fails does not hold up the next.

        What went wrong is logged and kept in `last_fault`: `/readyz` says so, and the next round tries again.
        """
        self._each_district(self._store, self._publish)

    def _publish(self, name: str) -> None:
        signer = self._signer_of(name)
        store = self._store.of(name)
        offer_decided(store, name, now=self._clock(), actor=ACTOR)
        resume(store, name, signer=signer, now=self._clock(), actor=ACTOR)
        publish_due(store, name, signer, clock=self._clock, actor=ACTOR)
        self._put_in_place(store, name)
        if self._visible is not None:
            with store.reading() as session:
                self._visible.look(session, name, self._clock())

    def _put_in_place(self, store: Store, name: str) -> None:
        """Put in its place what this process has not yet put there."""
        place = self._place_of(name)
        if place is None:
            return
        before = self._put.get(name, {})
        documents = public_documents(store, name, there=before.keys())
        place.put(one for one in documents if before.get(one.path) != one.version)
        self._put[name] = before | {one.path: one.version for one in documents}


def parts_of(store: Store, publisher: Publisher | None, now: datetime) -> dict[str, str]:
    """Every part that `/readyz` looks at, each `ok` or what is wrong."""
    parts = dict(look(store, now).parts)
    if publisher is not None:
        well = publisher.is_running and publisher.last_fault is None
        parts["publisher"] = OK if well else "does not get through"
    return parts
