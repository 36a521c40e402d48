"""Every sentence that a verdict can end in: one file for each language, the same keys and blanks in each.

Keys: "headline.CODE" and "do.CODE" for each verdict, with ".FINDING" behind it where one finding needs words
of its own; "check.QUESTION" for the five questions and "answer.FINDING" for what was found.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType


def _read(locale: str) -> Mapping[str, str]:
    text = files("verifier.words").joinpath(f"{locale}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


LOCALES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {locale: _read(locale) for locale in ("en", "es")}
)
"""Locale to key to sentence."""


def spell_day(day: date, words: Mapping[str, str]) -> str:
    """A day in words, as `May 1, 2026`."""
    month = words["months"].split()[day.month - 1]
    return words["date"].format(day=day.day, month=month, year=day.year)
