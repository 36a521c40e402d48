"""The rows of a batch in words: the same columns for the page, the sheet, the workbook and the paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from credential.dates import format_date_time
from verifier.batch.crosswalk import Suggestion
from verifier.batch.rows import Row
from verifier.batch.words import BATCH, say
from verifier.evidence import Outcome
from verifier.listing import place_of
from verifier.words import LOCALES, spell_day

COLUMNS: Final = (
    "row", "sent", "applicant", "applicant_name", "match", "name", "award", "award_code", "kind", "body",
    "number", "issuer", "verdict", "code", "what_to_do", "earned", "ends", "score", "course", "credits",
    "suggestion", "same_as", "look_twice", "decision", "source", "checked_at", "digest",
)  # fmt: skip
"""The columns of the files, in their order. More may be added at the end, none renamed or moved."""

LONGEST: Final = 2_000
"""Characters of one cell: an issuer's or a college's text may be longer."""


@dataclass(frozen=True, slots=True)
class RowTold:
    """One row in words.

    Args:
        row: The row itself.
        place: Which part of which file it is.
        headline: The verdict.
        what_to_do: What follows.
        applicants: Number and name of each applicant who fits.
        found_by: What led to them.
        suggestions: Each suggestion with its reason.
        why_not: What stands in the way of one.
        same_as: That another row has the same award, or "".
        look_twice: Why to look twice.
    """

    row: Row
    place: str
    headline: str
    what_to_do: str
    applicants: tuple[tuple[str, str], ...]
    found_by: str
    suggestions: tuple[str, ...]
    why_not: tuple[str, ...]
    same_as: str
    look_twice: tuple[str, ...]


def told(row: Row, locale: str) -> RowTold:
    """One row in words.

    Args:
        row: As it was settled.
        locale: "en" or "es".
    """
    words = BATCH[locale]
    more = (("", words["match.more"].format(count=row.match.more)),) if row.match.more else ()
    headline = row.headline[locale]
    if row.as_of is not None and row.outcome is not Outcome.VALID:
        day = words["as_of"].format(day=spell_day(row.as_of.date(), LOCALES[locale]))
        headline = f"{headline} · {day}"
    return RowTold(
        row=row,
        place=place_of(row.item, locale),
        headline=headline,
        what_to_do=row.what_to_do[locale],
        applicants=(*((one.number, one.name or one.email) for one in row.match.applicants), *more),
        found_by=words[f"match.{row.match.by}"],
        suggestions=tuple(suggested(one, locale) for one in row.advice.suggestions),
        why_not=tuple(say(one, locale) for one in row.advice.why_not),
        same_as=words["same_as"].format(row=row.same_as) if row.same_as else "",
        look_twice=tuple(dict.fromkeys(say(one, locale) for one in row.all_cautions)),
    )


def suggested(one: Suggestion, locale: str) -> str:
    """A suggestion with its reason: "Suggested: CNG 1021, 4 credits, because ...; score 82 ≥ 75."."""
    words = BATCH[locale]
    reasons = words["reasons.between"].join(say(reason, locale) for reason in one.reasons)
    key = "suggested.at" if one.line.college else "suggested"
    course = f"{one.line.course} ({one.line.title})" if one.line.title else one.line.course
    return words[key].format(
        college=one.line.college, course=course, credits=f"{one.line.credits:f}", reasons=reasons
    )


def head(locale: str) -> tuple[str, ...]:
    """The names of the columns."""
    return tuple(BATCH[locale][f"column.{name}"] for name in COLUMNS)


def cells(row: Row, locale: str) -> tuple[str | int | Decimal, ...]:
    """One row for a sheet, in the order of `COLUMNS`. Only what is ours is a number."""
    said, award = told(row, locale), row.award
    suggestions = row.advice.suggestions if row.counts else ()
    worth = sum((one.line.credits for one in suggestions), Decimal(0))
    values: dict[str, str | int | Decimal] = {
        "row": row.label if row.part else row.number,
        "sent": said.place,
        "applicant": _all(number for number, _ in said.applicants),
        "applicant_name": _all(name for _, name in said.applicants),
        "match": said.found_by,
        "name": _all(award.names) if award else "",
        "award": award.name if award else "",
        "award_code": _all(award.codes) if award else "",
        "kind": award.kind if award else "",
        "body": award.bodies[-1] if award and award.bodies else "",
        "number": award.number if award else "",
        "issuer": row.issuer_name,
        "verdict": said.headline,
        "code": str(row.code),
        "what_to_do": said.what_to_do,
        "earned": award.earned.isoformat() if award and award.earned else "",
        "ends": award.ends.isoformat() if award and award.ends else "",
        "score": _all(f"{score:f}" for score in award.scores) if award else "",
        "course": _all(one.line.course for one in suggestions),
        "credits": worth if suggestions else "",
        "suggestion": " ".join((*said.suggestions, *said.why_not, *filter(None, [said.same_as]))),
        "same_as": row.same_as,
        "look_twice": " ".join(said.look_twice),
        "decision": _all(one.line.decision for one in suggestions),
        "source": _all(one.line.source for one in suggestions),
        "checked_at": format_date_time(row.checked_at.replace(microsecond=0)),
        "digest": row.digest,
    }
    return tuple(_cut(values[name]) for name in COLUMNS)


def row_json(row: Row, locale: str) -> dict[str, Any]:
    """One row for programs. Members are only ever added, never renamed.

    Returns:
        {"row": its label, "sent", "outcome", "code", "headline", "what_to_do", "issuer",
        "badge": None or {"name", "codes", "kind", "body", "number", "names", "earned", "ends", "scores"},
        "match": {"by", "applicants": [{"number", "name"}], "more"},
        "suggestions": [{"row", "course", "title", "college", "credits", "sentence", "decision", "source"}],
        "why_not": [...], "refused", "same_as": a label or None, "counts", "look_twice": [...],
        "checked_at", "as_of", "digest", "receipt"}
    """
    said, award = told(row, locale), row.award
    badge = award and {
        "name": award.name,
        "codes": list(award.codes),
        "kind": award.kind,
        "body": award.bodies[-1] if award.bodies else "",
        "number": award.number,
        "names": list(award.names),
        "earned": award.earned.isoformat() if award.earned else None,
        "ends": award.ends.isoformat() if award.ends else None,
        "scores": [f"{score:f}" for score in award.scores],
    }
    return {
        "row": row.label,
        "sent": said.place,
        "outcome": str(row.outcome),
        "code": str(row.code),
        "headline": said.headline,
        "what_to_do": said.what_to_do,
        "issuer": row.issuer_name or None,
        "badge": badge,
        "match": {
            "by": str(row.match.by),
            "applicants": [{"number": one.number, "name": one.name} for one in row.match.applicants],
            "more": row.match.more,
        },
        "suggestions": [
            {
                "row": one.line.row,
                "course": one.line.course,
                "title": one.line.title,
                "college": one.line.college,
                "credits": f"{one.line.credits:f}",
                "sentence": sentence,
                "decision": one.line.decision,
                "source": one.line.source,
            }
            for one, sentence in zip(row.advice.suggestions, said.suggestions, strict=True)
        ],
        "why_not": list(said.why_not),
        "refused": row.advice.refused,
        "same_as": row.same_as or None,
        "counts": row.counts,
        "look_twice": list(said.look_twice),
        "checked_at": format_date_time(row.checked_at.replace(microsecond=0)),
        "as_of": format_date_time(row.as_of.replace(microsecond=0)) if row.as_of else None,
        "digest": row.digest,
        "receipt": row.receipt or None,
    }


def twice(rows: Iterable[Row]) -> int:
    """How many rows need a second look."""
    return sum(1 for row in rows if row.needs_a_look)


def _all(texts: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(text for text in texts if text))


def _cut(value: str | int | Decimal) -> str | int | Decimal:
    return value[: LONGEST - 1] + "…" if isinstance(value, str) and len(value) > LONGEST else value


def filtered(rows: Sequence[Row], show: str) -> tuple[Row, ...]:
    """The rows of a filter: a family of verdicts, "look_twice", or anything else for all."""
    if show == "look_twice":
        return tuple(row for row in rows if row.needs_a_look)
    chosen = tuple(row for row in rows if row.family == show)
    return chosen if show in FAMILIES else tuple(rows)


FAMILIES: Final = ("accept", "not_current", "refuse", "cannot_tell")
"""How verdicts look, in the order of the filters."""
