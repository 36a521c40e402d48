"""A sheet of awards: read, match columns, check rows. Every row gets an outcome and a sentence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from issuer.catalog.catalogue import Catalogue
from issuer.roster.cells import SHEET_LIMITS, Cells, Limits, Line, read_cells
from issuer.roster.columns import COLUMNS, match_columns
from issuer.roster.days import Order
from issuer.roster.report import AwardRow, Outcome, RowReport, SheetReport, Student
from issuer.roster.row import RowRules, check_row
from issuer.text import normal


def read_sheet(
    data: bytes,
    *,
    run_date: date,
    catalogue: Catalogue,
    schools: Collection[str],
    roster: Mapping[str, Student] | None = None,
    issued: Mapping[str, str] = MappingProxyType({}),
    date_order: Order | None = None,
    limits: Limits = SHEET_LIMITS,
) -> SheetReport:
    """What would become of each row if the sheet were issued on a day. Nothing is issued.

    Args:
        data: A CSV file: UTF-8 with or without a mark, or cp1252; separated by comma, semicolon or tab.
        run_date: Today, where the district is.
        catalogue: What may be awarded.
        schools: The district's school codes.
        roster: Students by number; None where the district has imported none.
        issued: Fingerprint of what was issued before, by award reference.
        date_order: How the sheet writes days with slashes, where somebody has said.
        limits: How much is read.

    Raises:
        SheetError: Nothing of the file can be taken.
    """
    cells = read_cells(data, limits)
    places, unknown = match_columns(cells.header)
    unpadded = {number.lstrip("0"): number for number in roster or ()}
    rules = RowRules(run_date, catalogue, frozenset(schools), roster, date_order, unpadded)
    sheet = _Sheet(cells, places, rules, issued)
    rows = tuple(sheet.report(line) for line in cells.lines)
    return SheetReport(rows, MappingProxyType(places), unknown, cells.blank, cells.encoding, cells.delimiter)


@dataclass(slots=True)
class _Seen:
    """The rows so far."""

    by_ref: dict[str, tuple[int, str]] = field(default_factory=dict)
    by_award: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)


class _Sheet:
    """One pass over the rows, which remembers what it has seen."""

    def __init__(
        self, cells: Cells, places: Mapping[str, int], rules: RowRules, issued: Mapping[str, str]
    ) -> None:
        self._width = len(cells.header)
        self._places = places
        self._rules = rules
        self._issued = issued
        self._seen = _Seen()

    def report(self, line: Line) -> RowReport:
        values = {name: self._cell(line, name) for name in COLUMNS}
        mark = fingerprint(values)
        ref = values["award_ref"]
        if ref:
            earlier, earlier_mark = self._seen.by_ref.setdefault(ref, (line.number, mark))
            if earlier != line.number and earlier_mark == mark:
                return RowReport(
                    line.number, ref, Outcome.SKIP, "DUPLICATE_REF", f"This is row {earlier} again."
                )
            if earlier != line.number:
                why = f"Row {earlier} has the reference {ref} for another award. Give this row its own."
                return RowReport(line.number, ref, Outcome.REJECT, "REF_REUSED", why)
        extra = any(line.cells[self._width :])
        checked = check_row(line.number, values, mark, self._rules, extra_cells=extra)
        return self._once(checked) if checked.award else checked

    def _once(self, row: RowReport) -> RowReport:
        """A ready row, unless the same award stands above or was issued before."""
        award = row.award
        if award is None:
            return row
        before = self._issued.get(row.award_ref)
        if before == award.fingerprint:
            return _instead(
                row, Outcome.SKIP, "ALREADY_ISSUED", "This row was issued before. Nothing is done."
            )
        if before is not None:
            why = (
                f"{row.award_ref} was issued with other content. Correct that badge, or use a new reference."
            )
            return _instead(row, Outcome.REJECT, "REF_REUSED", why)
        earlier, content = self._seen.by_award.setdefault(self._award_key(award), (row.line, _content(award)))
        if earlier == row.line:
            return row
        if content == _content(award):
            why = f"Row {earlier} has the same award under another reference. Nothing is done."
            return _instead(row, Outcome.SKIP, "DUPLICATE_AWARD", why)
        why = f"Row {earlier} has the same award of the same day with other details. Keep one of the two."
        return _instead(row, Outcome.REJECT, "DUPLICATE_AWARD", why)

    def _award_key(self, award: AwardRow) -> tuple[str, ...]:
        entry = self._rules.catalogue.get(award.credential_code)
        which = award.number if entry and entry.versioned else ""
        return award.student_id, award.credential_code, award.date_earned.isoformat(), which

    def _cell(self, line: Line, name: str) -> str:
        place = self._places.get(name)
        return normal(line.cells[place]) if place is not None and place < len(line.cells) else ""


def fingerprint(values: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of what a row says in the columns that we read."""
    text = json.dumps([values[name] for name in COLUMNS], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _content(award: AwardRow) -> str:
    return json.dumps([award.number, award.score, str(award.last_day), award.evidence_url, award.evaluator])


def _instead(row: RowReport, outcome: Outcome, code: str, why: str) -> RowReport:
    return RowReport(row.line, row.award_ref, outcome, code, why)
