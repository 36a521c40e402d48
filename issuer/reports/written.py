"""A report as a text for a terminal, as CSV, as JSON and as a page."""

from __future__ import annotations

import base64
import hashlib
import json
import textwrap
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, select_autoescape
from markupsafe import Markup

from issuer.reports.cells import csv_text
from issuer.reports.report import Report, Section, Value, year_name
from issuer.reports.shown import HIDDEN

_COLUMNS = 96
"""How wide a terminal is taken to be."""
_WIDEST = 46
"""How wide the first column of a table may be in a terminal."""
_OTHERS = 18
"""How wide each of the others may be."""


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def written(value: Value) -> str:
    """A cell as every writer prints it."""
    return HIDDEN if value is None else str(value)


def as_text(report: Report) -> str:
    """Tables for a terminal."""
    lines = [f"{report.district}: {report.title}", ""]
    lines += [f"{name}: {value}" for name, value in report.facts]
    for note in report.notes:
        lines += ["", *textwrap.wrap(note, _COLUMNS)]
    for section in report.sections:
        lines += ["", "", section.title, "=" * len(section.title)]
        for words in section.words:
            lines += textwrap.wrap(words, _COLUMNS)
        lines += _text_table(section)
    return "\n".join(lines) + "\n"


def _text_table(section: Section) -> list[str]:
    if not section.head:
        return []
    cells = [list(section.head), *([written(value) for value in row] for row in section.rows)]
    widths = [
        min(max(len(row[place]) for row in cells), _OTHERS if place else _WIDEST)
        for place in range(len(section.head))
    ]
    numbers = [
        all(isinstance(row[place], int) or row[place] is None for row in section.rows)
        for place in range(len(section.head))
    ]
    lines: list[str] = []
    for row in cells:
        parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for number in range(max(len(part) for part in parts)):
            shown = [part[number] if number < len(part) else "" for part in parts]
            lines.append(
                "  ".join(
                    text.rjust(width) if is_number else text.ljust(width)
                    for text, width, is_number in zip(shown, widths, numbers, strict=True)
                ).rstrip()
            )
        if row is cells[0]:
            lines.append("  ".join("-" * width for width in widths))
    return lines


def as_csv(report: Report) -> str:
    """One row for each number: which section, which line, which column."""
    rows = [("district", "school_year", "section", "line", "column", "value")]
    for section in report.sections:
        for row in section.rows:
            for column, value in zip(section.head[1:], row[1:], strict=True):
                rows.append(
                    (
                        report.district,
                        year_name(report.year),
                        section.name,
                        written(row[0]),
                        column,
                        written(value),
                    )
                )
    return csv_text(rows)


def as_json(report: Report) -> str:
    """Everything but the pictures; null stands for a number that is hidden."""
    value: dict[str, Any] = {
        "title": report.title,
        "district": report.district,
        "school_year": year_name(report.year),
        "facts": dict(report.facts),
        "notes": list(report.notes),
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "words": list(section.words),
                "head": list(section.head),
                "rows": [list(row) for row in section.rows],
            }
            for section in report.sections
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_html(report: Report) -> str:
    """A page that stands alone: no script, nothing from elsewhere, and its policy says so."""
    style = _template("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(report=report, style=Markup(style), digest=digest, year=year_name(report.year))  # noqa: S704 - our own file
    )


WRITERS: Final[MappingProxyType[Format, Callable[[Report], str]]] = MappingProxyType(
    {Format.TEXT: as_text, Format.CSV: as_csv, Format.JSON: as_json, Format.HTML: as_html}
)
"""How each format is written."""


def picture(svg: str) -> Markup:
    """A chart as it may stand in a page: `charts` has escaped every text in it."""
    return Markup(svg)  # noqa: S704 - as above


def is_numbers(section: Section, place: int) -> bool:
    """Whether a column has numbers only, which stand to the right."""
    return place > 0 and all(isinstance(row[place], int) or row[place] is None for row in section.rows)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(written=written, picture=picture)
    made.tests["numbers"] = is_numbers
    return made


def _template(name: str) -> str:
    return (resources.files("issuer.reports") / "templates" / name).read_text("utf-8")
