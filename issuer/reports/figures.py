"""Figures before anything is hidden: who stands behind them, and which of them belong together.

Nothing prints a figure: `issuer.reports.suppression.suppress` turns it into what may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from issuer.errors import IssuerError

MOST_LABELS = 2_000
"""Labels of one axis: more schools or kinds than any state has."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What a table is broken down by.

    Args:
        name: One axis has one name in all tables of a report.
        title: In words.
        labels: Its values, each once.
        people: How many people stand behind each label where the labels are groups of people, such as
            schools, each person in one group; None where they are levels, such as clusters, whose totals
            alone decide.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    people: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by two axes, without totals.

    Args:
        name: Which table.
        title: In words.
        rows: An axis's name.
        columns: Another's.
        cells: A row for each label of `rows`.
    """

    name: str
    title: str
    rows: str
    columns: str
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list whose number is part of one label's total.

    Args:
        label: What is counted, in words.
        of: The label of the axis whose total it is part of.
        sort: What else it is called by.
        count: How many; 0 is no line.
    """

    label: str
    of: str
    sort: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that breaks the labels of an axis down further; the items of a label add up to its total.

    Args:
        name: Which list.
        title: In words.
        axis: The axis's name.
        items: Its lines.
    """

    name: str
    title: str
    axis: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a group of people something is true of.

    Args:
        name: Which rate.
        title: In words.
        group: Name of the group; rates of one group have the same `of`.
        met: Of how many it is true; None where nobody recorded any of it.
        of: How many people the group has; None where nobody knows.
        subgroup: Whether the group is a part of another group of the report.
    """

    name: str
    title: str
    group: str
    met: int | None
    of: int | None
    subgroup: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of one report and one year that belongs together.

    Args:
        people: How many different people stand behind all of it.
        axes: By name.
        tables: Two that share an axis have the same totals along it.
        listings: Lists within their totals, one for an axis at most.
        rates: Rates beside them.
    """

    people: int
    axes: Mapping[str, Axis]
    tables: tuple[Table, ...]
    listings: tuple[Listing, ...] = ()
    rates: tuple[Rate, ...] = ()


def margin(table: Table, axis: str) -> tuple[int, ...]:
    """The totals of a table along one of its axes."""
    if axis == table.rows:
        return tuple(sum(row) for row in table.cells)
    return tuple(sum(column) for column in zip(*table.cells, strict=True))


def check_figures(figures: Figures) -> None:
    """Refuse figures that do not belong together: hiding would not hold across them.

    Raises:
        IssuerError: `report_broken`: a program's fault, not a person's.
    """
    for axis in figures.axes.values():
        _check_axis(figures, axis)
    joined: dict[str, str] = {name: name for name in figures.axes}
    margins: dict[str, tuple[int, ...]] = {}
    for table in figures.tables:
        _check_table(figures, table)
        for name in (table.rows, table.columns):
            if margins.setdefault(name, margin(table, name)) != margin(table, name):
                raise _broken(f"the tables have different totals along {name}")
        first, second = _root(joined, table.rows), _root(joined, table.columns)
        if first == second:
            raise _broken(f"the table {table.name} closes a circle: what is hidden could be worked out")
        joined[first] = second
    if len({listing.axis for listing in figures.listings}) != len(figures.listings):
        raise _broken("two lists break one axis down: each would tell what the other hides")
    for listing in figures.listings:
        _check_listing(figures, listing, margins.get(listing.axis))
    _check_rates(figures.rates)


def _check_rates(rates: tuple[Rate, ...]) -> None:
    for rate in rates:
        if rate.met is not None and rate.of is not None and not 0 <= rate.met <= rate.of:
            raise _broken(f"the rate {rate.name} counts {rate.met} of {rate.of}")
        if any(other.group == rate.group and other.of != rate.of for other in rates):
            raise _broken(f"the group {rate.group} has several sizes")


def _check_axis(figures: Figures, axis: Axis) -> None:
    if not 0 < len(axis.labels) <= MOST_LABELS or len(set(axis.labels)) != len(axis.labels):
        raise _broken(f"the axis {axis.name} needs 1 to {MOST_LABELS} different labels")
    if axis.people is not None and len(axis.people) != len(axis.labels):
        raise _broken(f"the axis {axis.name} does not say who stands behind each label")
    if axis.people is not None and sum(axis.people) != figures.people:
        raise _broken(f"along {axis.name} somebody is counted twice, or not at all")


def _check_table(figures: Figures, table: Table) -> None:
    rows, columns = figures.axes[table.rows].labels, figures.axes[table.columns].labels
    if len(table.cells) != len(rows) or any(len(row) != len(columns) or min(row) < 0 for row in table.cells):
        raise _broken(f"the table {table.name} does not fit its axes")


def _check_listing(figures: Figures, listing: Listing, totals: tuple[int, ...] | None) -> None:
    if totals is None or len(listing.items) > MOST_LABELS:
        raise _broken(f"the list {listing.name} has no table, or more than {MOST_LABELS} lines")
    sums = dict.fromkeys(figures.axes[listing.axis].labels, 0)
    for item in listing.items:
        if item.of not in sums or item.count < 1:
            raise _broken(f"the list {listing.name} counts what is not in its table")
        sums[item.of] += item.count
    if tuple(sums.values()) != totals:
        raise _broken(f"the list {listing.name} does not add up to its table")


def _root(joined: Mapping[str, str], name: str) -> str:
    while joined[name] != name:
        name = joined[name]
    return name


def _broken(message: str) -> IssuerError:
    return IssuerError("report_broken", message)
