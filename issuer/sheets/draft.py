"""A sheet in work: what was given, answered and corrected so far. Every step is kept as it is taken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.roles import Role, check_school
from issuer.errors import IssuerError
from issuer.roster import Fix, Fixes
from issuer.roster.columns import COLUMNS
from issuer.store import audit, sheet_drafts
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import HANDED, LARGEST_SHEET, OPEN, SheetDraft
from issuer.store.status_lists import Entropy, random_name

MOST_DRAFTS: Final = 500
"""Sheets in work of one district. A page shows them all."""
MOST_ANSWERS: Final = 200
LONGEST_ANSWER: Final = 200
MOST_FIXES: Final = 20_000
"""Cells and rows of one sheet that somebody corrects."""
LONGEST_CELL: Final = 1_000
FILE, PASTED, ONE, PICKED = "file", "paste", "one", "roster"
"""How a sheet came: as a file, pasted, as a form about one student, or as students who were picked."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet in work, without its bytes.

    Attributes:
        id: Its name.
        created_by: The audit's actor who began it.
        updated_by: The audit's actor who took its last step.
        updated: When that was.
        school: The one school that it is confined to, where a clerk began it; None for any.
        certification: The catalogue's code for every row, or "" where the sheet says it.
        kind: How the sheet came: `file`, `paste`, `one`, `roster`, or "" while there is none.
        sha256: Of the sheet, in hexadecimal, or "".
        answers: What was said about the sheet, by the key of the question.
        fixes: Corrections to its rows.
        recorded_by: The actors who gave the sheet or changed its rows.
        state: As `store.sheet_drafts` has them.
        request_id: What waits for a second person, or None.
    """

    id: str
    created_by: str
    updated_by: str
    updated: datetime
    school: str | None
    certification: str
    kind: str
    sha256: str
    answers: Mapping[str, str]
    fixes: Fixes
    recorded_by: tuple[str, ...]
    state: str
    request_id: str | None

    @classmethod
    def of(cls, row: SheetDraft) -> Self:
        """What a row says."""
        return cls(
            row.id,
            row.created_by,
            row.updated_by,
            row.updated,
            row.school,
            row.certification,
            row.kind,
            row.sha256,
            row.answers,
            fixes_of(row.fixes),
            tuple(row.recorded_by),
            row.state,
            row.request_id,
        )

    @property
    def can_change(self) -> bool:
        """Whether its rows may still be changed."""
        return self.state in (OPEN, HANDED)


def start(store: Store, person: Person, *, now: datetime, entropy: Entropy) -> Draft:
    """Begin a sheet. A clerk's is confined to the clerk's school for as long as it lasts.

    Raises:
        AccessError: `draft_refused` where the district has too many.
    """
    with store.of(person.district_id).transaction() as session:
        if sheet_drafts.count(session, person.district_id) >= MOST_DRAFTS:
            raise refused(f"{MOST_DRAFTS} sheets are in work: throw away those that nobody needs")
        row = SheetDraft(
            district_id=person.district_id,
            id=random_name(entropy),
            created_by=person.actor,
            created=now,
            updated_by=person.actor,
            updated=now,
            school=person.school,
            certification="",
            kind="",
            sheet=None,
            sha256="",
            answers={},
            fixes={"fixes": [], "skip": []},
            recorded_by=[],
            state=OPEN,
            request_id=None,
        )
        session.add(row)
        session.flush()
        say(session, row, "sheet.begun", person.actor, now)
        return Draft.of(row)


def find(session: Session, person: Person, draft_id: str) -> Draft:
    """A sheet that a person may see: to a clerk, one of another school is not there.

    Raises:
        IssuerError: `not_found`.
    """
    row = sheet_drafts.draft(session, person.district_id, draft_id)
    _check_own(person, row)
    return Draft.of(row)


def in_work(session: Session, person: Person) -> tuple[Draft, ...]:
    """All sheets that a person may see, latest first."""
    school = person.school if person.role is Role.CLERK else None
    rows = sheet_drafts.drafts(session, person.district_id, school, MOST_DRAFTS)
    return tuple(Draft.of(row) for row in rows)


def choose(store: Store, person: Person, draft_id: str, certification: str, *, now: datetime) -> None:
    """Say which certification every row is about; "" where the sheet says it."""
    with _changing(store, person, draft_id, now) as (session, row):
        row.certification = certification
        say(session, row, "sheet.certification-chosen", person.actor, now, code=certification)


def take(store: Store, person: Person, draft_id: str, sheet: bytes, kind: str, *, now: datetime) -> None:
    """Keep a sheet. What was answered and corrected for another one is forgotten.

    Raises:
        AccessError: `draft_refused` for more bytes than are kept, or where its rows can change no longer.
    """
    if len(sheet) > LARGEST_SHEET:
        raise refused(f"the sheet is larger than {LARGEST_SHEET // 1_048_576} MB: split it", "file")
    with _changing(store, person, draft_id, now) as (session, row):
        sha256 = hashlib.sha256(sheet).hexdigest()
        if row.sha256 != sha256:
            row.answers, row.fixes = {}, {"fixes": [], "skip": []}
        row.sheet, row.kind, row.sha256 = sheet, kind, sha256
        say(session, row, "sheet.taken", person.actor, now, sha256=sha256, kind=kind)


def answer(store: Store, person: Person, draft_id: str, answers: Mapping[str, str], *, now: datetime) -> None:
    """Say something about the sheet; a later answer takes the place of an earlier one, and "" takes it back.

    Raises:
        AccessError: `draft_refused`.
    """
    with _changing(store, person, draft_id, now) as (session, row):
        whole = {key: text for key, text in ({**row.answers, **answers}).items() if text}
        longest = max((len(one) for pair in whole.items() for one in pair), default=0)
        if len(whole) > MOST_ANSWERS or longest > LONGEST_ANSWER:
            raise refused("there is more to say about this sheet than can be kept: mend it and give it again")
        row.answers = whole
        say(session, row, "sheet.answered", person.actor, now, keys=sorted(answers))


def fix(store: Store, person: Person, draft_id: str, fixes: Fixes, *, now: datetime) -> None:
    """Correct cells and leave rows out, without touching the file.

    Raises:
        AccessError: `draft_refused`.
    """
    with _changing(store, person, draft_id, now) as (session, row):
        _put_fixes(row, fixes_of(row.fixes) + fixes)
        lines = sorted(fixes.lines)
        say(session, row, "sheet.corrected", person.actor, now, lines=lines[:100], count=len(lines))


def put_back(store: Store, person: Person, draft_id: str, line: int, *, now: datetime) -> None:
    """Take a row that was left out back in."""
    with _changing(store, person, draft_id, now) as (session, row):
        before = fixes_of(row.fixes)
        _put_fixes(row, Fixes(before.cells, before.skip - {line}))
        say(session, row, "sheet.corrected", person.actor, now, lines=[line], count=1)


def hand_over(store: Store, person: Person, draft_id: str, *, now: datetime) -> None:
    """Say that the rows are ready for somebody who may issue them."""
    with _changing(store, person, draft_id, now, recording=False) as (session, row):
        row.state = HANDED
        say(session, row, "sheet.handed-over", person.actor, now)


def discard(store: Store, person: Person, draft_id: str, *, now: datetime) -> None:
    """Throw a sheet away. What was issued from it stays.

    Raises:
        AccessError: `draft_refused` while a second person is asked, or rows are being issued.
    """
    with store.of(person.district_id).transaction() as session:
        row = sheet_drafts.draft(session, person.district_id, draft_id, lock=True)
        _check_own(person, row)
        if row.state in (sheet_drafts.ASKED, sheet_drafts.ISSUING):
            raise refused("its badges are being issued or wait for a second person: finish that first")
        say(session, row, "sheet.discarded", person.actor, now)
        sheet_drafts.remove(session, person.district_id, draft_id)


def one_row(values: Mapping[str, str]) -> bytes:
    """A form about one student as a sheet of one row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow({name: values.get(name, "") for name in COLUMNS})
    return pasted(out.getvalue())


def pasted(text: str) -> bytes:
    """Text as the bytes of a sheet; a mark at the beginning says in which letters it is."""
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")


def fixes_of(kept: Mapping[str, Any]) -> Fixes:
    """Corrections as they are kept."""
    return Fixes(
        tuple(Fix(one["line"], one["column"], one["value"]) for one in kept["fixes"]),
        frozenset(kept["skip"]),
    )


def refused(message: str, field: str = "") -> AccessError:
    """A step that cannot be taken."""
    return AccessError("draft_refused", message, field)


def say(session: Session, row: SheetDraft, action: str, actor: str, now: datetime, **facts: Any) -> None:
    """The audit's row about a step."""
    audit.record(session, row.district_id, at=now, actor=actor, action=action, subject=row.id, facts=facts)


@contextmanager
def _changing(
    store: Store, person: Person, draft_id: str, now: datetime, *, recording: bool = True
) -> Iterator[tuple[Session, SheetDraft]]:
    """One step of somebody's, on a sheet whose rows may still change."""
    with store.of(person.district_id).transaction() as session:
        row = sheet_drafts.draft(session, person.district_id, draft_id, lock=True)
        _check_own(person, row)
        if row.state not in (OPEN, HANDED):
            raise refused("its badges are ordered already, so its rows change no longer: begin another sheet")
        row.updated, row.updated_by = now, person.actor
        if recording:
            row.recorded_by = sorted({*row.recorded_by, person.actor})
        yield session, row


def _put_fixes(row: SheetDraft, fixes: Fixes) -> None:
    if len(fixes.cells) + len(fixes.skip) > MOST_FIXES:
        raise refused(f"more than {MOST_FIXES:,} corrections: mend the sheet and give it again")
    _check_lengths(one.value for one in fixes.cells)
    row.fixes = {
        "fixes": [{"line": one.line, "column": one.column, "value": one.value} for one in fixes.cells],
        "skip": sorted(fixes.skip),
    }


def _check_lengths(texts: Iterable[str]) -> None:
    if any(len(one) > LONGEST_CELL for one in texts):
        raise refused(f"a cell takes at most {LONGEST_CELL:,} characters")


def _check_own(person: Person, row: SheetDraft) -> None:
    try:
        check_school(person.role, person.school, row.school)
    except IssuerError as fault:
        raise IssuerError("not_found", "there is no such sheet") from fault
