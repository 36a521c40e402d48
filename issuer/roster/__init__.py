"""Sheets of awards in: read, match columns, check rows.

Pure: the day, the catalogue, the schools and the roster are parameters.
"""

from issuer.roster.cells import SHEET_LIMITS, Limits
from issuer.roster.days import Order
from issuer.roster.errors import FILE_CODES, NOTE_CODES, ROW_CODES, SheetError
from issuer.roster.report import AwardRow, Note, Outcome, RowReport, SheetReport, Student, report_csv
from issuer.roster.sheet import read_sheet

__all__ = [
    "FILE_CODES",
    "NOTE_CODES",
    "ROW_CODES",
    "SHEET_LIMITS",
    "AwardRow",
    "Limits",
    "Note",
    "Order",
    "Outcome",
    "RowReport",
    "SheetError",
    "SheetReport",
    "Student",
    "read_sheet",
    "report_csv",
]
