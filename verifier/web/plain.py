"""How words that somebody else wrote are shown: as plain text, and nothing that turns the line around."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import Final

from credential.dates import parse_date_time
from credential.errors import CredentialError
from verifier.words import LOCALES, spell_day

MAX_SHOWN: Final = 4_000
JOINERS: Final = ("\u200c", "\u200d")
"""Zero-width joiners, which some scripts need inside words."""


def plain(text: str, most: int = MAX_SHOWN) -> str:
    """The text without control and format characters, and not longer than a page can show.

    Line breaks and tabs stay. Directional marks and overrides go: with them a name could rearrange the
    sentence that it stands in. Escaping for HTML is the template's part.
    """
    kept = "".join(
        c
        for c in text[: most + 1]
        if c in "\n\t" or c in JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")
    )
    return kept[:most] + ("…" if len(text) > most else "")


def day(text: str, locale: str) -> str:
    """The day of a date-time, as it is said in the language; the text itself where it is no date."""
    try:
        at = parse_date_time(text).instant
    except CredentialError:
        return plain(text, 40)
    return spell_day(at.date(), LOCALES[locale])


def spelt(on: date, locale: str) -> str:
    """A day, as it is said in the language."""
    return spell_day(on, LOCALES[locale])


def moment(at: datetime, locale: str) -> str:
    """An instant to the minute, in UTC, as it is said in the language."""
    words = LOCALES[locale]
    return f"{spell_day(at.astimezone(UTC).date(), words)}, {at.astimezone(UTC):%H:%M} UTC"
