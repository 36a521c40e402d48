"""Calendar days as people and spreadsheet programs write them. A day never has a time zone."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from issuer.roster.words import Said, said


class Order(StrEnum):
    """How a sheet writes days with slashes; asked once for the whole sheet."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


class DayError(ValueError):
    """A cell is not a day.

    Args:
        code: BAD_DATE or AMBIGUOUS_DATE.
        words: What is wrong, as a sentence that goes on after the column's name.
    """

    def __init__(self, code: str, words: Said) -> None:
        super().__init__(f"{code}: {words.text()}")
        self.code = code
        self.words = words

    @property
    def message(self) -> str:
        """The sentence, in English."""
        return self.words.text()


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PARTS = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_SERIAL = re.compile(r"[2-6][0-9]{4}(\.0)?")
_EARLIEST = 1900
_MONTHS = 12


def read_day(text: str, order: Order | None = None) -> date:
    """The day in a cell: `2026-04-18`, or `4/18/2026` where it can be read in one way only.

    Args:
        text: The cell.
        order: How the sheet writes days with slashes, or None where nobody has said.

    Raises:
        DayError: It is no day, or `order` is needed.
    """
    if found := _ISO.fullmatch(text):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _PARTS.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if order is None and first != second and max(first, second) <= _MONTHS:
            raise DayError("AMBIGUOUS_DATE", said("day.two_ways", text=text))
        day_first = order is Order.DAY_FIRST or (order is None and first > _MONTHS)
        return _day(text, year, second if day_first else first, first if day_first else second)
    key = "day.serial" if _SERIAL.fullmatch(text) else "day.none"
    raise DayError("BAD_DATE", said(key, text=text[:40]))


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise DayError("BAD_DATE", said("day.calendar", text=text)) from error
    if year < _EARLIEST:
        raise DayError("BAD_DATE", said("day.early", text=text, year=_EARLIEST))
    return found


ADULT = 18
"""From this age on a student alone decides on sharing."""


def coming_of_age(born: date) -> date:
    """The first day on which `years_between` says `ADULT`."""
    try:
        return born.replace(year=born.year + ADULT)
    except ValueError:
        return date(born.year + ADULT, 3, 1)


def years_between(earlier: date, later: date) -> int:
    """Whole years, as birthdays count: somebody born on 29 February has theirs on 1 March in common years."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))
