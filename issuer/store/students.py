"""The roster: the students of a district as its systems know them, and what was learnt about its sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.errors import IssuerError
from issuer.roster.report import Student
from issuer.store import audit
from issuer.store.session import Session
from issuer.store.tables import Base


class StudentRow(Base):
    """A student. It is brought up to date with each import; what was issued does not depend on it."""

    __tablename__ = "student"
    __table_args__ = (Index("ix_student_district_id_family_name", "district_id", "family_name"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    preferred_given_name: Mapped[str]
    preferred_family_name: Mapped[str]
    birth_date: Mapped[str | None]
    school_code: Mapped[str]
    grade: Mapped[str]
    active: Mapped[bool]
    source: Mapped[str]
    source_id: Mapped[str]
    updated: Mapped[datetime]


class SheetMemory(Base):
    """Which column of a sheet means what, as somebody of the district once said."""

    __tablename__ = "sheet_memory"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    column: Mapped[str]
    updated: Mapped[datetime]


FACTS = (
    "given_name", "family_name", "preferred_given_name", "preferred_family_name", "birth_date", "school_code",
    "grade", "active",
)  # fmt: skip
"""What is kept of a student beside the number."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A student as a source has it now.

    Args:
        student: What it says.
        says: Which of `FACTS` it says anything about; the others stay as they are. A birth date that it does
            not have never takes the place of one that is known.
        source_id: The source's own name for the student, by which a later delta finds it again; "" leaves
            the source of a student who is known already as it is.
    """

    student: Student
    says: frozenset[str] = frozenset(FACTS)
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: numbers of students that are new, changed, no longer active, and as they were."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]
    same: int

    @property
    def nothing(self) -> bool:
        """Whether everything was so already."""
        return not (self.new or self.changed or self.left)


def roster(session: Session, district_id: str) -> dict[str, Student] | None:
    """Every student by number, those who have left among them; None where the district has imported none."""
    rows = session.scalars(
        select(StudentRow).where(StudentRow.district_id == district_id).order_by(StudentRow.student_id)
    )
    return {row.student_id: as_student(row) for row in rows} or None


def student(session: Session, district_id: str, student_id: str) -> Student:
    """One student.

    Raises:
        IssuerError: `not_found`.
    """
    row = session.get(StudentRow, (district_id, student_id))
    if row is None:
        raise IssuerError("not_found", f"the roster has no student {student_id}")
    return as_student(row)


def by_source(session: Session, district_id: str, source: str) -> dict[str, str]:
    """Student number by the source's own name for the student."""
    rows = session.execute(
        select(StudentRow.source_id, StudentRow.student_id).where(
            StudentRow.district_id == district_id, StudentRow.source == source, StudentRow.source_id != ""
        )
    )
    return {row.source_id: row.student_id for row in rows}


def take(
    session: Session,
    district_id: str,
    incoming: Iterable[Incoming],
    *,
    source: str,
    gone: Iterable[str] = (),
    complete: bool = False,
    now: datetime,
    actor: str,
    dry_run: bool = False,
) -> Taken:
    """Bring the roster up to a source. The same again changes nothing and writes nothing.

    Nobody is ever removed: who has left is no longer active, and what was issued stays.

    Args:
        session: A writing transaction.
        district_id: Whose roster.
        incoming: The students that the source has.
        source: Its name, such as `oneroster`.
        gone: Numbers of students whom the source says to have left.
        complete: Whether the source has everybody, so that whoever came from it and is missing has left.
        now: When.
        actor: Who.
        dry_run: Only say what would be done.
    """
    rows = {
        row.student_id: row
        for row in session.scalars(select(StudentRow).where(StudentRow.district_id == district_id))
    }
    new, changed, same, seen = [], [], 0, set()
    for one in incoming:
        number = one.student.student_id
        seen.add(number)
        row = rows.get(number)
        facts = _facts(one, row, source)
        if row is None:
            new.append(number)
            if not dry_run:
                session.add(StudentRow(district_id=district_id, student_id=number, updated=now, **facts))
        elif any(getattr(row, name) != value for name, value in facts.items()):
            changed.append(number)
            if not dry_run:
                for name, value in facts.items():
                    setattr(row, name, value)
                row.updated = now
        else:
            same += 1
    leaving = set(gone) - seen
    if complete:
        leaving |= {number for number, row in rows.items() if row.source == source} - seen
    left = sorted(number for number in leaving if number in rows and rows[number].active)
    for number in left if not dry_run else ():
        rows[number].active, rows[number].updated = False, now
    taken = Taken(tuple(new), tuple(changed), tuple(left), same)
    if not dry_run and not taken.nothing:
        counts = {"new": len(new), "changed": len(changed), "left": len(left), "same": same}
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="students.taken",
            subject=source,
            facts=counts,
        )
    return taken


def remembered(session: Session, district_id: str, kind: str) -> dict[str, str]:
    """Column by folded name, for one kind of sheet: `awards` or `students`."""
    rows = session.scalars(
        select(SheetMemory).where(SheetMemory.district_id == district_id, SheetMemory.kind == kind)
    )
    return {row.name: row.column for row in rows}


def remember(
    session: Session, district_id: str, kind: str, layout: Mapping[str, str], *, now: datetime
) -> None:
    """Keep which column means what; a later choice for a name takes the place of an earlier one."""
    for name, column in layout.items():
        row = session.get(SheetMemory, (district_id, kind, name))
        if row is None:
            session.add(
                SheetMemory(district_id=district_id, kind=kind, name=name, column=column, updated=now)
            )
        elif row.column != column:
            row.column, row.updated = column, now


def _facts(one: Incoming, row: StudentRow | None, source: str) -> dict[str, object]:
    who = one.student
    born = who.birth_date.isoformat() if who.birth_date else None
    facts: dict[str, object] = {name: getattr(who, name) for name in FACTS} | {"birth_date": born}
    if row is not None:
        kept = set(FACTS) - one.says | ({"birth_date"} if born is None else set())
        facts = {name: value for name, value in facts.items() if name not in kept}
        if not one.source_id:
            return facts
    return facts | {"source": source, "source_id": one.source_id}


def as_student(row: StudentRow) -> Student:
    """What a row says."""
    return Student(
        row.student_id,
        row.given_name,
        row.family_name,
        row.preferred_given_name,
        row.preferred_family_name,
        date.fromisoformat(row.birth_date) if row.birth_date else None,
        row.school_code,
        row.grade,
        row.active,
    )
