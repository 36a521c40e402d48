"""What may be shown of a report. None stands for a number that is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

HIDDEN = "*"
"""What stands where a number is hidden; one mark for every reason, so that the mark itself tells nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """One line or column: a label, or all labels of an axis that are shown only together.

    Args:
        labels: One label, or several.
        people: How many people stand behind it, where the axis counts people.
    """

    labels: tuple[str, ...]
    people: int | None


@dataclass(frozen=True, slots=True)
class ShownAxis:
    """An axis: groups that may be told apart. Empty where only the total may be shown."""

    name: str
    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table that may be shown.

    Args:
        name: Which.
        title: In words.
        rows: The axis of its rows.
        columns: The axis of its columns.
        cells: A row for each group of `rows`; without cells where one of the axes has no groups.
        row_totals: One for each group of `rows`.
        column_totals: One for each group of `columns`.
        total: The sum of all.
    """

    name: str
    title: str
    rows: ShownAxis
    columns: ShownAxis
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A line of a list."""

    label: str
    of: str
    sort: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownListing:
    """A list that may be shown; what is not named is counted together in `others`."""

    name: str
    title: str
    items: tuple[ShownItem, ...]
    others: int | None


@dataclass(frozen=True, slots=True)
class ShownRate:
    """A rate that may be shown.

    Args:
        name: Which.
        title: In words.
        met: Of how many it is true, or None where that is hidden or not recorded.
        base: The size of the group as it may be written: a number, a token, or None where it is hidden.
        percent: The share as it may be written, or None.
        share: The share as a number for a picture, only where `percent` is that number; per cent.
        recorded: False where nobody recorded anything: never the same as 0.
    """

    name: str
    title: str
    met: int | None
    base: str | None
    percent: str | None
    share: Decimal | None
    recorded: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of one report and year.

    Args:
        people: How many people, or None where they are so few that nothing is shown.
        axes: By name.
        tables: Those of the figures; empty where nothing is shown.
        listings: Likewise.
        rates: Likewise.
    """

    people: int | None
    axes: Mapping[str, ShownAxis]
    tables: tuple[ShownTable, ...]
    listings: tuple[ShownListing, ...]
    rates: tuple[ShownRate, ...]
