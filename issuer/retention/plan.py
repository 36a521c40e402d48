"""What an erasure would do: class by class what goes, what stays and why, and what stands in its way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from issuer.catalog.retention import CLASS_NAMES, Period, RecordClass, Schedule
from issuer.errors import IssuerError
from issuer.retention.register import STAY, about_students
from issuer.store import holds, personal, queries
from issuer.store.columns import canonical_json
from issuer.store.personal import Keys
from issuer.store.session import Session

_BUSY = {
    "badge": "a badge is half made: finish it with `cairn issue`, then erase",
    "sheet": "a sheet in work names the student: issue it or throw it away under Issue, then erase",
    "request": "a request about a badge waits for a second person: have it settled, then erase",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One table of one class.

    Attributes:
        record_class: Which class.
        table: The table's name.
        what: What its rows are for, in plain words.
        rows: How many rows of it are the student's.
        goes: Whether they are destroyed or emptied.
        why: Why they go or stay, in plain words.
    """

    record_class: RecordClass
    table: str
    what: str
    rows: int
    goes: bool
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure of one student's records would do.

    Attributes:
        student_id: Whose.
        schedule: The version of the rules of retention.
        classes: What goes.
        lines: Every table with rows of the student.
        standing: Badges that stand and would be withdrawn first.
        obstacles: Why nothing can be destroyed now; empty where it can.
        keys: By what the rows are found.
    """

    student_id: str
    schedule: str
    classes: frozenset[RecordClass]
    lines: tuple[Line, ...]
    standing: tuple[str, ...]
    obstacles: tuple[IssuerError, ...]
    keys: Keys

    @property
    def digest(self) -> str:
        """What somebody saw: another plan has another digest."""
        seen = {
            "student": self.student_id,
            "schedule": self.schedule,
            "standing": list(self.standing),
            "lines": [[one.table, one.rows, one.goes, one.why] for one in self.lines],
        }
        return hashlib.sha256(canonical_json(seen).encode()).hexdigest()

    @property
    def going(self) -> tuple[Line, ...]:
        """What goes."""
        return tuple(one for one in self.lines if one.goes and one.rows)

    @property
    def staying(self) -> tuple[Line, ...]:
        """What stays."""
        return tuple(one for one in self.lines if not one.goes and one.rows)

    def check(self) -> None:
        """Refuse where something stands in the way.

        Raises:
            IssuerError: `on_hold`; `not_erasable`.
        """
        for one in self.obstacles:
            raise one
        if not self.going:
            raise IssuerError("not_erasable", "nothing of this student may go now: see what stays, and why")


def plan(
    session: Session,
    district_id: str,
    student_id: str,
    schedule: Schedule,
    *,
    now: datetime,
    only: frozenset[RecordClass] | None = None,
) -> Plan:
    """What an erasure would do now.

    Args:
        session: A transaction.
        district_id: Whose student.
        student_id: The number.
        schedule: The rules that apply today.
        now: The time.
        only: The classes whose period is over, where nobody asked but time; None where somebody asked.

    Raises:
        IssuerError: `not_found` where nothing is held about such a student.
    """
    keys = personal.keys_of(session, district_id, student_id, now)
    tables = about_students()
    counts = {one.name: personal.count(session, district_id, one, keys) for one in tables}
    if not any(counts.values()):
        raise IssuerError("not_found", f"nothing is held about a student {student_id}")
    going = {one: _goes(one, schedule.periods[one], only) for one in RecordClass}
    if going[RecordClass.BADGES][0]:
        # A link that opens a badge cannot outlive it.
        going[RecordClass.SHARES] = (True, going[RecordClass.BADGES][1])
    lines = tuple(
        Line(
            one.record_class,
            one.name,
            one.purpose,
            counts[one.name],
            going[one.record_class][0] and one.does != STAY,
            going[one.record_class][1] if one.does != STAY else _STAYS[one.name],
        )
        for one in tables
        if one.record_class is not None and counts[one.name]
    )
    classes = frozenset(one for one, (goes, _why) in going.items() if goes)
    standing = _standing(session, district_id, keys) if RecordClass.BADGES in classes else ()
    return Plan(
        student_id,
        schedule.heading.version,
        classes,
        lines,
        standing,
        _obstacles(session, district_id, keys, classes),
        keys,
    )


_STAYS: Mapping[str, str] = {
    "award_school": "Only a reference and a school: it keeps the counts of the schools right.",
    "legal_hold": "It shows that records were held, and when.",
    "erasure": "It shows what was destroyed, and what to destroy again after a backup was restored.",
}


def _goes(one: RecordClass, period: Period, only: frozenset[RecordClass] | None) -> tuple[bool, str]:
    if only is not None:
        return (one in only, period.basis if one in only else "Its period is not over.")
    if period.on_request:
        return True, "It goes when the student or a guardian asks."
    return False, f"The district keeps it: {period.basis}"


def _standing(session: Session, district_id: str, keys: Keys) -> tuple[str, ...]:
    found = []
    for one in keys.credentials:
        row = queries.credential(session, district_id, one)
        if row.signed_at is not None and queries.status(session, district_id, one) is None:
            found.append(one)
    return tuple(found)


def _obstacles(
    session: Session, district_id: str, keys: Keys, classes: frozenset[RecordClass]
) -> tuple[IssuerError, ...]:
    found = []
    held = holds.hold(session, district_id, keys.student_id)
    if held is not None:
        found.append(
            IssuerError(
                "on_hold",
                f"the records are under a legal hold since {held.placed_at.date()}: release it first, "
                "or leave them",
            )
        )
    needs = {"badge": RecordClass.BADGES, "request": RecordClass.BADGES, "sheet": RecordClass.SHEETS}
    found += [IssuerError("not_erasable", _BUSY[one]) for one in sorted(keys.busy) if needs[one] in classes]
    others = _held_in_sheets(session, district_id, keys) if RecordClass.SHEETS in classes else ()
    if others:
        found.append(
            IssuerError(
                "not_erasable",
                "a sheet names the student and another one who is under a legal hold: it stays until that is "
                "released",
            )
        )
    return tuple(found)


def _held_in_sheets(session: Session, district_id: str, keys: Keys) -> tuple[str, ...]:
    """Students under a hold whom the same sheets name."""
    if not keys.sheets:
        return ()
    others = [one.student_id for one in holds.held(session, district_id) if one.student_id != keys.student_id]
    return tuple(one for one in others if personal.in_sheets(session, district_id, one, keys.sheets))


def words(found: Plan) -> str:
    """The plan for a person at a terminal."""
    lines = [f"Student {found.student_id}, by the rules {found.schedule}", ""]
    for heading, rows in (("This goes:", found.going), ("This stays:", found.staying)):
        lines.append(heading if rows else f"{heading} nothing")
        for one in rows:
            lines.append(f"  {one.table:<17} {one.rows:>4}  {CLASS_NAMES[one.record_class]}")
            lines.append(f"  {'':<17}       {one.why}")
    if found.standing:
        lines += ["", f"{len(found.standing)} badges that stand are withdrawn first, as requested."]
    lines += ["", ALWAYS_STAYS, "", BACKUPS]
    for obstacle in found.obstacles:
        lines += ["", f"Not now: {obstacle.message}."]
    return "\n".join(lines)


ALWAYS_STAYS = (
    "Always kept: the audit trail, which holds numbers and digests and no names; the places of badges in the "
    "status lists, so that a withdrawn badge stays withdrawn; the references of awards, so that none is "
    "issued twice. Copies that people saved cannot be called back: a withdrawn one shows as withdrawn."
)
BACKUPS = (
    "Backups are not touched. Destroy every backup and every copy of the database that is older than this "
    "erasure, or note when the last of them is overwritten: files of `cairn issue --out` and `cairn export`, "
    "dumps, snapshots, and the write-ahead archive. After a restore from an older one, run `cairn students "
    "erase` again for every certificate that is newer than it."
)
