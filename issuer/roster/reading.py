"""Any sheet as rows that can be checked: which sheet, which columns; what was assumed, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from issuer.roster.columns import AWARDS, FROM_ROSTER, Vocabulary, folded
from issuer.roster.days import Order
from issuer.roster.delimited import too_many_rows
from issuer.roster.errors import SheetError, SheetQuestion
from issuer.roster.grid import SHEET_LIMITS, Grid, How, Limits, letter
from issuer.roster.head import Head, find_head, is_head_again
from issuer.roster.match import Known, Match, match_columns, missing
from issuer.roster.open_file import open_file
from issuer.roster.questions import Choice, Question
from issuer.roster.values import Record, tidy_records
from issuer.roster.words import Said, said

_TOTALS: Final = frozenset(
    {"total", "totals", "totales", "grand total", "subtotal", "sub total", "suma", "count", "recuento",
     "gran total", "total students", "total de estudiantes", "total rows", "total records", "sum"}
)  # fmt: skip
_SHOWN: Final = 12
_FEW: Final = 4
"""A row of totals has few cells; with more it may be a person's."""
_PROBED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet that was read.

    Args:
        grid: Its text, with where each text came from.
        head: Its column names.
        matches: The columns that were recognised.
        records: The rows that hold anything, by column.
        notes: What was taken for granted.
        questions: What only a person can say; rows that hang on it wait.
        unknown: Names of columns that were not read.
        blank: Numbers of rows that hold nothing, above the last that holds something.
        left_out: Numbers of rows that are no data: totals, names again, remarks.
        places: Where each column that was recognised stands.
        order: How the sheet writes days with slashes, where somebody has said.
    """

    grid: Grid
    head: Head
    matches: tuple[Match, ...]
    records: tuple[Record, ...]
    notes: tuple[Said, ...] = ()
    questions: tuple[Question, ...] = ()
    unknown: tuple[str, ...] = ()
    blank: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    places: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    order: Order | None = None

    def origin(self, line: int, column: str) -> tuple[str, How]:
        """Where a record's text came from: its cell as `Sheet!C14`, and how it came there."""
        place = self.places[column]
        sheet = f"{self.grid.name}!" if self.grid.name else ""
        return f"{sheet}{letter(place)}{line}", self.grid.origin(line, place)

    @property
    def layout(self) -> Mapping[str, str]:
        """Column by folded name, to be remembered for the district's next sheet of this shape."""
        return MappingProxyType({folded(one.name): one.column for one in self.matches if one.name})


def read_any(
    data: bytes,
    *,
    vocabulary: Vocabulary = AWARDS,
    known: Known | None = None,
    answers: Mapping[str, str] = MappingProxyType({}),
    limits: Limits = SHEET_LIMITS,
) -> Reading:
    """Read a sheet of any of the kinds that people have.

    Args:
        data: CSV in any of its forms, .xlsx, .xls or .ods.
        vocabulary: What its columns are called.
        known: What the district knows, by which content is recognised.
        answers: What a person has said, by the key of the question; also a column's value for all rows
            where the sheet has no such column (`credential_code=CO-CNA`).
        limits: How much is read.

    Raises:
        SheetQuestion: Nothing can be read until somebody answers.
        SheetError: Nothing of the file can be taken.
    """
    about = known or Known()
    opened = open_file(data, limits, answers)
    grid, notes = _chosen(opened.grids, vocabulary, about, answers)
    grid, more = _filled(grid, find_head(grid, vocabulary).line)
    head = find_head(grid, vocabulary)
    rows, blank, left_out = _rows(grid, head, vocabulary, limits)
    matches = match_columns(head.names, _values(grid, head, rows), vocabulary, about, answers)
    places = {one.column: one.place for one in matches}
    _check_columns(places, head, vocabulary, about, answers=answers, grid=grid)
    rows, remarks = _without_remarks(grid, rows, places)
    if not rows:
        raise SheetError("HEADER_ONLY", "The sheet has column names and no rows. Add a row for each award.")
    tidy = tidy_records(grid, rows, places, vocabulary, known=about, answers=answers, width=len(head.names))
    notes = (*opened.notes, *notes, *more, *_about(grid, head, matches, left_out + remarks), *tidy.notes)
    used = set(places.values())
    unknown = tuple(name for at, name in enumerate(head.names) if name and at not in used)
    return Reading(
        grid,
        head,
        matches,
        tidy.records,
        notes,
        (*opened.questions, *tidy.questions),
        unknown,
        tuple(number for number in blank if number < rows[-1]),
        tuple(sorted(left_out + remarks)),
        MappingProxyType(places),
        Order(answers["dates"]) if answers.get("dates") else None,
    )


def _chosen(
    grids: Sequence[Grid], vocabulary: Vocabulary, known: Known, answers: Mapping[str, str]
) -> tuple[Grid, tuple[Said, ...]]:
    """The one sheet that is meant."""
    named = answers.get("sheet", "")
    filled = [grid for grid in grids if any(any(row) for row in grid.rows)]
    if not filled:
        raise SheetError("EMPTY_FILE", "The workbook is empty. Export the sheet again.")
    if named and any(grid.name for grid in filled):
        for grid in filled:
            if folded(grid.name) == folded(named):
                return grid, ()
        raise SheetError("BAD_ANSWER", f"There is no sheet {named!r}. There are {_names(filled)}.")
    visible = [grid for grid in filled if grid.visible] or filled
    fitting = [grid for grid in visible if _fits(grid, vocabulary, known, answers)]
    if len(fitting) > 1:
        choices = tuple(Choice(grid.name, grid.name) for grid in fitting)
        question = Question("ASK_SHEET", "sheet", choices, said("ask.sheet", names=_names(fitting)))
        raise SheetQuestion(
            "ASK_SHEET",
            f"The sheets {_names(fitting)} all fit. Say which: --answer sheet={fitting[0].name!r}.",
            question,
        )
    best = fitting[0] if fitting else max(visible, key=lambda grid: find_head(grid, vocabulary).known)
    others = [grid for grid in filled if grid is not best]
    return best, (said("note.sheet", sheet=best.name, others=_names(others)),) if others else ()


def _fits(grid: Grid, vocabulary: Vocabulary, known: Known, answers: Mapping[str, str]) -> bool:
    head = find_head(grid, vocabulary)
    names = {vocabulary.synonyms.get(folded(name), "") for name in head.names}
    has = {name: 0 for name in names if name} | dict.fromkeys(answers.keys() & set(vocabulary.columns), 0)
    return head.line < len(grid.rows) and not missing(has, vocabulary, optional=_optional(known))


def _optional(known: Known) -> frozenset[str]:
    return FROM_ROSTER if known.roster is not None else frozenset()


def _names(grids: Sequence[Grid]) -> str:
    return ", ".join(repr(grid.name[:40]) for grid in grids[:_SHOWN])


def _filled(grid: Grid, head_line: int) -> tuple[Grid, tuple[Said, ...]]:
    """The grid with the text of merged cells in all of their rows; across only where the names stand."""
    if not grid.merged:
        return grid, ()
    rows = [list(cells) for cells in grid.rows]
    how = dict(grid.how)
    count = 0
    for merge in grid.merged:
        if merge.top > len(rows) or merge.left >= len(rows[merge.top - 1]):
            continue
        text, came = rows[merge.top - 1][merge.left], grid.origin(merge.top, merge.left)
        across = merge.top <= head_line
        last = min(merge.bottom, len(rows)) if merge.top > head_line else merge.top
        for line in range(merge.top, last + 1):
            for at in range(merge.left, (merge.right if across else merge.left) + 1):
                cells = rows[line - 1]
                if text and at < len(cells) and not cells[at]:
                    cells[at] = text
                    how[line, at] = came if came is How.DATE else How.FILLED
                    count += line > merge.top
    made = replace(grid, rows=tuple(tuple(cells) for cells in rows), how=MappingProxyType(how))
    return made, (said("note.merged", count=count),) if count else ()


def _rows(
    grid: Grid, head: Head, vocabulary: Vocabulary, limits: Limits
) -> tuple[list[int], list[int], list[int]]:
    """Numbers of the rows below the names: with data, blank, left out."""
    rows, blank, left_out = [], [], []
    for line, cells in enumerate(grid.rows[head.line :], head.line + 1):
        if not any(cells):
            blank.append(line)
            if len(blank) > limits.max_blank:
                raise SheetError(
                    "TOO_MANY_ROWS", f"More than {limits.max_blank} rows are empty. Delete them.", line
                )
        elif is_head_again(cells, head, vocabulary) or _is_total(cells):
            left_out.append(line)
        else:
            rows.append(line)
            if len(rows) > limits.max_rows:
                raise too_many_rows(limits, line)
    above = [line for line in range(1, head.line) if not any(grid.rows[line - 1])]
    if not rows:
        raise SheetError("HEADER_ONLY", "The sheet has column names and no rows. Add a row for each award.")
    return rows, above + blank, left_out


def _is_total(cells: tuple[str, ...]) -> bool:
    first = next(cell for cell in cells if cell)
    return folded(first.partition(":")[0]) in _TOTALS and sum(map(bool, cells)) <= _FEW


def _without_remarks(grid: Grid, rows: list[int], places: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """Rows with one text alone, which is no student's number: `Printed on ...`, `Period 3`."""
    number = places.get("external_id", -1)
    kept: list[int] = []
    remarks: list[int] = []
    for line in rows:
        filled = [at for at, cell in enumerate(grid.rows[line - 1]) if cell]
        alone = len(filled) == 1 and len(places) > 2  # noqa: PLR2004 - a row of a narrow sheet may be one cell
        is_number = number in filled and any(c.isdigit() for c in grid.rows[line - 1][number].split(" ")[0])
        (remarks if alone and not is_number else kept).append(line)
    return kept, remarks


def _values(grid: Grid, head: Head, rows: Sequence[int]) -> list[list[str]]:
    columns: list[list[str]] = [[] for _ in head.names]
    for line in rows[:_PROBED]:
        for at, cell in enumerate(grid.rows[line - 1][: len(columns)]):
            if cell:
                columns[at].append(cell)
    return columns


def _check_columns(
    places: Mapping[str, int],
    head: Head,
    vocabulary: Vocabulary,
    known: Known,
    *,
    answers: Mapping[str, str],
    grid: Grid,
) -> None:
    """Refuse a sheet in which no row can be read, and ask for the first column that is missing."""
    has = dict(places) | dict.fromkeys(answers.keys() & set(vocabulary.columns), 0)
    lacking = missing(has, vocabulary, optional=_optional(known))
    if not lacking:
        return
    found = ", ".join(repr(name[:40]) for name in head.names[:20])
    column = lacking[0].partition(" or ")[0]
    free = [at for at, name in enumerate(head.names) if name and at not in places.values()]
    choices = tuple(Choice(letter(at), f"{letter(at)} {head.names[at]}"[:80]) for at in free)
    where = f" of the sheet {grid.name!r}" if grid.name else ""
    message = (
        f"No column for {', '.join(lacking)}. Row {head.line}{where} has {found}. Rename or add the columns, "
        f"or say which it is: --answer column.{column}=NAME."
    )
    question = Question(
        "MISSING_COLUMNS",
        f"column.{column}",
        choices,
        said("ask.column", columns=", ".join(lacking), found=found),
    )
    raise SheetQuestion("MISSING_COLUMNS", message, question)


def _about(grid: Grid, head: Head, matches: Sequence[Match], left_out: Sequence[int]) -> list[Said]:
    """What was taken for granted about the sheet as a whole."""
    notes = []
    if head.above or head.two:
        notes.append(said("note.head.two" if head.two else "note.head", line=head.line))
    for one in matches:
        if one.by in ("nearly", "content"):
            samples = ", ".join(one.samples)
            name = one.name or letter(one.place)
            notes.append(said(f"note.match.{one.by}", name=name, column=one.column, samples=samples))
    if left_out:
        notes.append(said("note.left_out", lines=lines(left_out)))
    shown = [letter(at) for at in sorted(grid.hidden_columns) if at in {one.place for one in matches}]
    if shown:
        notes.append(said("note.hidden_columns", columns=", ".join(shown)))
    computed = sorted(
        {letter(at) for (line, at), how in grid.how.items() if how is How.COMPUTED and line > head.line}
    )
    if computed:
        notes.append(said("note.computed", columns=", ".join(computed[:_SHOWN])))
    return notes


def lines(numbers: Sequence[int]) -> str:
    """Row numbers for people: the first dozen, and how many more."""
    ordered = sorted(set(numbers))
    more = f", ... ({len(ordered)})" if len(ordered) > _SHOWN else ""
    return ", ".join(map(str, ordered[:_SHOWN])) + more
