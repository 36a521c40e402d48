"""Students out of a OneRoster 1.2 archive (CSV binding 1.2.1): users, schools, birth dates, e-mail addresses.

Of demographics.csv the birth date is read and nothing else: no race, no sex, no place of birth. Columns that
are no part of the standard are named and not kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from issuer.roster.dates import plain
from issuer.roster.decode import decoded
from issuer.roster.delimited import read_delimited
from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits
from issuer.roster.package import open_package
from issuer.roster.report import FORMULA_STARTS, Student
from issuer.roster.words import Said, said
from issuer.text import fault_in, normal

ARCHIVE_LIMITS: Final = Limits(
    max_bytes=67_108_864, max_rows=200_000, max_cell=4_000, max_unpacked=268_435_456, max_parts=100
)
"""A district of 100,000 students with parents and teachers; enrollments are not unpacked."""

MANIFEST: Final = "manifest.csv"
USERS: Final = "users.csv"

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        USERS: (
            "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName",
            "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades",
            "password", "userMasterIdentifier", "preferredGivenName", "preferredMiddleName",
            "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
            # 1.1 had these here.
            "orgSourcedIds", "role",
        ),
        "roles.csv": (
            "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate",
            "endDate", "orgSourcedId", "userProfileSourcedId",
        ),
        "orgs.csv": (
            "sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId",
        ),
        "demographics.csv": (
            "sourcedId", "status", "dateLastModified", "birthDate", "sex", "americanIndianOrAlaskaNative",
            "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
            "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity", "countryOfBirthCode",
            "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
        ),
    }
)  # fmt: skip
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        MANIFEST: ("propertyName", "value"),
        USERS: ("sourcedId", "givenName", "familyName"),
        "roles.csv": ("userSourcedId", "role", "orgSourcedId"),
        "orgs.csv": ("sourcedId", "name", "type"),
        "demographics.csv": ("sourcedId", "birthDate"),
    }
)
_RUBBISH: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_LONGEST: Final = 100
_SHOWN: Final = 12

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class RosterStudent:
    """A student of an archive, the archive's own name for the student, and what stands as e-mail address."""

    student: Student
    source_id: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive says.

    Args:
        students: Those who can be taken.
        gone: The archive's own names of students who have left.
        complete: Whether the archive has every student (bulk), so that whoever is missing has left.
        schools: Name by code, as orgs.csv has them.
        birth_dates: Whether it says when students were born.
        version: `1.2` or `1.1`.
        notes: What was left out, and why.
    """

    students: tuple[RosterStudent, ...]
    gone: tuple[str, ...]
    complete: bool
    schools: Mapping[str, str]
    birth_dates: bool
    version: str
    notes: tuple[Said, ...]


def is_archive(data: bytes) -> bool:
    """Whether a packed file is meant as a OneRoster archive."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        names = open_package(data, ARCHIVE_LIMITS).names
    except SheetError:
        return False
    return any(name.rpartition("/")[2] in (MANIFEST, USERS) for name in names)


def read_archive(
    data: bytes,
    *,
    today: date,
    schools: Collection[str] = (),
    known: Collection[str] = (),
    limits: Limits = ARCHIVE_LIMITS,
) -> Archive:
    """The students of an archive.

    Args:
        data: A zip with manifest.csv, users.csv and the others at its root.
        today: By which roles that have ended are told.
        schools: The district's school codes, to name those that it lacks.
        known: The archive's own names of those who are known to be students: a delta need not say so again.
        limits: How much is read.

    Raises:
        SheetError: NOT_A_ROSTER, and those of packed files and of CSV.
    """
    if len(data) > limits.max_bytes:
        raise SheetError("FILE_TOO_LARGE", f"The archive has {len(data)} bytes; {limits.max_bytes} are read.")
    package = open_package(data, limits)
    names = _checked_names(package.names)
    manifest = _properties(package.read(MANIFEST), limits)
    version = manifest.get("oneroster.version", "")
    if version not in ("1.2", "1.1"):
        raise SheetError("NOT_A_ROSTER", f"The archive is OneRoster {version or '?'}; 1.2 and 1.1 are read.")
    states = {name: manifest.get(f"file.{name.removesuffix('.csv')}", "absent") for name in _COLUMNS}
    if states[USERS] not in ("bulk", "delta"):
        raise SheetError("NOT_A_ROSTER", "The manifest says that users.csv is absent. Export the users too.")
    wanted = [name for name, state in states.items() if state in ("bulk", "delta")]
    for name in wanted:
        if name not in names:
            raise SheetError(
                "NOT_A_ROSTER", f"The manifest names {name}, and it is not there. Export it again."
            )
    parts = package.read(*wanted)
    notes: list[Said] = []
    tables = {name: _table(name, parts[name], limits, notes) for name in wanted}
    others = sorted(name for name in names if name not in wanted and name != MANIFEST)
    if others:
        notes.append(said("roster.not_read", files=", ".join(others[:_SHOWN])))
    work = _Work(tables, states, today, notes)
    return work.archive(version, frozenset(schools), frozenset(known))


def _checked_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The files at the root; what systems put beside them is left out (Macs pack such folders)."""
    kept = []
    for name in names:
        if name.startswith(_RUBBISH) or name.rpartition("/")[2] in _RUBBISH:
            continue
        if ".." in name.split("/") or name.startswith(("/", "\\")) or "\\" in name or ":" in name:
            raise SheetError("NOT_A_ROSTER", "The archive names files outside of itself. Do not trust it.")
        if "/" in name:
            folder = name.partition("/")[0]
            raise SheetError(
                "NOT_A_ROSTER", f"The files are in a folder {folder[:40]!r}. Pack the files themselves."
            )
        kept.append(name)
    if MANIFEST not in kept:
        raise SheetError("NOT_A_ROSTER", "The archive has no manifest.csv. Export it as OneRoster 1.2 CSV.")
    return tuple(kept)


def _properties(parts: Mapping[str, bytes], limits: Limits) -> dict[str, str]:
    return {row["propertyName"]: row["value"] for row in _table(MANIFEST, parts[MANIFEST], limits, [])}


def _table(name: str, data: bytes, limits: Limits, notes: list[Said]) -> Rows:
    """A file's rows by column name, without the columns that are no part of the standard."""
    grid = read_delimited(decoded(data), limits)
    header = grid.rows[0]
    own = _COLUMNS.get(name, _NEEDED[name])
    if len(set(header)) != len(header):
        raise SheetError("NOT_A_ROSTER", f"{name} has two columns of one name. Export it again.")
    lacking = [column for column in _NEEDED[name] if column not in header]
    if lacking:
        raise SheetError("NOT_A_ROSTER", f"{name} has no column {', '.join(lacking)}. Export it again.")
    strange = [column for column in header if column and column not in own]
    if strange:
        notes.append(said("roster.metadata", file=name, columns=", ".join(strange[:_SHOWN])))
    places = {column: at for at, column in enumerate(header) if column in own}
    rows = []
    for number, cells in enumerate(grid.rows[1:], 2):
        if any(cells):
            row = {column: normal(cells[at]) if at < len(cells) else "" for column, at in places.items()}
            rows.append(row | {"#": str(number)})
    return rows


@dataclass(slots=True)
class _Counts:
    """What is said of students as a whole."""

    unnamed: int = 0
    bad_days: int = 0
    bad_rows: list[str] = field(default_factory=list)
    strange_schools: dict[str, int] = field(default_factory=dict)


class _Work:
    """One pass over the tables of an archive."""

    def __init__(
        self, tables: Mapping[str, Rows], states: Mapping[str, str], today: date, notes: list[Said]
    ) -> None:
        self._tables = tables
        self._states = states
        self._today = today
        self._notes = notes
        self._counts = _Counts()
        orgs = [row for row in tables.get("orgs.csv", []) if not _ended(row)]
        self._codes = {row["sourcedId"]: row.get("identifier") or row["sourcedId"] for row in orgs}
        self._schools = {
            self._codes[row["sourcedId"]]: row["name"] for row in orgs if row["type"].casefold() == "school"
        }
        self._born = {
            row["sourcedId"]: row["birthDate"]
            for row in tables.get("demographics.csv", [])
            if not _ended(row)
        }

    def archive(self, version: str, schools: frozenset[str], known: frozenset[str]) -> Archive:
        """What it says."""
        at = self._school_of_students()
        found: dict[str, RosterStudent] = {}
        twice: set[str] = set()
        gone = []
        for row in self._tables[USERS]:
            source_id = row["sourcedId"]
            if _ended(row):
                gone.append(source_id)
                continue
            is_student = source_id in at or row.get("role", "").casefold() == "student"
            if not is_student and not (source_id in known and self._states[USERS] == "delta"):
                continue
            student = self._student(row, at.get(source_id, ""), schools)
            if student is None:
                continue
            if student.student_id in found:
                twice.add(student.student_id)
            found[student.student_id] = RosterStudent(student, source_id, row.get("email", ""))
        # Two people under one number cannot be told apart, so neither is taken.
        students = tuple(one for number, one in found.items() if number not in twice)
        self._say(twice)
        complete = self._states[USERS] == "bulk"
        return Archive(
            students,
            tuple(gone),
            complete,
            MappingProxyType(self._schools),
            "demographics.csv" in self._tables,
            version,
            tuple(self._notes),
        )

    def _school_of_students(self) -> dict[str, str]:
        """The school's sourcedId by the student's: of the first role that has not ended."""
        found: dict[str, str] = {}
        for row in self._tables.get("roles.csv", []):
            if row["role"].casefold() != "student" or _ended(row):
                continue
            end = plain(row.get("endDate", ""))
            if end and end < self._today.isoformat():
                continue
            primary = row.get("roleType", "").casefold() == "primary"
            if primary or row["userSourcedId"] not in found:
                found[row["userSourcedId"]] = row["orgSourcedId"]
        return found

    def _student(self, row: Mapping[str, str], org: str, schools: frozenset[str]) -> Student | None:
        number = row.get("identifier") or row["sourcedId"]
        self._counts.unnamed += not row.get("identifier")
        texts = {
            "given_name": row["givenName"],
            "family_name": row["familyName"],
            "preferred_given_name": row.get("preferredGivenName", ""),
            "preferred_family_name": row.get("preferredFamilyName", ""),
        }
        if (
            not number
            or not texts["given_name"]
            or not texts["family_name"]
            or not all(map(usable, (number, *texts.values())))
        ):
            self._counts.bad_rows.append(row["#"])
            return None
        org = row.get("primaryOrgSourcedId") or org or row.get("orgSourcedIds", "").partition(",")[0]
        code = self._codes.get(org, "")
        if code and schools and code not in schools:
            self._counts.strange_schools[code] = self._counts.strange_schools.get(code, 0) + 1
        return Student(
            number,
            **texts,
            birth_date=self._birth_date(row["sourcedId"]),
            school_code=code if usable(code) else "",
            grade=row.get("grades", "").partition(",")[0][:_LONGEST],
            active=row.get("enabledUser", "true").casefold() != "false",
        )

    def _birth_date(self, source_id: str) -> date | None:
        text = self._born.get(source_id, "")
        if not text:
            return None
        try:
            born = date.fromisoformat(plain(text) or "")
        except ValueError:
            born = date.max
        if born > self._today:
            self._counts.bad_days += 1
            return None
        return born

    def _say(self, twice: set[str]) -> None:
        counts, notes = self._counts, self._notes
        if "demographics.csv" not in self._tables:
            notes.append(said("roster.no_birth_dates"))
        if counts.unnamed:
            notes.append(said("roster.no_identifier", count=counts.unnamed))
        if counts.bad_days:
            notes.append(said("roster.bad_birth_date", count=counts.bad_days))
        if counts.strange_schools:
            count = sum(counts.strange_schools.values())
            codes = ", ".join(sorted(counts.strange_schools)[:_SHOWN])
            notes.append(said("roster.school_unknown", count=count, schools=codes))
        if twice:
            notes.append(said("roster.twice", count=len(twice), numbers=", ".join(sorted(twice)[:_SHOWN])))
        if counts.bad_rows:
            rows = ", ".join(counts.bad_rows[:_SHOWN])
            notes.append(said("roster.bad_row", count=len(counts.bad_rows), lines=rows))


def usable(text: str) -> bool:
    """Whether a text may stand in the roster: a badge may show it."""
    return not fault_in(text) and len(text) <= _LONGEST and not text.startswith(FORMULA_STARTS)


def _ended(row: Mapping[str, str]) -> bool:
    return row.get("status", "").casefold() == "tobedeleted"
