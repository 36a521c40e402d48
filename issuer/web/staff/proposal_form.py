"""The form of a proposal: what was typed, as the JSON that `issuer.decisions.reading` takes, and back.

A row is a group of fields that are named by section, list and number: `standards.alignments.0.url`. That is
also how a fault finds its field, because the JSON has its rows in the same order. An empty row is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from issuer.catalog.entry import Entry
from issuer.catalog.errors import CatalogueError
from issuer.decisions.alignment import ONET, Strength
from issuer.decisions.exchange import template
from issuer.decisions.proposal import Origin, Proposal, SectionName
from issuer.decisions.reading import MOST_ROWS, MOST_STATEMENTS, proposal_json
from issuer.web.forms import Form
from issuer.web.staff import assessment_form
from issuer.web.staff.page import WORDS
from issuer.web.staff.refusals import line_in

ROWS: Final = MappingProxyType(
    {
        "alignments": (
            "framework",
            "code",
            "name",
            "url",
            "target_type",
            "strength",
            "subject",
            "next_review",
            "item_ended",
            "note",
            "author",
            "date",
        ),
        "statements": ("text", "url"),
        "demand": ("source", "year", "occupation", "openings", "url"),
    }
)
"""The fields of a row, by list."""
_FILLED: Final = MappingProxyType(
    {
        "alignments": ("framework", "code", "name", "url", "note"),
        "statements": ROWS["statements"],
        "demand": ROWS["demand"],
    }
)
"""The fields that make a row one that somebody filled in."""
_OPTIONAL: Final = frozenset({"code", "subject", "item_ended", "note"})
MOST: Final = MappingProxyType(
    {"alignments": MOST_ROWS, "statements": MOST_STATEMENTS, "demand": MOST_STATEMENTS}
)
RECOGNITION: Final = ("body", "list", "version", "url")
TARGETS: Final = MappingProxyType(
    {name: WORDS[f"alignment.target.{name}"] for name in ("CFItem", "ceasn:Competency", "CTDL", ONET)}
)
STRENGTHS: Final = MappingProxyType({one.value: WORDS[f"alignment.{one.value}"] for one in Strength})
ORIGINS: Final = MappingProxyType({one.value: WORDS[f"proposal.origin.{one.value}"] for one in Origin})
_LONGEST_NUMBER: Final = 9

Typed = dict[str, Any]
"""What stands in the form: text by field, and for each section its reason and its lists of rows."""


def lists_of(name: SectionName) -> tuple[str, ...]:
    """The lists of rows that a section has."""
    return (
        ("demand", "alignments", "statements")
        if name is SectionName.INDUSTRY_NEED
        else (
            "alignments",
            "statements",
        )
    )


def typed_in(form: Form) -> Typed:
    """What somebody typed. One row more is read of each list than fits, so that too many are seen to be."""
    there = frozenset(form.names())
    return {
        "origin": form.text("origin"),
        "author": form.text("author"),
        "next_review": form.text("next_review").strip(),
        "subjects": form.texts("subjects"),
        "recognition": {name: line_in(form, f"recognition.{name}") for name in RECOGNITION},
        "assessment": assessment_form.typed_in(form),
        "sections": {
            name.value: {"waived": line_in(form, f"{name.value}.waived")}
            | {kind: _rows(form, there, name, kind) for kind in lists_of(name)}
            for name in SectionName
        },
    }


def _rows(form: Form, there: frozenset[str], name: SectionName, kind: str) -> list[dict[str, str]]:
    found = []
    for index in range(MOST[kind] + 1):
        prefix = f"{name.value}.{kind}.{index}"
        if f"{prefix}.{ROWS[kind][0]}" not in there:
            break
        row = {field: line_in(form, f"{prefix}.{field}") for field in ROWS[kind]}
        if any(row[field] for field in _FILLED[kind]):
            found.append(row)
    return found


def typed_of(document: Mapping[str, Any]) -> Typed:
    """What stands in the form for a proposal as JSON."""
    sections = document.get("sections", {})
    recognition = document.get("recognition") or {}
    return {
        "origin": document.get("origin", ""),
        "author": document.get("author", ""),
        "next_review": document.get("next_review", ""),
        "subjects": list(document.get("subjects", ())),
        "recognition": {name: recognition.get(name, "") for name in RECOGNITION},
        "assessment": assessment_form.typed_of(document.get("needs_assessment")),
        "sections": {
            name.value: {"waived": sections.get(name.value, {}).get("waived", "")}
            | {
                kind: [
                    {field: str(row.get(field, "")) for field in ROWS[kind]}
                    for row in sections.get(name.value, {}).get(kind, ())
                ]
                for kind in lists_of(name)
            }
            for name in SectionName
        },
    }


def empty(entry: Entry, *, author: str, day: date) -> Typed:
    """The form for a first proposal: what the catalogue knows is there."""
    made = {
        name: value
        for name, value in template(entry, author=author, day=day).items()
        if name != assessment_form.MEMBER  # nobody has answered anything yet
    }
    return typed_of(made)


def again(proposal: Proposal) -> Typed:
    """The form for proposing something once more, with its alignments as they were last looked at."""
    return typed_of(proposal_json(proposal))


def document(typed: Typed, *, code: str, on: date, assessment: Mapping[str, Any] | None) -> bytes:
    """What was typed, as the file that `issuer.decisions.reading.parse_proposal` reads.

    Args:
        typed: It.
        code: The certification.
        on: Today: the day of the proposal, and of every row that has none.
        assessment: The needs assessment of the proposal that this one is made from, for a form without one.
    """
    made: dict[str, Any] = {
        "code": code,
        "origin": typed["origin"],
        "author": typed["author"],
        "date": on.isoformat(),
        "subjects": typed["subjects"],
        "next_review": typed["next_review"],
        "sections": {name: _section(part, typed, on) for name, part in typed["sections"].items()},
    }
    if any(typed["recognition"].values()):
        made["recognition"] = {"body": typed["recognition"]["body"]} | {
            name: text for name, text in typed["recognition"].items() if text
        }
    answered = assessment if typed["assessment"] is None else assessment_form.document(typed["assessment"])
    if answered is not None:
        made[assessment_form.MEMBER] = dict(answered)
    return json.dumps(made).encode()


def _section(part: Mapping[str, Any], typed: Typed, on: date) -> dict[str, Any]:
    made: dict[str, Any] = {"waived": part["waived"]} if part["waived"] else {}
    for kind, rows in part.items():
        if kind != "waived" and rows:
            made[kind] = [_row(kind, row, typed, on) for row in rows]
    return made


def _row(kind: str, row: Mapping[str, str], typed: Typed, on: date) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field, text in row.items():
        optional = field in _OPTIONAL if kind == "alignments" else field == "url"
        if text or not optional:
            made[field] = text
    if kind == "alignments":
        made["author"] = row["author"] or typed["author"]
        made["date"] = row["date"] or on.isoformat()
        made["next_review"] = row["next_review"] or typed["next_review"]
    for field in ("year", "openings"):
        text = row.get(field, "")
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
            made[field] = int(text)
    return made


def field_of(refused: CatalogueError) -> str:
    """The field of the form that stands for a place in the JSON."""
    pointer = refused.pointer.removeprefix("/sections/").removeprefix("/")
    return "subjects" if pointer.startswith("subjects") else pointer.replace("/", ".")
