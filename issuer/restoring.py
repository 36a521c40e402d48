"""What must be done first when a database came back from a backup: nothing is used twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from issuer.store import audit, restorations, status_lists
from issuer.store.session import Store


@dataclass(frozen=True, slots=True)
class Returned:
    """What was closed for good.

    Attributes:
        district_id: Whose.
        closed: The status lists that give out no more positions.
        floor: The least version that a public document has from now on.
    """

    district_id: str
    closed: tuple[str, ...]
    floor: int


def note_return(store: Store, district_id: str, *, now: datetime, actor: str) -> Returned:
    """Close every list whose later positions may be in use, and let versions go on above all earlier ones.

    It may be run again; each time it closes what is open then.
    """
    with store.transaction() as session:
        closed = status_lists.close_open(session, district_id, now=now)
        floor = restorations.add(session, district_id, now=now)
        for one in status_lists.all_lists(session, district_id):
            # What is published may say more, or less, than these rows: each is published anew from them.
            status_lists.count_change(session, district_id, one.id)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="store.restored",
            subject=district_id,
            facts={"closed": list(closed), "floor": floor},
        )
    return Returned(district_id, closed, floor)
