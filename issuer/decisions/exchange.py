"""The empty proposal to fill in, and a proposal as another district may have it: without anybody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from issuer.catalog.entry import Entry
from issuer.catalog.validity import add_months
from issuer.decisions.alignment import ONET
from issuer.decisions.proposal import QUESTIONS, SECTION_WORDS, Origin, Proposal, SectionName
from issuer.decisions.reading import proposal_json

ELSEWHERE: Final = "another district"
"""Who wrote the rows of a proposal that came from elsewhere."""

_REVIEW_MONTHS: Final = 12
_SECTION_HELP: Final = MappingProxyType(
    {
        SectionName.COURSE_CONTENT: "Which courses, in which order, teach what it asks? Statements: text, "
        "and url where there is one.",
        SectionName.STANDARDS: "One alignment for each standard that it shows; subject is ENG or MTH for an "
        "academic standard, and left out for a CTE standard. There must be one for each subject above.",
        SectionName.CTE_PROGRAM: "Which CTE program does it belong to? Statements or alignments.",
        SectionName.INDUSTRY_NEED: "Who looks for it here? At least one row of demand: source, year, "
        "occupation (its code), openings (a number), and url where there is one.",
        SectionName.POSTSECONDARY: "Which college or program after school builds on it?",
    }
)
_ROW_HELP: Final = (
    "An alignment: framework, code, name, url (https), target_type (CFItem for a standard of the state, "
    "ceasn:Competency for one of the body, CTDL, or ext:ONET with O*NET-SOC 2019 as its framework), strength "
    "(full, partial, none), author, date, next_review, and where they apply subject, item_ended (the day on "
    "which the standard ended), note (what part is met). Instead of rows, waived: the reason."
)


def template(entry: Entry, *, author: str, day: date) -> dict[str, Any]:
    """The file that a coordinator fills in: what the catalogue knows is there, and help beside the rest.

    Args:
        entry: The certification.
        author: The member who will propose.
        day: Today.
    """
    review = add_months(day, _REVIEW_MONTHS).isoformat()
    sections: dict[str, Any] = {
        name.value: {
            "help": f"{SECTION_WORDS[name]}: {_SECTION_HELP[name]}",
            "alignments": [],
            "statements": [],
        }
        for name in SectionName
    }
    need = sections[SectionName.INDUSTRY_NEED.value]
    need["demand"] = []
    need["alignments"] = [
        {
            "framework": one.framework,
            "code": one.code,
            "name": one.name,
            "url": one.url,
            "target_type": ONET,
            "strength": "full",
            "author": author,
            "date": day.isoformat(),
            "next_review": review,
        }
        for one in entry.occupations
    ]
    return {
        "help": f"A proposal for {entry.code}, {entry.name}. Every help may stay or go. {_ROW_HELP} "
        "recognition says who says that industry recognizes it: an object with body, and where they apply "
        "list, version and url.",
        "code": entry.code,
        "origin": Origin.PROGRAM.value,
        "author": author,
        "date": day.isoformat(),
        "subjects": ["ENG", "MTH"],
        "next_review": review,
        "recognition": None,
        "sections": sections,
        "needs_assessment": {
            "help": "Leave it out where it was not made. Answers: yes, no, unsure, each with note, url and "
            "date (the day of the evidence at url) where they apply. The outcome: go or no-go.",
            "answers": {key: {"help": words, "answer": "unsure"} for key, words in QUESTIONS.items()},
            "outcome": "no-go",
        },
    }


def anonymous(proposal: Proposal) -> dict[str, Any]:
    """A proposal for another district: who wrote what is left out, and so are the notes on the needs here.

    Its texts are the committee's own words: whoever gives them away reads them first.
    """
    sections = {
        name: replace(section, alignments=tuple(replace(row, author=ELSEWHERE) for row in section.alignments))
        for name, section in proposal.sections.items()
    }
    bare = replace(proposal, sections=MappingProxyType(sections), assessment=None)
    return {name: value for name, value in proposal_json(bare).items() if name != "author"}
