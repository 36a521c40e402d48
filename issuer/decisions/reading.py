"""A proposal's file: read with errors that name the place, written, and the empty one to fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from credential.readiness import Subject
from issuer.catalog.load import day_at, place_of
from issuer.catalog.place import Place
from issuer.decisions.alignment import ONET, ONET_CODE, ONET_FRAMEWORK, TARGET_TYPES, Alignment, Strength
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.proposal import (
    QUESTIONS,
    Answer,
    Answered,
    Assessment,
    Demand,
    Origin,
    Proposal,
    Recognition,
    Section,
    SectionName,
    Statement,
)
from issuer.text import fault_in, length

LARGEST_FILE: Final = 262_144
"""Bytes of a proposal's file."""

MOST_ROWS: Final = 40
"""Alignments of one proposal: all of them go into every badge."""

MOST_STATEMENTS: Final = 40
"""Statements, and as many counts of demand, of one section."""

LONGEST_LINE: Final = 500
"""Characters of a name, an address or a note."""

LONGEST_TEXT: Final = 4_000
"""Characters of a statement or of a reason."""

MOST_OPENINGS: Final = 10_000_000
_FIRST_YEAR: Final = 1990

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}")
_MEMBER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_URL: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?")
_EXTENSION: Final = re.compile(r"ext:[A-Za-z0-9._][A-Za-z0-9._-]*")
_HELP: Final = " help"
Word = TypeVar("Word", bound=StrEnum)


def parse_proposal(data: bytes, *, file: str = "proposal.json", author: str = "") -> Proposal:
    """A proposal from a file. What is not filled in yet may be absent; what is there must be right.

    Args:
        data: UTF-8 JSON, at most `LARGEST_FILE` bytes. A member `help` is read over everywhere.
        file: The file's name, for errors.
        author: The member who proposes, where the file does not say it.

    Raises:
        CatalogueError: A fault, with its file and JSON pointer.
        DecisionRefused: `too_many` for a file or a list that is too long.
    """
    if len(data) > LARGEST_FILE:
        raise DecisionRefused(
            "too_many", f"{file} has {len(data)} bytes; a proposal has at most {LARGEST_FILE}"
        )
    root = place_of(data, file)
    root.object("code origin date subjects next_review", "author recognition sections needs_assessment help")
    written, review = day_at(root.at("date")), day_at(root.at("next_review"))
    if review <= written:
        raise root.at("next_review").refuse("bad_value", "the next review lies after the day of the proposal")
    made = Proposal(
        code=root.at("code").text(_CODE),
        origin=_word(root.at("origin"), Origin),
        author=root.at("author").text(_MEMBER) if root.at("author").value or not author else author,
        written=written,
        subjects=frozenset(_word(one, Subject) for one in _some(root.at("subjects"), len(Subject))),
        next_review=review,
        sections=_sections(root.at("sections")),
        recognition=_recognition(root.at("recognition")),
        assessment=_assessment(root.at("needs_assessment"), written),
    )
    if not made.subjects:
        raise root.at("subjects").refuse("bad_value", "say what it is to count for: ENG, MTH or both")
    if len(made.alignments) > MOST_ROWS:
        raise DecisionRefused(
            "too_many", f"{file} has {len(made.alignments)} alignments; at most {MOST_ROWS} fit into a badge"
        )
    return made


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """The JSON object that `parse_proposal` reads as the same proposal."""
    made: dict[str, Any] = {
        "code": proposal.code,
        "origin": proposal.origin.value,
        "author": proposal.author,
        "date": proposal.written.isoformat(),
        "subjects": sorted(proposal.subjects),
        "next_review": proposal.next_review.isoformat(),
    }
    if proposal.recognition is not None:
        found = proposal.recognition
        made["recognition"] = _filled(body=found.body, list=found.list, version=found.version, url=found.url)
    made["sections"] = {name.value: _section_json(part) for name, part in proposal.sections.items()}
    if proposal.assessment is not None:
        answers = proposal.assessment.answers
        made["needs_assessment"] = {
            "answers": {
                key: _filled(
                    answer=one.answer.value,
                    note=one.note or None,
                    url=one.url,
                    date=one.on and one.on.isoformat(),
                )
                for key, one in answers.items()
            },
            "outcome": "go" if proposal.assessment.go else "no-go",
        }
    return made


def with_reviews(proposal: Proposal, reviews: Mapping[int, tuple[date, date | None]]) -> Proposal:
    """The proposal with its alignments as they were last looked at.

    Args:
        proposal: As it was proposed.
        reviews: Next review and end of the framework's item, by the row's number from 1.
    """
    number = 0
    sections = {}
    for name in SectionName:
        section = proposal.sections.get(name)
        if section is None:
            continue
        if section.waived is None:
            rows = []
            for row in section.alignments:
                number += 1
                if number in reviews:
                    following, ended = reviews[number]
                    rows.append(replace(row, next_review=following, ended=ended or row.ended))
                else:
                    rows.append(row)
            section = replace(section, alignments=tuple(rows))
        sections[name] = section
    return replace(proposal, sections=MappingProxyType(sections))


def text_of(value: Mapping[str, Any]) -> str:
    """A JSON object as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _sections(place: Place) -> Mapping[SectionName, Section]:
    if place.value is None:
        return MappingProxyType({})
    place.object(optional=" ".join(SectionName) + _HELP)
    names = [name for name in SectionName if place.at(name).value is not None]
    return MappingProxyType({name: _section(name, place.at(name)) for name in names})


def _section(name: SectionName, place: Place) -> Section:
    optional = "alignments statements waived" + _HELP
    place.object(optional=optional + (" demand" if name is SectionName.INDUSTRY_NEED else ""))
    waived = place.at("waived")
    made = Section(
        tuple(_alignment(one) for one in _some(place.at("alignments"), MOST_ROWS)),
        tuple(_statement(one) for one in _some(place.at("statements"), MOST_STATEMENTS)),
        tuple(_demand(one) for one in _some(place.at("demand"), MOST_STATEMENTS)),
        None if waived.value in (None, "") else _line(waived, LONGEST_TEXT),
    )
    if made.waived is not None and made.has_rows:
        raise waived.refuse("bad_value", "a section has rows or is waived with a reason, not both")
    return made


def _alignment(place: Place) -> Alignment:
    place.object(
        "framework name url target_type strength author date next_review",
        "code subject item_ended note" + _HELP,
    )
    kind = place.at("target_type").text()
    if kind not in TARGET_TYPES and not _EXTENSION.fullmatch(kind):
        raise place.at("target_type").refuse(
            "bad_value",
            f"{kind!r} is none of {', '.join(sorted(TARGET_TYPES))}, and no term of the form ext:Name",
        )
    framework, code = _line(place.at("framework")), _optional(place.at("code"))
    if kind == ONET and not ONET_FRAMEWORK.fullmatch(framework):
        raise place.at("framework").refuse(
            "bad_value", "name the edition of the taxonomy, such as O*NET-SOC 2019: codes change between them"
        )
    if kind == ONET and not (code and ONET_CODE.fullmatch(code)):
        raise place.at("code").refuse("bad_value", "an occupation has a code such as 31-1131.00")
    made = Alignment(
        framework=framework,
        code=code,
        name=_line(place.at("name")),
        url=_address(place.at("url")),
        target_type=kind,
        strength=_word(place.at("strength"), Strength),
        author=_line(place.at("author")),
        written=day_at(place.at("date")),
        next_review=day_at(place.at("next_review")),
        subject=None if place.at("subject").value is None else _word(place.at("subject"), Subject),
        ended=None if place.at("item_ended").value is None else day_at(place.at("item_ended")),
        note=_optional(place.at("note")),
    )
    if made.next_review <= made.written:
        raise place.at("next_review").refuse("bad_value", "the next review lies after the day of the row")
    return made


def _statement(place: Place) -> Statement:
    place.object("text", "url" + _HELP)
    address = place.at("url")
    return Statement(
        _line(place.at("text"), LONGEST_TEXT), None if address.value is None else _address(address)
    )


def _demand(place: Place) -> Demand:
    place.object("source year occupation openings", "url" + _HELP)
    address = place.at("url")
    return Demand(
        _line(place.at("source")),
        _number(place.at("year"), _FIRST_YEAR, date.max.year),
        _line(place.at("occupation")),
        _number(place.at("openings"), 0, MOST_OPENINGS),
        None if address.value is None else _address(address),
    )


def _recognition(place: Place) -> Recognition | None:
    if place.value is None:
        return None
    place.object("body", "list version url" + _HELP)
    address = place.at("url")
    return Recognition(
        _line(place.at("body")),
        _optional(place.at("list")),
        _optional(place.at("version")),
        None if address.value is None else _address(address),
    )


def _assessment(place: Place, written: date) -> Assessment | None:
    if place.value is None:
        return None
    place.object("answers outcome", "help")
    outcome = place.at("outcome").text()
    if outcome not in ("go", "no-go"):
        raise place.at("outcome").refuse("bad_value", "the outcome is go or no-go")
    place.at("answers").object(" ".join(QUESTIONS), "help")
    answers = {key: _answered(place.at("answers").at(key), written) for key in QUESTIONS}
    return Assessment(MappingProxyType(answers), outcome == "go")


def _answered(place: Place, written: date) -> Answered:
    place.object("answer", "note url date" + _HELP)
    address, day = place.at("url"), place.at("date")
    found = Answered(
        _word(place.at("answer"), Answer),
        _optional(place.at("note")) or "",
        None if address.value is None else _address(address),
        None if day.value is None else day_at(day),
    )
    if found.url is not None and found.on is None:
        raise day.refuse("bad_value", "say of which day this evidence is: figures grow old")
    if found.url is None and found.on is not None:
        raise address.refuse("bad_value", "a day belongs to evidence: give its https address too")
    if found.on is not None and found.on > written:
        raise day.refuse("bad_value", "evidence is from before the proposal, or of its day")
    return found


def _some(place: Place, most: int) -> list[Place]:
    found = place.items()
    if len(found) > most:
        raise DecisionRefused(
            "too_many", f"In {place.file}: {place.pointer} lists {len(found)}; at most {most} are read"
        )
    return found


def _word(place: Place, words: type[Word]) -> Word:
    text = place.text()
    if text not in set(words):
        raise place.refuse("bad_value", f"{text[:60]!r} is none of {', '.join(words)}")
    return words(text)


def _line(place: Place, longest: int = LONGEST_LINE) -> str:
    text = place.text()
    if fault := fault_in(text):
        raise place.refuse("bad_value", f"the text has {fault}: type it again")
    if length(text) > longest:
        raise place.refuse("bad_value", f"the text has {length(text)} characters; at most {longest} fit")
    return text


def _optional(place: Place) -> str | None:
    return None if place.value in (None, "") else _line(place)


def _address(place: Place) -> str:
    text = _line(place)
    if not _URL.fullmatch(text):
        raise place.refuse("bad_value", "an https address belongs here")
    return text


def _number(place: Place, lowest: int, highest: int) -> int:
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise place.refuse("bad_value", f"a whole number from {lowest} to {highest} belongs here")
    return value


def _section_json(section: Section) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if section.waived is not None:
        made["waived"] = section.waived
    if section.alignments:
        made["alignments"] = [_alignment_json(row) for row in section.alignments]
    if section.statements:
        made["statements"] = [_filled(text=one.text, url=one.url) for one in section.statements]
    if section.demand:
        made["demand"] = [
            _filled(
                source=one.source,
                year=one.year,
                occupation=one.occupation,
                openings=one.openings,
                url=one.url,
            )
            for one in section.demand
        ]
    return made


def _alignment_json(row: Alignment) -> dict[str, Any]:
    return _filled(
        framework=row.framework,
        code=row.code,
        name=row.name,
        url=row.url,
        target_type=row.target_type,
        strength=row.strength.value,
        subject=row.subject and row.subject.value,
        author=row.author,
        date=row.written.isoformat(),
        next_review=row.next_review.isoformat(),
        item_ended=row.ended and row.ended.isoformat(),
        note=row.note,
    )


def _filled(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
