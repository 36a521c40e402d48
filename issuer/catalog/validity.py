"""How long a credential lasts: four shapes, and calendar arithmetic that never meets a time zone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_PERIOD = re.compile(r"P(?:(?P<years>[1-9][0-9]?)Y|(?P<months>[1-9][0-9]{0,2})M)")
_MONTHS_A_YEAR = 12
_LAST_YEAR = 9999


class Shape(StrEnum):
    """How an award ends."""

    NONE = "none"
    """It never does."""
    FIXED = "fixed"
    """A period after it was earned."""
    CONTINUITY = "continuity"
    """When its holder stops sending proof; only the certifying body knows."""
    CURRENCY = "currency"
    """It never does, but using it asks for training each period; only the certifying body knows."""


def months_in(period: str) -> int:
    """Months in an ISO 8601 duration of whole years (`P2Y`) or whole months (`P6M`).

    Raises:
        ValueError: It is anything else.
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"{period!r} is not a period of years or months, such as P2Y or P6M")
    if found["years"]:
        return int(found["years"]) * _MONTHS_A_YEAR
    return int(found["months"])


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day where it is shorter.

    Raises:
        ValueError: The result lies after the year 9999.
    """
    index = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_A_YEAR)
    if year > _LAST_YEAR:
        raise ValueError(f"{months} months after {day} is after the year {_LAST_YEAR}")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a credential lasts.

    Args:
        shape: One of the four.
        months: Length of the period, 0 for `Shape.NONE`.
        to_month_end: Whether a fixed term runs to the end of its last month.
        confirmed: Whether somebody confirmed the term with its certifying body.
    """

    shape: Shape
    months: int = 0
    to_month_end: bool = False
    confirmed: bool = False

    def last_day(self, earned: date) -> date | None:
        """The last day of an award earned on a day, where the catalogue can know it.

        None for a shape without an end, and for a term that nobody confirmed: a badge must not name an end
        that we only believe. A two-year term from 18 April 2026 ends with 17 April 2028.
        """
        if self.shape is not Shape.FIXED or not self.confirmed:
            return None
        end = add_months(earned, self.months)
        if self.to_month_end:
            return date(end.year, end.month, calendar.monthrange(end.year, end.month)[1])
        return end - timedelta(days=1)

    @property
    def ask_the_body(self) -> bool:
        """Whether only the certifying body can say that an award is still in force."""
        return self.shape in (Shape.CONTINUITY, Shape.CURRENCY)
