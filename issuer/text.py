"""Which characters may stand in what a person will read.

A name can hide characters that turn text around, that nobody sees, or that pile up over the next line
(Unicode Standard Annex 9 and Technical Report 36). The same rule holds where a sheet is read and where a
credential is prepared, so that what a registrar saw is what is signed.
"""

from __future__ import annotations

import unicodedata

_LONGEST_RUN_OF_MARKS = 4
_LINE_BREAKS = "\n"
_JOINERS = "\u200c\u200d"
_REFUSED = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half of a character",
    "Co": "a character of private use",
    "Cn": "a character that Unicode does not define",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def normal(text: str) -> str:
    """The text in Normalization Form C without white space around it: the form that is signed."""
    return unicodedata.normalize("NFC", text).strip()


def length(text: str) -> int:
    """How many characters a reader counts: combining marks and joiners belong to the one before."""
    if text.isascii():
        return len(text)
    return sum(not _attached(character) for character in text)


def fault_in(text: str, *, lines: bool = False) -> str | None:
    """What is wrong with a text, as the end of a sentence, or None.

    Args:
        text: Any text.
        lines: Whether it may have several lines.

    Two joiners are allowed between letters, where Persian and Indic names need them.
    """
    if text.isascii() and text.isprintable() and text == text.strip():
        return None  # the common case, without looking at each character
    marks = 0
    for index, character in enumerate(text):
        marks = marks + 1 if _attached(character) and character not in _JOINERS else 0
        if marks > _LONGEST_RUN_OF_MARKS:
            return "more accents on one letter than any language writes"
        if not (lines and character in _LINE_BREAKS) and (fault := _fault_at(text, index)):
            return fault
    if unicodedata.normalize("NFC", text) != text:
        return "accents that are not joined with their letters (it must be in Unicode form NFC)"
    if text != text.strip():
        return "white space at its beginning or end"
    return None


def _fault_at(text: str, index: int) -> str | None:
    character = text[index]
    if character in _JOINERS and _between_letters(text, index):
        return None
    if character in _TURNS:
        return f"a character that turns the reading direction ({_code_point(character)})"
    found = _REFUSED.get(unicodedata.category(character))
    return f"{found} ({_code_point(character)})" if found else None


def _attached(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) in ("Mn", "Me")


def _between_letters(text: str, index: int) -> bool:
    around = text[index - 1 : index] + text[index + 1 : index + 2]
    return len(around) == 2 and all(unicodedata.category(one)[0] in "LM" for one in around)  # noqa: PLR2004 - one on each side


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
