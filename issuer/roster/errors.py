"""What a sheet's report can say: codes of rows, codes of notes, and what is wrong with a whole file."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError
from issuer.roster.questions import Question

FILE_CODES: Final = MappingProxyType(
    {
        "EMPTY_FILE": "the file holds nothing",
        "HEADER_ONLY": "the sheet has column names and no rows",
        "NOT_A_SHEET": "the file is of another kind: a workbook, a PDF, a picture, an archive",
        "BAD_ENCODING": "the text is in no encoding that is read here",
        "BAD_QUOTES": "a quotation mark is never closed",
        "FILE_TOO_LARGE": "the file has more bytes than are read",
        "TOO_MANY_ROWS": "the sheet has more rows than are read",
        "TOO_MANY_COLUMNS": "the sheet has more columns than are read",
        "CELL_TOO_LONG": "a cell is longer than is read",
        "DUPLICATE_COLUMNS": "two columns mean the same",
        "MISSING_COLUMNS": "a column without which no row can be read is missing",
        "ASK_ENCODING": "the letters can be read in two ways, and both make names",
        "ASK_SHEET": "several sheets of the workbook fit",
        "BAD_ANSWER": "an answer is none of the choices",
        "BAD_FIXES": "a list of corrections is not one, or names a row or a column that is not there",
        "BAD_PACKAGE": "a workbook or an archive is damaged, or not as a program writes it",
        "LOCKED": "the file has a password",
        "NOT_A_ROSTER": "an archive is not as OneRoster has it",
        "PACKAGE_TOO_LARGE": "a workbook or an archive holds more than is read",
    }
)
"""Codes of `SheetError`: nothing of the file was taken."""

ROW_CODES: Final = MappingProxyType(
    {
        "FORMULA_INJECTION": "a cell begins like a formula",
        "BAD_CHARACTERS": "a cell holds characters that nobody can see, or that turn text around",
        "TOO_LONG": "a cell is longer than a badge can show",
        "EXTRA_CELLS": "the row has more cells than the sheet has columns",
        "MISSING_STUDENT_ID": "the row names no student",
        "DAMAGED_ID": "a spreadsheet program changed a number",
        "STUDENT_NOT_FOUND": "the roster has no such student",
        "MISSING_NAME": "the row has no name",
        "MISSING_CODE": "the row does not say which credential",
        "UNKNOWN_CODE": "the catalogue has no such credential",
        "AMBIGUOUS_CODE": "the label means several credentials",
        "BODY_DIFFERS": "the certifying body does not award this credential",
        "UNCLEAR_NAME": "the given name cannot be told from the family name",
        "HIDDEN_ROW": "the row was hidden in the workbook",
        "NOT_COMPUTED": "a formula's value was never saved",
        "LEFT_OUT": "somebody chose to leave the row out",
        "NAME_DIFFERS": "code and name mean different credentials",
        "BAD_DATE": "a date does not exist or is not written as a date",
        "AMBIGUOUS_DATE": "a date can be read in two ways",
        "MISSING_DATE": "the row does not say when it was earned",
        "FUTURE_DATE": "it was earned on a day that has not come",
        "DATES_DISAGREE": "the days of the row cannot all be right",
        "ALREADY_EXPIRED": "its last day has passed",
        "UNKNOWN_SCHOOL": "the district has no such school",
        "MISSING_NUMBER": "a license has no number",
        "MISSING_EXPIRY": "a license with a term has no last day",
        "EXPIRY_NOT_ALLOWED": "a credential that never ends has a last day",
        "BAD_LINK": "the evidence is not an https address",
        "REF_REUSED": "the award reference stands for another award",
        "DUPLICATE_REF": "the same row again",
        "DUPLICATE_AWARD": "the same award under another reference",
        "ALREADY_ISSUED": "this row was issued before",
        "NOT_APPROVED": "the district's menu does not have it",
        "ALREADY_HAS": "the student has it already, of the same day",
        "WARN_ALREADY_HAS": "the student has it already, of another day",
        "WARN_SCHOOL_DIFFERS": "sheet and roster name different schools",
        "WARN_ALIAS": "a label was read as a credential",
        "WARN_NAME_DIFFERS": "sheet and roster spell the name differently",
    }
)
"""Codes of rows: rejections, skips (`DUPLICATE_...`, `ALREADY_...`, `LEFT_OUT`) and warnings (`WARN_...`)."""

NOTE_CODES: Final = MappingProxyType(
    {
        "MINOR": "the student is under 18, so a guardian agrees before it is shared",
        "BIRTH_DATE_UNKNOWN": "without a birth date the student is treated as under 18",
        "LINK_WAITS": "no link was made, because a guardian must agree first",
        "PROVISIONAL": "the badge says that the award is provisional",
        "TERM_UNCONFIRMED": "the badge names no last day, because nobody confirmed the term",
        "TERM_COMPUTED": "the last day was computed from the term",
        "ASK_THE_BODY": "only the certifying body knows whether it is still in force",
        "REF_MADE": "the sheet has no reference, so one was made from the row",
        "NEEDS_DECISION": "the award counts as an industry certification only by decision of the district",
        "SECOND_WARNING": "a further warning",
    }
)
"""Codes of notes: nothing to do, but worth knowing."""


class SheetError(IssuerError):
    """Nothing of the file can be taken.

    Args:
        code: One of `FILE_CODES`.
        message: What is wrong and what to do, in one or two sentences.
        line: The row as a spreadsheet program counts it, or None for the whole file.
    """

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(code, f"Row {line}: {message}" if line else message)
        self.line = line


class SheetQuestion(SheetError):  # noqa: N818 - it asks; answered, nothing is wrong
    """Nothing of the file can be taken until somebody answers a question.

    Args:
        code: One of `FILE_CODES`.
        message: What is wrong and what to do.
        question: The question.
    """

    def __init__(self, code: str, message: str, question: Question) -> None:
        super().__init__(code, message)
        self.question = question
