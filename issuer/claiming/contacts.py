"""Take students' addresses, languages and teachers from a sheet: number, e-mail, language, teacher."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.claiming.codes import read_address
from issuer.claiming.errors import ClaimError
from issuer.store import audit, contacts
from issuer.store.contacts import StudentContact
from issuer.store.session import Store
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
            if row is None:
                row = StudentContact(
                    district_id=district_id,
                    student_id=number,
                    school_email=None,
                    own_email=None,
                    own_since=None,
                    language="",
                    teacher="",
                    updated=now,
                )
                session.add(row)
            if (row.school_email, row.language, row.teacher) != (email, language, teacher):
                row.school_email, row.language, row.teacher, row.updated = email, language, teacher, now
                changed += 1
        session.flush()
        if changed:
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="student-contacts.taken",
                subject=district_id,
                facts={"changed": changed},
            )
    return changed
