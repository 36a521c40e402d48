"""Every sentence that a verdict can end in: one file for each language, the same keys and blanks in each.

Keys: "headline.CODE" and "do.CODE" for each verdict, with ".FINDING" behind it where one finding needs words
of its own; "check.QUESTION" for the five questions and "answer.FINDING" for what was found.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType


def _read(locale: str) -> Mapping[str, str]:
    text = files("verifier.words").joinpath(f"{locale}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


LOCALES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {locale: _read(locale) for locale in ("en", "es")}
)
"""Locale to key to sentence."""
