"""Awards that a program hands in: held to the rules of a sheet's rows, and issued like them.

A program can say what a row of a sheet can say, and nothing else: which of the district's certifications,
which of its students, the day. What is signed is drafted from that by the district; no text of a program's
is signed that a registrar could not have typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from issuer.access import policy
from issuer.api.errors import ApiError, Fault
from issuer.api.keys import Key, Scope, check_policy
from issuer.award import Award
from issuer.district import district_catalogue, offer_decided
from issuer.errors import IssuerError
from issuer.issuance import Issued
from issuer.many import NotIssued, issue_many
from issuer.prepare import PrepareRefused
from issuer.roster import Menu, Outcome, Record, RowReport, SheetRules, check_records
from issuer.roster.columns import COLUMNS
from issuer.roster.tidy import tidied
from issuer.sheets.look import MENU
from issuer.store import api, queries, report_queries
from issuer.store.api_tables import FAILED, ISSUED, SKIPPED
from issuer.store.held import held
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from keys.signer import Signer

LONGEST_CELL: Final = 4_000
"""Characters of one member, before it is held to the rule of its column."""
AT: Final = {
    "MISSING_STUDENT_ID": "external_id", "STUDENT_NOT_FOUND": "external_id", "STUDENT_TWICE": "external_id",
    "UNKNOWN_SCHOOL": "school_code", "MISSING_DATE": "date_earned", "FUTURE_DATE": "date_earned",
    "DATES_DISAGREE": "date_earned", "MISSING_CODE": "credential_code", "UNKNOWN_CODE": "credential_code",
    "AMBIGUOUS_CODE": "credential_code", "BODY_DIFFERS": "certifying_body", "NAME_DIFFERS": "credential_name",
    "NOT_APPROVED": "credential_code", "MISSING_NUMBER": "number", "MISSING_EXPIRY": "expires_on",
    "EXPIRY_NOT_ALLOWED": "expires_on", "ALREADY_EXPIRED": "expires_on", "BAD_LINK": "evidence_url",
    "REF_REUSED": "award_ref", "ROSTER_NAME_DIFFERS": "given_name", "DUPLICATE_REF": "award_ref",
}  # fmt: skip
"""Which member a fault is about whose sentence names none."""


@dataclass(frozen=True, slots=True)
class Office:
    """Where, by whom and when awards are issued.

    Attributes:
        store: The database, for the rows of the district.
        district_id: Who issues.
        signer_of: Opens the district's key; None where this process may sign nothing.
        clock: Gives the time.
        entropy: Random bytes.
        key: For which program.
    """

    store: Store
    district_id: str
    signer_of: Callable[[str], Signer] | None
    clock: Callable[[], datetime]
    entropy: Entropy
    key: Key

    def signer(self) -> Signer:
        """Who signs.

        Raises:
            ApiError: `cannot_sign_here`.
        """
        if self.signer_of is None:
            raise ApiError("cannot_sign_here", "the district's key is not open to this process")
        try:
            return self.signer_of(self.district_id)
        except ValueError as fault:
            raise ApiError("cannot_sign_here", "the district's key cannot be opened here") from fault

    def check_policy(self, scope: Scope) -> None:
        """Refuse what the district wants two people for and one made the key for.

        Raises:
            ApiError: `two_people`.
        """
        with self.store.reading() as session:
            asked = policy.read(session, self.district_id)
        check_policy(asked, self.key, scope)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one award.

    Attributes:
        row: Which, counted from 1.
        student_id: Whose, as it was handed in.
        award_ref: Its reference, as it was handed in or made.
        state: `issued`, `skipped` (there before), `failed`, or `waiting` in a batch that is carried out.
        credential_id: Its credential, where there is one.
        code: What is wrong or worth knowing, "" for nothing.
        column: Which member that is about, "" for none.
        why: The same in words.
        first: Whether the credential was signed just now.
    """

    row: int
    student_id: str
    award_ref: str
    state: str
    credential_id: str | None
    code: str = ""
    column: str = ""
    why: str = ""
    first: bool = False

    def fault(self, at: str = "") -> Fault:
        """What is wrong with it, where something is."""
        pointer = f"{at}/{self.column}" if self.column else at
        return Fault(self.code, self.why, pointer, self.row, self.column)


def parse_record(value: Any, row: int, at: str) -> Record:
    """An award as a program writes it: texts under the names of a sheet's columns.

    Args:
        value: A JSON value.
        row: Its number, counted from 1.
        at: Where it stands in the body.

    Raises:
        ApiError: `bad_request`.
    """
    if not isinstance(value, Mapping):
        raise _bad("an award is an object", at, row)
    for name in sorted(set(value) - set(COLUMNS)):
        raise _bad(f"{name[:80]} is no member of an award", f"{at}/{_escaped(name[:80])}", row)
    cells = {}
    for name in COLUMNS:
        text = value.get(name, "")
        if not isinstance(text, str) or len(text) > LONGEST_CELL:
            raise _bad(f"{name} is a text of at most {LONGEST_CELL} characters", f"{at}/{name}", row, name)
        cells[name] = tidied(text)
    return Record(row, cells)


def rules(session: Session, district_id: str, records: Sequence[Record], *, now: datetime) -> SheetRules:
    """What awards are checked against, read for these students and references alone."""
    catalogue = district_catalogue(session, district_id)
    offered = {row.code for row in queries.achievements(session, district_id)}
    students = {one.values["external_id"] for one in records}
    has = held(session, district_id, students=sorted(students - {""}))
    refs = {one.values["award_ref"] for one in records} - {""}
    return SheetRules(
        now.astimezone().date(),
        catalogue,
        queries.schools(session, district_id),
        api.students(session, district_id, students),
        api.issued_before(session, district_id, refs),
        has,
        Menu(MENU, frozenset(one.code for one in catalogue.entries if one.code in offered)),
    )


def checked(office: Office, records: Sequence[Record], *, exact: bool = False) -> tuple[RowReport, ...]:
    """What would become of each award. Nothing is issued.

    Args:
        office: Where, by whom and when.
        records: The awards.
        exact: Whether an award is refused whose name is not the one that the roster has, where else the
            roster's name is taken and a note says so.
    """
    with office.store.reading() as session:
        against = rules(session, office.district_id, records, now=office.clock())
    reports = check_records(records, against)
    return tuple(_exact(one) for one in reports) if exact else reports


def issue_records(office: Office, records: Sequence[Record], *, exact: bool = False) -> list[RowResult]:
    """Issue what is ready among some awards, or give back what was issued for them.

    Args:
        office: Where, by whom and when.
        records: The awards, at most as many as go together (`many.MOST_TOGETHER`).
        exact: As `checked`.

    Raises:
        ApiError: `cannot_sign_here`.
        IssuerError: As `many.issue_many`; what is wrong with one award is its result.
    """
    signer = office.signer()
    offer_decided(office.store, office.district_id, now=office.clock(), actor=office.key.actor)
    reports = checked(office, records, exact=exact)
    ready = [(report, report.award) for report in reports if report.award is not None]
    with office.store.transaction() as session:
        # Before the badges, so that no crash leaves a badge of which nobody knows the school.
        for _, row in ready:
            report_queries.put_school(session, office.district_id, row.award_ref, row.school_code)
    made = issue_many(
        [Award.from_row(row) for _, row in ready],
        store=office.store,
        district_id=office.district_id,
        signer=signer,
        now=office.clock(),
        entropy=office.entropy,
        actor=office.key.actor,
        once=True,
    )
    by_line = {report.line: one for (report, _), one in zip(ready, made, strict=True)}
    return [
        _settled(office, report, record, by_line.get(report.line))
        for report, record in zip(reports, records, strict=True)
    ]


def unready(office: Office, report: RowReport, record: Record) -> RowResult:
    """What is said of an award that is not issued: what is wrong with it, or that it was issued before."""
    return _settled(office, report, record, None)


def _exact(report: RowReport) -> RowReport:
    if report.code != "WARN_NAME_DIFFERS":
        return report
    why = "The roster has another name for this student. Send the roster's, or leave the name out."
    return RowReport(report.line, report.award_ref, Outcome.REJECT, "ROSTER_NAME_DIFFERS", why)


def column_of(report: RowReport) -> str:
    """Which member the first fault of an award is about; "" where it is about all of it."""
    if not report.code or report.outcome is not Outcome.REJECT:
        return ""
    named = report.words[0].facts.get("column", "") if report.words else ""
    return named if named in COLUMNS else AT.get(report.code, "")


def _settled(office: Office, report: RowReport, record: Record, made: Issued | NotIssued | None) -> RowResult:
    student_id = record.values["external_id"][:64]
    base = (report.line, student_id, report.award_ref[:120])
    if isinstance(made, Issued):
        notes = " ".join((report.why if report.code else "", *(one.text for one in report.notes))).strip()
        return RowResult(*base, ISSUED, made.credential_id, report.code, "", notes, made.first)
    if made is not None:
        return RowResult(*base, FAILED, None, made.code.upper(), "", _why(made))
    if report.outcome is Outcome.SKIP:
        found = _standing(office, report, record)
        return RowResult(*base, SKIPPED, found, report.code, "", report.why)
    return RowResult(*base, FAILED, None, report.code, column_of(report), report.why)


def _standing(office: Office, report: RowReport, record: Record) -> str | None:
    """The credential that an award has already, under its own reference or another one."""
    with office.store.reading() as session:
        own = queries.credential_of_award(session, office.district_id, report.award_ref)
        if own is not None:
            return own.id
        of_student = held(session, office.district_id, record.values["external_id"])
        refs = [one.award_ref for found in of_student.values() for one in found]
        said = report.words[0].facts.get("ref", "") if report.words else ""
        other = queries.credential_of_award(session, office.district_id, said) if said in refs else None
        return other.id if other else None


def _why(made: NotIssued) -> str:
    if isinstance(made, PrepareRefused):
        return " ".join(f"{one.message}." for one in made.faults)
    return f"{made.message[:1].upper()}{made.message[1:]}." if isinstance(made, IssuerError) else f"{made}."


def _bad(message: str, pointer: str, row: int, column: str = "") -> ApiError:
    return ApiError("bad_request", message, [Fault("bad_member", message, pointer, row, column)])


def _escaped(name: str) -> str:
    """A name inside a JSON Pointer (RFC 6901, 3)."""
    return name.replace("~", "~0").replace("/", "~1")
