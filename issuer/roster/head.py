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
    best_worth = (0, 0)
    for index, line in enumerate(filled):
        names = grid.rows[line - 1]
        worth = _worth(names, vocabulary)
        if worth > best_worth and (worth[1] >= _FEW or index == 0):
            best, best_worth = Head(line, names, tuple(filled[:index]), False, worth[1]), worth
        if index + 1 < len(filled) and filled[index + 1] == line + 1:
            both = _together(grid, line, vocabulary)
            more = _worth(both, vocabulary)
            if more > max(worth, _worth(grid.rows[line], vocabulary), best_worth) and more[1] > _FEW:
                best, best_worth = Head(line + 1, both, tuple(filled[:index]), True, more[1]), more
    return best


def is_head_again(cells: tuple[str, ...], head: Head, vocabulary: Vocabulary) -> bool:
    """Whether a row says the column names again: word for word, or in the other language."""
    first = next((at for at, cell in enumerate(cells) if cell), len(cells))
    if first >= len(head.names) or not _is_name(cells[first], head.names[first], vocabulary):
        return False  # the common case, with one look
    same = meant = filled = 0
    for name, cell in zip(head.names, cells, strict=False):
        if cell:
            filled += 1
            same += folded(cell) == folded(name)
            column = vocabulary.synonyms.get(folded(cell))
            meant += column is not None and column == vocabulary.synonyms.get(folded(name))
    return filled > _FEW and (same == filled or (meant > _FEW and 2 * meant >= filled))


def _is_name(cell: str, name: str, vocabulary: Vocabulary) -> bool:
    key = folded(cell)
    return key in vocabulary.synonyms or key == folded(name)


def _worth(names: tuple[str, ...], vocabulary: Vocabulary) -> tuple[int, int]:
    """How many of the needed columns the names have, and how many columns they mean at all."""
    meant = {vocabulary.synonyms[key] for name in names if (key := folded(name)) in vocabulary.synonyms}
    helped = meant | ({"given_name", "family_name"} if "full_name" in meant else set())
    return sum(not helped.isdisjoint(group) for group in vocabulary.decisive), len(meant)


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
