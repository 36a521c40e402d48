"""A proposal: one certification, what it is to count for, and the five alignments that speak for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credential.readiness import Subject
from issuer.decisions.alignment import Alignment, Strength
from issuer.decisions.errors import DecisionRefused

SUBJECT_WORDS: Final = MappingProxyType({Subject.ENGLISH: "English", Subject.MATH: "math"})


class Origin(StrEnum):
    """Where a proposal comes from."""

    DISTRICT = "district"
    PROGRAM = "program"
    STUDENT = "student"


class SectionName(StrEnum):
    """What has to be documented before a vote."""

    COURSE_CONTENT = "course_content"
    STANDARDS = "standards"
    CTE_PROGRAM = "cte_program"
    INDUSTRY_NEED = "industry_need"
    POSTSECONDARY = "postsecondary"


SECTION_WORDS: Final = MappingProxyType(
    {
        SectionName.COURSE_CONTENT: "course content",
        SectionName.STANDARDS: "academic and CTE standards",
        SectionName.CTE_PROGRAM: "the CTE program",
        SectionName.INDUSTRY_NEED: "the need of industry",
        SectionName.POSTSECONDARY: "college and other programs after school",
    }
)

QUESTIONS: Final = MappingProxyType(
    {
        "wanted": "Do the people concerned want certifications on the district's menu?",
        "offered": "Do any classes, in or outside CTE, lead to certifications now?",
        "curriculum": "Is there a curriculum that could lead to this certification?",
        "workforce": "Do employers here look for it?",
        "partners": "Are there partners in industry or colleges already?",
        "communication": "Can the district tell students, families and teachers about it?",
        "committee": "Is there a committee that can lead the work?",
        "staff": "Do the staff know the field, or what would they have to learn?",
        "initiators": "Is it clear who may propose one: the district, a school, a student?",
    }
)
"""The nine questions of the needs assessment, by key."""


class Answer(StrEnum):
    """An answer to one of `QUESTIONS`."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and what it rests on.

    Args:
        answer: It.
        note: What was found, in words, or "".
        url: The https address of the evidence, or None.
        on: The day that the evidence is from; None where there is no evidence.
    """

    answer: Answer
    note: str = ""
    url: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The needs assessment: its answers, and whether the district goes on.

    Args:
        answers: An answer for each key of `QUESTIONS`.
        go: What the district made of them.
    """

    answers: Mapping[str, Answered]
    go: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that speaks for the proposal, in words, with an https address where there is one."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """How many people are looked for.

    Args:
        source: Who counted.
        year: For which year.
        occupation: The code of the occupation.
        openings: Openings in that year.
        url: Where it was published, or None.
    """

    source: str
    year: int
    occupation: str
    openings: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """Who says that industry recognises it: a body, or a list and its version."""

    body: str
    list: str | None = None
    version: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One of the five: rows, or the reason why there are none."""

    alignments: tuple[Alignment, ...] = ()
    statements: tuple[Statement, ...] = ()
    demand: tuple[Demand, ...] = ()
    waived: str | None = None

    @property
    def has_rows(self) -> bool:
        """Whether anything is documented."""
        return bool(self.alignments or self.statements or self.demand)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a committee votes on. It does not change: a changed proposal is a new one.

    Args:
        code: The catalogue's code of the certification.
        origin: Where it comes from. A student's needs a counselor's sign-off; no student is named.
        author: The member who proposes. They do not approve it.
        written: When.
        subjects: What it is to count for.
        next_review: When the whole is to be looked at again.
        sections: The five, as far as they are filled in.
        recognition: Who recognises it, or None while nobody has said.
        assessment: The needs assessment, or None.
    """

    code: str
    origin: Origin
    author: str
    written: date
    subjects: frozenset[Subject]
    next_review: date
    sections: Mapping[SectionName, Section] = field(default_factory=lambda: MappingProxyType({}))
    recognition: Recognition | None = None
    assessment: Assessment | None = None

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """Every alignment of every section, in their order. A row's number counts from 1 in here."""
        return tuple(
            row
            for name in SectionName
            if name in self.sections and self.sections[name].waived is None
            for row in self.sections[name].alignments
        )


def missing(proposal: Proposal) -> tuple[str, ...]:
    """What a vote still needs, each in a few words; empty where nothing does."""
    return tuple(_missing(proposal))


def _missing(proposal: Proposal) -> Iterator[str]:
    for name in SectionName:
        section = proposal.sections.get(name, Section())
        if section.waived is not None:
            continue
        if not section.has_rows:
            yield f"{SECTION_WORDS[name]} (fill in rows, or waive it with a reason)"
        elif name is SectionName.INDUSTRY_NEED and not section.demand:
            yield f"{SECTION_WORDS[name]} (how many openings, in which year, counted by whom)"
        elif name is SectionName.STANDARDS:
            shown = {row.subject for row in section.alignments if row.strength is not Strength.NONE}
            for subject in sorted(proposal.subjects - shown):
                yield f"{SECTION_WORDS[name]} (no {SUBJECT_WORDS[subject]} standard is aligned)"
    if proposal.recognition is None:
        yield "recognition (which body or list says that industry recognizes it)"
    if proposal.assessment is not None and not proposal.assessment.go:
        yield "a needs assessment that says go (this one says no go)"


def check_votable(proposal: Proposal, *, signed_off: bool) -> None:
    """Refuse a vote on what is not complete.

    Args:
        proposal: It.
        signed_off: Whether a counselor signed it off.

    Raises:
        DecisionRefused: `not_votable`, listing everything that is missing; `not_signed_off`.
    """
    lacking = missing(proposal)
    if lacking:
        raise DecisionRefused(
            "not_votable",
            f"{proposal.code} cannot be voted on yet. Missing: {'; '.join(lacking)}. "
            "Add it to the file and propose again.",
        )
    if proposal.origin is Origin.STUDENT and not signed_off:
        raise DecisionRefused(
            "not_signed_off",
            f"a student asked for {proposal.code}: a counselor has to sign it off first "
            "(`cairn decisions sign-off`)",
        )
