"""A sheet of scores and attestations: read, match columns, check rows. Pure.

    external_id,assessment,part,value,date
    200000001,SAT,Math,520,2026-03-01

A column `kind` may say `attested` instead of `score`; then the assessment is what the district attests, and
there is no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from issuer.roster.days import DayError, Order, read_day
from issuer.roster.errors import SheetError
from issuer.roster.grid import SHEET_LIMITS, Limits
from issuer.roster.report import FORMULA_STARTS
from issuer.roster.table import Line, read_table
from issuer.text import fault_in, normal

NEEDED: Final = ("external_id", "assessment", "value", "date")
ALLOWED: Final = ("part", "kind")
KINDS: Final = frozenset({"score", "attested"})
LONGEST: Final = 300
"""Characters of a cell: what a rule can hold."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row that can be recorded."""

    student_id: str
    kind: str
    assessment: str
    part: str
    value: str
    on: date


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """What became of a row: `row`, or a code and a sentence that says what to do."""

    line: int
    row: ScoreRow | None
    code: str = ""
    why: str = ""


class _RowFault(ValueError):  # noqa: N818 - it says what happened
    def __init__(self, code: str, why: str) -> None:
        super().__init__(code)
        self.code, self.why = code, why


def read_scores(
    data: bytes, *, run_date: date, date_order: Order | None = None, limits: Limits = SHEET_LIMITS
) -> tuple[ScoreReport, ...]:
    """What would become of each row.

    Args:
        data: A CSV file, as `read_sheet` takes it.
        run_date: Today, where the district is.
        date_order: How the sheet writes days with slashes.
        limits: How much is read.

    Raises:
        SheetError: Nothing of the file can be taken.
    """
    cells = read_table(data, limits)
    names = [normal(name).casefold().replace(" ", "_") for name in cells.header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SheetError("MISSING_COLUMNS", f"There is no column {', '.join(missing)}. Add it.")
    if any(names.count(name) > 1 for name in (*NEEDED, *ALLOWED)):
        raise SheetError("DUPLICATE_COLUMNS", "Two columns have the same name. Keep one.")
    places: dict[str, int] = {name: names.index(name) for name in (*NEEDED, *ALLOWED) if name in names}
    return tuple(_report(line, places, run_date, date_order) for line in cells.lines)


def _report(line: Line, places: Mapping[str, int], run_date: date, order: Order | None) -> ScoreReport:
    values = {
        name: normal(line.cells[place]) if place < len(line.cells) else "" for name, place in places.items()
    }
    try:
        return ScoreReport(line.number, _row(values, run_date, order))
    except _RowFault as fault:
        return ScoreReport(line.number, None, fault.code, fault.why)


def _row(values: Mapping[str, str], run_date: date, order: Order | None) -> ScoreRow:
    for name, value in values.items():
        _check_text(name, value)
    kind = (values.get("kind") or "score").casefold()
    _check_filled(values, kind)
    try:
        day = read_day(values["date"], order)
    except DayError as fault:
        raise _RowFault(fault.code, f"date: {fault.message}") from fault
    if day > run_date:
        raise _RowFault("FUTURE_DATE", f"date: {day} has not come yet. Correct it.")
    return ScoreRow(
        values["external_id"], kind, values["assessment"], values.get("part", ""), values["value"], day
    )


def _check_text(name: str, value: str) -> None:
    if fault := fault_in(value):
        raise _RowFault("BAD_CHARACTERS", f"{name} has {fault}. Type it again.")
    if len(value) > LONGEST:
        raise _RowFault("TOO_LONG", f"{name} has more than {LONGEST} characters. Shorten it.")
    if value.startswith(FORMULA_STARTS):
        raise _RowFault("FORMULA_INJECTION", f"{name} begins like a formula. Type the value itself.")


def _check_filled(values: Mapping[str, str], kind: str) -> None:
    if kind not in KINDS:
        raise _RowFault("UNKNOWN_KIND", "kind is score or attested.")
    for name in ("external_id", "assessment"):
        if not values[name]:
            raise _RowFault("MISSING_VALUE", f"{name} is empty. Fill it.")
    if kind == "score" and not values["value"]:
        raise _RowFault("MISSING_VALUE", "A score needs a value. Fill it.")
    if kind == "attested" and (values["value"] or values.get("part")):
        raise _RowFault("MISSING_VALUE", "What is attested has no value and no part. Empty them.")
