"""Bring the roster up to a OneRoster archive or a sheet: what command, console and job do alike.

Where the file has the students' e-mail addresses, these are taken too; they are kept beside the roster, for
mails to students and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from issuer.claiming.contacts import Addresses, take_addresses
from issuer.roster import Known
from issuer.roster.oneroster import Archive, read_archive
from issuer.roster.people import People, read_people
from issuer.store import queries, students
from issuer.store.session import Session
from issuer.store.students import FACTS, Incoming, Taken

ONEROSTER: Final = "oneroster"
SHEET: Final = "sheet"
"""What the roster calls its sources."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an archive said, and what that changed."""

    archive: Archive
    taken: Taken
    addresses: Addresses


@dataclass(frozen=True, slots=True)
class BroughtSheet:
    """What a sheet of students said, and what that changed."""

    people: People
    taken: Taken
    addresses: Addresses


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
    emails = {one.student.student_id: one.email for one in archive.students}
    addresses = take_addresses(session, district_id, emails, now=now, actor=actor, dry_run=dry_run)
    return Brought(archive, taken, addresses)


def take_sheet(
    session: Session,
    district_id: str,
    data: bytes,
    *,
    today: date,
    answers: Mapping[str, str],
    now: datetime,
    actor: str,
    dry_run: bool = False,
) -> BroughtSheet:
    """Read a sheet of students and bring the roster up to it. The same again changes nothing.

    Args:
        session: A writing transaction.
        district_id: Whose roster.
        data: The file.
        today: No birth date lies after it.
        answers: What a person has said about the sheet.
        now: When.
        actor: Who.
        dry_run: Only say what would change.

    Raises:
        SheetError: Nothing of it can be taken.
    """
    known = Known(
        queries.schools(session, district_id),
        remembered=students.remembered(session, district_id, "students"),
    )
    people = read_people(data, today=today, known=known, answers=answers)
    incoming = [Incoming(one, people.says) for one in people.students]
    taken = students.take(session, district_id, incoming, source=SHEET, now=now, actor=actor, dry_run=dry_run)
    addresses = take_addresses(session, district_id, people.emails, now=now, actor=actor, dry_run=dry_run)
    return BroughtSheet(people, taken, addresses)
