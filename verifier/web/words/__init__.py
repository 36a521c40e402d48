"""The words of the pages around a verdict: one file for each language, the same keys in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType


def _read(locale: str) -> Mapping[str, str]:
    text = files("verifier.web.words").joinpath(f"{locale}.toml").read_text("utf-8")
    return MappingProxyType({key: str(words) for key, words in tomllib.loads(text).items()})


PAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({locale: _read(locale) for locale in ("en", "es")})
"""Locale to key to words."""
