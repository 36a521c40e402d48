"""A value of a data file together with where it stands, so that every fault can name its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from issuer.catalog.errors import CatalogueError
from issuer.text import fault_in

Known = TypeVar("Known")

LONGEST_LINE: Final = 300
"""Characters in a text that a person will read. The rule language has the same limit."""

DECIMAL: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
"""How a decimal number is written. No exponent: two readers would not agree on it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands.

    Args:
        file: The file's name.
        pointer: JSON pointer (RFC 6901) of the value.
        value: The value; None also where the member is absent.

    Every reader below raises `CatalogueError` with this file and pointer.
    """

    file: str
    pointer: str
    value: Any

    def refuse(self, code: str, message: str) -> CatalogueError:
        """The error that says what is wrong here."""
        return CatalogueError(code, self.file, self.pointer, message)

    def object(self, required: str = "", optional: str = "") -> Mapping[str, Any]:
        """The object here; where names are given, only those members may stand in it."""
        if not isinstance(self.value, dict):
            raise self.refuse("wrong_type", "an object belongs here")
        needed, allowed = required.split(), {*required.split(), *optional.split()}
        for key in needed:
            if key not in self.value:
                raise self.refuse("missing_member", f"the member {key!r} is missing")
        if allowed:
            for key in self.value:
                if key not in allowed:
                    raise self.at(key).refuse("unknown_member", f"{key!r} is not a member that is read here")
        return self.value

    def at(self, key: str | int) -> Place:
        """One step down; an absent member is None."""
        step = str(key).replace("~", "~0").replace("/", "~1")
        value = (
            self.value.get(key) if isinstance(self.value, dict) and isinstance(key, str) else self.value[key]
        )
        return Place(self.file, f"{self.pointer}/{step}", value)

    def children(self) -> list[tuple[str, Place]]:
        """The members of the object here."""
        return [(key, self.at(key)) for key in self.object()]

    def items(self) -> list[Place]:
        """The items of the list here; an absent list has none."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.refuse("wrong_type", "a list belongs here")
        return [self.at(index) for index in range(len(self.value))]

    def text(self, pattern: re.Pattern[str] | None = None) -> str:
        """The text here, which must not be blank, and must match the whole pattern where one is given."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refuse("wrong_type", "text belongs here")
        if pattern is not None and not pattern.fullmatch(self.value):
            raise self.refuse("bad_value", f"{self.value!r} does not have the form that belongs here")
        return self.value

    def line(self) -> str:
        """The one line of text here that a person will read: bounded, and nothing in it that hides."""
        text = self.text()
        if len(text) > LONGEST_LINE:
            raise self.refuse("too_large", f"a text here has at most {LONGEST_LINE} characters")
        if fault := fault_in(text):
            raise self.refuse("bad_value", f"the text has {fault}")
        return text

    def line_or_none(self) -> str | None:
        """The line of text here, or None where the member is absent."""
        return None if self.value is None else self.line()

    def decimal(self) -> Decimal:
        """The decimal number here, which is written as text because readers differ on fractions."""
        return Decimal(self.text(DECIMAL))

    def whole(self, least: int, most: int) -> int:
        """The whole number here, within bounds."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.refuse("wrong_type", "a whole number belongs here")
        if not least <= self.value <= most:
            raise self.refuse("bad_value", f"the number lies between {least} and {most}")
        return self.value

    def text_or_none(self, pattern: re.Pattern[str] | None = None) -> str | None:
        """The text here, or None where the member is absent."""
        return None if self.value is None else self.text(pattern)

    def flag(self) -> bool:
        """The truth value here; absent is false."""
        if self.value is not None and not isinstance(self.value, bool):
            raise self.refuse("wrong_type", "true or false belongs here")
        return bool(self.value)

    def known(self, table: Mapping[str, Known], what: str) -> Known:
        """What the text here names in a table of the same file."""
        name = self.text()
        if name not in table:
            raise self.refuse("unknown_reference", f"{name!r} is not one of the {what} of this catalogue")
        return table[name]
