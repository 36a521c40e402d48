"""The checks of one row. All of its faults are told at once; the first gives the code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from issuer.catalog.catalogue import Catalogue, Found, folded
from issuer.catalog.entry import Counts, Entry
from issuer.catalog.errors import LookupRefused
from issuer.catalog.validity import Shape
from issuer.roster.days import ADULT, DayError, Order, read_day, years_between
from issuer.roster.report import FORMULA_STARTS, AwardRow, Fix, Note, Outcome, RowReport, Student
from issuer.roster.values import Record
from issuer.roster.words import Said, said
from issuer.text import fault_in, length

_YOUNGEST = 10
_OLDEST = 110
_LONGEST = {
    "external_id": 64, "given_name": 100, "family_name": 100, "school_code": 20, "credential_code": 120,
    "credential_name": 200, "certifying_body": 200, "number": 100, "score": 100, "evidence_url": 1_000,
    "evaluator": 200, "award_ref": 120, "birth_date": 40, "date_earned": 40, "expires_on": 40,
}  # fmt: skip
_SIGNED_NUMBER = re.compile(r"[+-][0-9]+([.,][0-9]+)?")
_DAMAGED = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+|#[A-Z/0!]+[!?A]|#{3,}", re.IGNORECASE)
_HTTPS = re.compile(
    r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[1-9][0-9]{0,4})?"
    r"([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?"
)
_CURLY = str.maketrans("’‘`´", "''''")


@dataclass(frozen=True, slots=True)
class Menu:
    """What the district has approved: the name of its menu, such as `2026-27`, and the codes on it."""

    name: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RowRules:
    """What rows are checked against; see `sheet.read_sheet`.

    Args:
        unpadded: The roster's numbers by what is left of them without leading zeros, where that is clear.
        unpadded_schools: Likewise the codes of schools.
        menu: What may be awarded; None where everything of the catalogue may.
    """

    run_date: date
    catalogue: Catalogue
    schools: frozenset[str]
    roster: Mapping[str, Student] | None
    date_order: Order | None
    unpadded: Mapping[str, str]
    unpadded_schools: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    menu: Menu | None = None


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of a row, where they can be read."""

    born: date | None
    earned: date | None
    expires: date | None


class _Faults:
    """What is wrong with a row, in the order in which it was found, and what would cure it."""

    def __init__(self, line: int, found: tuple[tuple[str, Said], ...] = ()) -> None:
        self.line = line
        self.found = list(found)
        self.fixes: list[Fix] = []

    def add(self, code: str, detail: str = "", /, **facts: object) -> None:
        self.found.append((code, said(f"row.{code}.{detail}" if detail else f"row.{code}", **facts)))

    def offer(self, column: str, value: str) -> None:
        self.fixes.append(Fix(self.line, column, value))

    def __bool__(self) -> bool:
        return bool(self.found)


def check_row(record: Record, values: Mapping[str, str], mark: str, rules: RowRules) -> RowReport:
    """What becomes of one row, not looking at the others.

    Args:
        record: The row, with what reading found wrong with it.
        values: Cell by column of `columns.COLUMNS`, "" where it is empty. The roster may have filled names.
        mark: The row's fingerprint.
        rules: What it is checked against.
    """
    faults = _Faults(record.line, record.faults)
    if record.extra:
        faults.add("EXTRA_CELLS")
    _check_texts(values, faults)
    student = _check_student(values, rules, faults)
    _check_school(values["school_code"], rules, faults)
    days = _Days(
        _day(values, "birth_date", rules, faults) or (student.birth_date if student else None),
        _day(values, "date_earned", rules, faults),
        _day(values, "expires_on", rules, faults),
    )
    _check_days(values, days, student, rules, faults)
    found = _find(values, rules, faults)
    if found and days.earned and not faults:
        _check_entry(found.entry, values, days, rules, faults)
    ref = values["award_ref"]
    born, earned = days.born, days.earned
    if faults or found is None or earned is None:
        return _rejected(ref, faults)
    last_day = days.expires or found.entry.validity.last_day(earned)
    made_ref = ref or f"{values['external_id']}/{found.entry.code}/{earned.isoformat()}"
    given, family = student.name if student else (values["given_name"], values["family_name"])
    award = AwardRow(
        award_ref=made_ref,
        student_id=values["external_id"],
        given_name=given,
        family_name=family,
        birth_date=born,
        minor=born is None or years_between(born, rules.run_date) < ADULT,
        school_code=values["school_code"],
        credential_code=found.entry.code,
        date_earned=earned,
        last_day=last_day,
        number=values["number"],
        score=values["score"],
        evidence_url=values["evidence_url"],
        evaluator=values["evaluator"],
        provisional=found.entry.provisional_until is not None,
        withheld=_withheld(values, born, student, given, family),
        fingerprint=mark,
    )
    return _ready(record.line, award, found, student, values)


def _check_texts(values: Mapping[str, str], faults: _Faults) -> None:
    for name, value in values.items():
        if value.startswith(FORMULA_STARTS) and not (name == "score" and _SIGNED_NUMBER.fullmatch(value)):
            faults.add("FORMULA_INJECTION", column=name, sign=value[0])
        if fault := fault_in(value):
            faults.add("BAD_CHARACTERS", column=name, fault=fault)
        if length(value) > _LONGEST[name] or len(value) > 4 * _LONGEST[name]:
            faults.add("TOO_LONG", column=name, length=length(value), most=_LONGEST[name])
        if name in ("external_id", "school_code", "number", "award_ref", "score") and _DAMAGED.fullmatch(
            value
        ):
            faults.add("DAMAGED_ID", column=name, text=value)


def _check_student(values: Mapping[str, str], rules: RowRules, faults: _Faults) -> Student | None:
    number = values["external_id"]
    if not number:
        faults.add("MISSING_STUDENT_ID")
    student = rules.roster.get(number) if rules.roster else None
    if number and rules.roster is not None and student is None:
        _not_found(number, rules.roster, rules, faults)
    unclear = any(code in ("UNCLEAR_NAME", "STUDENT_NOT_FOUND") for code, _ in faults.found)
    for name in ("given_name", "family_name"):
        # Where the roster was to say the name, that it lacks the student is all there is to say.
        if not values[name] and not unclear:
            faults.add("MISSING_NAME", column=name)
    return student


def _not_found(number: str, roster: Mapping[str, Student], rules: RowRules, faults: _Faults) -> None:
    padded = rules.unpadded.get(number.lstrip("0"), "")
    if padded:
        name = " ".join(roster[padded].name)
        faults.add("STUDENT_NOT_FOUND", "zero", number=number, padded=padded, name=name)
        faults.offer("external_id", padded)
    else:
        faults.add("STUDENT_NOT_FOUND", number=number)


def _check_school(code: str, rules: RowRules, faults: _Faults) -> None:
    if code in rules.schools:
        return
    padded = rules.unpadded_schools.get(code.lstrip("0"), "") if code else ""
    if not code and any(found == "STUDENT_NOT_FOUND" for found, _ in faults.found):
        return
    if not code:
        faults.add("UNKNOWN_SCHOOL", "empty")
    elif padded:
        faults.add("UNKNOWN_SCHOOL", "zero", code=code, padded=padded)
        faults.offer("school_code", padded)
    else:
        faults.add("UNKNOWN_SCHOOL", code=code)


def _day(values: Mapping[str, str], name: str, rules: RowRules, faults: _Faults) -> date | None:
    if not values[name]:
        if name == "date_earned" and not any(words.facts.get("column") == name for _, words in faults.found):
            faults.add("MISSING_DATE")
        return None
    try:
        return read_day(values[name], rules.date_order)
    except DayError as refused:
        # The column is a fact too, so that a correction of the cell is known to cure it.
        words = Said(refused.words.key, {**refused.words.facts, "column": name})
        faults.found.append((refused.code, words))
        return None


def _check_days(
    values: Mapping[str, str], days: _Days, student: Student | None, rules: RowRules, faults: _Faults
) -> None:
    born, earned, expires = days.born, days.earned, days.expires
    if earned and earned > rules.run_date:
        faults.add("FUTURE_DATE", day=earned)
    if born and born > rules.run_date:
        faults.add("FUTURE_DATE", "birth", day=born)
    elif born and earned and not _YOUNGEST <= years_between(born, earned) <= _OLDEST:
        faults.add("DATES_DISAGREE", "age", born=born, earned=earned)
    if student and student.birth_date and values["birth_date"] and born and born != student.birth_date:
        faults.add("DATES_DISAGREE", "roster")
    if earned and expires and expires < earned:
        faults.add("DATES_DISAGREE", "expires", expires=expires)


def _find(values: Mapping[str, str], rules: RowRules, faults: _Faults) -> Found | None:
    try:
        found = rules.catalogue.find(
            code=values["credential_code"], name=values["credential_name"], body=values["certifying_body"]
        )
    except LookupRefused as refused:
        text = values["credential_code"] or values["credential_name"]
        faults.add(refused.code, message=refused.message, text=text, body=values["certifying_body"])
        return None
    if rules.menu and found.entry.code not in rules.menu.codes:
        faults.add("NOT_APPROVED", name=found.entry.name, menu=rules.menu.name)
    return found


def _check_entry(
    entry: Entry, values: Mapping[str, str], days: _Days, rules: RowRules, faults: _Faults
) -> None:
    expires = days.expires
    if entry.kind.needs_number and not values["number"]:
        faults.add("MISSING_NUMBER", name=entry.name, label=entry.number_label or "number")
    if entry.needs_expiry and expires is None:
        faults.add("MISSING_EXPIRY", name=entry.name)
    if expires and not entry.takes_expiry:
        faults.add("EXPIRY_NOT_ALLOWED", name=entry.name)
        return
    last = expires or (entry.validity.last_day(days.earned) if days.earned else None)
    if last and last < rules.run_date:
        faults.add("ALREADY_EXPIRED", day=last)
    url = values["evidence_url"]
    if url and not _HTTPS.fullmatch(url):
        faults.add("BAD_LINK")


def _rejected(ref: str, faults: _Faults) -> RowReport:
    (code, first), *others = faults.found
    also = [words for other, words in others if other != code]
    why = " ".join((first.text(), *(f"Also: {words.text()}" for words in also)))
    words = (first, *(one for each in also for one in (said("row.also"), each)))
    fixes = tuple(faults.fixes)
    return RowReport(faults.line, ref, Outcome.REJECT, code, why, words=words, fixes=fixes)


def _ready(
    line: int, award: AwardRow, found: Found, student: Student | None, values: Mapping[str, str]
) -> RowReport:
    warnings: list[tuple[str, Said]] = []
    if found.warning:
        text, code = values["credential_code"] or values["credential_name"], found.entry.code
        warnings.append(("WARN_ALIAS", said("row.WARN_ALIAS", message=found.warning, text=text, code=code)))
    if student and not _same_name(student, values):
        written = f"{values['given_name']} {values['family_name']}"
        warnings.append(
            ("WARN_NAME_DIFFERS", said("row.WARN_NAME_DIFFERS", roster=award.display_name, sheet=written))
        )
    if student and student.school_code and student.school_code != values["school_code"]:
        facts = {"roster": student.school_code, "sheet": values["school_code"]}
        warnings.append(("WARN_SCHOOL_DIFFERS", said("row.WARN_SCHOOL_DIFFERS", **facts)))
    notes = tuple(_notes(award, found.entry, values))
    code, words = warnings[0] if warnings else ("", said("row.READY"))
    further = tuple(Note("SECOND_WARNING", one.text(), one) for _, one in warnings[1:])
    return RowReport(
        line, award.award_ref, Outcome.READY, code, words.text(), award, further + notes, words=(words,)
    )


def _notes(award: AwardRow, entry: Entry, values: Mapping[str, str]) -> list[Note]:
    notes: list[Note] = []

    def note(code: str, **facts: object) -> None:
        words = said(f"row.note.{code}", **facts)
        notes.append(Note(code, words.text(), words))

    if award.birth_date is None:
        note("BIRTH_DATE_UNKNOWN")
    elif award.minor:
        note("MINOR")
    if award.provisional:
        note("PROVISIONAL", until=entry.provisional_until)
    if entry.validity.ask_the_body:
        note("ASK_THE_BODY", body=entry.body.name)
    if not values["expires_on"] and award.last_day:
        note("TERM_COMPUTED", day=award.last_day)
    elif award.last_day is None and entry.validity.shape is Shape.FIXED:
        note("TERM_UNCONFIRMED")
    if entry.kind.counts is Counts.BY_DECISION:
        note("NEEDS_DECISION")
    if not values["award_ref"]:
        note("REF_MADE", ref=award.award_ref)
    return notes


def _same_name(student: Student, values: Mapping[str, str]) -> bool:
    written = _as_compared(f"{values['given_name']} {values['family_name']}")
    names = (" ".join(student.name), f"{student.given_name} {student.family_name}")
    return written in {_as_compared(name) for name in names}


def _as_compared(name: str) -> str:
    """Case, spaces and the shape of an apostrophe make no other name; accents do."""
    return folded(unicodedata.normalize("NFC", name).translate(_CURLY))


def _withheld(
    values: Mapping[str, str], born: date | None, student: Student | None, given: str, family: str
) -> tuple[str, ...]:
    """The number, the birth date, and the full legal name where the student does not go by it."""
    secrets = [values["external_id"]]
    if born:
        secrets.append(born.isoformat())
    # The full name only: half of it may well be an evaluator's, or a word.
    legal = f"{student.given_name} {student.family_name}" if student else ""
    if legal and legal != f"{given} {family}":
        secrets.append(legal)
    return tuple(secret for secret in secrets if secret)
