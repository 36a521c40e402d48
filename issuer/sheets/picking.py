"""Students who were picked from the roster, as a sheet: a row for each, with one day for all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from issuer.roster.columns import COLUMNS
from issuer.roster.grid import SHEET_LIMITS
from issuer.roster.report import Student
from issuer.sheets.draft import PICKED, pasted, refused
from issuer.store import sheet_drafts
from issuer.store.session import Session

MOST_PICKED: Final = SHEET_LIMITS.max_rows
"""Students of one sheet."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Who was picked so far.

    Attributes:
        rows: A row of the sheet for each, in the order in which they were picked.
        earned: The day for all of them, as it was typed, or "".
    """

    rows: tuple[dict[str, str], ...] = ()
    earned: str = ""

    @property
    def numbers(self) -> frozenset[str]:
        """The students' numbers."""
        return frozenset(row["external_id"] for row in self.rows)

    def settle(self, shown: Collection[Student], ticked: Collection[str]) -> Picked:
        """After one page of the roster: who is ticked there is picked, who is not is picked no longer.

        Args:
            shown: The students of the page.
            ticked: Numbers that were ticked; others than those of the page are nobody's.

        Raises:
            AccessError: `draft_refused` for more than `MOST_PICKED`.
        """
        here = {one.student_id: one for one in shown}
        kept = [row for row in self.rows if row["external_id"] not in here or row["external_id"] in ticked]
        there = {row["external_id"] for row in kept}
        kept += [_row(one) for number, one in here.items() if number in ticked and number not in there]
        if len(kept) > MOST_PICKED:
            raise refused(f"one sheet takes {MOST_PICKED:,} students: issue these first")
        return replace(self, rows=tuple(kept))

    def sheet(self, certification: str) -> bytes:
        """As the bytes of a sheet."""
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        same = {"credential_code": certification, "date_earned": self.earned}
        writer.writerows(row | same for row in self.rows)
        return pasted(out.getvalue())


def picked(session: Session, district_id: str, draft_id: str) -> Picked:
    """Who was picked for a sheet so far; nobody where it came in another way."""
    row = sheet_drafts.draft(session, district_id, draft_id, whole=True)
    if row.kind != PICKED or row.sheet is None:
        return Picked()
    lines = csv.DictReader(io.StringIO(row.sheet.decode("utf-8-sig"), newline=""))
    return _picked(lines)


def _picked(lines: Iterable[dict[str, str]]) -> Picked:
    rows = [{name: line[name] for name in COLUMNS} for line in lines]
    earned = rows[0]["date_earned"] if rows else ""
    return Picked(tuple(rows), earned)


def _row(one: Student) -> dict[str, str]:
    """A student's row, under the name that they go by."""
    given, family = one.name
    known = {
        "external_id": one.student_id,
        "given_name": given,
        "family_name": family,
        "birth_date": one.birth_date.isoformat() if one.birth_date else "",
        "school_code": one.school_code,
    }
    return dict.fromkeys(COLUMNS, "") | known
