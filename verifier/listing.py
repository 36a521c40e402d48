"""Several verdicts side by side: one line for each thing that was sent, the worst of them, and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from verifier.evidence import Code, Verdict
from verifier.intake import Item, Where
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
    report: Report
    place: str
    same_as: int


def lines_of(checked: Iterable[tuple[Item, Verdict]], locale: str = "en") -> tuple[Line, ...]:
    """A line for each item, in their order.

    Args:
        checked: Items as `verifier.intake` read them, each with its verdict.
        locale: "en" or "es"; English for any other.
    """
    return tuple(
        Line(
            item,
            explain(verdict, locale),
            place_of(item, locale),
            0 if item.same_as is None else item.same_as + 1,
        )
        for item, verdict in checked
    )


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


def list_json(checked: Iterable[tuple[Item, Verdict]], locale: str = "en") -> list[dict[str, Any]]:
    """Several verdicts for programs: `[{"name", "where", "number", "same_as", "report"}]`.

    `where` and `number` say which part of the file it is ("page", "qr", "attachment", "row", "member", "");
    `same_as` is the place in the list, from 0, of the first that is the same, or None; `report` is what
    `verifier.report.as_json` makes.
    """
    return [
        {
            "name": item.name,
            "where": str(item.where),
            "number": item.number,
            "same_as": item.same_as,
            "report": as_json(verdict, locale),
        }
        for item, verdict in checked
    ]
