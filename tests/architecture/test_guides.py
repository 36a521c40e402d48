"""What the guides quote in italics is on a page, in the guide's own language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from issuer.web.staff.page import WORDS as STAFF
from issuer.web.student.page import WORDS as STUDENTS

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
_ITALICS = re.compile(r"(?<![*\w])\*(?!\*)([^*]+)\*(?!\*)")
"""A piece of text between single stars."""


def quoted(text: str) -> list[str]:
    """What a guide quotes."""
    return [" ".join(found.split()) for found in _ITALICS.findall(text)]


@cache
def said(language: str) -> tuple[str, ...]:
    """Every text of every page in a language; the console speaks English alone."""
    files = (ROOT / "verifier").glob(f"**/words/{language}.toml")
    verifier = [text for file in files for text in _texts(tomllib.loads(file.read_text("utf-8")))]
    return (*verifier, *STUDENTS[language].values(), *_texts(STAFF))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif hasattr(value, "values"):
        for one in value.values():
            yield from _texts(one)


def is_on_a_page(quote: str, language: str) -> bool:
    """Whether a page says it; dots stand for what changes, as names in braces do."""
    parts = quote.removesuffix("...").strip().split("...")
    return any(all(part.strip().casefold() in text.casefold() for part in parts) for text in said(language))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_quotes_what_is_on_a_page(guide: Path) -> None:
    quotes = quoted(guide.read_text("utf-8"))
    assert quotes, "a guide leads to pages: it quotes one"
    language = guide.suffixes[0].removeprefix(".")
    assert [one for one in quotes if not is_on_a_page(one, language)] == []


def test_every_guide_is_there_in_both_languages() -> None:
    names = {guide.name.partition(".")[0] for guide in GUIDES}
    assert names == {"counsellors", "employers", "families"}
    assert len(GUIDES) == 2 * len(names)


def test_a_quote_that_no_page_says_is_found() -> None:
    assert quoted("**Bold** and *a*, *b\nc*.") == ["a", "b c"]
    assert is_on_a_page("This badge was real, but it expired on ...", "en")
    assert not is_on_a_page("This badge was real, but it expired on ...", "es")
    assert not is_on_a_page("Press here now", "en")
