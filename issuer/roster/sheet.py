"""A sheet of awards: read, match columns, check rows. Every row gets an outcome and a sentence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from issuer.catalog.catalogue import Catalogue
from issuer.catalog.errors import LookupRefused
from issuer.roster.columns import COLUMNS, FROM_ROSTER
from issuer.roster.days import Order
from issuer.roster.fixes import Fixes, apply
from issuer.roster.grid import SHEET_LIMITS, Limits
from issuer.roster.match import Known
from issuer.roster.reading import Reading, read_any
from issuer.roster.report import AwardRow, Note, Outcome, RowReport, SheetReport, Student
from issuer.roster.row import Menu, RowRules, check_row
from issuer.roster.values import Record, unpadded
from issuer.roster.words import said

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Held:
    """An award that a student has: when it was earned, the body's number, the district's reference."""

    date_earned: date
    number: str
    award_ref: str


@dataclass(frozen=True, slots=True)
class SheetRules:
    """What the rows of a sheet are checked against.

    Args:
        run_date: Today, where the district is.
        catalogue: What may be awarded.
        schools: The district's schools: code to name.
        roster: Students by number; None where the district has imported none.
        issued: Fingerprint of what was issued before, by award reference.
        held: What students have, by their number and the catalogue's code.
        menu: What the district has approved; None where everything of the catalogue may be awarded.
    """

    run_date: date
    catalogue: Catalogue
    schools: Mapping[str, str]
    roster: Mapping[str, Student] | None = None
    issued: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    held: Mapping[tuple[str, str], tuple[Held, ...]] = field(default_factory=lambda: MappingProxyType({}))
    menu: Menu | None = None

    def known(self, remembered: Mapping[str, str] = NOTHING) -> Known:
        """What recognises the content of a sheet."""
        return Known(self.schools, self.roster, self._is_credential, remembered)

    def _is_credential(self, text: str) -> bool:
        try:
            self.catalogue.find(code=text)
        except LookupRefused as refused:
            return refused.code == "AMBIGUOUS_CODE"
        return True


@dataclass(frozen=True, slots=True)
class Checked:
    """A sheet whose rows were checked, with what is needed to check one of them again.

    Args:
        reading: The sheet as it was read, without corrections.
        fixes: The corrections that are applied.
        singles: Each row as it stands alone.
        report: Each row beside the others.
    """

    reading: Reading
    fixes: Fixes
    singles: tuple[RowReport, ...]
    report: SheetReport


def read_sheet(
    data: bytes,
    *,
    run_date: date,
    catalogue: Catalogue,
    schools: Collection[str],
    roster: Mapping[str, Student] | None = None,
    issued: Mapping[str, str] = NOTHING,
    date_order: Order | None = None,
    limits: Limits = SHEET_LIMITS,
) -> SheetReport:
    """What would become of each row if the sheet were issued on a day. Nothing is issued.

    Args:
        data: CSV in any of its forms, .xlsx, .xls or .ods.
        run_date: Today, where the district is.
        catalogue: What may be awarded.
        schools: The district's school codes, or their names by code.
        roster: Students by number; None where the district has imported none.
        issued: Fingerprint of what was issued before, by award reference.
        date_order: How the sheet writes days with slashes, where somebody has said.
        limits: How much is read.

    Raises:
        SheetError: Nothing of the file can be taken.
    """
    named = schools if isinstance(schools, Mapping) else dict.fromkeys(schools, "")
    against = SheetRules(run_date, catalogue, named, roster, issued)
    answers = {"dates": date_order.value} if date_order else {}
    return check(read_any(data, known=against.known(), answers=answers, limits=limits), against).report


def check(reading: Reading, against: SheetRules, fixes: Fixes | None = None) -> Checked:
    """Check every row of a sheet, with corrections where a person has made some.

    Raises:
        SheetError: BAD_FIXES.
    """
    given = fixes or Fixes()
    mended = apply(reading, given)
    rules = _rules(against, reading.order)
    singles = tuple(_single(record, rules) for record in mended.records)
    return Checked(reading, given, singles, _report(mended, singles, against))


def recheck(checked: Checked, fixes: Fixes, against: SheetRules) -> Checked:
    """Apply further corrections. Only their rows are checked again; then all stand beside each other anew.

    Raises:
        SheetError: BAD_FIXES.
    """
    return check_instead(checked, checked.fixes + fixes, against)


def check_records(records: Sequence[Record], against: SheetRules) -> tuple[RowReport, ...]:
    """Check rows that come from no sheet, each alone and then beside the others.

    Args:
        records: The rows, with a text for each of `columns.COLUMNS`.
        against: The rules.
    """
    rules, beside = _rules(against, None), _Beside(against)
    return tuple(beside.settle(_single(record, rules), record) for record in records)


def check_instead(checked: Checked, fixes: Fixes, against: SheetRules) -> Checked:
    """With these corrections in place of those that were made; rows that say the same are not checked again.

    Args:
        checked: The sheet as it was checked against the same rules.
        fixes: All corrections.
        against: Those rules.

    Raises:
        SheetError: BAD_FIXES.
    """
    mended = apply(checked.reading, fixes)
    before, after = _by_line(checked.fixes), _by_line(fixes)
    rules = _rules(against, checked.reading.order)
    singles = tuple(
        single if before.get(record.line) == after.get(record.line) else _single(record, rules)
        for record, single in zip(mended.records, checked.singles, strict=True)
    )
    return Checked(checked.reading, fixes, singles, _report(mended, singles, against))


def _by_line(fixes: Fixes) -> dict[int, set[tuple[str, str]]]:
    """What is corrected in each row; a row that is left out has a mark that no column has."""
    found: dict[int, set[tuple[str, str]]] = {line: {("", "")} for line in fixes.skip}
    for one in fixes.cells:
        found.setdefault(one.line, set()).add((one.column, one.value))
    return found


def _rules(against: SheetRules, order: Order | None) -> RowRules:
    return RowRules(
        against.run_date,
        against.catalogue,
        frozenset(against.schools),
        against.roster,
        order,
        unpadded(against.roster or ()),
        unpadded(against.schools),
        against.menu,
    )


def _single(record: Record, rules: RowRules) -> RowReport:
    """One row alone."""
    written = {name: record.values[name] for name in COLUMNS}
    if record.skip:
        return _said(record.line, written["award_ref"], Outcome.SKIP, "LEFT_OUT")
    student = rules.roster.get(written["external_id"]) if rules.roster else None
    values = written
    if student:
        given, family = student.name
        from_roster = {"given_name": given, "family_name": family, "school_code": student.school_code}
        values = written | {name: written[name] or from_roster[name] for name in FROM_ROSTER}
    # The mark is of what the sheet says: a roster that changes later makes no other row of it.
    return check_row(record, values, fingerprint(written), rules)


def _report(reading: Reading, singles: tuple[RowReport, ...], against: SheetRules) -> SheetReport:
    beside = _Beside(against)
    rows = tuple(beside.settle(row, record) for row, record in zip(singles, reading.records, strict=True))
    return SheetReport(
        rows,
        reading.places,
        reading.unknown,
        reading.blank,
        reading.grid.encoding,
        reading.grid.delimiter,
        reading.notes,
        reading.questions,
        reading.layout,
    )


class _Beside:
    """One pass over the rows, which remembers what it has seen."""

    def __init__(self, against: SheetRules) -> None:
        self._against = against
        self._by_ref: dict[str, tuple[int, str]] = {}
        self._by_award: dict[tuple[str, ...], tuple[int, str]] = {}

    def settle(self, row: RowReport, record: Record) -> RowReport:
        """A row, unless it stands above already or was issued before."""
        if row.code == "LEFT_OUT":
            return row
        ref = record.values["award_ref"]
        if ref:
            mark = fingerprint(record.values)
            earlier, earlier_mark = self._by_ref.setdefault(ref, (row.line, mark))
            if earlier != row.line and earlier_mark == mark:
                return _said(row.line, ref, Outcome.SKIP, "DUPLICATE_REF", row=earlier)
            if earlier != row.line:
                return _said(row.line, ref, Outcome.REJECT, "REF_REUSED", row=earlier, ref=ref)
        return self._once(row, row.award) if row.award else row

    def _once(self, row: RowReport, award: AwardRow) -> RowReport:
        before = self._against.issued.get(row.award_ref)
        if before == award.fingerprint:
            return _instead(row, Outcome.SKIP, "ALREADY_ISSUED")
        if before is not None:
            return _instead(row, Outcome.REJECT, "REF_REUSED", "issued", ref=row.award_ref)
        key = self._award_key(award)
        earlier, content = self._by_award.setdefault(key, (row.line, _content(award)))
        if earlier != row.line:
            if content == _content(award):
                return _instead(row, Outcome.SKIP, "DUPLICATE_AWARD", row=earlier)
            return _instead(row, Outcome.REJECT, "DUPLICATE_AWARD", "differs", row=earlier)
        return self._beside_held(row, award)

    def _beside_held(self, row: RowReport, award: AwardRow) -> RowReport:
        """What the student has already: the same of the same day is skipped, an earlier one is a renewal."""
        entry = self._against.catalogue.get(award.credential_code)
        held = [
            one
            for one in self._against.held.get((award.student_id, award.credential_code), ())
            if one.award_ref != award.award_ref
            and not (entry and entry.versioned and one.number != award.number)
        ]
        for one in held:
            if one.date_earned == award.date_earned:
                return _instead(row, Outcome.SKIP, "ALREADY_HAS", day=one.date_earned, ref=one.award_ref)
        if not held:
            return row
        latest = max(one.date_earned for one in held)
        words = said("row.WARN_ALREADY_HAS", day=latest)
        if row.code:
            return replace(row, notes=(*row.notes, Note("SECOND_WARNING", words.text(), words)))
        return replace(row, code="WARN_ALREADY_HAS", why=words.text(), words=(words,))

    def _award_key(self, award: AwardRow) -> tuple[str, ...]:
        entry = self._against.catalogue.get(award.credential_code)
        which = award.number if entry and entry.versioned else ""
        return award.student_id, award.credential_code, award.date_earned.isoformat(), which


def fingerprint(values: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of what a row says in the columns that we read."""
    text = json.dumps([values[name] for name in COLUMNS], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _content(award: AwardRow) -> str:
    return json.dumps([award.number, award.score, str(award.last_day), award.evidence_url, award.evaluator])


def _instead(row: RowReport, outcome: Outcome, code: str, detail: str = "", /, **facts: object) -> RowReport:
    return _said(row.line, row.award_ref, outcome, code, detail, **facts)


def _said(
    line: int, ref: str, outcome: Outcome, code: str, detail: str = "", /, **facts: object
) -> RowReport:
    words = said(f"row.{code}.{detail}" if detail else f"row.{code}", **facts)
    return RowReport(line, ref, outcome, code, words.text(), words=(words,))
