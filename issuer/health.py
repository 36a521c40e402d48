"""Whether an issuer can do its work now, in a few words for each part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from issuer.errors import IssuerError
from issuer.publication import DID_PATH, RENEW_BEFORE, list_path
from issuer.store import jobs, published, queries, restorations, status_lists
from issuer.store.migrations import check_migrated
from issuer.store.session import Session, Store, is_answering
from issuer.store.tables import District

SEEN_WITHIN = timedelta(seconds=60)
"""A revocation is in the published list within this time."""
ALARM_BEFORE = RENEW_BEFORE / 2
"""A list that was not renewed when it should have been rings this long before its end."""

OK = "ok"


@dataclass(frozen=True, slots=True)
class Health:
    """The parts that were looked at, each `ok` or what is wrong. No names, no numbers of students."""

    parts: dict[str, str]

    @property
    def ready(self) -> bool:
        """Whether all are well."""
        return all(state == OK for state in self.parts.values())


def look(store: Store, now: datetime) -> Health:
    """Look at the database, its migrations, the keys and the published lists."""
    if not is_answering(store):
        return Health({"database": "does not answer"})
    parts = {"database": OK, "migrations": OK, "keys": OK, "lists": OK}
    try:
        check_migrated(store)
    except IssuerError:
        return Health(parts | {"migrations": "not those of this program"})
    with store.reading() as session:
        districts = queries.districts(session)
    if not districts:
        parts["keys"] = "no district is set up"
    for district in districts:
        with store.of(district.id).reading() as session:
            parts |= {part: state for part, state in look_at(session, district, now).items() if state != OK}
    return Health(parts)


def waits(store: Store, now: datetime) -> dict[str, float]:
    """For how many seconds the oldest of what is not done yet has waited, 0 where nothing waits.

    Returns:
        `revocation`: until a published list says it; `job`: until a worker takes it up. Nothing where the
        database cannot be asked.
    """
    if not is_answering(store):
        return {}
    try:
        check_migrated(store)
    except IssuerError:
        return {}
    since: dict[str, list[datetime]] = {"revocation": [], "job": []}
    with store.reading() as session:
        names = [row.id for row in queries.districts(session)]
    for name in names:
        with store.of(name).reading() as session:
            for row in status_lists.all_lists(session, name):
                shown = published.current(session, name, list_path(row.id))
                if shown is None or shown.covers < row.changes:
                    after = shown.published_at if shown is not None else row.opened
                    first = status_lists.first_after(session, name, row.id, after)
                    since["revocation"] += [first] if first is not None else []
            since["job"] += [row.updated for row in jobs.jobs(session, name, states=[jobs.QUEUED])]
    return {name: max((now - min(at, default=now)).total_seconds(), 0.0) for name, at in since.items()}


def look_at(session: Session, district: District, now: datetime) -> dict[str, str]:
    """Look at the keys and the published lists of one district."""
    rows = queries.signing_keys(session, district.id)
    in_use = any(row.retired is None and row.compromised_since is None for row in rows)
    return {"keys": OK if in_use else "no key is in use", "lists": _lists(session, district, now, OK)}


def _lists(session: Session, district: District, now: datetime, so_far: str) -> str:
    """What is wrong with the published lists of a district."""
    if not restorations.is_settled(session, district.id):
        return "after a restore no list is published: see `cairn restored`"
    if published.current(session, district.id, DID_PATH) is None:
        return "the DID document is not published"
    for row in status_lists.all_lists(session, district.id):
        shown = published.current(session, district.id, list_path(row.id))
        if shown is None:
            if now - row.opened > SEEN_WITHIN:
                return "a list is not published"
            continue
        if shown.valid_until is not None and shown.valid_until - now < ALARM_BEFORE:
            return "a list is about to end"
        if shown.covers < row.changes and status_lists.is_waiting(
            session, district.id, row.id, after=shown.valid_from, before=now - SEEN_WITHIN
        ):
            return "a revocation waits to be published"
    return so_far
