"""The cells of the rows as values of our columns: tidied, days as 2026-04-18, names apart, zeros asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from issuer.roster.columns import Vocabulary, folded
from issuer.roster.dates import from_serial, is_serial, order_of, plain, slashed
from issuer.roster.days import Order
from issuer.roster.errors import SheetError
from issuer.roster.grid import Grid, How
from issuer.roster.match import Known
from issuer.roster.questions import Choice, Question
from issuer.roster.tidy import as_number, repaired, split_name, tidied
from issuer.roster.words import Said, said

_YES_NO: Final = (Choice("yes", "yes"), Choice("no", "no"))
_EPOCHS: Final = (Choice("1900", "1900 (Windows)"), Choice("1904", "1904 (Mac)"), Choice("none", "-"))
_ORDERS: Final = (Choice("month-first", "month/day"), Choice("day-first", "day/month"))
_HIDDEN: Final = (Choice("include", "include"), Choice("skip", "skip"))
_SHOWN: Final = 12
_LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True)
class Record:
    """One row as values.

    Args:
        line: The row as a spreadsheet program counts it.
        values: Text by column; "" where the sheet says nothing.
        faults: What reading found wrong with it: a code of `errors.ROW_CODES` and a sentence.
        skip: Whether somebody said that it be left out.
        extra: Whether it has more cells than the sheet has columns.
    """

    line: int
    values: Mapping[str, str]
    faults: tuple[tuple[str, Said], ...] = ()
    skip: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Tidied:
    """The rows, with what was taken for granted and what is open."""

    records: tuple[Record, ...]
    notes: tuple[Said, ...]
    questions: tuple[Question, ...]


@dataclass(slots=True)
class _Draft:
    line: int
    values: dict[str, str]
    faults: list[tuple[str, Said]] = field(default_factory=list)
    skip: bool = False
    extra: bool = False


def tidy_records(
    grid: Grid,
    rows: Sequence[int],
    places: Mapping[str, int],
    vocabulary: Vocabulary,
    *,
    known: Known,
    answers: Mapping[str, str],
    width: int,
) -> Tidied:
    """The rows as values.

    Args:
        grid: The sheet.
        rows: Numbers of its rows of data.
        places: Where each column stands.
        vocabulary: What the columns are.
        known: Schools and roster, for zeros that were dropped and names of schools.
        answers: What a person has said.
        width: How many columns have names.

    Raises:
        SheetError: BAD_ANSWER.
    """
    work = _Work(grid, places, vocabulary, known, answers)
    constants = {name: tidied(text) for name, text in answers.items() if name in vocabulary.columns}
    drafts = [work.draft(line, width, constants) for line in rows]
    work.hidden(drafts)
    work.letters(drafts)
    work.days(drafts)
    work.names(drafts)
    work.schools(drafts)
    work.zeros(drafts)
    records = tuple(
        Record(one.line, MappingProxyType(one.values), tuple(one.faults), one.skip, one.extra)
        for one in drafts
    )
    return Tidied(records, tuple(work.notes), tuple(work.questions))


class _Work:
    """One pass over the rows for each kind of damage."""

    def __init__(
        self,
        grid: Grid,
        places: Mapping[str, int],
        vocabulary: Vocabulary,
        known: Known,
        answers: Mapping[str, str],
    ) -> None:
        self.notes: list[Said] = []
        self.questions: list[Question] = []
        self._grid = grid
        self._places = places
        self._vocabulary = vocabulary
        self._known = known
        self._answers = answers
        self._doubted: set[tuple[int, str]] = set()

    def draft(self, line: int, width: int, constants: Mapping[str, str]) -> _Draft:
        """A row's cells by column."""
        cells = self._grid.rows[line - 1]
        made = _Draft(line, dict.fromkeys(self._vocabulary.columns, ""), extra=any(cells[width:]))
        made.values.update(constants)
        for column, at in self._places.items():
            text = tidied(cells[at]) if at < len(cells) else ""
            if text and column in self._vocabulary.numbers:
                text = as_number(text, exact=column not in ("external_id", "school_code"))
            made.values[column] = text
            if text and self._grid.origin(line, at) is How.NOT_COMPUTED:
                made.faults.append(("NOT_COMPUTED", said("row.NOT_COMPUTED", column=column)))
                made.values[column] = ""
        return made

    def hidden(self, drafts: Iterable[_Draft]) -> None:
        """Rows that a filter may have hidden wait until somebody says that they are meant."""
        found = [one for one in drafts if one.line in self._grid.hidden_rows]
        if not found:
            return
        answer = self._answer("hidden-rows", _HIDDEN)
        shown = _lines(found)
        if not answer:
            words = said("ask.hidden_rows", count=len(found), lines=shown)
            self.questions.append(Question("HIDDEN_ROWS", "hidden-rows", _HIDDEN, words))
            for one in found:
                one.faults.append(("HIDDEN_ROW", said("row.HIDDEN_ROW")))
        for one in found:
            one.skip = answer == "skip"
        if answer == "include":
            self.notes.append(said("note.hidden_rows", count=len(found), lines=shown))

    def letters(self, drafts: Iterable[_Draft]) -> None:
        """Letters that a wrong encoding broke before the file was saved."""
        answer = self._answer("broken-letters", _YES_NO)
        first: tuple[str, str] | None = None
        for one in drafts:
            for column, text in one.values.items():
                better = repaired(text)
                if better != text:
                    first = first or (text, better)
                    if answer != "no":
                        one.values[column] = better
        if first and not answer:
            words = said("ask.letters", broken=first[0], mended=first[1])
            self.questions.append(Question("BROKEN_LETTERS", "broken-letters", _YES_NO, words, taken="yes"))

    def days(self, drafts: Sequence[_Draft]) -> None:
        """Every day as 2026-04-18, where one day alone can be meant."""
        columns = [name for name in self._vocabulary.dates if name in self._places or name in self._answers]
        proofs = {name: order_of(one.values[name] for one in drafts) for name in columns}
        answer = self._answer("dates", _ORDERS)
        told = {order for order, _, _ in proofs.values() if order}
        shared = (
            next(iter(told))
            if len(told) == 1 and not any(against for *_, against in proofs.values())
            else None
        )
        waiting: list[str] = []
        for column in columns:
            order, proof, _ = proofs[column]
            order = Order(answer) if answer else order or shared
            open_days = self._column_of_days(drafts, column, order)
            waiting += open_days
            if order and not answer and self._any_either(drafts, column) and (proof or shared):
                proof = proof or next(text for _, text, _ in proofs.values() if text)
                self.notes.append(said(f"note.dates.{order.value}", column=column, proof=proof))
            for one in drafts:
                self._write_day(one, column, order)
        if waiting:
            self.questions.append(Question("DATES", "dates", _ORDERS, said("ask.dates", day=waiting[0])))
        self._serials(drafts, columns)

    @staticmethod
    def _any_either(drafts: Iterable[_Draft], column: str) -> bool:
        return any((found := slashed(one.values[column])) and found.either for one in drafts)

    def _column_of_days(self, drafts: Sequence[_Draft], column: str, order: Order | None) -> list[str]:
        """The days of a column that still can be two; those that a program took the wrong way among them."""
        at = self._places.get(column, -1)
        days = [one for one in drafts if self._grid.origin(one.line, at) is How.DATE]
        typed = [found for one in drafts if one not in days and (found := slashed(one.values[column]))]
        if days and any(found.says is Order.DAY_FIRST for found in typed) and self._all_small(days, column):
            # A program that puts the month first has turned 03/04 into 4 March and left 18/04 as it was.
            for one in days:
                year, month, day = one.values[column][:10].split("-")
                one.values[column] = f"{int(month)}/{int(day)}/{year}"
                if "dates" not in self._answers and month != day:
                    self._doubted.add((one.line, column))
        return [
            one.values[column]
            for one in drafts
            if (order is None or (one.line, column) in self._doubted)
            and (found := slashed(one.values[column]))
            and found.either
        ]

    @staticmethod
    def _all_small(days: Iterable[_Draft], column: str) -> bool:
        return all(int(one.values[column][8:10] or 0) <= _LAST_MONTH for one in days)

    def _write_day(self, one: _Draft, column: str, order: Order | None) -> None:
        text = one.values[column]
        if not text:
            return
        found = slashed(text)
        if found is None:
            one.values[column] = plain(text) or text
        elif (one.line, column) in self._doubted:
            return
        elif order:
            # A day that the order forbids stays as it is written, and is refused by its row.
            one.values[column] = found.text(order) if found.says in (None, order) else text
        elif found.says or not found.either:
            one.values[column] = found.text(found.says or Order.MONTH_FIRST)

    def _serials(self, drafts: Sequence[_Draft], columns: Iterable[str]) -> None:
        """A program's own numbers for days: sure in a workbook, which says from where it counts."""
        answer = self._answer("serials", _EPOCHS)
        first, taken = "", ""
        for column in columns:
            at = self._places.get(column, -1)
            for one in drafts:
                text = one.values[column]
                if not is_serial(text):
                    continue
                sure = self._grid.epoch and self._grid.origin(one.line, at) in (How.NUMBER, How.COMPUTED)
                epoch = self._grid.epoch if sure else int(answer) if answer.isdigit() else 0
                if epoch:
                    one.values[column] = from_serial(text, epoch)
                    taken = taken or text
                elif answer != "none":
                    first = first or text
        if taken:
            self.notes.append(said("note.serials", number=taken))
        if first:
            day = from_serial(first, 1900)
            self.questions.append(
                Question("SERIALS", "serials", _EPOCHS, said("ask.serials", number=first, day=day))
            )

    def names(self, drafts: Sequence[_Draft]) -> None:
        """Full names apart; the name that a student goes by before the legal one."""
        if "full_name" in self._places:
            for one in drafts:
                self._split(one)
        for part in ("given_name", "family_name"):
            preferred = f"preferred_{part}"
            # A sheet of students keeps both; in a sheet of awards the preferred one is the one to be shown.
            if "credential_code" in self._vocabulary.columns:
                for one in drafts:
                    one.values[part] = one.values[preferred] or one.values[part]

    def _split(self, one: _Draft) -> None:
        whole = one.values["full_name"]
        if not whole or (one.values["given_name"] and one.values["family_name"]):
            return
        found = split_name(whole)
        if found:
            one.values["given_name"], one.values["family_name"] = found
        elif not (self._known.roster and one.values["external_id"] in self._known.roster):
            one.faults.append(("UNCLEAR_NAME", said("row.UNCLEAR_NAME", name=whole)))

    def schools(self, drafts: Sequence[_Draft]) -> None:
        """Names of schools as codes."""
        codes = Counter(folded(name) for name in self._known.schools.values() if name)
        by_name = {
            folded(name): code for code, name in self._known.schools.items() if codes[folded(name)] == 1
        }
        read: dict[str, str] = {}
        for one in drafts:
            text = one.values["school_code"]
            if text and text not in self._known.schools and (code := by_name.get(folded(text))):
                read[text] = code
                one.values["school_code"] = code
        if read:
            shown = ", ".join(f"{name} = {code}" for name, code in list(read.items())[:_SHOWN])
            self.notes.append(said("note.schools", names=shown))

    def zeros(self, drafts: Sequence[_Draft]) -> None:
        """Zeros that a program dropped, where exactly one number of the roster or of the schools is left."""
        for column, key, numbers in (
            ("external_id", "student-zeros", self._known.roster or {}),
            ("school_code", "school-zeros", self._known.schools),
        ):
            padded = unpadded(numbers)
            hit = [
                one
                for one in drafts
                if (text := one.values[column]) and text not in numbers and text.lstrip("0") in padded
            ]
            if not hit:
                continue
            answer = self._answer(key, _YES_NO)
            short = hit[0].values[column]
            whole = padded[short.lstrip("0")]
            if answer == "yes":
                for one in hit:
                    one.values[column] = padded[one.values[column].lstrip("0")]
                self.notes.append(said("note.zeros", column=column, count=len(hit), short=short, whole=whole))
            elif not answer:
                words = said(f"ask.{key}", count=len(hit), short=short, whole=whole)
                self.questions.append(Question(key.upper().replace("-", "_"), key, _YES_NO, words))

    def _answer(self, key: str, choices: Sequence[Choice]) -> str:
        answer = self._answers.get(key, "")
        if answer and answer not in {choice.value for choice in choices}:
            wanted = " or ".join(choice.value for choice in choices)
            raise SheetError("BAD_ANSWER", f"{key}={answer} is no answer. Say {wanted}.")
        return answer


def unpadded(numbers: Iterable[str]) -> Mapping[str, str]:
    """Numbers by what is left of them without leading zeros; those that would share it are left out."""
    numbers = tuple(numbers)
    count = Counter(number.lstrip("0") for number in numbers)
    return {short: number for number in numbers if (short := number.lstrip("0")) and count[short] == 1}


def _lines(drafts: Sequence[_Draft]) -> str:
    shown = ", ".join(str(one.line) for one in drafts[:_SHOWN])
    return f"{shown}, ..." if len(drafts) > _SHOWN else shown
