"""What the console shows of students and their badges. Every question names the district first."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Select, func, select

from issuer.roster.report import Student
from issuer.store import jobs
from issuer.store.measures import Measure
from issuer.store.outcome_tables import AwardSchool
from issuer.store.session import Session
from issuer.store.students import StudentRow, as_student
from issuer.store.tables import Achievement, Audit, Award, Credential, Share, State, Status

T = TypeVar("T")

ROWS: Final = 50
"""Rows of one page of a list."""
MOST_PAGES: Final = 2_000
LONGEST_SEARCH: Final = 100
MOST_GRADES: Final = 100
"""Grades to choose from."""
STATES: Final = ("standing", "withdrawn", "unfinished")
_SIGNED = (State.SIGNED.value, State.RELEASED.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a list somebody wants.

    Attributes:
        search: Words, each of which must be found in the row; case and accents do not count.
        school: A school's code, or "" for all.
        code: A certification's code, or "" for all.
        state: One of `STATES`, or "" for all.
        page: From 1 to `MOST_PAGES`.
        grade: A grade as the schools write it, or "" for all.
        enrolled: Whether students who have left are left out.
    """

    search: str = ""
    school: str = ""
    code: str = ""
    state: str = ""
    page: int = 1
    grade: str = ""
    enrolled: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge with the award that led to it.

    Attributes:
        credential_id: Its `urn:uuid`.
        award_ref: The district's reference.
        student_id: Whose.
        code: The catalogue's code of what was awarded.
        facts: The award, as `Award.to_json` wrote it.
        state: How far it has come.
        recorded_at: When the award was recorded.
        signed_at: When it was signed, or None.
        withdrawn_at: When it was withdrawn, or None.
        reason: Why, or "".
        note: The district's own note on that, or "".
        school: The student's school, or that of the award where the roster has none; "" where nobody knows.
    """

    credential_id: str
    award_ref: str
    student_id: str
    code: str
    facts: Mapping[str, Any]
    state: str
    recorded_at: datetime
    signed_at: datetime | None
    withdrawn_at: datetime | None
    reason: str
    note: str
    school: str

    @property
    def name(self) -> str:
        """Whom it names, or ""."""
        return str(self.facts.get("recipient_name") or "")

    @property
    def standing(self) -> str:
        """One of `STATES`."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "standing" if self.state in _SIGNED else "unfinished"

    @property
    def path(self) -> str:
        """Its id as the last part of an address."""
        return self.credential_id.removeprefix("urn:uuid:")


def students(session: Session, district_id: str, wanted: Wanted) -> tuple[list[Student], bool]:
    """A page of the roster by family name, and whether there are more."""
    asked = select(StudentRow).where(StudentRow.district_id == district_id)
    if wanted.school:
        asked = asked.where(StudentRow.school_code == wanted.school)
    if wanted.grade:
        asked = asked.where(StudentRow.grade == wanted.grade)
    if wanted.enrolled:
        asked = asked.where(StudentRow.active.is_(True))
    asked = asked.order_by(StudentRow.family_name, StudentRow.given_name, StudentRow.student_id)
    rows = session.scalars(asked.execution_options(yield_per=1000))
    words = _folded(wanted.search).split()
    found = (
        one
        for one in map(as_student, rows)
        if _has(words, one.student_id, *one.name, one.given_name, one.family_name)
    )
    with closing(rows):  # most of what was asked for is not read
        return _page(found, wanted.page)


def grades(session: Session, district_id: str, school: str = "") -> list[str]:
    """The grades that enrolled students are in, at one school or at all; those who are in none left out."""
    asked = select(StudentRow.grade).where(
        StudentRow.district_id == district_id, StudentRow.active.is_(True), StudentRow.grade != ""
    )
    if school:
        asked = asked.where(StudentRow.school_code == school)
    found = session.scalars(asked.distinct().limit(MOST_GRADES)).all()
    return sorted(found, key=lambda grade: (len(grade), grade))


def badges(session: Session, district_id: str, wanted: Wanted) -> tuple[list[Badge], bool]:
    """A page of badges, the newest first, and whether there are more."""
    asked = _badges(district_id)
    if wanted.school:
        asked = asked.where(_SCHOOL.in_([wanted.school]))
    if wanted.code:
        asked = asked.where(Achievement.code == wanted.code)
    if wanted.state == "withdrawn":
        asked = asked.where(Status.credential_id.is_not(None))
    elif wanted.state == "standing":
        asked = asked.where(Status.credential_id.is_(None), Credential.state.in_(_SIGNED))
    elif wanted.state == "unfinished":
        asked = asked.where(Credential.state.not_in(_SIGNED))
    asked = asked.order_by(Credential.reserved_at.desc(), Credential.id)
    rows = session.execute(asked.execution_options(yield_per=1000))
    words = _folded(wanted.search).split()
    found = (
        one
        for one in (_badge(*row) for row in rows)
        if _has(words, one.award_ref, one.student_id, one.name, one.code)
    )
    with closing(rows):  # most of what was asked for is not read
        return _page(found, wanted.page)


def has_badges(session: Session, district_id: str) -> bool:
    """Whether the district has issued any badge, or begun to."""
    asked = select(Credential.id).where(Credential.district_id == district_id).limit(1)
    return session.scalar(asked) is not None


def badge(session: Session, district_id: str, credential_id: str) -> Badge | None:
    """One badge."""
    row = session.execute(_badges(district_id).where(Credential.id == credential_id)).one_or_none()
    return _badge(*row) if row else None


def badges_of(session: Session, district_id: str, student_id: str) -> list[Badge]:
    """Every badge of a student, oldest first."""
    asked = _badges(district_id).where(Award.student_id == student_id)
    return [_badge(*row) for row in session.execute(asked.order_by(Credential.reserved_at, Credential.id))]


def own(session: Session, district_id: str, student_id: str, now: datetime) -> list[Badge]:
    """A student's badges as the student sees them, oldest first: signed, and let out of the house."""
    rows = session.execute(_own(district_id, student_id, now).order_by(Credential.reserved_at, Credential.id))
    return [_badge(*row) for row in rows]


def own_badge(
    session: Session, district_id: str, student_id: str, credential_id: str, now: datetime
) -> Badge | None:
    """One of `own`; for another's, for one that stays in the house and for none it is one question, alike."""
    asked = _own(district_id, student_id, now).where(Credential.id == credential_id)
    row = session.execute(asked).one_or_none()
    return _badge(*row) if row else None


def in_house(
    session: Session, district_id: str, credential_ids: Collection[str], now: datetime
) -> frozenset[str]:
    """Which badges never left the house, and are not to leave it as files either."""
    asked = (
        select(Credential.id)
        .outerjoin(
            Status, (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id)
        )
        .where(Credential.district_id == district_id, Credential.id.in_(credential_ids), jobs.stayed_in(now))
    )
    return frozenset(session.scalars(asked))


def _own(district_id: str, student_id: str, now: datetime) -> Select[Any]:
    return _badges(district_id).where(
        Award.student_id == student_id, Credential.signed_at.is_not(None), ~jobs.stayed_in(now)
    )


def codes(session: Session, district_id: str) -> list[str]:
    """The code of everything that the district can award."""
    return list(
        session.scalars(
            select(Achievement.code)
            .where(Achievement.district_id == district_id)
            .distinct()
            .order_by(Achievement.code)
        )
    )


def measures(session: Session, district_id: str, student_id: str) -> list[Measure]:
    """Every score and attestation of a student, also those that were retracted, by day."""
    return list(
        session.scalars(
            select(Measure)
            .where(Measure.district_id == district_id, Measure.student_id == student_id)
            .order_by(Measure.measured_on, Measure.assessment, Measure.part, Measure.value)
        )
    )


def open_shares(session: Session, district_id: str, credential_id: str, now: datetime) -> int:
    """How many links and codes open a badge."""
    found = session.scalar(
        select(func.count())
        .select_from(Share)
        .where(Share.district_id == district_id, Share.credential_id == credential_id)
        .where(Share.stopped.is_(None), Share.ends.is_(None) | (Share.ends > now))
    )
    return int(found or 0)


def joined(session: Session, district_id: str, credential_ids: list[str]) -> list[Audit]:
    """The audit rows that join badges with those that replaced or renewed them."""
    return list(
        session.scalars(
            select(Audit)
            .where(Audit.district_id == district_id, Audit.subject.in_(credential_ids))
            .where(Audit.action.in_(["credential.replaced", "credential.renewed"]))
            .order_by(Audit.number)
        )
    )


def day_of(facts: Mapping[str, Any], name: str) -> date | None:
    """A day of an award's facts."""
    return date.fromisoformat(facts[name]) if facts.get(name) else None


_SCHOOL = func.coalesce(func.nullif(StudentRow.school_code, ""), AwardSchool.school_code, "")


def _badges(district_id: str) -> Select[Any]:
    return (
        select(
            Credential.id, Award.award_ref, Award.student_id, Achievement.code, Award.facts, Credential.state,
            Award.created, Credential.signed_at, Status.revoked_at, Status.reason, Status.note, _SCHOOL,
        )
        .select_from(Credential)
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .outerjoin(
            Status, (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id)
        )
        .outerjoin(
            AwardSchool,
            (AwardSchool.district_id == Award.district_id) & (AwardSchool.award_ref == Award.award_ref),
        )
        .outerjoin(
            StudentRow,
            (StudentRow.district_id == Award.district_id) & (StudentRow.student_id == Award.student_id),
        )
        .where(Credential.district_id == district_id)
        # One that was emptied by an erasure is nobody's any more: only its place in the status list is left.
        .where(Credential.prepared.is_(None) | (func.length(Credential.prepared) > 0))
    )  # fmt: skip


def _badge(*row: Any) -> Badge:
    known = [*row[:9], *(text or "" for text in row[9:])]
    return Badge(*known)


def _folded(text: str) -> str:
    """A text as it is looked for: case and accents do not count."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in split if not unicodedata.combining(one))


def _has(words: list[str], *texts: str) -> bool:
    whole = " ".join(_folded(text) for text in texts) if words else ""
    return all(word in whole for word in words)


def _page(found: Iterator[T], page: int) -> tuple[list[T], bool]:
    """The rows of one page; it stops reading once it knows whether there are more."""
    first, rows = (page - 1) * ROWS, []
    for number, one in enumerate(found):
        if number >= first:
            rows.append(one)
        if len(rows) > ROWS:
            break
    return rows[:ROWS], len(rows) > ROWS
