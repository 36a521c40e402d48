"""The state's yearly file: a template says which columns it has this year, a mapping says how each is filled.

A column is filled from a field of the record, from the district's own roster file, or with one value; a code
map turns our words into the state's. What cannot be filled is refused with the names of the columns, and
nothing is written. One line for each kind of certification that a student earned in the year.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from issuer.catalog import Entry
from issuer.catalog.load import place_of
from issuer.catalog.place import Place
from issuer.errors import IssuerError
from issuer.reports.cells import is_formula
from issuer.reports.facts import Earned
from issuer.roster.table import Table
from issuer.store.report_queries import Standing

MOST_COLUMNS = 200
MOST_CODES = 2_000
LARGEST_TEMPLATE = 65_536
"""Bytes of a template: it is one row of names."""
MOST_NAMED = 5
"""How many lines a refusal names."""
_DELIMITERS: Final = MappingProxyType({"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"})
_DATE = re.compile(r"(%Y|%m|%d|[-/.])+")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line of the file is about."""

    earned: Earned
    standing: Standing
    entry: Entry
    district: str
    year: int


FIELDS: Final[Mapping[str, Callable[[Line], str | date | None]]] = MappingProxyType(
    {
        "student.id": lambda line: line.earned.student_id,
        "school.code": lambda line: line.earned.school_code,
        "district.name": lambda line: line.district,
        "year": lambda line: str(line.year),
        "award.ref": lambda line: line.earned.award_ref,
        "award.code": lambda line: line.earned.code,
        "award.name": lambda line: line.earned.name,
        "award.kind": lambda line: line.earned.kind,
        "award.cluster": lambda line: line.earned.cluster,
        "award.earned_on": lambda line: line.earned.earned_on,
        "award.last_day": lambda line: line.standing.last_day,
        "award.number": lambda line: line.standing.number,
        "award.evaluator": lambda line: line.earned.evaluator,
        "award.body": lambda line: line.entry.body.name,
        "award.description": lambda line: line.entry.description,
    }
)
"""What a column can be filled from."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is filled: exactly one of `field`, `roster` and `value` is said.

    Args:
        name: The column's name in the template.
        field: One of `FIELDS`.
        roster: A column of the roster file.
        value: The same text in every line.
        codes: Our word to the state's code; a word that is not there cannot be filled.
        date: How a day is written, in the signs %Y, %m and %d.
        width: How many characters there must be; shorter text gets leading zeros.
        may_be_empty: Whether the state takes an empty cell.
    """

    name: str
    field: str | None = None
    roster: str | None = None
    value: str | None = None
    codes: Mapping[str, str] | None = None
    date: str = "%Y-%m-%d"
    width: int | None = None
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping.

    Args:
        name: In words.
        version: Which edition; the audit names it.
        about: What a reader must know of it.
        delimiter: Between cells.
        kinds: Kinds of award that get a line.
        columns: By name, in the order of the file where no template is given.
        unverified: JSON pointers of what nobody confirmed.
    """

    name: str
    version: str
    about: str
    delimiter: str
    kinds: frozenset[str]
    columns: Mapping[str, Column]
    unverified: tuple[str, ...]


@cache
def packaged(name: str) -> FileMapping:
    """A mapping that comes with Cairn: `colorado-guidelines` or `ed-fi-diploma`.

    Raises:
        IssuerError: `not_found`.
    """
    file = resources.files("issuer.reports") / "data" / f"{name}.json"
    if not re.fullmatch(r"[a-z-]{1,40}", name) or not file.is_file():
        raise IssuerError("not_found", f"no mapping {name!r} comes with Cairn: name a file that has one")
    return load_mapping(file.read_bytes(), file=f"{name}.json")


def load_mapping(data: bytes, *, file: str = "mapping.json") -> FileMapping:
    """A mapping from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("mapping file columns", "unverified")
    head, form = root.at("mapping"), root.at("file")
    head.object("name version about")
    form.object("delimiter kinds")
    columns = root.at("columns").children()
    if not 0 < len(columns) <= MOST_COLUMNS:
        raise root.at("columns").refuse("bad_value", f"1 to {MOST_COLUMNS} columns can be filled")
    return FileMapping(
        head.at("name").text(),
        head.at("version").text(),
        head.at("about").text(),
        form.at("delimiter").known(_DELIMITERS, "delimiters"),
        frozenset(item.text() for item in form.at("kinds").items()),
        MappingProxyType({name: _column(name, place) for name, place in columns}),
        tuple(item.text() for item in root.at("unverified").items()),
    )


def _column(name: str, place: Place) -> Column:
    place.object("", "field roster value codes date width mayBeEmpty")
    said = [member for member in ("field", "roster", "value") if place.at(member).value is not None]
    if len(said) != 1:
        raise place.refuse("bad_value", "say exactly one of field, roster and value")
    field = place.at("field").text_or_none()
    if field is not None and field not in FIELDS:
        raise place.at("field").refuse("unknown_reference", f"{field!r} is none of: {', '.join(FIELDS)}")
    written = place.at("date").text_or_none(_DATE)
    width = place.at("width").value
    if width is not None and (not isinstance(width, int) or isinstance(width, bool) or not 0 < width <= 100):  # noqa: PLR2004 - of a cell
        raise place.at("width").refuse("bad_value", "a width is a number from 1 to 100")
    codes = place.at("codes")
    if codes.value is not None and len(codes.object()) > MOST_CODES:
        raise codes.refuse("bad_value", f"{MOST_CODES} codes are read")
    return Column(
        name,
        field,
        place.at("roster").text_or_none(),
        place.at("value").text_or_none(),
        None
        if codes.value is None
        else MappingProxyType({ours: theirs.text() for ours, theirs in codes.children()}),
        written or "%Y-%m-%d",
        width,
        place.at("mayBeEmpty").flag(),
    )


def template_columns(data: bytes, mapping: FileMapping, *, file: str = "the template") -> tuple[str, ...]:
    """The columns of this year's file, from its header row, each of which the mapping must fill.

    Raises:
        IssuerError: `not_filled`, naming every column that the mapping does not know, and every one of the
            mapping's that this year's file does not have.
    """
    if len(data) > LARGEST_TEMPLATE:
        raise IssuerError("not_filled", f"{file} is larger than a row of names: paste the header row alone")
    try:
        text = data.decode("utf-8-sig")
        rows = [
            row for row in csv.reader(io.StringIO(text), delimiter=mapping.delimiter, strict=True) if any(row)
        ]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise IssuerError("not_filled", f"{file} cannot be read: save its header row as CSV UTF-8") from fault
    if len(rows) != 1:
        raise IssuerError("not_filled", f"{file} has {len(rows)} rows: it must have the header row alone")
    names = tuple(cell.strip() for cell in rows[0])
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise IssuerError("not_filled", f"{file} has a column twice: {', '.join(double)}")
    unknown = [name for name in names if name not in mapping.columns]
    if unknown:
        raise IssuerError(
            "not_filled",
            f"the mapping does not say how to fill: {', '.join(unknown)}. Add each to its columns",
        )
    gone = [name for name in mapping.columns if name not in names]
    if gone:
        raise IssuerError(
            "not_filled",
            f"{file} has no column for what the mapping fills: {', '.join(gone)}. Compare the two",
        )
    return names


def roster_rows(cells: Table, key: str, *, file: str = "the roster") -> Mapping[str, Mapping[str, str]]:
    """The rows of a district's own file, by the student's number.

    Raises:
        IssuerError: `not_filled` where there is no such column, or one number stands in two rows.
    """
    if key not in cells.header:
        raise IssuerError("not_filled", f"{file} has no column {key!r}; it has {', '.join(cells.header)}")
    found: dict[str, Mapping[str, str]] = {}
    for line in cells.lines:
        row = dict(zip(cells.header, line.cells, strict=False))
        number = row.get(key, "")
        if number in found:
            raise IssuerError(
                "not_filled", f"{file} has the number {number} twice, again in row {line.number}"
            )
        if number:
            found[number] = row
    return found


def state_file(
    mapping: FileMapping,
    names: Sequence[str],
    lines: Sequence[Line],
    roster: Mapping[str, Mapping[str, str]],
) -> str:
    """The file's text: UTF-8, lines end in CRLF, every cell as text, so that leading zeros stay.

    Raises:
        IssuerError: `not_filled`, naming each column that cannot be filled, and why; nothing is written then.
    """
    faults: dict[tuple[str, str], list[str]] = {}
    written = io.StringIO(newline="")
    writer = csv.writer(
        written, delimiter=mapping.delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n"
    )
    writer.writerow(names)
    for line in lines:
        if line.earned.kind not in mapping.kinds:
            continue
        cells = []
        for name in names:
            cell, fault = _cell(mapping.columns[name], line, roster)
            if fault:
                faults.setdefault((name, fault), []).append(line.earned.award_ref)
            cells.append(cell)
        writer.writerow(cells)
    if faults:
        raise IssuerError("not_filled", "; ".join(_said(*key, refs) for key, refs in faults.items()))
    return written.getvalue()


def _cell(column: Column, line: Line, roster: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """The cell, and what keeps it from being filled."""
    text, fault = _found(column, line, roster)
    if fault:
        return "", fault
    if column.codes is not None and text:
        if text not in column.codes:
            return "", f"the mapping has no code for {text!r}"
        text = column.codes[text]
    if not text:
        return "", "" if column.may_be_empty else "nothing is recorded"
    if is_formula(text):
        return "", "the text begins like a formula, which the state's program must not be given"
    if column.width is not None and len(text) > column.width:
        return "", f"the text has more than {column.width} characters"
    return text.rjust(column.width or 0, "0"), ""


def _found(column: Column, line: Line, roster: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """What the records, the roster or the mapping itself say, and what keeps them from saying it."""
    found: str | date | None = column.value
    if column.field is not None:
        found = FIELDS[column.field](line)
    elif column.roster is not None:
        row = roster.get(line.earned.student_id)
        if row is None:
            return "", "the student is not in the roster file"
        if column.roster not in row:
            return "", f"the roster file has no column {column.roster!r}"
        found = row[column.roster]
    return found.strftime(column.date) if isinstance(found, date) else (found or ""), ""


def _said(name: str, fault: str, refs: Sequence[str]) -> str:
    more = f" and {len(refs) - MOST_NAMED} more" if len(refs) > MOST_NAMED else ""
    return f"column {name}: {fault} ({', '.join(refs[:MOST_NAMED])}{more})"
