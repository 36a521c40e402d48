"""Sheets of awards in: read, match columns, check rows.

Pure: the day, the catalogue, the schools and the roster are parameters.
"""

from issuer.roster.days import Order
from issuer.roster.errors import FILE_CODES, NOTE_CODES, ROW_CODES, SheetError, SheetQuestion
from issuer.roster.fixes import Fixes, alike, parse_fixes
from issuer.roster.grid import SHEET_LIMITS, Limits
from issuer.roster.match import Known
from issuer.roster.questions import Choice, Question
from issuer.roster.reading import Reading, read_any
from issuer.roster.report import (
    AwardRow,
    Fix,
    Level,
    Note,
    Outcome,
    RowReport,
    SheetReport,
    Student,
    report_csv,
)
from issuer.roster.row import Menu
from issuer.roster.sheet import (
    Checked,
    Held,
    SheetRules,
    check,
    check_instead,
    check_records,
    read_sheet,
    recheck,
)
from issuer.roster.values import Record
from issuer.roster.words import Said

__all__ = [
    "FILE_CODES",
    "NOTE_CODES",
    "ROW_CODES",
    "SHEET_LIMITS",
    "AwardRow",
    "Checked",
    "Choice",
    "Fix",
    "Fixes",
    "Held",
    "Known",
    "Level",
    "Limits",
    "Menu",
    "Note",
    "Order",
    "Outcome",
    "Question",
    "Reading",
    "Record",
    "RowReport",
    "Said",
    "SheetError",
    "SheetQuestion",
    "SheetReport",
    "SheetRules",
    "Student",
    "alike",
    "check",
    "check_instead",
    "check_records",
    "parse_fixes",
    "read_any",
    "read_sheet",
    "recheck",
    "report_csv",
]
