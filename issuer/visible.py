"""How long revocations take until everybody can see them, told once for each by a process that publishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from issuer.publication import list_path
from issuer.store import published, status_lists
from issuer.store.session import Session


class Visible:
    """Looks at the published lists again and again, and tells of the revocations that each new version has.

    It counts from a revocation's own time, at which it was acknowledged, to the look that finds the version,
    whoever published it: rather too long than too short.

    Args:
        told: Takes the seconds that one revocation took.
    """

    def __init__(self, told: Callable[[float], None]) -> None:
        self._told = told
        self._known: dict[tuple[str, str], datetime | None] = {}

    def look(self, session: Session, district_id: str, now: datetime) -> None:
        """Tell of what was published since the last look; the first look only sees how things stand.

        Args:
            session: For reading.
            district_id: Whose lists.
            now: The time.
        """
        for row in status_lists.all_lists(session, district_id):
            made = published.made_at(session, district_id, list_path(row.id))
            key = (district_id, row.id)
            if key not in self._known:
                self._known[key] = made
                continue
            before = self._known[key]
            if made is None or made == before:
                continue
            for at in status_lists.revoked_between(
                session, district_id, row.id, after=before or row.opened, until=made
            ):
                self._told((now - at).total_seconds())
            self._known[key] = made
