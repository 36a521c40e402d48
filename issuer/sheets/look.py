"""Read and check a sheet in work, under the rules of the day and of the school that it is confined to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from issuer.catalog import Catalogue, Entry
from issuer.district import district_catalogue
from issuer.roster import Checked, Fixes, Level, Menu, Reading, SheetError, SheetRules, check, read_any
from issuer.sheets.draft import Draft
from issuer.store import queries, sheet_drafts, students
from issuer.store.held import held
from issuer.store.session import Session

MENU = "district's own"
"""What a sentence about a certification that the district does not offer calls its list."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a sheet in work says now.

    Attributes:
        against: What it was checked against.
        checked: Its rows; None where there is no sheet, or nothing of it can be taken yet.
        refused: Why nothing of it can be taken: a question, or what is wrong with it.
    """

    against: SheetRules
    checked: Checked | None = None
    refused: SheetError | None = None

    @property
    def reading(self) -> Reading | None:
        """The sheet as it was read."""
        return self.checked.reading if self.checked else None

    @property
    def levels(self) -> Counter[Level]:
        """How many rows ask how much of a person."""
        return Counter(one.level for one in self.checked.report.rows) if self.checked else Counter()


def offered(session: Session, district_id: str) -> tuple[Entry, ...]:
    """The certifications that the district can issue, by name."""
    catalogue = district_catalogue(session, district_id)
    codes = {row.code for row in queries.achievements(session, district_id)}
    return tuple(sorted((one for one in catalogue.entries if one.code in codes), key=lambda one: one.name))


def rules(session: Session, district_id: str, *, school: str | None, run_date: date) -> SheetRules:
    """What rows are checked against: of one school alone where a sheet is confined to it."""
    catalogue: Catalogue = district_catalogue(session, district_id)
    schools = queries.schools(session, district_id)
    roster = students.roster(session, district_id)
    if school is not None:
        schools = {code: name for code, name in schools.items() if code == school}
        if roster is not None:
            roster = {number: one for number, one in roster.items() if one.school_code == school}
    return SheetRules(
        run_date,
        catalogue,
        schools,
        roster,
        queries.issued_before(session, district_id),
        held(session, district_id),
        Menu(MENU, frozenset(one.code for one in offered(session, district_id))),
    )


def look_at(
    session: Session,
    district_id: str,
    draft: Draft,
    *,
    run_date: date,
    sheet: bytes | None = None,
    answers: Mapping[str, str] | None = None,
    fixes: Fixes | None = None,
) -> Look:
    """Read and check a sheet in work. Nothing is written.

    Args:
        session: A transaction.
        district_id: Whose sheet.
        draft: Which.
        run_date: Today, where the district is.
        sheet: Another sheet than the one that is kept, to see whether it can be taken.
        answers: Other answers than those that are kept, to see whether they can be taken.
        fixes: Likewise other corrections.
    """
    against = rules(session, district_id, school=draft.school, run_date=run_date)
    data = sheet or sheet_drafts.draft(session, district_id, draft.id, whole=True).sheet
    if data is None:
        return Look(against)
    layout = students.remembered(session, district_id, "awards")
    given = said(draft, answers)
    return read_and_check(data, against, layout, given, draft.fixes if fixes is None else fixes)


def said(draft: Draft, answers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Everything that is known to have been said about a sheet: its answers, and its certification."""
    given = dict(draft.answers if answers is None else answers)
    if draft.certification:
        given["credential_code"] = draft.certification
    return given


def read_and_check(
    data: bytes, against: SheetRules, layout: Mapping[str, str], given: Mapping[str, str], fixes: Fixes
) -> Look:
    """Read a sheet and check its rows.

    Args:
        data: Its bytes.
        against: The rules.
        layout: What was learnt about the district's sheets.
        given: What was said about this one.
        fixes: Corrections to its rows.
    """
    try:
        reading = read_any(data, known=against.known(layout), answers=given)
        return Look(against, check(reading, against, fixes))
    except SheetError as fault:
        return Look(against, refused=fault)
