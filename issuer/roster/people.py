"""A plain sheet of students: the same reading, with other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from issuer.roster.columns import STUDENTS
from issuer.roster.days import DayError, read_day
from issuer.roster.grid import SHEET_LIMITS, Limits
from issuer.roster.match import Known
from issuer.roster.oneroster import usable
from issuer.roster.reading import Reading, read_any
from issuer.roster.report import Student
from issuer.roster.values import Record
from issuer.roster.words import Said, said


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its number, a code of `errors.ROW_CODES`, and why."""

    line: int
    code: str
    words: Said


@dataclass(frozen=True, slots=True)
class People:
    """What a sheet of students says.

    Args:
        students: Those who can be taken, in the sheet's order.
        refused: Rows that need a person.
        says: Which facts the sheet has columns for.
        emails: What stands in the column of e-mail addresses, by student; nobody has looked what it is.
        reading: The sheet.
    """

    students: tuple[Student, ...]
    refused: tuple[Refused, ...]
    says: frozenset[str]
    emails: Mapping[str, str]
    reading: Reading


def read_people(
    data: bytes,
    *,
    today: date,
    known: Known | None = None,
    answers: Mapping[str, str] = MappingProxyType({}),
    limits: Limits = SHEET_LIMITS,
) -> People:
    """The students of a sheet.

    Args:
        data: CSV in any of its forms, .xlsx, .xls or .ods.
        today: No birth date lies after it.
        known: Schools and what was learnt about the district's sheets; its roster is not looked at.
        answers: What a person has said.
        limits: How much is read.

    Raises:
        SheetError: Nothing of the file can be taken.
    """
    about = known or Known()
    alone = Known(about.schools, None, about.is_credential, about.remembered)
    reading = read_any(data, vocabulary=STUDENTS, known=alone, answers=answers, limits=limits)
    students: dict[str, Student] = {}
    emails: dict[str, str] = {}
    refused = []
    for record in reading.records:
        if record.skip:
            continue
        found = _student(record, today)
        if isinstance(found, Refused):
            refused.append(found)
        elif found.student_id in students and students[found.student_id] != found:
            refused.append(
                Refused(record.line, "DUPLICATE_REF", said("row.STUDENT_TWICE", number=found.student_id))
            )
        else:
            students[found.student_id] = found
            if record.values["email"]:
                emails.setdefault(found.student_id, record.values["email"])
    has = set(reading.places) | (answers.keys() & set(STUDENTS.columns))
    says = has - {"external_id", "full_name", "email"} | (
        {"given_name", "family_name"} if "full_name" in has else set()
    )
    return People(tuple(students.values()), tuple(refused), frozenset(says) | {"active"}, emails, reading)


def _student(record: Record, today: date) -> Student | Refused:
    values, line = record.values, record.line
    if record.faults:
        code, words = record.faults[0]
        return Refused(line, code, words)
    if not values["external_id"]:
        return Refused(line, "MISSING_STUDENT_ID", said("row.MISSING_STUDENT_ID"))
    for name in ("given_name", "family_name"):
        if not values[name]:
            return Refused(line, "MISSING_NAME", said("row.MISSING_NAME", column=name))
    for name in set(STUDENTS.columns) - {"email"}:
        if not usable(values[name]):
            return Refused(line, "BAD_CHARACTERS", said("row.NOT_USABLE", column=name))
    born = None
    if values["birth_date"]:
        try:
            born = read_day(values["birth_date"])
        except DayError as fault:
            return Refused(line, fault.code, fault.words)
        if born > today:
            return Refused(line, "FUTURE_DATE", said("row.FUTURE_DATE.birth", day=born))
    return Student(
        values["external_id"],
        values["given_name"],
        values["family_name"],
        values["preferred_given_name"],
        values["preferred_family_name"],
        born,
        values["school_code"],
        values["grade"],
    )
