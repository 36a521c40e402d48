"""The one function through which every number of a report passes.

In a report nobody may be picked out, not by reading a small number and not by taking shown numbers from each
other. What holds for every number that `suppress` hides, whoever adds and subtracts whatever is shown:

- the size of a hidden group of people can be anything in a span of at least `assessment_min_n` (16);
- a hidden count can be anything in a span of at least `assessment_min_cell` (4), which reaches 4 or more, so
  that nobody can tell whether it is a small one.

How: first along each axis. Groups of fewer than 16 people, and levels with a total below 4, are shown only
together with others of their axis, in all tables of the report, so that the sum is of 16 people (or 4) and of
two labels at least; where that cannot be, the axis is not shown. All totals that are left may be known. Then
within each table: cells below 4 are hidden, and further ones until each hidden cell has its span with all
totals known (`bounds.width`, exactly). At worst all cells of the table are hidden, and that always is enough:
with totals of at least 16 and 4 and two groups on each side, a cell lies anywhere between max(0, r + c - N)
and min(r, c), a span of min(r, c, N - r, N - c).

Tables that share an axis have its totals in common, and are joined like a tree (`figures.check_figures`). So
whatever fills one of them with the same totals goes together with whatever fills another, and a hidden cell
is as safe in all tables together as in its own. Years share no figures: an award counts in one year only.

What it does not cover: what somebody knows from elsewhere, such as that a school teaches no such thing; a
second report on one year after a badge was withdrawn; how many kinds one person can have; and that nobody
earned a kind which a list does not name. A district with fewer than 16 people in a report shows nothing of
its own by default: only the state can show such numbers, added to those of other districts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from issuer.catalog.suppression import SuppressionRules
from issuer.reports.bounds import Cell, width
from issuer.reports.figures import Axis, Figures, Item, Listing, Table, check_figures, margin
from issuer.reports.rates import Mode, shown_rates
from issuer.reports.shown import Group, Shown, ShownAxis, ShownItem, ShownListing, ShownTable

__all__ = ["Mode", "suppress"]


@dataclass(frozen=True, slots=True)
class _Pooled:
    """An axis with the labels that are shown together: for each group the places of its labels."""

    shown: ShownAxis
    places: tuple[tuple[int, ...], ...]


def suppress(figures: Figures, rules: SuppressionRules, mode: Mode = Mode.ASSESSMENT) -> Shown:
    """What may be shown of figures.

    Args:
        figures: Everything of one report and year that is shown side by side.
        rules: The rules of the day.
        mode: How rates are written. Counts follow the same rule in both.

    Raises:
        IssuerError: `report_broken` where the figures do not belong together.
    """
    check_figures(figures)
    if figures.people < rules.assessment_min_n:
        return Shown(None, {}, (), (), shown_rates(figures, rules, mode, few=True))
    pooled = {name: _pool(axis, figures, rules) for name, axis in figures.axes.items()}
    tables = tuple(_table(table, pooled, rules) for table in figures.tables)
    totals = {axis.name: table.total for table in tables for axis in (table.rows, table.columns)}
    return Shown(
        figures.people,
        {name: axis.shown for name, axis in pooled.items()},
        tables,
        tuple(_listing(one, pooled[one.axis].shown, totals[one.axis], rules) for one in figures.listings),
        shown_rates(figures, rules, mode, few=False),
    )


def _pool(axis: Axis, figures: Figures, rules: SuppressionRules) -> _Pooled:
    """Which labels of an axis may stand alone, and which only together."""
    totals = [
        margin(table, axis.name) for table in figures.tables if axis.name in (table.rows, table.columns)
    ]
    measures = [(one, rules.assessment_min_cell) for one in totals]
    if axis.people is not None:
        measures.append((axis.people, rules.assessment_min_n))
    alone = sorted(
        (place for place in range(len(axis.labels)) if all(one[place] >= least for one, least in measures)),
        key=lambda place: (min((one[place] for one, _ in measures), default=0), axis.labels[place]),
    )
    together = [place for place in range(len(axis.labels)) if place not in alone]
    while rules.complementary and together and not _is_enough(together, measures):
        if not alone:
            return _Pooled(ShownAxis(axis.name, axis.title, ()), ())
        together.append(alone.pop(0))
    groups: list[tuple[int, ...]] = [(place,) for place in sorted(alone)]
    if not groups:
        return _Pooled(ShownAxis(axis.name, axis.title, ()), ())
    if together and rules.complementary:
        groups.append(tuple(sorted(together)))
    return _Pooled(
        ShownAxis(
            axis.name,
            axis.title,
            tuple(
                Group(
                    tuple(axis.labels[place] for place in group),
                    sum(axis.people[place] for place in group) if axis.people is not None else None,
                )
                for group in groups
            ),
        ),
        tuple(groups),
    )


def _is_enough(together: list[int], measures: list[tuple[tuple[int, ...], int]]) -> bool:
    """Whether what is shown together tells nothing of its parts; one small label alone never is enough."""
    return all(sum(one[place] for place in together) >= least for one, least in measures)


def _table(table: Table, pooled: dict[str, _Pooled], rules: SuppressionRules) -> ShownTable:
    rows, columns = pooled[table.rows], pooled[table.columns]
    counts = [
        [sum(table.cells[row][column] for row in group for column in other) for other in columns.places]
        for group in rows.places
    ]
    hidden = _hidden(counts, rules)
    row_margin, column_margin = margin(table, table.rows), margin(table, table.columns)
    return ShownTable(
        table.name,
        table.title,
        rows.shown,
        columns.shown,
        tuple(
            tuple(None if (row, column) in hidden else count for column, count in enumerate(line))
            for row, line in enumerate(counts)
        )
        if columns.places
        else (),
        tuple(sum(row_margin[place] for place in group) for group in rows.places),
        tuple(sum(column_margin[place] for place in group) for group in columns.places),
        _total(sum(row_margin), rules),
    )


def _total(total: int, rules: SuppressionRules) -> int | None:
    return total if total >= rules.assessment_min_cell else None


def _hidden(counts: Sequence[Sequence[int]], rules: SuppressionRules) -> set[Cell]:
    """Which cells of a table are not shown, its totals all being known."""
    if not counts or not counts[0]:
        return set()
    least = rules.assessment_min_cell
    hidden = {
        (row, column) for row, line in enumerate(counts) for column, count in enumerate(line) if count < least
    }
    if not rules.complementary:
        return hidden
    waiting = sorted(hidden)
    while waiting:
        cell = waiting[-1]
        if width(counts, hidden, cell, least) >= least:
            waiting.pop()
            continue
        more = _corners(counts, hidden, cell, least)
        if not more:
            return hidden  # every cell is hidden: nothing is left to add
        hidden |= more
        waiting[:0] = sorted(more)
    return hidden


def _corners(counts: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell, least: int) -> set[Cell]:
    """Cells to hide that make a rectangle with this one: its four change together, the more the better."""
    row, column = cell
    best: tuple[int, int, int] | None = None
    found: set[Cell] = set()
    for other, line in enumerate(counts):
        for place, corner in enumerate(line):
            new = {(row, place), (other, column), (other, place)} - hidden
            if other == row or place == column or not new:
                continue
            span = min(line[column], counts[row][place]) + min(counts[row][column], corner)
            price = (-min(span, least), len(new), sum(counts[one][two] for one, two in new))
            if best is None or price < best:
                best, found = price, new
    return found


def _listing(listing: Listing, axis: ShownAxis, total: int | None, rules: SuppressionRules) -> ShownListing:
    """The lines whose own number may be shown; the others only together."""
    alone = [group.labels[0] for group in axis.groups if len(group.labels) == 1]
    items = [
        ShownItem(item.label, item.of, item.sort, item.count)
        for label in alone
        for item in _lines([one for one in listing.items if one.of == label], rules)
    ]
    others = None if total is None else total - sum(item.count for item in items)
    return ShownListing(
        listing.name,
        listing.title,
        tuple(sorted(items, key=lambda item: (-item.count, item.label))),
        others or None,
    )


def _lines(inside: Sequence[Item], rules: SuppressionRules) -> list[Item]:
    """The lines of one shown total that may stand alone, by the rule of an axis."""
    least = rules.assessment_min_cell
    ordered = sorted(inside, key=lambda item: (item.count, item.label))
    small = [item for item in ordered if item.count < least]
    shown = [item for item in ordered if item.count >= least]
    # Who sees that there are lines without a name knows that each of them counts one at least.
    while rules.complementary and small and shown and sum(item.count for item in small) - len(small) < least:
        small.append(shown.pop(0))
    return shown
