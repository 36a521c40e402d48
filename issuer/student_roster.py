"""Bring the roster up to a OneRoster archive: what the command and the console do alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from issuer.roster.oneroster import Archive, read_archive
from issuer.store import queries, students
from issuer.store.session import Session
from issuer.store.students import FACTS, Incoming, Taken

ONEROSTER: Final = "oneroster"
"""What the roster calls this source."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an archive said, and what that changed."""

    archive: Archive
    taken: Taken


def take_archive(
    session: Session,
    district_id: str,
    data: bytes,
    *,
    today: date,
    now: datetime,
    actor: str,
    dry_run: bool = False,
) -> Brought:
    """Read an archive and bring the roster up to it. The same again changes nothing.

    Args:
        session: A writing transaction.
        district_id: Whose roster.
        data: The zip.
        today: By which roles that have ended are told.
        now: When.
        actor: Who.
        dry_run: Only say what would change.

    Raises:
        SheetError: Nothing of it can be taken.
    """
    schools = queries.schools(session, district_id)
    by_source = students.by_source(session, district_id, ONEROSTER)
    archive = read_archive(data, today=today, schools=schools, known=by_source)
    incoming = [
        Incoming(
            one.student,
            frozenset(FACTS) - (set() if one.student.school_code else {"school_code"}),
            one.source_id,
        )
        for one in archive.students
    ]
    gone = [by_source[source_id] for source_id in archive.gone if source_id in by_source]
    taken = students.take(
        session,
        district_id,
        incoming,
        source=ONEROSTER,
        gone=gone,
        complete=archive.complete,
        now=now,
        actor=actor,
        dry_run=dry_run,
    )
    return Brought(archive, taken)
