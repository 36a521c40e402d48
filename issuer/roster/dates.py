"""Days in the many ways in which sheets write them, as 2026-04-18 wherever only one day can be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from issuer.roster.columns import folded
from issuer.roster.days import Order

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr",
            "may mayo", "june jun junio", "july jul julio", "august aug agosto ago",
            "september sep sept septiembre setiembre set", "october oct octubre",
            "november nov noviembre", "december dec diciembre dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK: Final = r"(?:[T ,]+[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)?"
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})" + _CLOCK)
_SLASHED: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})" + _CLOCK)
_COMPACT: Final = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_SERIAL: Final = re.compile(r"[1-6][0-9]{4}(?:\.[0-9]+)?")
_WORDS: Final = re.compile(r"[0-9]{1,4}|[a-z]+")
_FILLERS: Final = frozenset(
    {"de", "del", "of", "the", "el", "st", "nd", "rd", "th", "monday", "tuesday", "wednesday", "thursday",
     "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "lunes", "martes",
     "miercoles", "jueves", "viernes", "sabado", "domingo"}
)  # fmt: skip
_LAST_MONTH: Final = 12
_PIVOT: Final = 69
"""Years of two figures: 00 to 68 are 2000 to 2068, as POSIX has it."""
_EPOCHS: Final = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}


@dataclass(frozen=True, slots=True)
class Slashed:
    """A day with slashes whose order is not known: its two first numbers and its year."""

    first: int
    second: int
    year: int
    short: bool

    @property
    def says(self) -> Order | None:
        """The order that this day alone proves, or None."""
        if self.first > _LAST_MONTH >= self.second:
            return Order.DAY_FIRST
        if self.second > _LAST_MONTH >= self.first:
            return Order.MONTH_FIRST
        return None

    @property
    def either(self) -> bool:
        """Whether it is two days by two orders."""
        return self.first != self.second and max(self.first, self.second) <= _LAST_MONTH

    def text(self, order: Order) -> str:
        """The day, as 2026-04-18; it need not exist."""
        day, month = (self.first, self.second) if order is Order.DAY_FIRST else (self.second, self.first)
        return f"{self.year:04}-{month:02}-{day:02}"


def slashed(text: str) -> Slashed | None:
    """A day such as 4/18/2026 or 18.04.26."""
    found = _SLASHED.fullmatch(text)
    if not found:
        return None
    year = int(found[4])
    short = len(found[4]) < len("2026")
    if short:
        year += 1900 if year >= _PIVOT else 2000
    return Slashed(int(found[1]), int(found[3]), year, short)


def is_serial(text: str) -> bool:
    """Whether a text may be a spreadsheet program's own number for a day."""
    return bool(_SERIAL.fullmatch(text))


def from_serial(text: str, epoch: int) -> str:
    """The day of a spreadsheet program's number; it must be `is_serial`. A part of a day is left out."""
    number = int(text.partition(".")[0])
    return (_EPOCHS[epoch] + timedelta(days=number)).isoformat()


def plain(text: str) -> str | None:
    """A day that can be read in one way only, as 2026-04-18; None for any other text.

    A time of day is left out: the day is the one that is written. With a time zone it is None, since then
    the day depends on where one stands.
    """
    if found := _ISO.fullmatch(text):
        return _text(int(found[1]), int(found[2]), int(found[3]))
    if found := _COMPACT.fullmatch(text):
        return _text(int(found[1]), int(found[2]), int(found[3]))
    return _in_words(text)


def _in_words(text: str) -> str | None:
    """April 18, 2026; 18 de abril de 2026; 18-Apr-26."""
    words = [word for word in _WORDS.findall(folded(text)) if word not in _FILLERS]
    if len(words) != 3 or len(text) > 40:  # noqa: PLR2004 - a day, a month and a year, in a short text
        return None
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) != 2 or re.search(r"[0-9]:[0-9]", text):  # noqa: PLR2004 - as above
        return None
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)  # noqa: PLR2004 - figures of a day
    if len(year) not in (2, 4) or len(day) > 2:  # noqa: PLR2004 - figures of a year and a day
        return None
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= _PIVOT else 2000)  # noqa: PLR2004 - as above
    return _text(full, months[0], int(day))


def _text(year: int, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{day:02}"


def order_of(texts: Iterable[str]) -> tuple[Order | None, str, bool]:
    """The order that days prove: it, the day that proves it, and whether others prove the contrary."""
    proofs: dict[Order, str] = {}
    for text in texts:
        found = slashed(text)
        if found and found.says:
            proofs.setdefault(found.says, text)
    if len(proofs) > 1:
        return None, " / ".join(proofs.values()), True
    return next(((order, text, False) for order, text in proofs.items()), (None, "", False))
