"""Where the column names stand: below titles, in one row or in two, perhaps again on every printed page."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.roster.columns import Vocabulary, folded
from issuer.roster.grid import HEAD_ROWS, Grid, How

_FEW = 2
"""Fewer known names than this are no row of names, where another row has more."""


@dataclass(frozen=True, slots=True)
class Head:
    """The column names.

    Args:
        line: The row in which they stand, from 1; the last of them where there are two.
        names: By column, "" where a column has none.
        above: Filled rows above that are no names: titles.
        two: Whether the names were put together out of two rows.
        known: How many different columns the names mean.
    """

    line: int
    names: tuple[str, ...]
    above: tuple[int, ...]
    two: bool
    known: int


def find_head(grid: Grid, vocabulary: Vocabulary) -> Head:
    """The row of column names: among the first filled rows the one with most names that we know."""
    filled = [number for number, cells in enumerate(grid.rows, 1) if any(cells)][:HEAD_ROWS]
    best = Head(filled[0], grid.rows[filled[0] - 1], (), False, 0)
    for index, line in enumerate(filled):
        names = grid.rows[line - 1]
        known = _known(names, vocabulary)
        if known > best.known and (known >= _FEW or index == 0):
            best = Head(line, names, tuple(filled[:index]), False, known)
        if index + 1 < len(filled) and filled[index + 1] == line + 1:
            both = _together(grid, line, vocabulary)
            more = _known(both, vocabulary)
            if more > max(known, _known(grid.rows[line], vocabulary), best.known, _FEW):
                best = Head(line + 1, both, tuple(filled[:index]), True, more)
    return best


def is_head_again(cells: tuple[str, ...], head: Head, vocabulary: Vocabulary) -> bool:
    """Whether a row says the column names again: word for word, or in the other language."""
    same = meant = filled = 0
    for name, cell in zip(head.names, cells, strict=False):
        if cell:
            filled += 1
            same += folded(cell) == folded(name)
            column = vocabulary.synonyms.get(folded(cell))
            meant += column is not None and column == vocabulary.synonyms.get(folded(name))
    return filled > _FEW and (same == filled or (meant > _FEW and 2 * meant >= filled))


def _known(names: tuple[str, ...], vocabulary: Vocabulary) -> int:
    return len({vocabulary.synonyms[key] for name in names if (key := folded(name)) in vocabulary.synonyms})


def _together(grid: Grid, line: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names of two rows: `Student` above `ID` and `Name` is `Student ID` and `Student Name`."""
    groups, names = list(grid.rows[line - 1]), grid.rows[line]
    groups += [""] * (len(names) - len(groups))
    if any(grid.origin(line + 1, at) in (How.NUMBER, How.DATE) for at in range(len(names))):
        return ()
    group, whole = "", []
    for at, above in enumerate(groups):
        group = above or group
        name = names[at] if at < len(names) else ""
        together = f"{group} {name}".strip()
        if folded(together) in vocabulary.synonyms:
            whole.append(together)
        elif folded(name) in vocabulary.synonyms or not above:
            whole.append(name)
        else:
            whole.append(above if folded(above) in vocabulary.synonyms else together)
    return tuple(whole)
