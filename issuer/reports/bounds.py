"""How far a hidden cell can be told from what is shown: exact, by flows.

In a table whose row and column totals are known, the hidden cells can only change together, so that every row
and every column keeps its sum. That is a circulation in a graph with the rows on one side and the columns on
the other: raising a cell goes from its row to its column without limit, lowering one goes back, at most by
what stands in it. Such systems have whole numbers at their ends, and all whole numbers between them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

Cell = tuple[int, int]
_UNLIMITED = 1 << 60


def width(counts: Sequence[Sequence[int]], hidden: Collection[Cell], cell: Cell, enough: int) -> int:
    """How many steps lie between the least and the most that a hidden cell can be, counted up to `enough`.

    Args:
        counts: The table without totals.
        hidden: Cells that are not shown, by row and column.
        cell: One of them.
        enough: Where counting may stop.
    """
    row, column = cell
    others = [one for one in hidden if one != cell]
    back = (len(counts) + column, row)
    up = _flow(counts, others, back, enough)
    if up >= enough:
        return up
    return up + _flow(counts, others, back[::-1], min(enough - up, counts[row][column]))


def _flow(counts: Sequence[Sequence[int]], cells: Collection[Cell], ends: Cell, enough: int) -> int:
    """The largest flow from one node to another, up to `enough` (Edmonds and Karp, 1972)."""
    source, sink = ends
    rows, nodes = len(counts), len(counts) + len(counts[0])
    room = [[0] * nodes for _ in range(nodes)]
    for row, column in cells:
        room[row][rows + column] = _UNLIMITED
        room[rows + column][row] = counts[row][column]
    total = 0
    while total < enough:
        before = _path(room, source, sink)
        if before is None:
            return total
        step, node = enough - total, sink
        while node != source:
            step, node = min(step, room[before[node]][node]), before[node]
        node = sink
        while node != source:
            room[before[node]][node] -= step
            room[node][before[node]] += step
            node = before[node]
        total += step
    return total


def _path(room: list[list[int]], source: int, sink: int) -> dict[int, int] | None:
    """A shortest way with room on it: each node's node before."""
    before = {source: source}
    waiting = deque([source])
    while waiting:
        node = waiting.popleft()
        if node == sink:
            return before
        for other, free in enumerate(room[node]):
            if free > 0 and other not in before:
                before[other] = node
                waiting.append(other)
    return None
