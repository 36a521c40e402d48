"""What anybody may read, version by version. A version is added by compare-and-swap and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from issuer.errors import IssuerError
from issuer.store.restorations import last_return, version_floor
from issuer.store.session import Session
from issuer.store.tables import Published

NO_ROWS: Final = 0
"""What a status list covers that was taken back in: a list of ours counts its changes from one."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A new version of a public document, ready to be published.

    Attributes:
        path: Where it is served below the district's origin, without the leading slash.
        version: As `next_version` gives it.
        media_type: As HTTP's Content-Type.
        body: The bytes.
        covers: For a status list, how many changes of answers it takes into account; else 0.
        valid_from: Never before that of the version it replaces.
        valid_until: From when on nobody may rest on it, or None.
    """

    path: str
    version: int
    media_type: str
    body: bytes
    covers: int
    valid_from: datetime
    valid_until: datetime | None


def current(session: Session, district_id: str, path: str) -> Published | None:
    """The version that is served now."""
    return session.scalars(
        select(Published)
        .where(Published.district_id == district_id, Published.path == path)
        .order_by(Published.version.desc())
        .limit(1)
    ).one_or_none()


def made_at(session: Session, district_id: str, path: str) -> datetime | None:
    """From when the version is that is served now: it says what was recorded until then."""
    return session.scalar(
        select(Published.published_at)
        .where(Published.district_id == district_id, Published.path == path)
        .order_by(Published.version.desc())
        .limit(1)
    )


def at(session: Session, district_id: str, path: str, when: datetime) -> Published | None:
    """The version that was served at a moment; None before the first, and where nobody knows any more.

    A backup does not know what was published after it. So the last version before such a gap is known to have
    been served when it began, and no longer: in what is lost, a badge may have been withdrawn.
    """
    found = session.scalars(
        select(Published)
        .where(Published.district_id == district_id, Published.path == path, Published.valid_from <= when)
        .order_by(Published.valid_from.desc(), Published.version.desc())
        .limit(1)
    ).one_or_none()
    if found is None or found.valid_from == when:
        return found
    following = session.scalar(
        select(func.min(Published.version)).where(
            Published.district_id == district_id, Published.path == path, Published.version > found.version
        )
    )
    if following is None:  # it is served now, and was since the last return
        lost = version_floor(session, district_id) > found.version + 1
        returned = last_return(session, district_id)
        return None if lost and returned is not None and when < returned else found
    return found if following == found.version + 1 else None


def next_version(session: Session, district_id: str, path: str) -> int:
    """The version that would follow: one more than the last, and more than any that a restore forgot."""
    return _after(session, district_id, current(session, district_id, path))


def _after(session: Session, district_id: str, before: Published | None) -> int:
    return max((before.version if before else 0) + 1, version_floor(session, district_id))


def all_current(session: Session, district_id: str) -> list[Published]:
    """Every version that is served now, by path."""
    newest = (
        select(Published.path, func.max(Published.version).label("version"))
        .where(Published.district_id == district_id)
        .group_by(Published.path)
        .subquery()
    )
    return list(
        session.scalars(
            select(Published)
            .join(newest, (Published.path == newest.c.path) & (Published.version == newest.c.version))
            .where(Published.district_id == district_id)
            .order_by(Published.path)
        )
    )


def taken_back(session: Session, district_id: str, path: str) -> list[Published]:
    """The versions that were taken back in after a restore; what they say holds for ever."""
    return list(
        session.scalars(
            select(Published)
            .where(Published.district_id == district_id, Published.path == path)
            .where(Published.covers == NO_ROWS)
            .order_by(Published.version)
        )
    )


def take_back(session: Session, district_id: str, edition: Edition, *, now: datetime) -> None:
    """Keep a version that was published before a restore forgot it; `put` replaces it above the floor."""
    session.add(_row(district_id, edition, now))
    session.flush()


def _row(district_id: str, edition: Edition, now: datetime) -> Published:
    return Published(
        district_id=district_id,
        path=edition.path,
        version=edition.version,
        media_type=edition.media_type,
        body=edition.body,
        etag=hashlib.sha256(edition.body).hexdigest()[:32],
        covers=edition.covers,
        valid_from=edition.valid_from,
        valid_until=edition.valid_until,
        published_at=now,
    )


def put(session: Session, district_id: str, edition: Edition, *, now: datetime) -> bool:
    """Publish an edition if it follows directly on the current one.

    Returns:
        Whether it was published. False means that another writer was first: derive again from the rows.

    Raises:
        IssuerError: `clock_went_back` where the edition would begin before the one that it replaces.
    """
    before = current(session, district_id, edition.path)
    if edition.version != _after(session, district_id, before):
        return False
    if before is not None and edition.valid_from < before.valid_from:
        raise IssuerError(
            "clock_went_back",
            f"{edition.path} version {before.version} begins at {before.valid_from.isoformat()}, which is "
            f"later than this machine's time {edition.valid_from.isoformat()}: set it right, then publish",
        )
    row = _row(district_id, edition, now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
