"""A school year as reports and laws name it: from 1 July to 30 June, written `2025-26`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_WRITTEN = re.compile(r"(?P<first>[0-9]{4})-(?P<second>[0-9]{2})")
_JULY = 7
_CENTURY = 100


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """The school year that begins in July of `first`."""

    first: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The year that a text such as `2025-26` names.

        Raises:
            ValueError: It names none.
        """
        found = _WRITTEN.fullmatch(text)
        if (
            found is None
            or not text.isascii()
            or not date.min.year <= int(found["first"]) < date.max.year
            or (int(found["first"]) + 1) % _CENTURY != int(found["second"])
        ):
            raise ValueError(f"{text!r} is no school year such as 2025-26")
        return cls(int(found["first"]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The year in which a day lies."""
        return cls(day.year if day.month >= _JULY else day.year - 1)

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in it."""
        return SchoolYear.of(day) == self

    def __str__(self) -> str:
        """As it is written: `2025-26`."""
        return f"{self.first:04}-{(self.first + 1) % _CENTURY:02}"
