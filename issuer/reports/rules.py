"""Which numbers a report must hide so that nobody can be picked out of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache


@dataclass(frozen=True, slots=True)
class Band:
    """How a rate over so many students is written in graduation reports. Rates are per cent, 0 to 100.

    Args:
        upto: The largest number of students that the band takes, or None for the last band, which has no end.
        base_token: What stands instead of the number of all students, or None where that number is shown.
        low_token: What stands instead of a rate at or below `low_at`.
        low_at: Per cent.
        high_token: What stands instead of a rate at or above `high_at`.
        high_at: Per cent.
        subgroup_token: What stands instead of the number of students in a subgroup of so many. `(-)` stands
            there for every cell of every subgroup of a group of so many.
    """

    upto: int | None
    base_token: str | None
    low_token: str
    low_at: Decimal
    high_token: str
    high_at: Decimal
    subgroup_token: str


@dataclass(frozen=True, slots=True)
class SuppressionRules:
    """What a report may show.

    Args:
        assessment_min_n: A group of fewer people is hidden.
        assessment_min_cell: No cell of a level shows fewer than this.
        complementary: Whether a further number is hidden wherever a hidden one could be worked out.
        graduation: The bands of graduation reports, smallest first; the last has no end.
        empty_token: What stands where a group has no students.
    """

    assessment_min_n: int = 16
    assessment_min_cell: int = 4
    complementary: bool = True
    graduation: tuple[Band, ...] = ()
    empty_token: str = "N/A"  # noqa: S105 - a token of a table, no secret


@cache
def default_suppression() -> SuppressionRules:
    """Colorado's: result reports since 2016, and the tokens of the graduation workbook of 2023-24."""
    ten, ninety, two, most = Decimal(10), Decimal(90), Decimal(2), Decimal(98)
    return SuppressionRules(
        graduation=(
            Band(15, "15 or less", "<= 10%", ten, ">= 90%", ninety, "(-)"),
            Band(50, "16-50", "<= 2%", two, ">= 98%", most, "50 or less"),
            Band(None, None, "<= 2%", two, ">= 98%", most, "51 or greater"),
        )
    )
