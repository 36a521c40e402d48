"""What a report takes in: templates and mappings of the state's file, and the cells and labels it prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from lxml import html

from issuer.catalog import CatalogueError
from issuer.errors import IssuerError
from issuer.reports.cells import csv_text, is_formula
from issuer.reports.charts import Bar, bars
from issuer.reports.report import Report, Section
from issuer.reports.state_file import (
    LARGEST_TEMPLATE,
    MOST_CODES,
    MOST_COLUMNS,
    load_mapping,
    template_columns,
)
from issuer.reports.written import as_html
from tests.attacks.framework import Case, Recipe

AREA = "reports"
GOOD = {
    "mapping": {"name": "Ours", "version": "1", "about": "For a try."},
    "file": {"delimiter": "comma", "kinds": ["STATE_LICENSE"]},
    "columns": {"A": {"value": "1"}, "B": {"field": "student.id"}},
}
HEADER = b"A,B\r\n"
NAME = b"Two Rivers Technical Campus"


def judge(data: bytes, suffix: str) -> str:
    """The code that refuses a file; for a text that is printed, whether it came out as anything but text."""
    if suffix == "cell":
        return _cell(data.decode())
    if suffix == "label":
        return _label(data.decode())
    try:
        if suffix == "template" or not data.startswith(b"{"):  # a recipe has no ending
            template_columns(data, load_mapping(json.dumps(GOOD).encode()))
        else:
            load_mapping(data)
    except CatalogueError as refused:
        return refused.code
    except IssuerError as refused:
        return refused.code
    return "ok"


def _cell(text: str) -> str:
    ((written,),) = csv.reader(io.StringIO(csv_text([(text,)]), newline=""))
    assert not is_formula(written)
    assert written.endswith(text)
    return "ok" if written == text else "neutralised"


def _label(text: str) -> str:
    """A school's name on the page: what the browser makes of it must be the text."""
    section = Section("s", text, (text,), (text,), ((text,),), bars("s", text, [Bar(text, 1)]))
    tree: Any = html.document_fromstring(
        as_html(Report(text, text, 2026, ((text, text),), (text,), (section,)))
    )
    assert not tree.xpath("//script | //img | //iframe | //link | //@onload | //@onerror | //@style")
    assert text.strip() in tree.text_content()
    return "ok" if as_html(Report(text, "", 2026, (), (), ())).count(text) else "neutralised"


def wide_template(size: int) -> bytes:
    """A header row padded to so many bytes."""
    return HEADER[:-2] + b" " * (size - len(HEADER)) + b"\r\n"


def many_columns(count: int) -> bytes:
    """A mapping of so many columns."""
    return _mapping({str(n): {"value": "1"} for n in range(count)})


def many_codes(count: int) -> bytes:
    """A mapping with so many codes in one column."""
    return _mapping({"A": {"field": "award.code", "codes": {str(n): "x" for n in range(count)}}})


RECIPES = {"wide_template": wide_template, "many_columns": many_columns, "many_codes": many_codes}


def _mapping(columns: dict[str, Any], **members: Any) -> bytes:
    return json.dumps(GOOD | {"columns": columns} | members).encode()


def cases() -> Iterator[Case]:
    for name, text in {
        "equals": "=cmd|' /C calc'!A0",
        "plus": "+1",
        "minus": "-1",
        "at": "@SUM(1)",
        "tab": "\t=1",
        "return": "\r=1",
        "newline": "\n=1",
        "space": " =1",
        "no-break-space": "\u00a0=1",
        "full-width": "＝1",
        "a-mark-of-its-own": "'=1",
    }.items():
        yield Case(f"WEB-09-report-cell-{name}", text.encode(), "cell", "neutralised", NAME)
    for name, text in {
        "script": "<script>alert(1)</script>",
        "attribute": '"><img src=x onerror=alert(1)>',
        "end-of-title": "</title><script>alert(1)</script>",
        "end-of-svg": "</desc></svg><iframe src=//x>",
        "entity": "&lt;script&gt;",
    }.items():
        yield Case(f"WEB-01-report-label-{name}", text.encode(), "label", "neutralised", NAME)
    for name, data in {
        "unknown-column": b"A,B,SSN\r\n",
        "column-gone": b"A\r\n",
        "column-twice": b"A,B,B\r\n",
        "second-row": b"A,B\r\n1,2\r\n",
        "utf-16": "A,B\r\n".encode("utf-16"),
        "open-quote": b'A,"B\r\n',
        "empty": b"\r\n",
    }.items():
        yield Case(f"WEB-10-template-{name}", data, "template", "not_filled", HEADER)
    yield Case(
        "WEB-10-template-large",
        Recipe("wide_template", {"size": LARGEST_TEMPLATE + 1}),
        "template",
        "not_filled",
        Recipe("wide_template", {"size": LARGEST_TEMPLATE}),
    )
    good = json.dumps(GOOD).encode()
    for name, data, code in (
        ("field-that-is-kept-nowhere", _mapping({"A": {"field": "student.race"}}), "unknown_reference"),
        ("field-of-python", _mapping({"A": {"field": "__class__"}}), "unknown_reference"),
        ("date-of-the-system", _mapping({"A": {"field": "award.earned_on", "date": "%c"}}), "bad_value"),
        ("width-true", _mapping({"A": {"value": "1", "width": True}}), "bad_value"),
        ("width-huge", _mapping({"A": {"value": "1", "width": 10**9}}), "bad_value"),
        ("two-sources", _mapping({"A": {"value": "1", "roster": "x"}}), "bad_value"),
        ("unknown-member", _mapping({"A": {"value": "1", "run": "x"}}), "unknown_member"),
        (
            "delimiter-letter",
            _mapping({"A": {"value": "1"}}, file={"delimiter": "e", "kinds": []}),
            "unknown_reference",
        ),
        ("member-twice", good[:-1] + b', "columns": {}}', "duplicate_key"),
        ("not-json", b"{", "not_json"),
    ):
        yield Case(f"WEB-10-mapping-{name}", data, "mapping", code, good)
    for recipe, most in (("many_columns", MOST_COLUMNS), ("many_codes", MOST_CODES)):
        yield Case(
            f"WEB-10-mapping-{recipe.replace('_', '-')}",
            Recipe(recipe, {"count": most + 1}),
            "mapping",
            "bad_value",
            Recipe(recipe, {"count": most}),
        )
