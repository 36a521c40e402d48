"""What became of each row of a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from issuer.roster.questions import Question
from issuer.roster.words import Said

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With these a spreadsheet program takes a cell for a formula (ASVS 1.2.10; the last four are full-width)."""


class Outcome(StrEnum):
    """What became of a row."""

    READY = "ready"
    REJECT = "reject"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about a ready row.

    Args:
        code: Of `errors.NOTE_CODES`.
        text: A sentence, in English.
        words: The same for other languages, where there is more than English.
    """

    code: str
    text: str
    words: Said | None = None

    def in_words(self, language: str) -> str:
        """The sentence in a language."""
        return self.words.text(language) if self.words else self.text


@dataclass(frozen=True, slots=True)
class Fix:
    """Another value for one cell.

    Args:
        line: The row, as a spreadsheet program counts it.
        column: One of our columns.
        value: What it is to say.
    """

    line: int
    column: str
    value: str


class Level(StrEnum):
    """How much a row asks of a person."""

    OK = "ok"
    LOOK_TWICE = "look_twice"
    ERROR = "error"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the roster.

    Args:
        student_id: The number that the district's systems use. It never enters a credential.
        given_name: Legal name.
        family_name: Legal name.
        preferred_given_name: The name the student goes by, or "".
        preferred_family_name: The name the student goes by, or "".
        birth_date: None where it is not known.
        school_code: The school that the student is at, or "".
        grade: As the school writes it, or "".
        active: Whether the student is enrolled.
    """

    student_id: str
    given_name: str
    family_name: str
    preferred_given_name: str = ""
    preferred_family_name: str = ""
    birth_date: date | None = None
    school_code: str = ""
    grade: str = ""
    active: bool = True

    @property
    def name(self) -> tuple[str, str]:
        """The given and family name that the student goes by (Colorado HB24-1039)."""
        return self.preferred_given_name or self.given_name, self.preferred_family_name or self.family_name


@dataclass(frozen=True, slots=True)
class AwardRow:
    """A row that can be issued.

    Args:
        award_ref: The district's reference; issuing is idempotent under it.
        student_id: The student's number. It stays in the records.
        given_name: As the badge shows it.
        family_name: As the badge shows it.
        birth_date: None where it is not known. It stays in the records.
        minor: Whether the student is under 18 on the run's day, or may be.
        school_code: One of the district's schools.
        credential_code: One of the catalogue's entries.
        date_earned: The day.
        last_day: The last day on which it holds, stated or computed; None where it has none that we know.
        number: The body's number, or "".
        score: As written, or "".
        evidence_url: An https address, or "".
        evaluator: Who assessed, or "".
        provisional: Whether the body has still to confirm it.
        withheld: Texts that must not appear in the credential.
        fingerprint: SHA-256 of the row's content in hexadecimal; the same reference with another content is
            another award.
    """

    award_ref: str
    student_id: str
    given_name: str
    family_name: str
    birth_date: date | None
    minor: bool
    school_code: str
    credential_code: str
    date_earned: date
    last_day: date | None
    number: str
    score: str
    evidence_url: str
    evaluator: str
    provisional: bool
    withheld: tuple[str, ...]
    fingerprint: str

    @property
    def display_name(self) -> str:
        """The name on the badge."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row.

    Args:
        line: The row as a spreadsheet program counts it.
        award_ref: As written, or the one that was made.
        outcome: ready, reject or skip.
        code: Of `errors.ROW_CODES`, or "" for a ready row that needs no second look.
        why: What it is about and what to do.
        award: The award, where the row is ready.
        notes: What else is worth knowing.
        words: What `why` says, sentence by sentence, for other languages.
        fixes: Corrections that the row offers: taken, each would cure one of its faults.
    """

    line: int
    award_ref: str
    outcome: Outcome
    code: str
    why: str
    award: AwardRow | None = None
    notes: tuple[Note, ...] = ()
    words: tuple[Said, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def level(self) -> Level:
        """How much the row asks of a person."""
        if self.outcome is Outcome.REJECT:
            return Level.ERROR
        if self.outcome is Outcome.SKIP:
            return Level.SKIPPED if self.code == "LEFT_OUT" else Level.DUPLICATE
        return Level.LOOK_TWICE if self.code else Level.OK

    def in_words(self, language: str) -> str:
        """What it is about and what to do, in a language."""
        return " ".join(one.text(language) for one in self.words) if self.words else self.why


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of a sheet: one `RowReport` for each row that holds anything.

    Args:
        rows: In the sheet's order.
        columns: Which of our columns stands in which place, counted from 0.
        unknown_columns: Names of columns that were not read.
        blank_rows: Rows that hold nothing.
        encoding: Of the file.
        delimiter: Between its cells.
        remarks: What was taken for granted about the sheet.
        questions: What only a person can say about it.
        layout: Column by folded name, to be remembered.
    """

    rows: tuple[RowReport, ...]
    columns: Mapping[str, int] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    blank_rows: tuple[int, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    remarks: tuple[Said, ...] = ()
    questions: tuple[Question, ...] = ()
    layout: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> tuple[AwardRow, ...]:
        """The awards that can be issued."""
        return tuple(row.award for row in self.rows if row.award is not None)

    def count(self, outcome: Outcome) -> int:
        """How many rows came out so."""
        return sum(row.outcome is outcome for row in self.rows)


def report_csv(report: SheetReport) -> str:
    """The report as CSV: line, award_ref, outcome, code, why. No cell can run as a formula.

    Lines end in CR LF (RFC 4180).
    """
    out = io.StringIO()
    # With CR LF both are quoted inside cells, so that no cell can begin a row of its own.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("line", "award_ref", "outcome", "code", "why"))
    for row in report.rows:
        why = " ".join((row.why, *(note.text for note in row.notes)))
        writer.writerow((row.line, *map(harmless, (row.award_ref, row.outcome.value, row.code, why))))
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program runs: an apostrophe goes before what looks like a formula."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) or cell.startswith(FORMULA_STARTS) else cell
