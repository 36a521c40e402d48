"""The checks of one row. All of its faults are told at once; the first gives the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from issuer.catalog.catalogue import Catalogue, Found, folded
from issuer.catalog.entry import Counts, Entry
from issuer.catalog.errors import LookupRefused
from issuer.catalog.validity import Shape
from issuer.roster.days import ADULT, DayError, Order, read_day, years_between
from issuer.roster.report import FORMULA_STARTS, AwardRow, Note, Outcome, RowReport, Student
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


@dataclass(frozen=True, slots=True)
class RowRules:
    """What rows are checked against; see `sheet.read_sheet`.

    Args:
        unpadded: The roster's numbers by what is left of them without leading zeros.
    """

    run_date: date
    catalogue: Catalogue
    schools: frozenset[str]
    roster: Mapping[str, Student] | None
    date_order: Order | None
    unpadded: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of a row, where they can be read."""

    born: date | None
    earned: date | None
    expires: date | None


class _Faults:
    """What is wrong with a row, in the order in which it was found."""

    def __init__(self) -> None:
        self.found: list[_Fault] = []

    def add(self, code: str, why: str) -> None:
        self.found.append(_Fault(code, why))

    def __bool__(self) -> bool:
        return bool(self.found)


def check_row(
    line: int, values: Mapping[str, str], mark: str, rules: RowRules, *, extra_cells: bool = False
) -> RowReport:
    """What becomes of one row, not looking at the others.

    Args:
        line: The row as a spreadsheet program counts it.
        values: Cell by column of `columns.COLUMNS`, "" where it is empty.
        mark: The row's fingerprint.
        rules: What it is checked against.
        extra_cells: Whether the row has more cells than the sheet has columns.
    """
    faults = _Faults()
    if extra_cells:
        faults.add(
            "EXTRA_CELLS", "The row has more cells than there are columns. Is a quotation mark missing?"
        )
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
        return _rejected(line, ref, faults)
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
    return _ready(line, award, found, student, values)


def _check_texts(values: Mapping[str, str], faults: _Faults) -> None:
    for name, value in values.items():
        if value.startswith(FORMULA_STARTS) and not (name == "score" and _SIGNED_NUMBER.fullmatch(value)):
            faults.add(
                "FORMULA_INJECTION", f"{name} begins with {value[0]}, like a formula. Type the text itself."
            )
        if fault := fault_in(value):
            faults.add("BAD_CHARACTERS", f"{name} has {fault}. Type it again.")
        if length(value) > _LONGEST[name] or len(value) > 4 * _LONGEST[name]:
            faults.add(
                "TOO_LONG", f"{name} has {length(value)} characters; {_LONGEST[name]} fit. Shorten it."
            )
        if name in ("external_id", "school_code", "number", "award_ref", "score") and _DAMAGED.fullmatch(
            value
        ):
            why = f"{name} is {value}: a spreadsheet program changed it. Make the column text, type it again."
            faults.add("DAMAGED_ID", why)


def _check_student(values: Mapping[str, str], rules: RowRules, faults: _Faults) -> Student | None:
    number = values["external_id"]
    if not number:
        faults.add("MISSING_STUDENT_ID", "external_id is empty. Fill in the student's number.")
    for name in ("given_name", "family_name"):
        if not values[name]:
            faults.add("MISSING_NAME", f"{name} is empty. Fill it in.")
    if not number or rules.roster is None:
        return None
    student = rules.roster.get(number)
    if student is None:
        padded = rules.unpadded.get(number.lstrip("0"))
        advice = f" Did a spreadsheet program drop a zero? The roster has {padded}." if padded else ""
        faults.add(
            "STUDENT_NOT_FOUND",
            f"The roster has no student {number}.{advice} Correct it or import the roster.",
        )
    return student


def _check_school(code: str, rules: RowRules, faults: _Faults) -> None:
    if code in rules.schools:
        return
    padded = sorted(known for known in rules.schools if code and known.lstrip("0") == code.lstrip("0"))
    if not code:
        faults.add("UNKNOWN_SCHOOL", "school_code is empty. Fill in the school's code.")
    elif padded:
        faults.add("UNKNOWN_SCHOOL", f"There is no school {code}. Was a zero dropped? Write {padded[0]}.")
    else:
        faults.add("UNKNOWN_SCHOOL", f"The district has no school {code}. Correct it, or add the school.")


def _day(values: Mapping[str, str], name: str, rules: RowRules, faults: _Faults) -> date | None:
    if not values[name]:
        if name == "date_earned":
            faults.add("MISSING_DATE", "date_earned is empty. Fill in the day on which it was earned.")
        return None
    try:
        return read_day(values[name], rules.date_order)
    except DayError as refused:
        faults.add(refused.code, f"{name}: {refused.message}")
        return None


def _check_days(
    values: Mapping[str, str], days: _Days, student: Student | None, rules: RowRules, faults: _Faults
) -> None:
    born, earned, expires = days.born, days.earned, days.expires
    if earned and earned > rules.run_date:
        faults.add("FUTURE_DATE", f"date_earned is {earned}, which has not come yet. Correct it or wait.")
    if born and born > rules.run_date:
        faults.add("FUTURE_DATE", f"birth_date is {born}, which has not come yet. Correct it.")
    elif born and earned and not _YOUNGEST <= years_between(born, earned) <= _OLDEST:
        faults.add(
            "DATES_DISAGREE", f"Born on {born} and earned on {earned}: one of the two is wrong. Correct it."
        )
    if student and student.birth_date and values["birth_date"] and born and born != student.birth_date:
        faults.add(
            "DATES_DISAGREE", "birth_date is not the one in the roster. Correct the sheet or the roster."
        )
    if earned and expires and expires < earned:
        faults.add("DATES_DISAGREE", f"expires_on is {expires}, before date_earned. Correct one of the two.")


def _find(values: Mapping[str, str], rules: RowRules, faults: _Faults) -> Found | None:
    try:
        return rules.catalogue.find(
            code=values["credential_code"], name=values["credential_name"], body=values["certifying_body"]
        )
    except LookupRefused as refused:
        faults.add(refused.code, refused.message)
        return None


def _check_entry(
    entry: Entry, values: Mapping[str, str], days: _Days, rules: RowRules, faults: _Faults
) -> None:
    expires = days.expires
    if entry.kind.needs_number and not values["number"]:
        label = entry.number_label or "number"
        faults.add("MISSING_NUMBER", f"{entry.name} needs its {label}. Fill in number.")
    if entry.needs_expiry and expires is None:
        faults.add("MISSING_EXPIRY", f"{entry.name} needs the last day printed on it. Fill in expires_on.")
    if expires and not entry.takes_expiry:
        faults.add("EXPIRY_NOT_ALLOWED", f"{entry.name} does not end. Empty expires_on, or check the code.")
        return
    last = expires or (entry.validity.last_day(days.earned) if days.earned else None)
    if last and last < rules.run_date:
        faults.add(
            "ALREADY_EXPIRED", f"It ended on {last}. Issue it again once it is renewed, with the new dates."
        )
    url = values["evidence_url"]
    if url and not _HTTPS.fullmatch(url):
        faults.add("BAD_LINK", "evidence_url is not a full https address. Correct it or leave it empty.")


def _rejected(line: int, ref: str, faults: _Faults) -> RowReport:
    first, *others = faults.found
    also = [fault.why for fault in others if fault.code != first.code]
    why = " ".join((first.why, *(f"Also: {sentence}" for sentence in also)))
    return RowReport(line, ref, Outcome.REJECT, first.code, why)


def _ready(
    line: int, award: AwardRow, found: Found, student: Student | None, values: Mapping[str, str]
) -> RowReport:
    warnings = []
    if found.warning:
        warnings.append(("WARN_ALIAS", found.warning))
    if student and not _same_name(student, values):
        shown = award.display_name
        warnings.append(
            ("WARN_NAME_DIFFERS", f"The roster spells the name otherwise. The badge will say {shown}.")
        )
    notes = tuple(_notes(award, found.entry, values))
    if not warnings:
        return RowReport(line, award.award_ref, Outcome.READY, "", "Ready to issue.", award, notes)
    further = tuple(Note("SECOND_WARNING", text) for _, text in warnings[1:])
    return RowReport(
        line, award.award_ref, Outcome.READY, warnings[0][0], warnings[0][1], award, further + notes
    )


def _notes(award: AwardRow, entry: Entry, values: Mapping[str, str]) -> list[Note]:
    notes = []
    if award.birth_date is None:
        notes.append(
            Note(
                "BIRTH_DATE_UNKNOWN", "No birth date: treated as under 18, so a guardian decides on sharing."
            )
        )
    elif award.minor:
        notes.append(Note("MINOR", "Under 18: a guardian agrees before it is shared."))
    if award.provisional:
        notes.append(Note("PROVISIONAL", f"Provisional until {entry.provisional_until}."))
    if entry.validity.ask_the_body:
        notes.append(Note("ASK_THE_BODY", f"Only {entry.body.name} knows whether it is in force."))
    if not values["expires_on"] and award.last_day:
        notes.append(Note("TERM_COMPUTED", f"Its last day is {award.last_day}, by its term."))
    elif award.last_day is None and entry.validity.shape is Shape.FIXED:
        notes.append(
            Note(
                "TERM_UNCONFIRMED",
                "No last day: its term is not confirmed. Fill in expires_on if you know it.",
            )
        )
    if entry.kind.counts is Counts.BY_DECISION:
        notes.append(
            Note("NEEDS_DECISION", "It counts as an industry certification only by the district's decision.")
        )
    if not values["award_ref"]:
        notes.append(Note("REF_MADE", f"No reference in the sheet: {award.award_ref} was made."))
    return notes


def _same_name(student: Student, values: Mapping[str, str]) -> bool:
    written = folded(f"{values['given_name']} {values['family_name']}")
    return written in {folded(" ".join(student.name)), folded(f"{student.given_name} {student.family_name}")}


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
