"""Every table with its purpose and what each column holds, read from `data/tables.toml`.

What is exported, destroyed and posted follows from it, so that a table that is missing there is found by a
test and not by a family.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Self

from issuer.catalog.retention import RecordClass

ABOUT: Final = ("student", "staff", "committee", "nobody")
THROUGH: Final = ("student", "award", "credential", "share", "sheet", "request")
DELETE, EMPTY, STAY = "delete", "empty", "stay"
DOES: Final = (DELETE, EMPTY, STAY)
_STUDENT: Final = frozenset({"class", "through", "does"})
_MAY: Final = frozenset({"purpose", "about", "dated", "while", "elements", "technical"}) | _STUDENT


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: In the database.
        purpose: Why it is there, in plain words.
        about: One of `ABOUT`.
        record_class: What it is kept and destroyed with; None where it is about no student.
        through: How a student's rows are found, one of `THROUGH`, or "".
        does: What an erasure does to them: one of `DOES`, or "".
        dated: The columns by whose first filled one a row's age counts.
        while_true: A column; as long as it is true, the row has no age. "" for none.
        elements: What each column holds, in plain words.
        technical: The columns that only the program needs.
    """

    name: str
    purpose: str
    about: str
    record_class: RecordClass | None
    through: str
    does: str
    dated: tuple[str, ...]
    while_true: str
    elements: Mapping[str, str]
    technical: tuple[str, ...]

    def in_words(self, language: str) -> tuple[str, tuple[str, ...]]:
        """The purpose, and what is held, each thing once: in Spanish for `es`, else in English."""
        said = spanish() if language == "es" else {}
        held = dict.fromkeys(self.elements.values())
        return said.get(self.purpose, self.purpose), tuple(said.get(one, one) for one in held)

    @classmethod
    def read(cls, name: str, said: Mapping[str, Any]) -> Self:
        """From its part of the file.

        Raises:
            ValueError: It says something that is not read.
        """
        about = said["about"]
        has = said.keys() & _STUDENT
        known = said.keys() <= _MAY and about in ABOUT and has == (_STUDENT if about == "student" else set())
        if not known or said.get("through", "student") not in THROUGH or said.get("does", STAY) not in DOES:
            raise ValueError(f"tables.toml: [{name}] says something that is not read")
        return cls(
            name,
            said["purpose"],
            about,
            RecordClass(said["class"]) if "class" in said else None,
            said.get("through", ""),
            said.get("does", ""),
            tuple(said.get("dated", ())),
            said.get("while", ""),
            MappingProxyType(dict(said.get("elements", {}))),
            tuple(said["technical"]),
        )


@cache
def register() -> tuple[Table, ...]:
    """Every table, in the file's order."""
    text = resources.files("issuer.retention").joinpath("data", "tables.toml").read_text("utf-8")
    return tuple(Table.read(name, said) for name, said in tomllib.loads(text).items())


@cache
def spanish() -> Mapping[str, str]:
    """What the register says of students, in Spanish: by the English text."""
    text = resources.files("issuer.retention").joinpath("data", "tables.es.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def about_students() -> tuple[Table, ...]:
    """The tables that hold something of a student."""
    return tuple(one for one in register() if one.about == "student")
