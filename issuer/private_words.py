"""Texts that stay in the school's records, wherever in a badge or its evidence they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

_WITHIN_TEXT: Final = 5
_SSN: Final = re.compile(
    r"(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}[- ](?!00)[0-9]{2}[- ](?!0000)[0-9]{4}(?![0-9A-Za-z-])"
)
LABELLED: Final = (
    r"\b(ssn|social security( number| no)?|date of birth|birth ?date|dob|race|ethnicity|free lunch|"
    r"reduced lunch|lunch status|disability|iep|504 plan|english (language )?learner|failed attempts?|"
    r"attempts failed|student (id|number)|sasid)\s*[:=#]"
)
"""A text that says what no badge says, with its label, in any case."""
_LABELLED: Final = re.compile(LABELLED, re.IGNORECASE)


def faults_in(text: str) -> Iterator[str]:
    """What a text says that no badge says, each as the end of a sentence."""
    if _SSN.search(text):
        yield "looks like a Social Security number"
    if found := _LABELLED.search(text):
        yield f"says {found[1]!r}, which is no part of a badge"


def holds_withheld(text: str, withheld: Collection[str], *, whole: bool = True) -> bool:
    """Whether a text holds one of the texts that are withheld, as a word of its own.

    Args:
        text: What is to be signed.
        withheld: The student's number, the birth date, a legal name not used; the shortest of them are only
            looked for as the whole text.
        whole: Whether the whole text may not be one of them either. A score may happen to be "12".
    """
    for secret in withheld:
        inside = len(secret) >= _WITHIN_TEXT and re.search(
            rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", text, re.IGNORECASE
        )
        if (secret and inside) or (text == secret and whole):
            return True
    return False
