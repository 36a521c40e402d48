"""The worksheet by which a district claims incentive money, over what its records hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from issuer.catalog.incentives import Completion, Programme, ProgrammeYear, Worksheet
from issuer.errors import IssuerError
from issuer.reports.facts import Earned
from issuer.reports.metrics import CATEGORIES, CREDIT, WORK, of_year

_CANDIDATES = (
    (frozenset(CATEGORIES), ("credential",)),
    (WORK, ("work-based-learning", "workplace-training")),
    (CREDIT, ("postsecondary-credit",)),
)
"""Kinds of award, and what programmes call them; the first name that the programme has is taken."""
_YES = frozenset({"1", "y", "yes", "true", "sí", "si"})


@dataclass(frozen=True, slots=True)
class RosterColumns:
    """Columns of the district's own roster file.

    Args:
        grade: The student's grade.
        uplift: Whether the student counts for more, as 1, Y or yes; "" where the file does not say.
    """

    grade: str
    uplift: str = ""


def completions(
    earned: Iterable[Earned],
    programme: ProgrammeYear,
    *,
    roster: Mapping[str, Mapping[str, str]],
    columns: RosterColumns,
    provider: str,
) -> list[Completion]:
    """What the programme may pay for in its year. The uplift is read, used and not kept.

    Raises:
        IssuerError: `not_filled` where the roster does not say a student's grade.
    """
    found, unknown = [], []
    for one in of_year(earned, programme.completed_in.first + 1):
        category = category_of(one.kind, programme.programme)
        if category is None:
            continue
        row = roster.get(one.student_id, {})
        grade = row.get(columns.grade, "").strip()
        if not grade.isascii() or not grade.isdigit() or len(grade) > 2:  # noqa: PLR2004 - digits of a grade
            unknown.append(one.award_ref)
            continue
        uplift = row.get(columns.uplift, "").strip().casefold() in _YES if columns.uplift else False
        found.append(
            Completion(one.student_id, one.code, category, one.earned_on, int(grade), provider, uplift)
        )
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""  # noqa: PLR2004 - that are named
        raise IssuerError(
            "not_filled",
            f"the roster file does not say the grade for {', '.join(unknown[:5])}{more}: it is needed",
        )
    return found


def category_of(kind: str, programme: Programme) -> str | None:
    """What the programme calls a kind of award, or None where it pays nothing for it."""
    for kinds, names in _CANDIDATES:
        if kind in kinds:
            return next((name for name in names if name in programme.categories), None)
    return None


def worksheet_rows(sheet: Worksheet) -> list[tuple[str, ...]]:
    """The worksheet as rows of text, with a header, a line for each completion and one for each category."""
    rows: list[tuple[str, ...]] = [
        ("student", "code", "category", "completed", "grade", "outcome", "why", "weight", "at_most_usd")
    ]
    for row in sheet.rows:
        one = row.completion
        rows.append(
            (
                one.student,
                one.code,
                one.category,
                one.completed.isoformat(),
                str(one.grade),
                row.outcome.value,
                row.why,
                str(row.weight),
                "" if row.at_most is None else str(row.at_most),
            )
        )
    for total in sheet.totals:
        rows.append(  # noqa: PERF401 - a row of nine cells reads better so
            (
                f"All in {total.category.name}",
                "",
                total.category.code,
                "",
                "",
                f"{total.claimed} claimed",
                "" if total.percent is None else f"{total.percent} % of the year's money",
                str(total.weight),
                "" if total.at_most is None else str(total.at_most),
            )
        )
    return rows
