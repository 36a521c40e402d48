"""Several verdicts side by side: one line for each thing that was sent, the worst of them, and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from verifier.evidence import Code, Outcome, Verdict
from verifier.intake import Item, Where
from verifier.presentation_report import PresentationReport, explain_presentation, presentation_json
from verifier.presented import Judged, PresentationCode
from verifier.report import Report, as_json, explain
from verifier.words import LOCALES

WORST_FIRST: Final = (
    Code.TAMPERED,
    Code.REVOKED,
    Code.EVIDENCE_FAILS,
    Code.REPLACED,
    Code.SUSPENDED,
    Code.EXPIRED,
    Code.NOT_YET_VALID,
    Code.UNREADABLE,
    Code.NOT_FOUND,
    Code.NOT_SHARED,
    Code.SHARE_ENDED,
    Code.INCOMPLETE,
    Code.ISSUER_UNKNOWN,
    Code.VALID,
)
"""Every code: what must not be accepted, what is not in force, what nobody could read, what nobody knows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the things that were sent, and what came of it.

    Args:
        item: What was sent.
        report: The verdict in words.
        place: Which part of which file it is, in words; "" for a text that was typed.
        same_as: The number of the line that is the same badge or link, from 1; 0 for none.
    """

    item: Item
    report: Report | PresentationReport
    place: str
    same_as: int

    @property
    def shown(self) -> tuple[Report, ...]:
        """A report for each badge: one, or those of a presentation."""
        return self.report.credentials if isinstance(self.report, PresentationReport) else (self.report,)

    @property
    def is_presentation(self) -> bool:
        """Whether several are held up together."""
        return isinstance(self.report, PresentationReport)


def lines_of(checked: Iterable[tuple[Item, Judged]], locale: str = "en") -> tuple[Line, ...]:
    """A line for each item, in their order.

    Args:
        checked: Items as `verifier.intake` read them, each with its verdict.
        locale: "en" or "es"; English for any other.
    """
    return tuple(
        Line(
            item,
            told(verdict, locale),
            place_of(item, locale),
            0 if item.same_as is None else item.same_as + 1,
        )
        for item, verdict in checked
    )


def told(judged: Judged, locale: str = "en") -> Report | PresentationReport:
    """A verdict in words, of a badge or of a presentation."""
    return explain(judged, locale) if isinstance(judged, Verdict) else explain_presentation(judged, locale)


def told_json(judged: Judged, locale: str = "en") -> dict[str, Any]:
    """A verdict for programs, of a badge or of a presentation: "kind" says of which."""
    return as_json(judged, locale) if isinstance(judged, Verdict) else presentation_json(judged, locale)


def place_of(item: Item, locale: str = "en") -> str:
    """Which part of which file an item is, such as `letter.pdf, page 2`."""
    words = LOCALES.get(locale, LOCALES["en"])
    part = "" if item.where is Where.WHOLE else words[f"place.{item.where}"].format(number=item.number)
    return ", ".join(filter(None, (item.name, part)))


def worst(codes: Iterable[Code]) -> Code:
    """The worst of some verdicts: *valid* only where all are.

    Raises:
        ValueError: There is none.
    """
    return min(codes, key=WORST_FIRST.index)


def code_of(judged: Judged) -> Code:
    """The one code that tells a program how it ended: of a presentation, that of the worst badge in it."""
    if isinstance(judged, Verdict):
        return judged.code
    if judged.code is PresentationCode.UNREADABLE:
        return Code.UNREADABLE
    if judged.code in {PresentationCode.ALTERED, PresentationCode.NOT_ANSWERED}:
        return Code.TAMPERED
    inside = [one.code for one in judged.credentials]
    wanted = worst(inside) if inside else Code.INCOMPLETE
    return Code.INCOMPLETE if wanted is Code.VALID and judged.outcome is not Outcome.VALID else wanted


def list_json(checked: Iterable[tuple[Item, Judged]], locale: str = "en") -> list[dict[str, Any]]:
    """Several verdicts for programs: `[{"name", "where", "number", "same_as", "report"}]`.

    `where` and `number` say which part of the file it is ("page", "qr", "attachment", "row", "member", "");
    `same_as` is the place in the list, from 0, of the first that is the same, or None; `report` is what
    `told_json` makes.
    """
    return [
        {
            "name": item.name,
            "where": str(item.where),
            "number": item.number,
            "same_as": item.same_as,
            "report": told_json(verdict, locale),
        }
        for item, verdict in checked
    ]
