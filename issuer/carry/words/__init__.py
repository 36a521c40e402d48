"""What stands on paper and in packets, in English and Spanish.

One file for each language, the same keys and blanks in each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "es")


def _read(language: str) -> Mapping[str, str]:
    text = files("issuer.carry.words").joinpath(f"{language}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({one: _read(one) for one in LANGUAGES})
"""Language to key to sentence."""


def spell_day(day: date, language: str) -> str:
    """A day in words, as `April 18, 2026` or `18 de abril de 2026`."""
    words = WORDS[language]
    return words["date"].format(day=day.day, month=words["months"].split()[day.month - 1], year=day.year)
