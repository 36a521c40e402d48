"""Read a crosswalk from a college's CSV or JSON file, checked row by row before any of it is used.

A column that nobody knows is refused, not passed over: a minimum score under a misspelt head would else be
no minimum at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.dates import parse_date
from credential.errors import CredentialError
from verifier.batch.crosswalk import Basis, Crosswalk, Line, Within
from verifier.batch.folding import folded
from verifier.batch.sheet import (
    LONGEST_CELL,
    MAX_SHEET,
    MOST_FAULTS,
    Fault,
    Sheet,
    SheetRefused,
    SheetRow,
    read_sheet,
)

MOST_LINES: Final = 5_000
MOST_FOR_ONE: Final = 100
"""Rows for one certification."""

MOST_CREDITS: Final = 60
MOST_MONTHS: Final = 600
JSON_LIMITS: Final = Limits(max_bytes=MAX_SHEET, max_depth=8, max_nodes=200_000, max_string=LONGEST_CELL)

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "college": ("college", "college_ipeds_or_name", "college_name", "universidad", "colegio universitario"),
    "code": ("credential_code", "certification_code", "code", "código", "código de la certificación"),
    "name": ("credential_name", "certification_name", "credential", "certification", "certificación"),
    "prefix": ("course_prefix", "prefix"),
    "number": ("course_number",),
    "course": ("course", "course_code", "curso"),
    "title": ("course_title", "title", "título del curso"),
    "credits": ("credits", "credit_hours", "créditos"),
    "minimum": ("min_score", "minimum_score", "minimum", "puntaje mínimo"),
    "within": ("valid_if_earned_within", "earned_within", "obtenida en los últimos"),
    "starts": ("valid_from", "from", "desde"),
    "ends": ("valid_to", "valid_until", "to", "until", "hasta"),
    "evidence": ("evidence_required", "evidence", "evidencia requerida"),
    "source": ("source_url", "source", "fuente"),
    "decision": ("decision_ref", "decision", "decisión"),
    "status": ("status", "estado"),
    "note": ("note", "notes", "comment", "comments", "nota", "notas"),
}
"""What a column is called here to what a sheet may call it."""

_SHOWN: Final = {ours: names[0] for ours, names in COLUMNS.items()}
_CREDITS: Final = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")
_SCORE: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?) ?%?")
_WITHIN: Final = re.compile(
    r"P?([0-9]{1,3}) ?(y|yr|yrs|year|years|año|años|m|mo|month|months|mes|meses)", re.IGNORECASE
)
_MONTHLY: Final = ("m", "mo", "month", "months", "mes", "meses")
_UNVERIFIED, _CONFIRMED = "unverified", frozenset({"", "confirmed", "verified"})


def load_crosswalk(data: bytes, basis: Basis = Basis.EARNED) -> Crosswalk:
    """Read and check a crosswalk.

    Args:
        data: A CSV file with a head; or JSON, `{"rows": [{...}]}` with the same names and whatever else.
        basis: Which day decides whether a row is in force.

    Raises:
        SheetRefused: With the row and the column of each fault.
    """
    is_json = data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))
    sheet = _from_json(data) if is_json else read_sheet(data, COLUMNS, MOST_LINES)
    known = ", ".join(names[0] for names in COLUMNS.values())
    faults = [Fault("column_unknown", column=name, facts={"known": known}) for name in sheet.unknown]
    if not {"code", "name"} & set(sheet.columns):
        faults.append(Fault("column_missing", column=_SHOWN["code"]))
    if not {"course", "prefix"} & set(sheet.columns):
        faults.append(Fault("column_missing", column=_SHOWN["course"]))
    if "credits" not in sheet.columns:
        faults.append(Fault("column_missing", column=_SHOWN["credits"]))
    if faults:
        raise SheetRefused(faults)
    lines: list[Line] = []
    for row in sheet.rows:
        found = _Reading(row, sheet.columns)
        line = found.line()
        faults.extend(found.faults)
        if not found.faults:
            lines.append(line)
        if len(faults) >= MOST_FAULTS:
            break
    faults.extend(_overlaps(lines))
    if faults:
        raise SheetRefused(faults)
    return Crosswalk(tuple(lines), basis)


class _Reading:
    """One row while it is read; each fault has its column."""

    def __init__(self, row: SheetRow, columns: Mapping[str, str]) -> None:
        self.faults: list[Fault] = []
        self._row = row
        self._columns = columns

    def line(self) -> Line:
        code, name = self._text("code"), self._text("name")
        if not folded(code) and not folded(name):
            self._fault("code" if "code" in self._columns else "name", "cell_empty")
        course = self._text("course") or " ".join(filter(None, (self._text("prefix"), self._text("number"))))
        if not folded(course):
            self._fault("course" if "course" in self._columns else "prefix", "cell_empty")
        starts, ends = self._day("starts"), self._day("ends")
        if starts and ends and ends < starts:
            self._fault("ends", "ends_before")
        status = folded(self._text("status"))
        if status != _UNVERIFIED and status not in _CONFIRMED:
            self._fault("status", "bad_status")
        return Line(
            row=self._row.number,
            college=self._text("college"),
            code=code,
            name=name,
            course=course,
            title=self._text("title"),
            credits=self._credits(),
            minimum=self._minimum(),
            within=self._within(),
            starts=starts,
            ends=ends,
            evidence=self._text("evidence"),
            source=self._source(),
            decision=self._text("decision"),
            unverified=status == _UNVERIFIED,
        )

    def _text(self, column: str) -> str:
        return self._row.cells.get(column, "")

    def _fault(self, column: str, code: str) -> None:
        facts = {"cell": self._text(column)[:60]}
        self.faults.append(Fault(code, self._row.number, self._columns.get(column, _SHOWN[column]), facts))

    def _credits(self) -> Decimal:
        text = self._text("credits")
        if not _CREDITS.fullmatch(text) or not 0 < Decimal(text) <= MOST_CREDITS:
            self._fault("credits", "cell_empty" if not text else "bad_credits")
            return Decimal(0)
        return Decimal(text)

    def _minimum(self) -> Decimal | None:
        text = self._text("minimum")
        found = _SCORE.fullmatch(text)
        if text and not found:
            self._fault("minimum", "bad_score")
        return Decimal(found[1]) if found else None

    def _within(self) -> Within | None:
        text = self._text("within")
        if not text:
            return None
        found = _WITHIN.fullmatch(text)
        months = int(found[1]) * (1 if found[2].lower() in _MONTHLY else 12) if found else 0
        if not 0 < months <= MOST_MONTHS:
            self._fault("within", "bad_within")
            return None
        return Within(months, text)

    def _day(self, column: str) -> date | None:
        text = self._text(column)
        if not text:
            return None
        try:
            return parse_date(text)
        except CredentialError:
            self._fault(column, "bad_day")
            return None

    def _source(self) -> str:
        text = self._text("source")
        if "://" in text and urlsplit(text).scheme not in {"https", "http"}:
            self._fault("source", "bad_source")
        return text


def _overlaps(lines: Sequence[Line]) -> Iterator[Fault]:
    """Rows of which nobody could say which one holds: one certification, course and score, on one day.

    And certifications with more rows than a person would look at.
    """
    alike: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        certification = folded(line.code) or folded(line.name)
        key = (folded(line.college), certification, folded(line.course), line.minimum)
        alike.setdefault(key, []).append(line)
    for group in alike.values():
        group.sort(key=lambda line: line.starts or date.min)
        for before, line in pairwise(group):
            if (line.starts or date.min) <= (before.ends or date.max):
                first, second = sorted((before.row, line.row))
                yield Fault("rows_overlap", second, facts={"other": str(first)})
    counted = Counter(key for line in lines for key in {folded(line.code), folded(line.name)} - {""})
    for line in lines:
        if counted[folded(line.code)] > MOST_FOR_ONE or counted[folded(line.name)] > MOST_FOR_ONE:
            yield Fault("too_many_for_one", line.row, facts={"most": str(MOST_FOR_ONE)})
            return


def _from_json(data: bytes) -> Sheet:
    """The rows of a JSON file as if a sheet had held them."""
    try:
        rows: Any = parse(data.removeprefix(b"\xef\xbb\xbf").strip(), JSON_LIMITS).value.get("rows")
    except DocumentError as fault:
        raise SheetRefused([Fault("not_json", facts={"why": fault.code})]) from fault
    if not isinstance(rows, list) or not rows:
        raise SheetRefused([Fault("no_json_rows")])
    if len(rows) > MOST_LINES:
        raise SheetRefused([Fault("too_many_rows", MOST_LINES + 1, facts={"most": str(MOST_LINES)})])
    known = {folded(name): ours for ours, theirs in COLUMNS.items() for name in theirs}
    columns: dict[str, str] = {}
    unknown: dict[str, None] = {}
    read = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise SheetRefused([Fault("row_no_object", number)])
        cells: dict[str, str] = {}
        for name, cell in row.items():
            ours = known.get(folded(name))
            if ours is None:
                unknown[name] = None
                continue
            if ours in cells:
                raise SheetRefused([Fault("column_twice", number, name, {"other": columns[ours]})])
            if isinstance(cell, bool) or not isinstance(cell, str | int | float | None):
                raise SheetRefused([Fault("cell_no_text", number, name)])
            columns.setdefault(ours, name)
            cells[ours] = "" if cell is None else str(cell).strip()
        read.append(SheetRow(number, cells))
    return Sheet(columns, tuple(unknown), tuple(read))
