"""Somebody who wants to know: every table that is consistent with what was shown, by trying them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from issuer.catalog.suppression import SuppressionRules
from issuer.reports.figures import Axis, Figures, Table
from issuer.reports.shown import Shown, ShownTable

SMALL = SuppressionRules(assessment_min_n=5, assessment_min_cell=2)
"""Small thresholds, so that every table can be tried."""


@dataclass
class Span:
    """The least and the most that a number can be."""

    least: int = 1 << 30
    most: int = -1

    def take(self, value: int) -> None:
        self.least, self.most = min(self.least, value), max(self.most, value)

    @property
    def width(self) -> int:
        return self.most - self.least


@dataclass
class Known:
    """A sum over cells of a table that was shown, or follows from what was shown."""

    cells: frozenset[int]
    total: int


@dataclass
class Suspect:
    """A table by what is known of it, and everything it can be."""

    rows: int
    columns: int
    known: list[Known] = field(default_factory=list)

    def fillings(self) -> Iterator[tuple[int, ...]]:
        size = self.rows * self.columns
        left = [one.total for one in self.known]
        of_cell = [[k for k, one in enumerate(self.known) if cell in one.cells] for cell in range(size)]
        last = [max(one.cells) for one in self.known]
        filled = [0] * size

        def fill(cell: int) -> Iterator[tuple[int, ...]]:
            if cell == size:
                yield tuple(filled)
                return
            bound = min(left[k] for k in of_cell[cell])
            closing = [k for k in of_cell[cell] if last[k] == cell]
            values: Sequence[int] = range(bound + 1)
            if closing:
                wanted = {left[k] for k in closing}
                values = [v for v in wanted if len(wanted) == 1 and v <= bound]
            for value in values:
                filled[cell] = value
                for k in of_cell[cell]:
                    left[k] -= value
                yield from fill(cell + 1)
                for k in of_cell[cell]:
                    left[k] += value

        return fill(0)


def suspect(figures: Figures, table: Table, shown: Shown) -> Suspect:
    """What a reader knows of one table."""
    seen = next(one for one in shown.tables if one.name == table.name)
    rows, columns = figures.axes[table.rows], figures.axes[table.columns]
    made = Suspect(len(rows.labels), len(columns.labels))

    def place(axis: Axis, labels: Sequence[str]) -> list[int]:
        return [axis.labels.index(label) for label in labels]

    def know(lines: Sequence[int], places: Sequence[int], total: int) -> None:
        cells = frozenset(line * made.columns + column for line in lines for column in places)
        made.known.append(Known(cells, total))

    everything = (range(made.rows), range(made.columns))
    if seen.total is not None:
        know(*everything, seen.total)
    for group, total in zip(seen.rows.groups, seen.row_totals, strict=True):
        know(place(rows, group.labels), everything[1], total)
    for group, total in zip(seen.columns.groups, seen.column_totals, strict=True):
        know(everything[0], place(columns, group.labels), total)
    for group, line in zip(seen.rows.groups, seen.cells, strict=False):
        for other, cell in zip(seen.columns.groups, line, strict=True):
            if cell is not None:
                know(place(rows, group.labels), place(columns, other.labels), cell)
    return made


def is_hidden(seen: ShownTable, row: str | None, column: str | None) -> bool:
    """Whether the reader is not given a cell (or a total, where a label is None)."""
    rows = [n for n, group in enumerate(seen.rows.groups) if group.labels == (row,)]
    columns = [n for n, group in enumerate(seen.columns.groups) if group.labels == (column,)]
    if row is None:
        return not columns
    if column is None:
        return not rows
    return not (rows and columns and seen.cells) or seen.cells[rows[0]][columns[0]] is None


Hidden = tuple[str, str | None, str | None]


def spans(figures: Figures, shown: Shown) -> Mapping[Hidden, Span]:
    """What a reader of all tables together can say of each hidden number: table, row, column.

    Tables are tried one after the other; two of one report are taken together by the totals that they share.
    """
    fillings = {table.name: list(suspect(figures, table, shown).fillings()) for table in figures.tables}
    if len(figures.tables) == 2:
        first, second = figures.tables
        shared = {first.rows, first.columns} & {second.rows, second.columns}
        assert len(shared) == 1
        axis = shared.pop()
        one = {_along(figures, first, axis, f) for f in fillings[first.name]}
        two = {_along(figures, second, axis, f) for f in fillings[second.name]}
        for table in figures.tables:
            fillings[table.name] = [
                f for f in fillings[table.name] if _along(figures, table, axis, f) in one & two
            ]
    found: dict[Hidden, Span] = {}
    for table in figures.tables:
        seen = next(other for other in shown.tables if other.name == table.name)
        rows, columns = figures.axes[table.rows].labels, figures.axes[table.columns].labels
        wanted: list[tuple[str | None, str | None]] = [(row, column) for row in rows for column in columns]
        wanted += [(row, None) for row in rows] + [(None, column) for column in columns]
        hidden = [pair for pair in wanted if is_hidden(seen, *pair)]
        for row, column in hidden:
            lines = range(len(rows)) if row is None else [rows.index(row)]
            places = range(len(columns)) if column is None else [columns.index(column)]
            cells = [line * len(columns) + one for line in lines for one in places]
            span = found.setdefault((table.name, row, column), Span())
            for filling in fillings[table.name]:
                span.take(sum(filling[cell] for cell in cells))
    return found


def _along(figures: Figures, table: Table, axis: str, filling: tuple[int, ...]) -> tuple[int, ...]:
    rows, columns = len(figures.axes[table.rows].labels), len(figures.axes[table.columns].labels)
    if axis == table.rows:
        return tuple(sum(filling[row * columns : (row + 1) * columns]) for row in range(rows))
    return tuple(sum(filling[column::columns]) for column in range(columns))
