"""Whose records' periods are over today, class by class. Who is under a legal hold is never among them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from issuer.catalog.retention import RecordClass, Schedule
from issuer.retention.erasure import PSEUDONYM
from issuer.retention.register import about_students
from issuer.store import audit, holds, personal, sheet_drafts
from issuer.store.session import Session, Store


@dataclass(frozen=True, slots=True)
class Due:
    """One student.

    Attributes:
        student_id: The number.
        classes: The classes whose period is over.
        held: Whether a legal hold keeps them.
    """

    student_id: str
    classes: frozenset[RecordClass]
    held: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What is due on a day.

    Attributes:
        day: The day.
        schedule: The version of the rules.
        students: Whose records are due, by number.
        sheets: Sheets in work that nobody has changed for long enough, and that name nobody under a hold.
    """

    day: date
    schedule: str
    students: tuple[Due, ...]
    sheets: tuple[str, ...]


def due(session: Session, district_id: str, schedule: Schedule, day: date) -> Today:
    """What the periods of a schedule let go on a day.

    A class of a student is due when the newest of its records is old enough; a record without an age, as a
    link that is open or a student who is enrolled, keeps the class.
    """
    newest: dict[tuple[str, RecordClass], date | None] = {}
    for table in about_students():
        if table.record_class is None or not table.dated or table.through == "sheet":
            continue
        for student, at in personal.ages(session, district_id, table).items():
            key = (student, table.record_class)
            known = newest.get(key, at)
            newest[key] = None if at is None or known is None else max(at, known)
    found: dict[str, set[RecordClass]] = defaultdict(set)
    for (student, one), at in newest.items():
        ends = schedule.periods[one].ends(at) if at is not None else None
        if ends is not None and ends <= day and not student.startswith(PSEUDONYM):
            found[student].add(one)
    held = {one.student_id for one in holds.held(session, district_id)}
    students = tuple(
        Due(student, frozenset(classes), student in held) for student, classes in sorted(found.items())
    )
    return Today(
        day, schedule.heading.version, students, _sheets(session, district_id, schedule, day, sorted(held))
    )


def throw_sheets(store: Store, district_id: str, today: Today, *, now: datetime, actor: str) -> None:
    """Throw away the sheets in work that are due."""
    with store.transaction() as session:
        for one in today.sheets:
            sheet_drafts.remove(session, district_id, one)
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="sheet.expired",
                subject=one,
                facts={"schedule": today.schedule},
            )


def _sheets(
    session: Session, district_id: str, schedule: Schedule, day: date, held: list[str]
) -> tuple[str, ...]:
    period = schedule.periods[RecordClass.SHEETS]
    before = datetime.combine(day, time(), UTC)
    old = personal.old_sheets(session, district_id, before)
    ages = personal.sheet_days(session, district_id, old)
    due_now = [one for one in old if (ends := period.ends(ages[one])) is not None and ends <= day]
    return tuple(
        one
        for one in due_now
        if not any(personal.in_sheets(session, district_id, student, (one,)) for student in held)
    )
