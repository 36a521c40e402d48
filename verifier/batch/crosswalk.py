"""A college's own crosswalk, and what it suggests for an award: a course and its credits, with the reason.

A suggestion is the crosswalk's, never the badge's, and a registrar decides. Where something stands in the way
there is no suggestion, and it is said what. Nothing is suggested for a badge that is not valid.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credential.readiness import COUNTING_TYPES, READINESS_TYPE
from verifier.batch.award import Award
from verifier.batch.folding import folded
from verifier.batch.said import Said

COLLEGE_CERTIFICATE: Final = "Certificate"
"""The achievementType of a college certificate: it has no end and is never renewed, so it is no industry
certification (C.R.S. 23-5-145.6)."""

MOST_SUGGESTED: Final = 12
"""Rows of a crosswalk that one certification may lead to."""


class Basis(StrEnum):
    """Which day decides whether a row of the crosswalk is in force."""

    EARNED = "earned"
    """The day on which the award was earned."""
    TODAY = "today"
    """The day on which the batch is checked."""


@dataclass(frozen=True, slots=True)
class Within:
    """How long ago something may have been earned.

    Args:
        months: So many calendar months.
        text: As the crosswalk writes it.
    """

    months: int
    text: str

    def last_day(self, earned: date) -> date:
        """The last day on which it is still recent enough: the same day of the month, or the month's last."""
        month = earned.month - 1 + self.months
        year = min(earned.year + month // 12, date.max.year)
        month = month % 12 + 1
        return date(year, month, min(earned.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a crosswalk.

    Args:
        row: As a spreadsheet counts it; of a JSON file the position in `rows`, from 1.
        college: Whose row it is, or "".
        code: The certification's code, or "".
        name: The certification's name, or "".
        course: The course, such as `CNG 1021`.
        title: Its title, or "".
        credits: How many it is worth.
        minimum: The lowest score, None where any will do.
        within: How long ago it may have been earned at most, None for no limit.
        starts: The first day on which the row is in force, None for always.
        ends: The last one.
        evidence: What the college wants besides, or "".
        source: Where the decision can be read, or "".
        decision: The college's own reference of it, or "".
        unverified: Whether the crosswalk itself calls the row unverified.
    """

    row: int
    code: str
    name: str
    course: str
    credits: Decimal
    college: str = ""
    title: str = ""
    minimum: Decimal | None = None
    within: Within | None = None
    starts: date | None = None
    ends: date | None = None
    evidence: str = ""
    source: str = ""
    decision: str = ""
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A college's crosswalk, looked up by code and by name.

    Args:
        lines: Its rows.
        basis: Which day decides whether a row is in force.
    """

    lines: tuple[Line, ...]
    basis: Basis = Basis.EARNED
    by_code: Mapping[str, tuple[Line, ...]] = field(init=False, repr=False, compare=False)
    by_name: Mapping[str, tuple[Line, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code: dict[str, tuple[Line, ...]] = {}
        by_name: dict[str, tuple[Line, ...]] = {}
        for line in self.lines:
            for table, key in ((by_code, folded(line.code)), (by_name, folded(line.name))):
                if key:
                    table[key] = (*table.get(key, ()), line)
        object.__setattr__(self, "by_code", MappingProxyType(by_code))
        object.__setattr__(self, "by_name", MappingProxyType(by_name))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course for an award.

    Args:
        line: The crosswalk's row.
        reasons: Why it fits, in order.
        cautions: Why to look twice, or what to ask for besides.
    """

    line: Line
    reasons: tuple[Said, ...]
    cautions: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What the crosswalk says of an award.

    Args:
        suggestions: Courses, each once.
        why_not: Why there is none, or why a row of the crosswalk did not fit.
        refused: Whether it is no industry certification at all, and was sent as one.
    """

    suggestions: tuple[Suggestion, ...] = ()
    why_not: tuple[Said, ...] = ()
    refused: bool = False


def advise(award: Award, crosswalk: Crosswalk | None, today: date) -> Advice:
    """What a crosswalk suggests for a valid badge.

    Args:
        award: What the badge says. It is the caller's part that the badge is valid.
        crosswalk: The college's; None where it sent none.
        today: The day of the check.
    """
    if award.kind == COLLEGE_CERTIFICATE:
        return Advice(why_not=(Said("not.college_certificate"),), refused=True)
    if crosswalk is None:
        return Advice()
    if award.kind == READINESS_TYPE:
        return Advice(why_not=(Said("not.determination"),))
    lines, by_name = _lines(award, crosswalk)
    if not lines:
        return Advice(why_not=(Said("not.listed", {"code": award.codes[0] if award.codes else award.name}),))
    if award.kind not in COUNTING_TYPES:
        return Advice(why_not=(Said("not.a_certification", {"kind": award.kind or "?"}),))
    if unfinished := [one for one in award.standings if one != "Completed"]:
        return Advice(why_not=(Said("not.completed", {"standing": unfinished[0]}),))
    judged = [_judge(line, award, crosswalk.basis, today, by_name=by_name) for line in lines]
    fitting = _one_for_each_course([one for one in judged if isinstance(one, Suggestion)])
    stands_against = tuple(one for one in judged if isinstance(one, Said))
    return Advice(fitting[:MOST_SUGGESTED], stands_against[:MOST_SUGGESTED] if not fitting else ())


def _lines(award: Award, crosswalk: Crosswalk) -> tuple[tuple[Line, ...], bool]:
    """The rows for an award: those with one of its codes, else those with its name."""
    found: dict[int, Line] = {}
    for code in award.codes:
        found |= {line.row: line for line in crosswalk.by_code.get(folded(code), ())}
    if found:
        return tuple(found[row] for row in sorted(found)), False
    return crosswalk.by_name.get(folded(award.name), ()), True


def _judge(line: Line, award: Award, basis: Basis, today: date, *, by_name: bool) -> Suggestion | Said:
    """Whether one row fits, and why; or what stands against it."""
    row = {"row": str(line.row)}
    if award.earned is not None and award.earned > today:
        return Said("not.earned_ahead", {**row, "day": award.earned.isoformat()})
    reasons = [Said("because.name" if by_name else "because.code", {"what": line.name or line.code, **row})]
    if line.starts or line.ends:
        day = today if basis is Basis.TODAY else award.earned
        if day is None:
            return Said("not.day_unknown", row)
        if (line.starts and day < line.starts) or (line.ends and day > line.ends):
            return Said("not.in_force", {**row, "day": day.isoformat()})
        reasons.append(Said("because.in_force", {"day": day.isoformat()}))
    if line.within:
        if award.earned is None:
            return Said("not.day_unknown", row)
        if today > line.within.last_day(award.earned):
            facts = {**row, "day": award.earned.isoformat(), "within": line.within.text}
            return Said("not.recent", facts)
        reasons.append(Said("because.recent", {"day": award.earned.isoformat(), "within": line.within.text}))
    if line.minimum is not None:
        score = _score(award, line, row)
        if isinstance(score, Said):
            return score
        reasons.append(Said("because.score", {"score": f"{score:f}", "minimum": f"{line.minimum:f}"}))
    cautions = [Said("caution.by_name", row)] if by_name else []
    cautions += [Said("caution.unverified", row)] if line.unverified else []
    cautions += [Said("caution.evidence", {"evidence": line.evidence})] if line.evidence else []
    return Suggestion(line, tuple(reasons), tuple(cautions))


def _score(award: Award, line: Line, row: Mapping[str, str]) -> Decimal | Said:
    minimum = {**row, "minimum": f"{line.minimum:f}"}
    if not award.scores:
        return Said("not.no_score", minimum)
    if len(award.scores) > 1:
        told = ", ".join(f"{score:f}" for score in award.scores)
        return Said("not.several_scores", {**minimum, "scores": told})
    score = award.scores[0]
    if line.minimum is not None and score < line.minimum:
        return Said("not.score", {**minimum, "score": f"{score:f}"})
    return score


def _one_for_each_course(fitting: list[Suggestion]) -> tuple[Suggestion, ...]:
    """For each college's course the row that asks for most of those that fit: a tier above the others."""
    best: dict[tuple[str, str], Suggestion] = {}
    for one in fitting:
        key = (folded(one.line.college), folded(one.line.course))
        before = best.get(key)
        if before is None or _asks(one.line) > _asks(before.line):
            best[key] = one
    return tuple(best.values())


def _asks(line: Line) -> Decimal:
    return line.minimum if line.minimum is not None else Decimal(-1)
