"""Programmes that pay districts for what students complete, and the worksheet that a district claims by.

Which student counts for more because of free or reduced-price lunch, the district works out itself when it
fills the worksheet. It is a flag of a row here, is not stored, and never enters a credential.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from issuer.catalog.heading import Heading
from issuer.catalog.school_year import SchoolYear
from issuer.errors import IssuerError

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Category:
    """A sort of completion that a programme pays for.

    Args:
        code: Its code.
        name: In words.
        order: Its tier: a lower one is paid first. Categories of one tier are paid alike.
        capped: Whether the programme's limit for one provider holds for it.
        listed: Whether the state publishes each year which of them qualify.
    """

    code: str
    name: str
    order: int
    capped: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """How a programme's money is divided, from one school year to another (None: until it changes)."""

    first: SchoolYear
    last: SchoolYear | None
    percent: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme.

    Args:
        code: Its code.
        name: In words.
        law: Where the law has it.
        first: The first school year.
        last: The last school year, or None while it has no end.
        categories: Category by code; empty for a programme that pays by grant and has no worksheet.
        splits: How its money is divided, by code of category or of another use.
        maximum: The most that is paid for one completion, in US dollars, or None.
        uplift_percent: What a student with free or reduced-price lunch counts for, in per cent, or None.
        cap_percent: The part of all completions reported in the state that one provider is paid for, at most.
        grades: The lowest and the highest grade in which a completion counts.
        year_before: Whether a year pays for what was completed in the year before it.
        lists: The codes that qualify, by the school year of completion and the code of a category.
        note: For staff.
    """

    code: str
    name: str
    law: str | None
    first: SchoolYear
    last: SchoolYear | None
    categories: Mapping[str, Category]
    splits: tuple[Split, ...] = ()
    maximum: Decimal | None = None
    uplift_percent: Decimal | None = None
    cap_percent: Decimal | None = None
    grades: tuple[int, int] = (9, 12)
    year_before: bool = False
    lists: Mapping[tuple[SchoolYear, str], frozenset[str]] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """A programme in one school year, under one edition of the rules."""

    programme: Programme
    year: SchoolYear
    version: str

    @property
    def completed_in(self) -> SchoolYear:
        """The school year in which a completion must lie."""
        return SchoolYear(self.year.first - 1) if self.programme.year_before else self.year

    @property
    def split(self) -> Mapping[str, Decimal]:
        """How the year's money is divided, in per cent; empty where these rules do not say."""
        for split in self.programme.splits:
            if split.first <= self.year and (split.last is None or self.year <= split.last):
                return split.percent
        return {}


@dataclass(frozen=True, slots=True)
class Incentives:
    """A dated edition of programmes, by code."""

    heading: Heading
    programmes: Mapping[str, Programme]

    def in_year(self, code: str, year: SchoolYear) -> ProgrammeYear:
        """A programme in a school year.

        Raises:
            IssuerError: `not_found` where there is no such programme; `no_rule_set` where it does not pay in
                that year.
        """
        programme = self.programmes.get(code)
        if programme is None:
            known = ", ".join(self.programmes)
            raise IssuerError("not_found", f"there is no programme {code!r}; these are: {known}")
        if year < programme.first or (programme.last is not None and programme.last < year):
            ends = f" to {programme.last}" if programme.last else " on"
            others = [
                one.code
                for one in self.programmes.values()
                if one.categories and one.first <= year and (one.last is None or year <= one.last)
            ]
            instead = f" In {year} there is {' and '.join(others)}." if others else ""
            raise IssuerError(
                "no_rule_set", f"{programme.name} pays from {programme.first}{ends}, not in {year}.{instead}"
            )
        if not programme.categories:
            raise IssuerError("no_rule_set", f"{programme.name} is a grant that is applied for: no worksheet")
        return ProgrammeYear(programme, year, self.heading.version)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a student completed.

    Args:
        student: The district's own id of the student.
        code: The catalogue's code, or the district's, of what was completed.
        category: The code of the programme's category.
        completed: The day.
        grade: The student's grade then.
        provider: Who reports it: the district, charter school or board of cooperative services, by its code.
        uplift: Whether the student counts for more. The district works it out when it fills the worksheet.
    """

    student: str
    code: str
    category: str
    completed: date
    grade: int
    provider: str
    uplift: bool = False


class RowOutcome(StrEnum):
    """What becomes of a row of a worksheet."""

    CLAIMED = "claimed"
    DUPLICATE = "duplicate"
    NOT_ELIGIBLE = "not_eligible"
    OVER_CAP = "over_cap"


@dataclass(frozen=True, slots=True)
class Row:
    """One completion on a worksheet.

    Args:
        completion: It.
        outcome: What becomes of it.
        why: A sentence where it is not claimed, else empty.
        weight: What it counts for: 1, or more with the uplift; 0 where it is not claimed.
        at_most: US dollars, at most; None where the programme names no sum.
    """

    completion: Completion
    outcome: RowOutcome
    why: str
    weight: Decimal
    at_most: Decimal | None


@dataclass(frozen=True, slots=True)
class Total:
    """A category's line below a worksheet.

    Args:
        category: It.
        claimed: How many rows are claimed.
        weight: What they count for together.
        at_most: US dollars together, at most; None where the programme names no sum.
        percent: The category's part of the year's money; None where the rules do not say.
    """

    category: Category
    claimed: int
    weight: Decimal
    at_most: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What a district can claim.

    Args:
        programme: Under which programme, in which year, by which edition of the rules.
        rows: Every completion, in the order in which it is paid: tier, day, student, code, provider.
        totals: A line for each category, in the order of the tiers.
        cautions: What the sheet does not settle, in sentences.
    """

    programme: ProgrammeYear
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    cautions: tuple[str, ...]


def worksheet(
    programme: ProgrammeYear, completions: Sequence[Completion], *, statewide: int | None = None
) -> Worksheet:
    """The worksheet over what was completed. The order of the completions does not matter.

    The same student and the same code count once in a year, whoever reports it.

    Args:
        programme: A programme in one year.
        completions: What was completed, of the year or not.
        statewide: How many completions of capped categories the whole state reports. Without it the limit for
            one provider cannot be worked out, and the sheet says so.

    Raises:
        IssuerError: `not_found` where a completion names a category that the programme has not.
    """
    rules = programme.programme
    for completion in completions:
        if completion.category not in rules.categories:
            known = ", ".join(rules.categories)
            raise IssuerError(
                "not_found", f"{rules.code} has no category {completion.category!r}; these are: {known}"
            )
    allowed = _allowed(rules, statewide)
    seen: set[tuple[str, str]] = set()
    claimed_by: dict[str, int] = {}
    rows = []
    for completion in sorted(completions, key=lambda one: _turn(rules, one)):
        outcome, why = RowOutcome.CLAIMED, _why_not(programme, completion)
        if why:
            outcome = RowOutcome.NOT_ELIGIBLE
        elif (completion.student, completion.code) in seen:
            outcome, why = RowOutcome.DUPLICATE, "The same student and credential are on the sheet already."
        elif rules.categories[completion.category].capped and allowed is not None:
            if claimed_by.get(completion.provider, 0) >= allowed:
                outcome = RowOutcome.OVER_CAP
                why = f"One provider is paid for at most {allowed}, {rules.cap_percent} % of {statewide}."
            else:
                claimed_by[completion.provider] = claimed_by.get(completion.provider, 0) + 1
        if outcome is RowOutcome.CLAIMED:
            seen.add((completion.student, completion.code))
        rows.append(_row(rules, completion, outcome, why))
    return Worksheet(programme, tuple(rows), _totals(programme, rows), _cautions(programme, statewide))


def _turn(rules: Programme, one: Completion) -> tuple[int, date, str, str, str, str, int, bool]:
    """Where a completion stands in the line; everything in it, so that the line has one order."""
    order = rules.categories[one.category].order
    return order, one.completed, one.student, one.code, one.provider, one.category, one.grade, not one.uplift


def _why_not(programme: ProgrammeYear, completion: Completion) -> str:
    if completion.completed not in programme.completed_in:
        return (
            f"It was completed on {completion.completed}, outside the school year {programme.completed_in}."
        )
    lowest, highest = programme.programme.grades
    if not lowest <= completion.grade <= highest:
        return f"It was completed in grade {completion.grade}; grades {lowest} to {highest} count."
    qualifying = programme.programme.lists.get((programme.completed_in, completion.category))
    if qualifying is not None and completion.code not in qualifying:
        return f"{completion.code} is not on the state's list for {programme.completed_in}."
    return ""


def _allowed(rules: Programme, statewide: int | None) -> int | None:
    if rules.cap_percent is None or statewide is None:
        return None
    return int(Decimal(statewide) * rules.cap_percent / _HUNDRED)


def _row(rules: Programme, completion: Completion, outcome: RowOutcome, why: str) -> Row:
    if outcome is not RowOutcome.CLAIMED:
        return Row(completion, outcome, why, Decimal(0), None if rules.maximum is None else Decimal(0))
    weight = Decimal(1)
    if completion.uplift and rules.uplift_percent is not None:
        weight = rules.uplift_percent / _HUNDRED
    return Row(completion, outcome, why, weight, None if rules.maximum is None else rules.maximum * weight)


def _totals(programme: ProgrammeYear, rows: Sequence[Row]) -> tuple[Total, ...]:
    rules, found = programme.programme, []
    for category in sorted(rules.categories.values(), key=lambda one: (one.order, one.code)):
        claimed = [
            row
            for row in rows
            if row.completion.category == category.code and row.outcome is RowOutcome.CLAIMED
        ]
        weight = sum((row.weight for row in claimed), Decimal(0))
        found.append(
            Total(
                category,
                len(claimed),
                weight,
                None if rules.maximum is None else rules.maximum * weight,
                programme.split.get(category.code),
            )
        )
    return tuple(found)


def _cautions(programme: ProgrammeYear, statewide: int | None) -> tuple[str, ...]:
    rules, found = programme.programme, []
    if rules.cap_percent is not None and statewide is None:
        found.append(
            f"One provider is paid for at most {rules.cap_percent} % of what the whole state reports. "
            "That number was not given, so the limit is not worked out here."
        )
    found += [
        f"The state's list for {programme.completed_in} is not in these rules ({programme.version}), so "
        f"every row of {category.name} is taken. Hold them against the list before you claim."
        for category in rules.categories.values()
        if category.listed and (programme.completed_in, category.code) not in rules.lists
    ]
    if rules.maximum is not None:
        found.append("The sums are the most that can be paid. What is paid depends on the state's money.")
    if rules.splits and not programme.split:
        found.append(
            f"How the money is divided in {programme.year} is not in these rules ({programme.version})."
        )
    return tuple(found)
