"""Take students' addresses, languages and teachers from a sheet: number, e-mail, language, teacher."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.claiming.codes import MOST_SHARING, read_address
from issuer.claiming.errors import ClaimError
from issuer.store import audit, contacts
from issuer.store.contacts import StudentContact
from issuer.store.session import Session, Store
from issuer.text import fault_in, normal

COLUMNS: Final = ("student_id", "email", "language", "teacher")
LARGEST: Final = 16 * 1024 * 1024
MOST_ROWS: Final = 200_000
LONGEST: Final = 100
_LANGUAGES: Final = {"": "en", "en": "en", "es": "es", "english": "en", "spanish": "es", "español": "es"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet changed.

    Attributes:
        taken: Students whose contact is new or other now.
        same: Students for whom it said what was known.
        refused: Line and what is wrong there.
    """

    taken: int
    same: int
    refused: tuple[tuple[int, str], ...]


def take(store: Store, district_id: str, data: bytes, *, now: datetime, actor: str) -> Taken:
    """Bring contacts up to a CSV file. A student's own address is the student's: no sheet touches it.

    Raises:
        ClaimError: `contact_refused` for what is no such file.
    """
    if len(data) > LARGEST:
        raise ClaimError("contact_refused", f"the file has more than {LARGEST} bytes: split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ClaimError("contact_refused", "save the file as CSV UTF-8, and try again") from fault
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"student_id", "email"} <= set(reader.fieldnames or ()):
        raise ClaimError("contact_refused", f"the first line names the columns: {', '.join(COLUMNS)}")
    wanted: dict[str, tuple[str | None, str, str]] = {}
    refused: list[tuple[int, str]] = []
    try:
        for row in reader:
            if len(wanted) + len(refused) >= MOST_ROWS:
                raise ClaimError("contact_refused", f"the file has more than {MOST_ROWS} rows: split it")
            try:
                number, said = _read(row)
            except ClaimError as fault:
                refused.append((reader.line_num, fault.message))
            else:
                wanted[number] = said
    except csv.Error as fault:
        raise ClaimError("contact_refused", f"line {reader.line_num} is no CSV") from fault
    changed = _write(store, district_id, wanted, now=now, actor=actor)
    return Taken(changed, len(wanted) - changed, tuple(refused))


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a roster's addresses changed.

    Attributes:
        taken: Students whose school address is new or other now.
        refused: Students for whom stands what is no address, or one of too many students at once.
    """

    taken: int
    refused: int


def take_addresses(
    session: Session,
    district_id: str,
    emails: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    dry_run: bool = False,
) -> Addresses:
    """Bring the school's addresses up to a roster. Where it has none, what is known stays as it is.

    An address of more than `MOST_SHARING` students is nobody's: systems fill in one for all of them.

    Args:
        session: A writing transaction.
        district_id: Whose students.
        emails: What stands in the roster, by student.
        now: When.
        actor: Who.
        dry_run: Only say what would change.
    """
    read: dict[str, str] = {}
    for number, text in emails.items():
        with suppress(ClaimError):
            read[number] = read_address(text)
    often = Counter(read.values())
    wanted = {number: one for number, one in read.items() if often[one] <= MOST_SHARING}
    known = contacts.contacts(session, district_id) if wanted else {}
    changed = 0
    for number, address in wanted.items():
        row = known.get(number)
        if row is not None and row.school_email == address:
            continue
        changed += 1
        if dry_run:
            continue
        if row is None:
            session.add(_new(district_id, number, address, now))
        else:
            row.school_email, row.updated = address, now
    if changed and not dry_run:
        _record(session, district_id, changed, now=now, actor=actor)
    return Addresses(changed, sum(map(bool, emails.values())) - len(wanted))


def _read(row: dict[str, str | None]) -> tuple[str, tuple[str | None, str, str]]:
    number, email, language, teacher = (normal(row.get(name) or "") for name in COLUMNS)
    for text in (number, teacher):
        if len(text) > LONGEST or fault_in(text) is not None:
            raise ClaimError("contact_refused", "a text is too long or has a bad character")
    if not number:
        raise ClaimError("contact_refused", "the student's number is missing")
    if language.casefold() not in _LANGUAGES:
        raise ClaimError("contact_refused", "the language is en or es")
    return number, (read_address(email) if email else None, _LANGUAGES[language.casefold()], teacher)


def _write(
    store: Store,
    district_id: str,
    wanted: dict[str, tuple[str | None, str, str]],
    *,
    now: datetime,
    actor: str,
) -> int:
    changed = 0
    with store.of(district_id).transaction() as session:
        known = contacts.contacts(session, district_id)
        for number, (email, language, teacher) in wanted.items():
            row = known.get(number)
            if row is not None and (row.school_email, row.language, row.teacher) == (
                email,
                language,
                teacher,
            ):
                continue
            changed += 1
            if row is None:
                row = _new(district_id, number, None, now)
                session.add(row)
            row.school_email, row.language, row.teacher, row.updated = email, language, teacher, now
        session.flush()
        if changed:
            _record(session, district_id, changed, now=now, actor=actor)
    return changed


def _new(district_id: str, student_id: str, address: str | None, now: datetime) -> StudentContact:
    return StudentContact(
        district_id=district_id,
        student_id=student_id,
        school_email=address,
        own_email=None,
        own_since=None,
        language=_LANGUAGES[""],
        teacher="",
        updated=now,
    )


def _record(session: Session, district_id: str, changed: int, *, now: datetime, actor: str) -> None:
    session.flush()
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="student-contacts.taken",
        subject=district_id,
        facts={"changed": changed},
    )
