"""Every sentence of a batch, in each language: the same keys and blanks in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from verifier.batch.said import Said
from verifier.batch.sheet import Fault
from verifier.words import LOCALES as REPORT
from verifier.words import spell_day

DAYS: Final = frozenset({"day", "earned"})
"""Blanks that hold a day, which is spelt in the language."""


def _read(locale: str) -> Mapping[str, str]:
    text = files("verifier.batch.words").joinpath(f"{locale}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


BATCH: Mapping[str, Mapping[str, str]] = MappingProxyType({locale: _read(locale) for locale in REPORT})
"""Locale to key to sentence."""


def say(said: Said, locale: str) -> str:
    """One sentence in a language."""
    facts = {
        name: spell_day(date.fromisoformat(fact), REPORT[locale]) if name in DAYS else fact
        for name, fact in said.facts.items()
    }
    return BATCH[locale][said.code].format(**facts)


def say_fault(fault: Fault, locale: str) -> str:
    """What is wrong with a sheet, with its row and its column before it."""
    words = BATCH[locale]
    row = words["sheet.at_row"].format(row=fault.row) if fault.row else ""
    column = words["sheet.at_column"].format(column=fault.column) if fault.column else ""
    where = ", ".join(filter(None, (row, column)))
    sentence = words[f"sheet.{fault.code}"].format(**fault.facts)
    return f"{where}: {sentence}" if where else sentence
