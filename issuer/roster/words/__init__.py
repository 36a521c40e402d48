"""What is said of sheets and rows, in English and Spanish: one file for each language, the same keys in each.

Keys: "note.CODE" for what was taken for granted, "ask.CODE" for what must be asked, "row.CODE" with ".DETAIL"
behind it for rows, "file.CODE" for whole files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("en", "es")


def _read(language: str) -> Mapping[str, str]:
    text = files("issuer.roster.words").joinpath(f"{language}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({one: _read(one) for one in LANGUAGES})
"""Language to key to sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, by its key and what fills its blanks."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The sentence."""
        return WORDS[language][self.key].format_map(self.facts)


def said(key: str, **facts: object) -> Said:
    """A sentence with its blanks filled; long values are cut, since they are a stranger's."""
    return Said(key, {name: str(value)[:_LONGEST] for name, value in facts.items()})


_LONGEST = 400
